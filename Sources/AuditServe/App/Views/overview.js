/* What was found and what to do: where everything begins. */

import { get } from "./api.js";
import * as decisions from "./decisions.js";
import { command, el, pathText, svg } from "./dom.js";
import { showExport } from "./effect.js";
import { link, withRun } from "./route.js";
import { complain, complete, overview } from "./shell.js";
import { files, table } from "./table.js";
import { image } from "./tile.js";
import { count, fileName, fixed, percent, plural, shown, signed, signs, time, verdicts } from "./text.js";

export const title = "Overview";

const tones = { calm: ["calm", "✓"], amber: ["act", "!"], red: ["act red", "!"] };
const capital = (text) => text.slice(0, 1).toUpperCase() + text.slice(1);

const facts = (found) => {
  const { run, verdicts: marks } = found;
  return [plural(run.samples, "image"), run.reference, marks.failed > 0 && `${count(marks.failed)} unreadable`,
    `run “${shown(run.name)}”`, run.is_partial ? "not finished" : time(run.finished_at)].filter(Boolean);
};

const verdictBar = ({ verdicts: marks }) => {
  const bar = el("div", { class: "bar", "aria-hidden": "true" }, verdicts.map((verdict) => {
    const part = marks[verdict] > 0 && el("span", { class: verdict });
    if (part) part.style.flexGrow = String(marks[verdict]);
    return part;
  }));
  return el("div", { class: "verdicts" }, bar, el("ul", {}, verdicts.map((verdict) => el("li", { class: verdict },
    el("span", { class: "sign", "aria-hidden": "true" }, `${signs[verdict]} `),
    el("a", { href: link("/samples", { verdict }) }, el("b", {}, count(marks[verdict])), ` ${verdict}`))),
  marks.failed > 0 && el("li", {}, el("a", { href: link("/failed") }, el("b", {}, count(marks.failed)), " unreadable"))));
};

/** The interval as a bar from 0; what lies below 0 is cut off. */
const interval = ({ low, high, gain }, most) => {
  const at = (share) => (Math.min(Math.max(share, 0), most) * 200) / most;
  return svg("svg", { class: "interval", viewBox: "0 0 208 14", preserveAspectRatio: "xMinYMid meet", "aria-hidden": "true" },
    svg("path", { class: "track", d: "M0 7h204" }), svg("path", { class: "reach", d: `M${at(low)} 7H${at(high)}` }),
    svg("circle", { cx: at(gain), cy: 7, r: 4.5 }));
};

const remedyCards = ({ remedies: list }) => {
  const most = Math.max(0.01, ...list.map(({ high }) => high));
  return list.length > 0 && el("ul", { class: "remedies" }, list.map((remedy) => {
    const isMeasurable = remedy.low > 0 || remedy.high < 0;
    return el("li", { class: remedy.recommended ? "remedy best" : "remedy" },
      el("p", { class: "what" }, capital(remedy.title ?? remedy.name), " ",
        remedy.recommended ? el("span", { class: "badge" }, "recommended") : ""),
      el("p", { class: "gain" }, isMeasurable
        ? [el("b", {}, `${remedy.gain > 0 ? "−" : "+"}${percent(Math.abs(remedy.gain))}`), " squared error on the rest"]
        : el("b", { class: "none" }, "not measurable"),
      remedy.is_outdated && [" ", el("span", { class: "outdated" }, "out of date")]),
      interval(remedy, most),
      el("p", { class: "range" }, `estimated, 95 % interval ${fixed(100 * remedy.low, 1)} to ${percent(remedy.high)}`));
  }));
};

const worstOne = (row, place) => {
  const { verdict } = decisions.of(row);
  const href = link("/sample", { id: String(row.id), at: String(place), sort: "-skew" });
  return el("a", { class: "thumb", href, title: row.path }, image(row.id, "thumb", row.path),
    el("span", {}, verdict ? `${signed(verdict)} ` : "", fixed(row.skew, 1)));
};
const worst = (rows) => rows.length > 0 && el("div", { class: "worst" }, el("p", {}, "The highest skew"),
  el("div", { class: "thumbs" }, rows.map(worstOne)));

