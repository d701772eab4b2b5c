/* What was decided: said to be so once the server has answered, and not before. */

import { get, post } from "./api.js";
import { address, run, withRun } from "./route.js";
import { complain, tell } from "./shell.js";
import { count, plural } from "./text.js";

/** Most images that one request decides about. */
export const most = 10_000;

const heard = [];
/** Images that somebody decided about since the page was opened: {decision, verdict}. */
const known = new Map();
/** Images of requests that are under way: what is to become of them. */
const pending = new Map();
let order = Promise.resolve();
let reason = "";

/** Listeners get {ids: a set, or null where anything may have changed} and what the server answered, if it has. */
export const onChange = (listener) => {
  heard.push(listener);
  return () => { heard.splice(heard.indexOf(listener), 1); };
};
const changed = (ids, answer) => { for (const listener of [...heard]) listener({ ids, answer }); };

/** How many images of a run are marked what since somebody decided. */
let newest = { run: "", verdicts: null };
const counting = [];
export const marked = () => (newest.run === run() ? newest.verdicts : null);
/** Listeners get {drop, review, keep} of the run that is looked at, whenever somebody has decided. */
export const onMarked = (listener) => {
  counting.push(listener);
  return () => { counting.splice(counting.indexOf(listener), 1); };
};
/** Takes in what the server says of a run. */
export const heedMarked = (answer, about) => {
  newest = { run: about, verdicts: answer.verdicts };
  if (about === run()) for (const listener of [...counting]) listener(answer.verdicts);
};

/** What is decided about a row of the server, and what it is marked for now. */
export const of = (row) => {
  const now = known.get(row.id) ?? row;
  return { decision: now.decision ?? null, verdict: now.verdict ?? row.verdict ?? null, pending: pending.get(row.id) };
};

/** Counts what was asked to be stored; an answer to a question that is older than a change knows nothing of it. */
let clock = 0;
const touched = new Map();
let allTouched = 0;
const touch = (ids) => {
  clock += 1;
  for (const id of ids) touched.set(id, clock);
};
/** To be taken before a question is asked, for `learn`. */
export const moment = () => clock;
const isOlder = (id, since) => since < Math.max(touched.get(id) ?? 0, allTouched);

/** Takes in rows that the server has sent to a question of that moment. */
export const learn = (rows, since) => {
  for (const { id, decision, verdict } of rows) {
    if (known.has(id) && !isOlder(id, since)) known.set(id, { decision, verdict });
  }
};

const forgetAll = () => {
  clock += 1;
  allTouched = clock;
  known.clear();
};

export const setReason = (text) => { reason = text; };

/** One request after the other: undo means the newest that was stored. */
const inTurn = (work) => {
  order = order.then(work, work);
  return order;
};

const chunk = 400;
/** Asks anew what is decided about these. */
export const refresh = async (ids) => {
  const wanted = [...ids];
  for (let from = 0; from < wanted.length; from += chunk) {
    const some = wanted.slice(from, from + chunk);
    const query = withRun({ where: `id IN (${some.map(Number).join(",")})`, limit: String(chunk) });
    const since = moment();
    const { rows } = await get("/samples.json", query);
    for (const { id, decision, verdict } of rows) if (!isOlder(id, since)) known.set(id, { decision, verdict });
  }
  changed(new Set(wanted));
};

/** A decision hangs on what a file holds; of one that was never read nothing is known. */
const unread = ({ unread: files }) => (files > 0 ? ` Not about ${plural(files, "file")} that could not be read.` : "");

/** Asks for a deed in the run that is looked at, and takes in what it has made of the counts. */
const ask = async (deed, body) => {
  const about = run();
  const answer = await post(address(deed, withRun()), body);
  if (answer.verdicts) heedMarked(answer, about);
  return answer;
};

const send = async (ids, body, words, become) => {
  for (const id of ids) pending.set(id, become(id));
  touch(ids);
  changed(ids);
  try {
    const answer = await ask("/decide", body);
    touch(ids);
    for (const id of ids) {
      pending.delete(id);
      known.set(id, { decision: become(id), verdict: become(id) });
    }
    tell(`Stored: ${words(answer.stored)}.${unread(answer)}`);
    changed(ids, answer);
    const unsure = answer.unread > 0 ? [...ids] : [...ids].filter((id) => !become(id));
    if (unsure.length > 0) await refresh(unsure);
    return true;
  } catch (error) {
    for (const id of ids) pending.delete(id);
    complain(error);
    changed(ids);
    return false;
  }
};

/**
 * Decides about images; null takes their decisions away.
 *
 * @param ids at most `most`
 */
export const decide = (ids, verdict) => {
  if (ids.length > most) return tell(`${count(ids.length)} images are too many at once: at most ${count(most)}.`, "", true);
  if (ids.length === 0) return Promise.resolve(false);
  const words = (stored) => (verdict ? `${plural(stored, "image")} ${verdict}` : `${plural(stored, "decision")} taken away`);
  return inTurn(() => send(new Set(ids), { ids, verdict, reason: reason || null }, words, () => verdict));
};

/** Decides differently about several images, as one step that undo takes back. */
export const decideEach = (decisions) => {
  const become = new Map(decisions.map(({ id, verdict }) => [id, verdict]));
  return inTurn(() => send(new Set(become.keys()), { decisions, reason: reason || null },
    (stored) => plural(stored, "decision"), (id) => become.get(id)));
};

/** Decides about the first of an order, however many. */
export const decideAbove = (query, places, verdict) => inTurn(async () => {
  try {
    const answer = await ask("/decide", { above: query, count: places, verdict, reason: reason || null });
    forgetAll();
    tell(`Stored: ${plural(answer.stored, "image")} ${verdict}.${unread(answer)}`);
    changed(null, answer);
    return true;
  } catch (error) {
    complain(error);
    return false;
  }
});

export const undo = () => inTurn(async () => {
  try {
    const answer = await ask("/undo", {});
    if (answer.undone === 0) return tell("Nothing is left to undo here.");
    tell(`Undone: ${plural(answer.undone, "decision")}.`);
    touch(answer.ids);
    changed(new Set(answer.ids), answer);
    if (answer.ids.length <= 2 * chunk) return await refresh(answer.ids);
    forgetAll();
    changed(null);
  } catch (error) { complain(error); }
});
