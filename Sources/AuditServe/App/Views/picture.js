/* Everything about one image. */

import { get } from "./api.js";
import * as decisions from "./decisions.js";
import { command, el, key, pathText, redraw } from "./dom.js";
import { verdictButtons } from "./keys.js";
import { dataQuery, pagesOf } from "./pages.js";
import { parts } from "./parts.js";
import { address, go, link, withRun } from "./route.js";
import { complain } from "./shell.js";
import { stage } from "./stage.js";
import { files } from "./table.js";
import { image, sign } from "./tile.js";
import { count, fileName, kinds, signed } from "./text.js";

export const title = "Image";

/** The images before and behind one, in the order that led to it. */
const trailOf = (query, heard) => {
  const at = Number.parseInt(query.get("at") ?? "", 10);
  if (!(at >= 0)) return null;
  const pages = pagesOf(withRun(dataQuery(query)), heard);
  pages.want(Math.max(0, at - 1), at + 2);
  return { pages, at };
};

const thumb = (other) => el("a", { class: "thumb", href: link("/sample", { id: String(other.id) }), title: other.path },
  image(other.id, "thumb", other.path),
  el("span", {}, other.is_best && el("b", {}, "★ best "), el("bdi", {}, fileName(other.path)),
    other.why && el("span", { class: "why" }, kinds[other.why] ?? other.why)));
const thumbs = (name, list) => (list?.length > 0
  ? el("section", { class: "part" }, el("h3", {}, name), el("div", { class: "thumbs" }, list.map(thumb))) : null);

export const draw = async (main, firstQuery) => {
  let query = firstQuery;
  let found = null;
  let shown = null;
  let more = null;
  let stop = new AbortController();
  const body = el("div", { class: "picture" });
  main.append(body);

  const target = (place) => {
    const row = trail?.pages.row(place);
    if (!row) return null;
    const next = new URLSearchParams(query);
    next.set("id", String(row.id));
    next.set("at", String(place));
    return address("/sample", next);
  };
  /** Where one came from. */
  const wall = () => {
    const next = new URLSearchParams(query);
    next.delete("id");
    return address("/samples", next);
  };
  const steps = el("p", { class: "steps-along" });
  const drawSteps = () => {
    const way = (by, words, name) => {
      const href = trail && target(trail.at + by);
      return href ? el("a", { href, class: "step" }, words, key(name)) : el("span", { class: "step dim" }, words);
    };
    const total = trail?.pages.total;
    const place = trail && total ? `${count(trail.at + 1)} of ${count(total)}` : "";
    steps.replaceChildren(el("a", { href: wall() }, "↑ all images"), way(-1, "← previous ", "j"), way(1, "next → ", "l"),
      el("span", { class: "dim" }, place));
  };
  const heard = ({ error }) => {
    if (error) return complain(error);
    drawSteps();
  };
  let trail = null;

  const choices = el("p", { class: "choices" });
  const status = el("p", { class: "standing" });
  const drawChoices = () => {
    const now = decisions.of(found);
    redraw(choices, "verdict", () => choices.replaceChildren(...verdictButtons(decide, now.decision)));
    const mark = el("span", { class: `mark-of ${now.verdict ?? ""}` }, sign(now.verdict),
      now.verdict ? ` marked ${now.verdict}` : "not marked");
    const words = now.pending !== undefined ? "storing …"
      : now.decision ? `decided ${signed(now.decision)}` : "nobody has decided";
    status.replaceChildren(mark, " ", el("span", { class: now.decision ? `decision ${now.decision}` : "dim" }, words));
  };
  const decide = (verdict) => {
    if (!found) return;
    const now = decisions.of(found);
    decisions.decide([found.id], now.decision === verdict && now.pending === undefined ? null : verdict);
  };

  const load = async () => {
    stop.abort();
    stop = new AbortController();
    trail = trailOf(query, heard);
    drawSteps();
    const id = query.get("id") ?? "";
    const since = decisions.moment();
    const answer = await get("/sample.json", withRun({ id }), stop.signal);
    found = answer;
    decisions.learn([answer], since);
    document.title = `${fileName(answer.path)} - audit`;
    shown = stage(answer.id, answer.path, answer.pictures ?? [], answer.partner ? { reconstruction: "reference" } : {});
    const old = body.querySelector(".stagebox");
    const all = parts(answer);
    more = all.more;
    const picture = answer.pictures?.length > 0 ? shown.box : el("p", { class: "stagebox none" }, "This file cannot be shown.");
    const commands = (answer.commands ?? []).map((one) =>
      el("section", { class: "part" }, el("h3", {}, one.title), command(one.command, one.title)));
    body.replaceChildren(el("div", { class: "lead-in" }, steps, el("h1", {}, pathText(answer.path))), picture,
      el("div", { class: "telling" }, status, choices, all.side),
      el("div", { class: "telling-more" }, all.metrics, el("div", {}, all.more, thumbs("Nearest ordinary images", answer.nearest) ?? "",
        thumbs("Its copies and neighbours", answer.duplicates) ?? "", commands,
        files((kind) => link(`/sample.${kind}`, { id })))));
    if (old && document.activeElement === document.body) main.focus({ preventScroll: true });
    drawChoices();
  };
  const step = (by) => {
    const href = trail && target(trail.at + by);
    if (href) go(href);
  };
  /** What was stored stands in the list of decisions, with who and when. */
  const drawMore = async () => {
    const asked = found;
    const fresh = await get("/sample.json", withRun({ id: String(asked.id) }), stop.signal);
    if (found !== asked) return;
    const next = parts(fresh).more;
    more.replaceWith(next);
    more = next;
  };
  const forget = decisions.onChange(({ ids, answer }) => {
    if (!found || (ids !== null && !ids.has(found.id))) return;
    drawChoices();
    if (answer) drawMore().catch(() => undefined);
  });
  const look = () => { if (found) decisions.refresh([found.id]).catch(() => undefined); };
  addEventListener("focus", look);
  await load();
  return {
    keys: {
      k: () => decide("keep"), d: () => decide("drop"), r: () => decide("review"), j: () => step(-1), l: () => step(1),
      ArrowLeft: () => step(-1), ArrowRight: () => step(1), Escape: () => go(wall()),
      ...Object.fromEntries([" ", "+", "-", "1", "2", "3"].map((key) => [key, () => shown?.keys[key]()])),
    },
    update: (next) => {
      const isOther = next.get("id") !== query.get("id");
      query = next;
      if (isOther) load().catch(complain); else drawSteps();
    },
    leave: () => {
      stop.abort();
      forget();
      removeEventListener("focus", look);
    },
  };
};
