/* Two runs side by side. */

import { get } from "./api.js";
import { choice, el, pathText } from "./dom.js";
import { address, go, link, withRun } from "./route.js";
import { complain, overview } from "./shell.js";
import { files, more, table } from "./table.js";
import { count, fixed, plural, signed, time } from "./text.js";

export const title = "Compare";

const pageful = 200;

export const draw = async (main, query) => {
  const found = await overview();
  const others = (found.runs ?? []).filter(({ id }) => id !== found.run.id);
  const chosen = query.get("with") ?? String(others[0]?.id ?? "");
  main.append(el("div", { class: "title" }, el("h1", {}, "Compare")));
  if (others.length === 0) {
    main.append(el("p", { class: "lead" }, "There is one run only. Scan once more under another name, and both stand side by side here."));
    return {};
  }
  const pick = choice({ id: "with", onchange: () => go(link("/compare", { with: pick.value })) },
    others.map(({ id, name, finished_at: at }) => [String(id), `${name} (${time(at)})`]), chosen);
  main.append(el("p", { class: "pick" }, el("label", { for: "with" }, `run “${found.run.name}” with`), " ", pick));
  const body = el("div", {});
  main.append(body);
  const fetch = (offset) => get("/compare.json", withRun({ with: chosen, offset: String(offset), limit: String(pageful) }));
  const first = await fetch(0);
  const line = (row) => el("tr", {}, el("th", { scope: "row" }, row.id === null || row.id === undefined ? pathText(row.path)
    : el("a", { href: link("/sample", { id: String(row.id) }) }, pathText(row.path))),
  el("td", { class: row.before?.verdict }, signed(row.before?.verdict)), el("td", { class: "n" }, fixed(row.before?.skew, 1)),
  el("td", { class: row.after?.verdict }, signed(row.after?.verdict)), el("td", { class: "n" }, fixed(row.after?.skew, 1)), el("td", {}, row.change ?? ""));
  const made = table([["image", false], ["marked then", false], ["skew then", true], ["marked now", false], ["skew now", true], ["what changed", false]],
    first.rows.map(line), "What is different");
  body.append(...first.sentences.map((text, place) => el("p", { class: place === 0 ? "lead" : "" }, text)),
    first.total > 0 ? el("h2", {}, "What is different", el("span", { class: "count" }, ` ${plural(first.total, "image")}`)) : "",
    first.total > 0 ? made.box : el("p", { class: "dim" }, "No image is marked differently."),
    more(fetch, (rows) => made.body.append(...rows.map(line)), first.total, first.rows.length, pageful),
    files((kind) => address(`/compare.${kind}`, withRun({ with: chosen }))));
  return { update: (next) => redraw(main, next) };
};

const redraw = (main, query) => {
  main.replaceChildren();
  draw(main, query).catch(complain);
};
