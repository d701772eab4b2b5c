/* By what the wall is ordered, and which way. */

import { button, el, fill } from "./dom.js";

/** What one looks for first; the columns of the metrics follow. */
const usual = ["skew", "damage", "mse", "mae", "ssim", "path", "bytes"];

const group = (label, columns) => columns.length > 0 && el("optgroup", { label },
  columns.map(({ name, title, explanation }) => el("option", { value: name, title: explanation }, title || name)));

/**
 * @param columns of /overview.json
 * @param turn takes an order as /samples.json has it, `-skew`
 * @returns what stands in the tools
 */
export const sorting = (columns, name, isFalling, turn) => {
  const known = columns.some((column) => column.name === name) ? columns : [{ name, title: name }, ...columns];
  const kind = (wanted) => known.find((column) => column.name === wanted)?.kind;
  const first = usual.map((wanted) => known.find((column) => column.name === wanted)).filter(Boolean);
  const box = el("select", { id: "sort", onchange: () => turn(`${kind(box.value) === "text" ? "" : "-"}${box.value}`) });
  fill(box, [group("usual", first), group("all columns", known.filter((column) => !first.includes(column)))]);
  box.value = name;
  const isText = kind(name) === "text";
  const words = isFalling ? (isText ? "Z to A" : "highest first") : isText ? "A to Z" : "lowest first";
  return [
    el("label", { for: "sort", class: "dim" }, "sort by "), box,
    button([isFalling ? "▼" : "▲", el("span", {}, ` ${words}`)], () => turn(`${isFalling ? "" : "-"}${name}`),
      { id: "direction", "aria-label": `Order: ${words}; turn` }),
  ];
};
