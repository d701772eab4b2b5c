/* A question in SQL, to a database that is opened for reading only. */

import { get, isAbort } from "./api.js";
import { button, el, key } from "./dom.js";
import { address, go, link, withRun } from "./route.js";
import { complain, complete } from "./shell.js";
import { files, table } from "./table.js";
import { count, plural } from "./text.js";

export const title = "SQL";

const note = "Reads only; 5 seconds and 1,000 rows at most. Views: samples, flagged, score_long, region, changes.";
const example = "SELECT path, skew, damage, issues\nFROM samples\nORDER BY skew DESC\nLIMIT 50";

const cell = (value) => {
  if (value === null) return el("td", { class: "dim" }, "NULL");
  if (Number.isInteger(value)) return el("td", { class: "n" }, String(value));
  if (typeof value === "number") return el("td", { class: "n" }, String(Number(value.toPrecision(6))));
  return el("td", {}, el("bdi", {}, String(value)));
};

export const draw = async (main, firstQuery) => {
  let stop = new AbortController();
  const text = el("textarea", {
    id: "query", rows: "6", spellcheck: "false", autocomplete: "off", "aria-describedby": "query-note",
  });
  const result = el("div", { class: "result", role: "region", "aria-label": "Result" });
  const send = () => { if (text.value.trim() !== "") go(link("/sql", { query: text.value })); };
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    send();
  });
  const saved = el("p", { class: "saved" });
  main.append(el("div", { class: "title" }, el("h1", {}, "SQL")), el("label", { for: "query", class: "off" }, "Query"), text,
    el("p", { class: "row" }, button(["Run ", key("Ctrl+Enter")], send, { id: "run-query", "aria-label": "Run" }),
      el("span", { class: "dim", id: "query-note" }, note)), saved, result);
  complete().then((found) => {
    if (found.questions.length === 0) return;
    saved.append(el("span", { class: "dim" }, "Saved questions: "), ...found.questions.flatMap(({ name, title: words }) =>
      [el("a", { href: link("/sql", { query: `SELECT * FROM ${name}` }) }, words), " "]));
  }, () => undefined);

  const run = async (query) => {
    const asked = query.get("query") ?? "";
    text.value = asked || example;
    result.replaceChildren();
    stop.abort();
    if (asked === "") return;
    stop = new AbortController();
    result.setAttribute("aria-busy", "true");
    result.append(el("p", { class: "dim" }, "Asking …"));
    try {
      const found = await get("/sql.json", withRun({ query: asked }), stop.signal);
      const numeric = found.columns.map((_, column) => found.rows.some((row) => typeof row[column] === "number"));
      const rows = found.rows.map((row) => el("tr", {}, row.map(cell)));
      const made = table(found.columns.map((name, column) => [name, numeric[column]]), rows, "Rows");
      const rest = found.truncated ? ", and more that are not shown" : "";
      result.replaceChildren(el("p", { class: "dim" }, `${plural(rows.length, "row")}${rest} in ${count(Math.round(found.ms))} ms`),
        made.box, files((kind) => address(`/sql.${kind}`, withRun({ query: asked }))));
    } catch (error) {
      if (isAbort(error)) return;
      complain(error);
      const hint = error.hint && el("span", { class: "dim" }, ` ${error.hint}`);
      result.replaceChildren(el("p", { class: "refused" }, el("b", {}, "! "), error.message, hint));
    }
    result.removeAttribute("aria-busy");
  };
  await run(firstQuery);
  return { update: run, leave: () => stop.abort() };
};
