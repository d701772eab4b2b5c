/* Elements, made of text alone: nothing here or elsewhere takes markup from data. */

import { shown } from "./text.js";

const properties = ["value", "checked", "selected", "disabled", "hidden"];
const addresses = ["href", "src", "id", "for"];

const put = (made, name, value) => {
  if (value === undefined || value === null || value === false) return;
  if (name === "class") made.className = value;
  else if (name === "data") Object.assign(made.dataset, value);
  else if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
  else if (properties.includes(name)) made[name] = value;
  else made.setAttribute(name, value === true ? "" : addresses.includes(name) ? value : shown(value));
};

/** An element with attributes, listeners (`onclick`) and children; texts among them are shown harmlessly. */
export const el = (name, attributes = {}, ...children) => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) put(made, key, value);
  return fill(made, children);
};

export const fill = (made, children) => {
  for (const child of [children].flat(Infinity)) {
    if (child === undefined || child === null || child === false) continue;
    made.append(child instanceof Node ? child : shown(child));
  }
  return made;
};

const vector = "http://www.w3.org/2000/svg";
export const svg = (name, attributes = {}, ...children) => {
  const made = document.createElementNS(vector, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
};

export const byId = (id) => document.getElementById(id);

/** A file's name: in one piece, whichever way its letters run. */
export const pathText = (path, className = "") => el("bdi", { class: `path ${className}`, title: path }, path);

export const button = (words, onclick, attributes = {}) => el("button", { type: "button", onclick, ...attributes }, words);

/** A key beside the words of what it does, which say enough to who listens. */
export const key = (name) => el("kbd", { "aria-hidden": "true" }, name);

/** A row of a table's head: words, and whether numbers stand below. */
export const heads = (columns) => el("thead", {}, el("tr", {}, columns.map(([words, isNumber]) =>
  el("th", { scope: "col", class: isNumber ? "n" : "" }, words))));

export const download = (href, name, words = name) => el("a", { href, download: name }, words);

export const choice = (attributes, options, chosen) => {
  const box = el("select", attributes, options.map(([value, words]) => el("option", { value }, words)));
  box.value = chosen;
  return box;
};

const copyText = async (text) => {
  if (navigator.clipboard) {
    try { return await navigator.clipboard.writeText(text); } catch { /* not allowed here; the old way then */ }
  }
  const area = el("textarea", { class: "off" });
  area.value = text;
  (document.querySelector("dialog[open]") ?? document.body).append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
};

/** A command to copy, as it is and not as it is shown. */
export const command = (text, title) => {
  const copy = button("Copy", async () => {
    await copyText(text);
    copy.textContent = "Copied";
    setTimeout(() => { copy.textContent = "Copy"; }, 1500);
  }, { class: "copy", "aria-label": `Copy ${title ?? "the command"}` });
  return el("div", { class: "command" }, el("code", {}, text), copy);
};

/** Calls with the newest arguments once nothing has been asked for `patience` milliseconds. */
export const calmly = (patience, work) => {
  let waiting = 0;
  return (...values) => {
    clearTimeout(waiting);
    waiting = setTimeout(work, patience, ...values);
  };
};

/** Draws anew what a box holds; who was on a button of it by keyboard is on the same one afterwards. */
export const redraw = (box, name, work) => {
  const focused = document.activeElement;
  const was = box.contains(focused) && focused.matches(":focus-visible") ? focused.dataset[name] : undefined;
  work();
  if (was !== undefined) [...box.querySelectorAll("button")].find((other) => other.dataset[name] === was)?.focus();
};
