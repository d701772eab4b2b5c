/* A picture to look into: as large as fits, or in its own pixels and more. */

import { button, el, key } from "./dom.js";
import { image } from "./tile.js";

const scales = [0, 1, 2, 4, 8];

/**
 * @param kinds of pictures that there are, of /picture/N?kind=
 * @param names of kinds that are called otherwise
 */
export const stage = (id, path, kinds, names = {}) => {
  const nameOf = (one) => names[one] ?? one;
  let kind = kinds[0] ?? "own";
  let scale = 0;
  const frame = el("div", { class: "frame", tabindex: "0", role: "group", "aria-label": "Picture" });
  const tabs = kinds.map((one, place) => button([`${nameOf(one)} `, key(String(place + 1))], () => choose(place),
    { class: "tab", "aria-label": nameOf(one) }));
  const told = el("output", { class: "dim" });
  /** Of the first kind, in pixels: the others are drawn as large, so that one lies over the other as one goes through them. */
  let whole = null;

  const size = () => {
    const shot = frame.querySelector("img");
    frame.classList.toggle("fits", scale === 0);
    frame.classList.toggle("pixels", scale >= 2);
    told.textContent = scale === 0 ? "fits" : `${100 * scale} %`;
    if (!shot) return;
    if (kind === kinds[0] && shot.naturalWidth > 0) whole = [shot.naturalWidth, shot.naturalHeight];
    const [width, height] = whole ?? [shot.naturalWidth, shot.naturalHeight];
    const isSized = scale > 0 && width > 0;
    shot.style.width = isSized ? `${width * scale}px` : "";
    shot.style.height = isSized ? `${height * scale}px` : "";
  };
  const show = () => {
    const shot = image(id, kind, `${path}, ${nameOf(kind)}`, `no picture (${nameOf(kind)}): the file is gone, or cannot be read`);
    shot.addEventListener("load", size);
    frame.replaceChildren(shot);
    tabs.forEach((tab, place) => tab.setAttribute("aria-pressed", String(kinds[place] === kind)));
    size();
  };
  const choose = (place) => {
    if (!kinds[place]) return false;
    kind = kinds[place];
    show();
  };
  const zoom = (by) => {
    scale = scales[Math.min(scales.length - 1, Math.max(0, scales.indexOf(scale) + by))];
    size();
  };
  const toggle = () => {
    scale = scale === 0 ? 1 : 0;
    size();
  };
  frame.addEventListener("click", toggle);
  show();
  return {
    box: el("div", { class: "stagebox" }, frame, el("p", { class: "stagetools" }, tabs, el("span", { class: "spacer" }), told,
      button("−", () => zoom(-1), { "aria-label": "Smaller" }), button("+", () => zoom(1), { "aria-label": "Larger" }),
      button(["Zoom ", key("space")], toggle, { "aria-label": "Zoom" }))),
    keys: { " ": toggle, "+": () => zoom(1), "-": () => zoom(-1), 1: () => choose(0), 2: () => choose(1), 3: () => choose(2) },
  };
};
