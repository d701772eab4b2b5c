/* What stands around every view: the head, the line that is read aloud, and what is known of the run. */

import { get, isAbort } from "./api.js";
import { button, byId, choice, el, fill } from "./dom.js";
import { address, go, here, link, run, withRun } from "./route.js";
import { fileName, shown } from "./text.js";

const kept = new Map();

/** The overview of the run that is looked at; asked for once, or anew where it is to be fresh. */
export const overview = (isFresh = false) => {
  const key = run();
  if (isFresh || !kept.has(key)) {
    const asked = get("/overview.json", withRun());
    kept.set(key, asked);
    asked.catch(() => { if (kept.get(key) === asked) kept.delete(key); });
  }
  return kept.get(key);
};

const second = 1000;

/** The same, once all of it has been counted: of a large run that takes seconds after the server has started. */
export const complete = async () => {
  for (let found = await overview(); ; found = await overview(true)) {
    if (found.state !== "computing") return found;
    await new Promise((done) => { setTimeout(done, second); });
  }
};

let fading = 0;
const quiet = () => {
  clearTimeout(fading);
  byId("live").hidden = true;
  byId("live").replaceChildren();
};

/** Says something in the line that screen readers read; a note goes away by itself. */
export const tell = (what, hint = "", isError = false) => {
  const live = byId("live");
  clearTimeout(fading);
  live.className = isError ? "live error" : "live";
  live.replaceChildren();
  live.hidden = false;
  fill(live, [
    el("p", {}, isError && el("b", { class: "sign", "aria-hidden": "true" }, "! "), what,
      hint && el("span", { class: "dim" }, ` ${hint}`)),
    button("✕", quiet, { class: "close", "aria-label": "Close this message" }),
  ]);
  if (!isError) fading = setTimeout(quiet, 5000);
};

/** Says what went wrong; a request that was given up is nothing wrong. */
export const complain = (error) => {
  if (isAbort(error)) return;
  const what = /[.!?]$/.test(error.message) ? error.message : `${error.message}.`;
  const hint = error.hint ? `${error.hint[0].toUpperCase()}${error.hint.slice(1)}${/[.!?]$/.test(error.hint) ? "" : "."}` : "";
  tell(what, hint, true);
};

const nameRun = (found) => {
  const box = byId("run");
  const others = found.runs ?? [];
  const runs = others.some((one) => one.id === found.run.id) ? others : [found.run, ...others];
  box.replaceWith(choice({
    id: "run",
    onchange: (event) => {
      const { view, query } = here();
      const kept = view === "/sample" ? new URLSearchParams() : query;
      for (const name of ["at", "id"]) kept.delete(name);
      kept.set("run", event.target.value);
      go(address(view === "/sample" ? "/samples" : view, kept));
    },
  }, runs.map((one) => [String(one.id), one.name]), String(found.run.id)));
  const name = fileName(found.run.dataset.replace(/\/$/, "")) || found.run.dataset;
  byId("dataset").textContent = shown(name);
  byId("dataset").title = shown(found.run.dataset);
};

/** The head of a view: what it is called, which link is that of where one is, whose run it is. */
export const head = (title, view) => {
  document.title = shown(`${title} - audit`);
  for (const anchor of byId("views").children) {
    const path = anchor.pathname;
    anchor.href = link(path);
    const isHere = path === view || (path === "/samples" && view === "/sample");
    if (isHere) anchor.setAttribute("aria-current", "page"); else anchor.removeAttribute("aria-current");
  }
  document.body.dataset.view = view.slice(1) || "overview";
  overview().then(nameRun, () => undefined);
};
