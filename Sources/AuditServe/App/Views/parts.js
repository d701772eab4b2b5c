/* What is known of an image, as lists and tables. */

import { el, heads, pathText, svg } from "./dom.js";
import { bytes, count, fixed, number, percent, signed, time } from "./text.js";

const part = (name, ...children) => el("section", { class: "part" }, el("h3", {}, name), children);
const some = (list, make) => (list?.length > 0 ? make(list) : null);

/** Names and values, without those that have none. */
const facts = (pairs) => el("dl", { class: "facts-list" }, pairs.map(([name, value]) =>
  (value === null || value === undefined || value === "" ? null : el("div", {}, el("dt", {}, name), el("dd", {}, value)))));
const known = (value, words = number) => (typeof value === "number" ? words(value) : null);

/** Beyond this a value is one of the worst. */
const tail = 0.95;

/** Where among all images a value stands; the mark is at the right where it is one of the worst. */
const standing = (share) => {
  const at = Math.min(1, Math.max(0, share)) * 100;
  const high = share >= tail ? "high" : "";
  return svg("svg", { class: "standing-bar", viewBox: "0 0 104 10", "aria-hidden": "true" },
    svg("path", { class: "track", d: "M2 5h100" }), svg("path", { class: `reach ${high}`, d: `M2 5h${at}` }),
    svg("circle", { class: high, cx: 2 + at, cy: 5, r: 3.5 }));
};

const better = { lower: "lower is better", higher: "higher is better", zero: "0 is best" };

const metric = (one) => {
  const rank = Number.isInteger(one.rank) && Number.isInteger(one.of) && `rank ${count(one.rank)} of ${count(one.of)}`;
  const about = [one.explanation, one.unit && one.unit !== "1" && `in ${one.unit}`, better[one.direction], rank].filter(Boolean);
  return el("tr", { title: about.join("; ") }, el("th", { scope: "row" }, one.title || one.name),
    el("td", { class: "n" }, number(one.value)),
    el("td", { class: "among" }, known(one.percentile, (share) => [standing(share), el("span", {}, percent(share, 0))])));
};
const metrics = (list) => part("Metrics",
  el("p", { class: "dim note" }, "The bar: the share of images that are better by it; far right is worst."),
  el("table", { class: "list metrics" }, heads([["metric", false], ["value", true], ["among all", false]]),
    el("tbody", {}, list.map(metric))));

/** Shares of a grid of regions as numbers, the strong ones underlaid; any others as a list. */
const regions = (list) => {
  const cells = list.map((one) => ({ ...one, at: /^r(\d+)c(\d+)$/.exec(one.name)?.slice(1).map(Number) }));
  const grid = cells.filter(({ at }) => at);
  const rest = cells.filter(({ at }) => !at);
  const [rows, columns] = [0, 1].map((axis) => Math.max(0, ...grid.map(({ at }) => at[axis])));
  const most = Math.max(Number.MIN_VALUE, ...grid.map(({ share }) => share));
  const cell = (row, column) => {
    const one = grid.find(({ at }) => at[0] === row && at[1] === column);
    const made = el("td", {}, one ? fixed(100 * one.share, 0) : "–");
    if (one) made.style.setProperty("--strength", `${Math.round((100 * one.share) / most)}%`);
    return made;
  };
  const upTo = (last) => Array.from({ length: last }, (_, place) => place + 1);
  return part("Where the residual is",
    some(grid, () => el("table", { class: "regions" }, el("caption", {}, "share of the squared residual, %"),
      el("tbody", {}, upTo(rows).map((row) => el("tr", {}, upTo(columns).map((column) => cell(row, column))))))),
    some(rest, () => el("p", { class: "dim" }, rest.map(({ name, share }) => `${name} ${percent(share, 0)}`).join(" · "))));
};

const issues = (list) => part("Issues", facts(list.map((issue) => [issue.code,
  [issue.detail, known(issue.confidence, (share) => el("span", { class: "dim" }, ` · ${percent(share, 0)} sure`))]])));

const file = (about, partner) => part("File", facts([
  ["size", about.width ? `${count(about.width)} x ${count(about.height)}` : null], ["bytes", known(about.bytes, bytes)],
  ["format", about.format], ["modified", about.modified ? time(about.modified) : null],
  ["compared with", partner ? pathText(partner) : null],
  ["content", about.content_hash ? el("code", { class: "hash", title: "SHA-256" }, about.content_hash) : null],
]));

const history = (list) => part("Over the runs", el("table", { class: "list" },
  heads([["run", false], ["finished", false], ["marked", false], ["skew", true]]),
  el("tbody", {}, list.map((one) => el("tr", {}, el("th", { scope: "row" }, one.name), el("td", {}, time(one.finished_at)),
    el("td", {}, signed(one.verdict)), el("td", { class: "n" }, fixed(one.skew, 1)))))));

const bullets = (list) => el("ul", { class: "reasons" }, list.map((text) => el("li", {}, text)));

const decided = (list) => part("Decisions", bullets(list.map((one) =>
  [`${signed(one.verdict)} · ${time(one.at)}`, one.by && ` · ${one.by}`, one.reason && `: ${one.reason}`])));

/** What /sample.json gives, in three boxes: beside the picture, the metrics, and the rest. */
export const parts = (found) => ({
  side: el("div", {}, some(found.reasons, bullets),
    facts([["skew", known(found.skew)], ["damage", known(found.damage)], ["mse", known(found.mse)]]),
    some(found.issues, issues), some(found.regions, regions)),
  metrics: el("div", {}, some(found.metrics, metrics)),
  more: el("div", {}, file(found.facts ?? {}, found.partner), some(found.history, history), some(found.decisions, decided)),
});
