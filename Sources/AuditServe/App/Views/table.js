/* Tables that grow by a page at a time. */

import { button, download, el, heads } from "./dom.js";
import { complain } from "./shell.js";
import { count } from "./text.js";

/** @param columns [words, isNumber] of each */
export const table = (columns, rows, caption) => {
  const body = el("tbody", {}, rows);
  return {
    body,
    box: el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
      el("table", { class: "list rows" }, heads(columns), body)),
  };
};

/**
 * A button that fetches the next page, as long as there is one.
 *
 * @param fetch takes an offset and gives {total, rows}
 * @param show takes rows
 */
export const more = (fetch, show, firstTotal, firstCount, pageful) => {
  let [total, there] = [firstTotal, firstCount];
  const next = button("", async () => {
    next.disabled = true;
    try {
      const found = await fetch(there);
      total = found.total;
      there += found.rows.length;
      show(found.rows);
      if (found.rows.length === 0) there = total;
    } catch (error) { complain(error); }
    next.disabled = false;
    tell();
  }, { class: "more" });
  const tell = () => {
    const left = total - there;
    next.hidden = left <= 0;
    next.textContent = left > pageful ? `Show ${count(pageful)} of ${count(left)} more` : `Show ${count(left)} more`;
  };
  tell();
  return next;
};

/** Links to the same as files. */
export const files = (address) => el("p", { class: "dim files" }, "as a file: ",
  download(address("csv"), "", "csv"), ", ", download(address("json"), "", "json"));
