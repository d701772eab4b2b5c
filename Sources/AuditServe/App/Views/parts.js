/* What is known of an image, as lists and tables. */

import { el, svg } from "./dom.js";
import { bytes, count, fixed, number, percent, signed, time } from "./text.js";

const part = (name, ...children) => el("section", { class: "part" }, el("h3", {}, name), children);

/** Where among all images a value stands; the mark is at the right where it is one of the worst. */
const standing = (share) => {
  const at = Math.min(1, Math.max(0, share)) * 100;
  return svg("svg", { class: "standing-bar", viewBox: "0 0 104 10", "aria-hidden": "true" },
    svg("path", { class: "track", d: "M2 5h100" }), svg("path", { class: share >= 0.95 ? "reach high" : "reach", d: `M2 5h${at}` }),
    svg("circle", { class: share >= 0.95 ? "high" : "", cx: 2 + at, cy: 5, r: 3.5 }));
};

const better = { lower: "lower is better", higher: "higher is better", zero: "0 is best" };

const metrics = (list) => list.length > 0 && part("Metrics", el("p", { class: "dim note" }, "The bar: the share of images that are better by it; far right is worst."),
  el("table", { class: "list metrics" }, el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "metric"), el("th", { scope: "col", class: "n" }, "value"),
    el("th", { scope: "col" }, "among all"))),
  el("tbody", {}, list.map((one) => el("tr", { title: [one.explanation, better[one.direction]].filter(Boolean).join("; ") },
    el("th", { scope: "row" }, one.title || one.name), el("td", { class: "n" }, number(one.value)),
    el("td", { class: "among" }, typeof one.percentile === "number" && [standing(one.percentile), el("span", {}, percent(one.percentile, 0))]))))));

/** Shares of a grid of regions as numbers, the strong ones underlaid; any others as a list. */
const regions = (list) => {
  if (list.length === 0) return false;
  const cells = list.map((one) => ({ ...one, at: /^r(\d+)c(\d+)$/.exec(one.name) }));
  const grid = cells.filter(({ at }) => at);
  const rest = cells.filter(({ at }) => !at);
  const [rows, columns] = [1, 2].map((axis) => Math.max(0, ...grid.map(({ at }) => Number(at[axis]))));
  const most = Math.max(1e-9, ...grid.map(({ share }) => share));
  const cell = (row, column) => {
    const one = grid.find(({ at }) => Number(at[1]) === row && Number(at[2]) === column);
    const made = el("td", {}, one ? fixed(100 * one.share, 0) : "–");
    if (one) made.style.setProperty("--strength", `${Math.round((100 * one.share) / most)}%`);
    return made;
  };
  return part("Where the residual is", grid.length > 0 && el("table", { class: "regions" }, el("caption", {}, "share of the squared residual, %"),
    el("tbody", {}, Array.from({ length: rows }, (_, row) => el("tr", {}, Array.from({ length: columns }, (_, column) => cell(row + 1, column + 1)))))),
  rest.length > 0 && el("p", { class: "dim" }, rest.map(({ name, share }) => `${name} ${percent(share, 0)}`).join(" · ")));
};

const fact = (name, value) => (value === null || value === undefined || value === "" ? null
  : el("div", {}, el("dt", {}, name), el("dd", {}, value)));

/** What /sample.json gives, in three boxes: beside the picture, the metrics, and the rest. */
export const parts = (found) => {
  const { facts = {} } = found;
  const reasons = (found.reasons ?? []).length > 0 && el("ul", { class: "reasons" }, found.reasons.map((text) => el("li", {}, text)));
  const issues = (found.issues ?? []).length > 0 && part("Issues", el("dl", { class: "facts-list" }, found.issues.map((issue) =>
    fact(issue.title || issue.code, [issue.detail, typeof issue.confidence === "number" && el("span", { class: "dim" }, ` · ${percent(issue.confidence, 0)} sure`)]))));
  const heads = el("dl", { class: "facts-list" }, fact("skew", typeof found.skew === "number" ? number(found.skew) : null),
    fact("damage", typeof found.damage === "number" ? number(found.damage) : null), fact("mse", typeof found.mse === "number" ? number(found.mse) : null));
  const file = part("File", el("dl", { class: "facts-list" }, fact("size", facts.width ? `${count(facts.width)} x ${count(facts.height)}` : null),
    fact("bytes", typeof facts.bytes === "number" ? bytes(facts.bytes) : null), fact("format", facts.format), fact("modified", facts.modified ? time(facts.modified) : null),
    fact("content", facts.content_hash ? el("code", { class: "hash", title: "SHA-256" }, facts.content_hash) : null)));
  const history = (found.history ?? []).length > 0 && part("Over the runs", el("table", { class: "list" }, el("thead", {}, el("tr", {},
    el("th", { scope: "col" }, "run"), el("th", { scope: "col" }, "finished"), el("th", { scope: "col" }, "marked"), el("th", { scope: "col", class: "n" }, "skew"))),
  el("tbody", {}, found.history.map((one) => el("tr", {}, el("th", { scope: "row" }, one.name), el("td", {}, time(one.finished_at)),
    el("td", {}, signed(one.verdict)), el("td", { class: "n" }, fixed(one.skew, 1)))))));
  const decisions = (found.decisions ?? []).length > 0 && part("Decisions", el("ul", { class: "reasons" }, found.decisions.map((one) =>
    el("li", {}, `${signed(one.verdict)} · ${time(one.at)}`, one.by && ` · ${one.by}`, one.reason && `: ${one.reason}`))));
  return {
    side: el("div", {}, reasons, heads, issues, regions(found.regions ?? [])),
    metrics: metrics(found.metrics ?? []) || el("div", {}),
    more: el("div", {}, file, history, decisions),
  };
};