const issueRow = (issue) => el("tr", {},
  el("th", { scope: "row" }, el("a", { href: link("/samples", { issue: issue.code, sort: "-damage" }) }, issue.code),
    el("span", { class: `severity ${issue.severity}` }, issue.severity)),
  el("td", { class: "n" }, count(issue.count)), el("td", {}, issue.says));
const issueTable = ({ issues }) => issues.length > 0 && el("section", { id: "issues" }, el("h2", {}, "Issues"),
  table([["issue", false], ["images", true], ["what it is", false]], issues.map(issueRow), "Issues").box);

const next = (found) => {
  const marked = ["drop", "review"].filter((verdict) => found.verdicts[verdict] > 0);
  const total = marked.reduce((sum, verdict) => sum + found.verdicts[verdict], 0);
  const look = total > 0
    ? [el("a", { href: link("/samples", { verdict: marked.join(",") }), id: "look" },
      `Look at the ${plural(total, "image")} marked ${marked.join(" or ")}`),
    " and decide by keys: ", el("kbd", {}, "k"), " keep, ", el("kbd", {}, "d"), " drop, ", el("kbd", {}, "r"), " review."]
    : [el("a", { href: link("/samples"), id: "look" }, "Look at the images"), ", the highest skew first; nothing is marked."];
  const commands = found.commands.map(({ title: words, command: text }) =>
    [el("p", { class: "dim" }, words), command(text, words)]);
  return el("section", { id: "next" }, el("h2", {}, "What to do next"), el("ol", { class: "steps" },
    el("li", {}, el("p", {}, look)),
    el("li", {}, el("p", {}, el("a", { href: link("/groups") }, "Go through the groups of copies"),
      ": side by side, the best is kept with one key.")),
    commands.length > 0 && el("li", {}, el("p", {}, "Take the result with you:"), commands)));
};

/** An answer while the server counts has less in it. */
const whole = (found) => ({
  verdicts: {}, remedies: [], sentences: [], issues: [], commands: [], ...found,
  banner: found.banner ?? { tone: "", text: "Counting what was found …" },
});

const render = (main, answer, asked) => {
  const found = whole(answer);
  const [tone, mark] = tones[found.banner.tone] ?? ["", "–"];
  const place = el("div", { class: "worst" });
  const [lead, ...more] = found.sentences.length > 0 ? found.sentences : [found.banner.text];
  const name = fileName(found.run.dataset.replace(/\/$/, "")) || found.run.dataset;
  const notes = [
    found.run.excerpt && `${found.run.excerpt}.`,
    found.run.is_partial && "This run is not finished; what is said holds for the images so far.",
    found.writable === false && "The database can only be read: decisions are refused.",
  ].filter(Boolean);
  main.replaceChildren(
    el("div", { class: "title" }, el("h1", {}, el("bdi", {}, name)),
      el("ul", { class: "facts" }, facts(found).map((fact) => el("li", {}, fact))),
      el("p", { class: "dim place" }, pathText(found.run.dataset))),
    el("section", { class: `banner ${tone}`, "aria-label": "Result" }, el("p", { class: "mark", "aria-hidden": "true" }, mark),
      el("div", { class: "words" }, el("p", { class: "lead" }, lead), notes.map((text) => el("p", { class: "outdated" }, text)),
        verdictBar(found)),
      place, el("div", { class: "more-words" }, more.map((text) => el("p", {}, text))), remedyCards(found) || ""),
    next(found), issueTable(found) || "",
    files((kind) => link(`/overview.${kind}`)));
  asked.then(({ rows }) => {
    const made = worst(rows);
    if (made) place.replaceWith(made); else place.remove();
  }, complain);
};

export const draw = async (main) => {
  const asked = get("/samples.json", withRun({ sort: "-skew", limit: "6" }));
  asked.catch(() => undefined);
  let found = await overview(true);
  render(main, found, asked);
  let isHere = true;
  const show = (later) => {
    if (!isHere) return;
    found = later;
    render(main, found, asked);
  };
  if (found.state === "computing") complete().then(show, complain);
  const uncounted = decisions.onMarked((marked) => {
    const before = found.verdicts;
    if (before && verdicts.some((verdict) => before[verdict] !== marked[verdict])) {
      show({ ...found, verdicts: { ...before, ...marked } });
    }
  });
  return {
    keys: { e: showExport },
    leave: () => {
      isHere = false;
      uncounted();
    },
  };
};
