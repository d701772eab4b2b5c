/* Files that gave no scores. */

import { get } from "./api.js";
import { el, pathText } from "./dom.js";
import { address, withRun } from "./route.js";
import { files, more, table } from "./table.js";
import { count, plural } from "./text.js";

export const title = "Unreadable";

const pageful = 200;

export const draw = async (main) => {
  const fetch = (offset) => get("/failed.json", withRun({ offset: String(offset), limit: String(pageful) }));
  const first = await fetch(0);
  const line = (row) => el("tr", {}, el("th", { scope: "row" }, pathText(row.path)), el("td", {}, el("code", {}, row.code)),
    el("td", {}, row.detail ?? ""));
  const made = table([["file", false], ["code", false], ["what was found", false]], first.rows.map(line), "Unreadable files");
  const words = first.total > 0
    ? `${plural(first.total, "file")} gave no scores. They are in no list that is exported to train on.`
    : "Every file could be read.";
  main.append(el("div", { class: "title" }, el("h1", {}, "Unreadable files"), el("p", { class: "about" }, words)));
  if (first.total === 0) return {};
  const cause = (group) => el("div", {}, el("dt", {}, el("code", {}, group.code)),
    el("dd", {}, el("b", {}, count(group.count)), group.says && ` · ${group.says}`));
  main.append(el("dl", { class: "facts-list causes" }, first.groups.map(cause)), made.box,
   more(fetch, (rows) => made.body.append(...rows.map(line)), first.total, first.rows.length, pageful),
  files((kind) => address(`/failed.${kind}`, withRun())));
  return {};
};
