/* Which images are meant, and what is done to them. */

import * as decisions from "./decisions.js";
import { button, el } from "./dom.js";
import { complain, tell } from "./shell.js";
import { count, plural } from "./text.js";

/** Runs of neighbouring places: [first, behind the last]. */
const runsOf = (places) => {
  const runs = [];
  for (const place of [...places].sort((one, other) => one - other)) {
    const last = runs.at(-1);
    if (last && last[1] === place) last[1] += 1;
    else runs.push([place, place + 1]);
  }
  return runs;
};

/** The image that keys are about, and those that were chosen with it. */
export class Choice {
  active = 0;
  chosen = new Set();
  /** Places before this are about to be dropped; 0 where nobody asked. */
  doomed = 0;
  #anchor = 0;
  #total = () => 0;
  #changed;

  /** @param changed is called with the places that look different now, or with null for all */
  constructor(total, changed) {
    this.#total = total;
    this.#changed = changed;
  }

  begin(place) {
    this.active = Math.max(0, place);
    this.#anchor = this.active;
    this.chosen.clear();
    this.doomed = 0;
  }

  /** Moves to a place; with `isRange` everything from where one started is chosen. */
  move(place, isRange = false) {
    const to = Math.min(Math.max(0, place), Math.max(0, this.#total() - 1));
    const before = this.active;
    this.active = to;
    if (isRange) return this.#choose(this.#anchor, to);
    this.#anchor = to;
    if (this.chosen.size > 0) return this.clear();
    this.#changed([before, to]);
  }

  toggle(place) {
    if (this.chosen.size === 0) this.chosen.add(this.active);
    if (!this.chosen.delete(place)) this.chosen.add(place);
    this.active = place;
    this.#anchor = place;
    this.#changed(null);
  }

  clear() {
    const isAnything = this.chosen.size > 0 || this.doomed > 0;
    this.chosen.clear();
    this.doomed = 0;
    this.#changed(null);
    return isAnything;
  }

  doom(places) {
    this.doomed = places;
    this.#changed(null);
  }

  #choose(one, other) {
    const [first, last] = [Math.min(one, other), Math.max(one, other)];
    if (last - first >= decisions.most) {
      return tell(`${count(last - first + 1)} images are too many at once: at most ${count(decisions.most)}.`, "", true);
    }
    this.chosen.clear();
    for (let place = first; place <= last; place += 1) this.chosen.add(place);
    this.#changed(null);
  }

  get places() { return this.chosen.size > 0 ? this.chosen : new Set([this.active]); }
}

/** Decides about what is chosen; the same verdict once more takes it away. */
export const decideChosen = async (pages, choice, verdict) => {
  const found = [];
  try {
    for (const [first, last] of runsOf(choice.places)) found.push(...await pages.ids(first, last));
  } catch (error) { return complain(error); }
  const rows = [...choice.places].map((place) => pages.row(place));
  const isSame = rows.every((row) => row && decisions.of(row).decision === verdict && decisions.of(row).pending === undefined);
  await decisions.decide(found, isSame ? null : verdict);
};

/** Of the first images those that nobody decided about; null where there are too many to ask for each. */
const undecided = async (pages, places) => {
  if (places > decisions.most) return null;
  await pages.ids(0, places);
  const rows = Array.from({ length: places }, (_, place) => pages.row(place)).filter(Boolean);
  return rows.filter((row) => decisions.of(row).decision === null).map((row) => row.id);
};

/**
 * Asks, where one is, whether all down to here are to be dropped.
 *
 * @param box takes the question
 * @param done is called when it is answered
 */
export const askAbove = async (box, pages, choice, done) => {
  const places = choice.active + 1;
  choice.doom(places);
  let free;
  try { free = await undecided(pages, places); } catch (error) {
    choice.doom(0);
    return complain(error);
  }
  const close = () => {
    box.hidden = true;
    box.replaceChildren();
    choice.doom(0);
    done();
  };
  const kept = free ? places - free.length : 0;
  const first = places === 1 ? "the first image of this order" : `the first ${count(places)} of this order, down to the line`;
  const what = free === null ? `Drop ${first}? Decisions that were made about them are replaced.`
    : `Drop ${kept > 0 ? `the ${count(free.length)} undecided of ` : ""}${first}?`
      + (kept > 0 ? ` ${plural(kept, "decision")} of yours ${kept === 1 ? "stays" : "stay"}.` : "");
  const yes = button(`✕ Drop ${count(free === null ? places : free.length)}`, async () => {
    close();
    if (free !== null) return decisions.decide(free, "drop");
    await decisions.decideAbove(aboveQuery(pages.query), places, "drop");
  }, { class: "danger", disabled: free !== null && free.length === 0 });
  box.replaceChildren(el("p", {}, what), yes, button(["Cancel ", el("kbd", {}, "Esc")], close));
  box.hidden = false;
  (yes.disabled ? box.lastChild : yes).focus();
  return close;
};

/** The query as the body of a request has it: texts, and folders as a list. */
const aboveQuery = (query) => {
  const body = Object.fromEntries([...query].filter(([name]) => name !== "folder"));
  if (query.has("folder")) body.folder = query.getAll("folder");
  return body;
};
