/* Rows of an order, fetched in pages as they are wanted. */

import { get, isAbort } from "./api.js";
import { learn, moment } from "./decisions.js";

export const pageful = 200;
const mostKept = 100;
const mostAsked = 2;

/** The rows that a query gives, by their place in its order. */
export class Pages {
  #kept = new Map();
  #asked = new Map();
  #wanted = [];
  #heard;
  #query;

  /** null until the first page is there. */
  total = null;

  /**
   * @param query URLSearchParams of /samples.json, without offset and limit
   * @param heard is called with {first, last, error} when rows from first to before last are there, or are not to be had
   */
  constructor(query, heard) {
    this.#query = query;
    this.#heard = heard;
  }

  get text() { return this.#query.toString(); }
  get query() { return new URLSearchParams(this.#query); }
  listen(heard) { this.#heard = heard; }

  row(place) {
    const page = this.#kept.get(Math.floor(place / pageful));
    return page?.[place % pageful];
  }

  /** Fetches what is missing between both places, and lets go of what was wanted before and is not under way. */
  want(first, last) {
    const [low, high] = [Math.max(0, Math.floor(first / pageful)), Math.floor(Math.max(first, last - 1) / pageful)];
    this.#wanted = [];
    for (let page = low; page <= high; page += 1) {
      if (this.#kept.has(page)) this.#touch(page);
      else this.#wanted.push(page);
    }
    for (const [page, { stop }] of this.#asked) if (page < low - 1 || page > high + 1) stop.abort();
    this.#next();
  }

  /** Ids from one place to before another; asks for those that are not here. */
  async ids(first, last) {
    const found = [];
    for (let page = Math.floor(first / pageful); page * pageful < last; page += 1) {
      const rows = this.#kept.get(page) ?? await this.#ask(page, new AbortController());
      const start = page * pageful;
      found.push(...rows.slice(Math.max(0, first - start), Math.max(0, last - start)).map((row) => row.id));
    }
    return found;
  }

  /** The place of an id among the rows that are here; -1 if it is not. */
  place(id) {
    for (const [page, rows] of this.#kept) {
      const at = rows.findIndex((row) => row.id === id);
      if (at >= 0) return page * pageful + at;
    }
    return -1;
  }

  stop() {
    this.#wanted = [];
    for (const { stop } of this.#asked.values()) stop.abort();
  }

  #touch(page) {
    const rows = this.#kept.get(page);
    this.#kept.delete(page);
    this.#kept.set(page, rows);
  }

  #next() {
    while (this.#asked.size < mostAsked && this.#wanted.length > 0) {
      const page = this.#wanted.shift();
      if (!this.#asked.has(page)) this.#load(page);
    }
  }

  async #load(page) {
    const stop = new AbortController();
    this.#asked.set(page, { stop });
    const place = { first: page * pageful, last: (page + 1) * pageful };
    try {
      await this.#ask(page, stop);
      this.#heard(place);
    } catch (error) {
      if (!isAbort(error)) this.#heard({ ...place, error });
    } finally {
      this.#asked.delete(page);
      this.#next();
    }
  }

  async #ask(page, stop) {
    const query = new URLSearchParams(this.#query);
    query.set("offset", String(page * pageful));
    query.set("limit", String(pageful));
    const since = moment();
    const { rows, total } = await get("/samples.json", query, stop.signal);
    learn(rows, since);
    this.total = total;
    this.#kept.set(page, rows);
    if (this.#kept.size > mostKept) this.#kept.delete(this.#kept.keys().next().value);
    return rows;
  }
}

let latest = null;

/** The rows of a query: those that were looked at last where it is the same, so that coming back finds all as it was. */
export const pagesOf = (query, heard, isFresh = false) => {
  if (!isFresh && latest?.text === query.toString() && latest.total !== null) {
    latest.listen(heard);
    return latest;
  }
  latest?.stop();
  latest = new Pages(query, heard);
  return latest;
};

const ownNames = ["at", "tile", "id"];

/** What of an address chooses and orders images: the query of /samples.json. */
export const dataQuery = (query) => {
  const wanted = new URLSearchParams([...query].filter(([name, value]) => !ownNames.includes(name) && value !== ""));
  if (!wanted.has("sort")) wanted.set("sort", "-skew");
  wanted.sort();
  return wanted;
};
