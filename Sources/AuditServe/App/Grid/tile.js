/* One image of the wall. */

import { picture } from "./api.js";
import { of } from "./decisions.js";
import { el } from "./dom.js";
import { count, fileName, fixed, number, signed, signs } from "./text.js";

/** What an image is marked, as the sign alone. */
export const sign = (verdict) => (verdict in signs
  ? el("span", { class: "sign", title: `marked ${verdict}` }, signs[verdict]) : null);

/** The badge of a decision; what is not stored yet says so. */
export const badge = ({ decision, pending }) => {
  const mark = signs[pending] ?? "–";
  if (pending !== undefined) return el("span", { class: `decision waiting ${pending ?? ""}` }, `${mark} …`);
  return decision ? el("span", { class: `decision ${decision}` }, signed(decision)) : null;
};

/** The picture of a sample, or words where there is none. */
export const image = (id, kind, alt, note = "no picture") => {
  const made = el("img", { alt, decoding: "async", draggable: "false", src: picture(id, kind) });
  made.addEventListener("error", () => made.replaceWith(el("span", { class: "none" }, note)), { once: true });
  return made;
};

/** Wants the pictures of a tile no more that are not there yet: the browser gives up asking for them. */
export const forgo = (box) => {
  for (const shot of box.querySelectorAll("img")) if (!shot.complete) shot.removeAttribute("src");
};

const spoken = (row, { verdict, decision, pending }) => [
  row.path, verdict && `marked ${verdict}`, row.skew !== null && `skew ${fixed(row.skew, 1)}`,
  decision && `decided ${decision}`, pending !== undefined && "not stored yet",
  row.status !== "ok" && "unreadable", ...row.issues,
].filter(Boolean).join(", ");

/**
 * @param place place in the order, from 0
 * @param row undefined until it is fetched
 * @param state {total, sort, isActive, isChosen, isDoomed, isFlying}
 */
export const tile = (place, row, state) => {
  const box = el("div", {
    role: "option", id: `tile-${place}`, class: "cell", data: { place: String(place) },
    "aria-posinset": String(place + 1), "aria-setsize": String(state.total),
    "aria-selected": String(state.isChosen || state.isActive),
  });
  if (state.isActive) box.classList.add("active");
  if (state.isChosen) box.classList.add("chosen");
  if (state.isDoomed) box.classList.add("doomed");
  if (!row) {
    box.classList.add("empty");
    box.setAttribute("aria-label", `image ${count(place + 1)}, not there yet`);
    return box;
  }
  const now = of(row);
  box.dataset.id = String(row.id);
  box.setAttribute("aria-label", spoken(row, now));
  if (now.verdict) box.classList.add(now.verdict);
  const shot = el("div", { class: "shot" });
  if (row.status !== "ok") shot.append(el("span", { class: "none" }, "unreadable"));
  else if (!state.isFlying) shot.append(image(row.id, "thumb", ""));
  if (state.isChosen) shot.append(el("span", { class: "tick", "aria-hidden": "true" }, "✓ chosen"));
  const isSkew = state.sort === "skew" || row.value === null || row.value === undefined || typeof row.value === "string";
  const line = el("div", { class: "line" },
    sign(now.verdict),
    el("b", {}, isSkew ? fixed(row.skew, 1) : number(row.value)),
    !isSkew && el("span", { class: "dim unit" }, state.sort), badge(now));
  const why = row.issues.length > 0 ? row.issues.join(" ") : row.reason ?? "";
  box.append(shot, line, el("bdi", { class: "path name", title: row.path }, nameParts(row.path)),
    el("span", { class: "why", title: why }, why));
  return box;
};

/** Folder and file apart: where room is short, the folder gives way. */
const nameParts = (path) => {
  const file = fileName(path);
  const folder = path.slice(0, path.length - file.length);
  return [el("span", { class: "folder" }, folder), el("span", { class: "file" }, file)];
};
