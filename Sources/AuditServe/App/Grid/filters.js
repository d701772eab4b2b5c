/* What chooses among the images: facets, ranges, words, saved questions, SQL. */

import { button, calmly, choice, el, fill } from "./dom.js";
import { slider } from "./range.js";
import { count, shown, signed, verdicts } from "./text.js";

const ranges = ["skew", "damage", "mse"];
const atFirst = 8;
/** The folder of images that lie in none. */
const top = ".";
/** Of the address, in the order in which they are told. */
export const names = [
  "text", "verdict", "decided", "issue", "folder", "group", "size", "status", ...ranges, "question", "where",
];

/** Of these more than one may be chosen. */
const several = ["verdict", "issue", "folder"];

const titles = {
  text: "name", verdict: "marked", decided: "decided", issue: "issue", folder: "folder", group: "group", size: "size",
  status: "file", question: "question", where: "SQL",
};

const values = (query, name) => (name === "folder" ? query.getAll(name) : (query.get(name) ?? "").split(",").filter(Boolean));

const words = (name, value) => {
  if (name === "decided") return value === "yes" ? "by a person" : "by nobody yet";
  if (name === "status") return value === "failed" ? "unreadable" : "readable";
  if (name === "verdict") return signed(value);
  if (name === "folder" && value === top) return "(top folder)";
  return value;
};

/** What is chosen, each with what takes it away. */
export const chips = (query, apply) => {
  const chip = (name, value, rest) => {
    const what = ranges.includes(name) ? value.replace("..", " to ").trim() : words(name, value);
    const title = titles[name] ?? name;
    const shape = [el("span", { class: "dim" }, `${title} `), el("bdi", {}, what), el("span", { "aria-hidden": "true" }, " ✕")];
    return button(shape, () => apply({ [name]: rest }), { class: "chip", "aria-label": `Take away ${title} ${what}` });
  };
  const made = names.filter((name) => query.has(name)).flatMap((name) => {
    if (!several.includes(name)) return [chip(name, query.get(name), [])];
    const all = values(query, name);
    return all.map((value) => chip(name, value, all.filter((other) => other !== value)));
  });
  if (made.length > 1) {
    made.push(button("Clear all", () => apply(Object.fromEntries(names.map((name) => [name, []]))), { class: "chip clear" }));
  }
  return made;
};

const facet = (name, title, options, apply) => {
  const send = () => apply({ [name]: boxes.filter(({ box }) => box.checked).map(({ value }) => value) });
  const boxes = options.map(({ value, count: images }) => {
    const box = el("input", { type: "checkbox", value, onchange: send });
    const told = el("span", { class: "dim count" }, count(images));
    const line = el("label", { class: "option" }, box, el("span", {}, words(name, value)), told);
    return { value, box, line, told };
  });
  const [first, rest] = [boxes.slice(0, atFirst), boxes.slice(atFirst)];
  const more = rest.length > 0 && el("details", {}, el("summary", {}, `${rest.length} more`), rest.map(({ line }) => line));
  const box = el("fieldset", { data: { facet: name } }, el("legend", {}, title), first.map(({ line }) => line), more);
  return {
    box,
    set: (query) => {
      const chosen = values(query, name);
      for (const { value, box: one } of boxes) one.checked = chosen.includes(value);
      if (more && rest.some(({ box: one }) => one.checked)) more.open = true;
    },
    recount: (counts) => { for (const { value, told } of boxes) if (value in counts) told.textContent = count(counts[value]); },
  };
};

const select = (name, title, options, apply) => {
  const box = choice({ id: `facet-${name}`, onchange: () => apply({ [name]: box.value === "\u0000" ? [] : [box.value] }) },
    [["\u0000", "all"], ...options], "\u0000");
  return {
    box: el("p", { class: "pick", data: { facet: name } }, el("label", { for: `facet-${name}` }, title), box),
    set: (query) => {
      const wanted = query.has(name) ? query.get(name) : "\u0000";
      if (![...box.options].some((one) => one.value === wanted)) box.append(el("option", { value: wanted }, shown(wanted)));
      box.value = wanted;
    },
  };
};

const sqlBox = (apply) => {
  const text = el("textarea", {
    id: "where", rows: "2", spellcheck: "false", autocomplete: "off", placeholder: "ssim < 0.8 AND width >= 256",
  });
  const send = () => apply({ where: text.value.trim() === "" ? [] : [text.value.trim()] });
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    send();
  });
  const more = el("details", { class: "where" }, el("summary", {}, "SQL condition"), el("label", { for: "where", class: "dim" },
    "On the columns of samples; Ctrl+Enter"), text, el("p", {}, button("Apply", send)));
  return {
    box: more,
    set: (query) => {
      if (document.activeElement !== text) text.value = query.get("where") ?? "";
      if (query.has("where")) more.open = true;
    },
  };
};

const countsOf = (name, list) => list.map(({ value, count: images }) => [value, `${words(name, value)} (${count(images)})`]);

/**
 * The rail of facets.
 *
 * @param found what /overview.json gave
 * @param apply takes {name: [values]} and goes there
 * @returns {show, recount}: the first shows the choice of an address in it, the other how many are marked what by now
 */
export const rail = (box, found, apply) => {
  const { facets } = found;
  const marked = verdicts.map((verdict) =>
    facets.verdict.find(({ value }) => value === verdict) ?? { value: verdict, count: 0 });
  const questions = found.questions.map(({ name, title }) => [name, title]);
  const verdict = facet("verdict", "Marked", marked, apply);
  const parts = [
    verdict,
    select("decided", "decided", [["yes", "by a person"], ["no", "by nobody yet"]], apply),
    facets.issue.length > 0 && facet("issue", "Issue", facets.issue, apply),
    ...ranges.filter((name) => found.ranges[name]?.quantiles?.length > 9).map((name) => {
      const made = slider(name, name, found.ranges[name], "", (value) => apply({ [name]: value === "" ? [] : [value] }));
      return { box: made.box, set: (query) => made.set(query.get(name)) };
    }),
    facets.folder.length > 1 && select("folder", "folder", countsOf("folder", facets.folder), apply),
    facets.size.length > 1 && select("size", "size", countsOf("size", facets.size), apply),
    facets.status.length > 1 && select("status", "file", countsOf("status", facets.status), apply),
    questions.length > 0 && select("question", "question", questions, apply),
    sqlBox(apply),
  ].filter(Boolean);
  box.replaceChildren();
  const note = found.run.excerpt && el("p", { class: "dim note" }, `${found.run.excerpt}. The numbers count all of them.`);
  fill(box, [note, ...parts.map((part) => part.box)]);
  return {
    show: (query) => { for (const part of parts) part.set(query); },
    recount: (counts) => { if (counts) verdict.recount(counts); },
  };
};

/** The field of words, which is there before anything is known of the run. */
export const textField = (apply) => {
  const send = calmly(250, (value) => apply({ text: value === "" ? [] : [value] }, true));
  return el("input", {
    type: "search", id: "text", class: "field", placeholder: "name or folder", "aria-label": "Filter by name or folder",
    autocomplete: "off", spellcheck: "false", oninput: (event) => send(event.target.value.trim()),
  });
};
