/* The bar of what was decided, what that is worth now, and what exports it. */

import { get } from "./api.js";
import * as decisions from "./decisions.js";
import { button, byId, command, download, el, key } from "./dom.js";
import { link, onArrival, run, withRun } from "./route.js";
import { complain, complete } from "./shell.js";
import { count, signs, verdicts } from "./text.js";

const bar = byId("decided");
const counts = el("p", { class: "counts" });
const sentence = el("p", { class: "sentence", role: "status", "aria-live": "polite" });
const second = 1000;
let waiting = 0;
/** The newest change that was stored; an answer about an older one is out of date. */
let serial = null;
let isAsking = false;

const showCounts = (found) => {
  const made = verdicts.filter((verdict) => found[verdict] > 0);
  bar.hidden = made.length === 0;
  counts.replaceChildren(el("b", {}, "Decided "), ...made.map((verdict) => el("span", { class: `tally ${verdict}` },
    el("span", { class: "sign", "aria-hidden": "true" }, signs[verdict]), ` ${count(found[verdict])} ${verdict}`)));
};

const say = (state, text) => {
  sentence.classList.toggle("waiting", state === "computing");
  const words = state === "computing" ? "Working out what that is worth …" : state === "ready" ? text : "";
  if (sentence.textContent !== words) sentence.replaceChildren(el("span", {}, words));
};
const showEffect = (found, about) => {
  decisions.heedMarked(found, about);
  showCounts(found.counts);
  say(found.state, found.sentence);
};

/** Asks until the newest figures are there. */
const follow = async () => {
  clearTimeout(waiting);
  if (isAsking) return;
  isAsking = true;
  const [asked, about] = [serial, run()];
  try {
    const found = await get("/effect.json", withRun(serial === null ? {} : { after: String(serial) }));
    if (asked === serial) showEffect(found, about);
    if (asked !== serial || found.state === "computing") waiting = setTimeout(follow, asked === serial ? second : 0);
  } catch (error) {
    say("none", "");
    if (asked !== null) complain(error);
  } finally {
    isAsking = false;
  }
};

export const showExport = async () => {
  const box = byId("export");
  const found = await complete().catch(complain);
  if (!found) return;
  box.replaceChildren(
    el("form", { method: "dialog" }, el("button", { class: "close", "aria-label": "Close" }, "✕")),
    el("h3", { id: "export-name" }, "Take the result with you"),
    el("p", { class: "dim" }, "Decisions are stored in the database. Run one of these in a terminal:"),
    el("ol", { class: "steps" }, found.commands.map(({ title, command: text }) =>
      el("li", {}, el("p", {}, title), command(text, title)))),
    el("p", { class: "dim" }, "What was decided, as a file: ", download(link("/decisions.csv"), "decisions.csv"), ", ",
      download(link("/decisions.json"), "decisions.json"), "."),
  );
  box.showModal();
};

const reason = el("input", {
  id: "reason", type: "text", autocomplete: "off", maxlength: "500", placeholder: "none",
  oninput: (event) => decisions.setReason(event.target.value.trim()),
});

export const begin = () => {
  bar.append(counts, sentence, el("p", { class: "reason" }, el("label", { for: "reason" }, "reason for the next "), reason),
    el("p", { class: "deeds" }, button(["Undo ", key("u")], decisions.undo, { id: "undo", "aria-label": "Undo" }),
      button("Export …", showExport, { id: "show-export", "aria-haspopup": "dialog" })));
  decisions.onChange(({ answer }) => {
    if (!answer) return;
    serial = answer.serial;
    if (answer.counts) showCounts(answer.counts);
    say("computing", "");
    follow();
  });
  onArrival(() => { if (serial === null) follow(); });
  addEventListener("focus", follow);
  follow();
};
