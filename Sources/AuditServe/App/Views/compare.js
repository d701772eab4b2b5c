/* Two runs side by side. */

import { get } from "./api.js";
import { choice, el, pathText } from "./dom.js";
import { address, go, link, withRun } from "./route.js";
import { complain, overview } from "./shell.js";
import { files, more, table } from "./table.js";
import { fixed, plural, signed, time } from "./text.js";

export const title = "Compare";

const pageful = 200;

const columns = [
  ["image", false], ["marked then", false], ["skew then", true], ["marked now", false], ["skew now", true],
  ["what changed", false],
];
const side = (one) => [
  el("td", { class: one?.verdict }, signed(one?.verdict)), el("td", { class: "n" }, fixed(one?.skew, 1)),
];
const line = (row) => {
  const path = pathText(row.path);
  const name = Number.isInteger(row.id) ? el("a", { href: link("/sample", { id: String(row.id) }) }, path) : path;
  return el("tr", {}, el("th", { scope: "row" }, name), side(row.before), side(row.after), el("td", {}, row.change ?? ""));
};

export const draw = async (main, query) => {
  const found = await overview();
  const others = (found.runs ?? []).filter(({ id }) => id !== found.run.id);
  const chosen = query.get("with") ?? String(others[0]?.id ?? "");
  main.append(el("div", { class: "title" }, el("h1", {}, "Compare")));
  if (others.length === 0) {
    main.append(el("p", { class: "lead" }, "There is one run only. Scan again under another name to see both side by side."));
    return {};
  }
  const pick = choice({ id: "with", onchange: () => go(link("/compare", { with: pick.value })) },
    others.map(({ id, name, finished_at: at }) => [String(id), `${name} (${time(at)})`]), chosen);
  main.append(el("p", { class: "pick" }, el("label", { for: "with" }, `run “${found.run.name}” with`), " ", pick));
  const body = el("div", {});
  main.append(body);
  const fetch = (offset) => get("/compare.json", withRun({ with: chosen, offset: String(offset), limit: String(pageful) }));
  const first = await fetch(0);
  const made = table(columns, first.rows.map(line), "What is different");
  body.append(...first.sentences.map((text, place) => el("p", { class: place === 0 ? "lead" : "" }, text)),
    first.total > 0 ? el("h2", {}, `What is different: ${plural(first.total, "image")}`) : "",
    first.total > 0 ? made.box : el("p", { class: "dim" }, "No image is marked differently."),
    more(fetch, (rows) => made.body.append(...rows.map(line)), first.total, first.rows.length, pageful),
    files((kind) => address(`/compare.${kind}`, withRun({ with: chosen }))));
  return { update: (next) => redraw(main, next) };
};

const redraw = (main, query) => {
  main.replaceChildren();
  draw(main, query).catch(complain);
};
