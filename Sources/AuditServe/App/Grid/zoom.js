/* One image of the wall, large, without leaving it. */

import { of } from "./decisions.js";
import { el, pathText } from "./dom.js";
import { overlay, verdictButtons } from "./keys.js";
import { image, sign } from "./tile.js";
import { count, fixed, signed } from "./text.js";

/**
 * @param row gives the row that is meant now
 * @param keys what keys do on the wall, which they go on doing here
 * @returns {open, draw, isOpen}
 */
export const zoomBox = (row, place, keys, decide) => {
  const box = el("dialog", { class: "zoom", "aria-label": "Large" });
  let id = null;
  const draw = () => {
    const found = row();
    if (!box.open || !found) return;
    const now = of(found);
    if (id !== found.id) {
      id = found.id;
      box.querySelector(".stage")?.remove();
      const shot = image(found.id, "own", found.path, "no picture: the file is gone or unreadable");
      box.prepend(el("div", { class: "stage" }, shot));
    }
    box.querySelector(".about")?.remove();
    const { at, total } = place();
    const facts = [
      `${count(at + 1)} of ${count(total)}`, `skew ${fixed(found.skew, 1)}`, now.verdict && `marked ${now.verdict}`,
      now.decision && `decided ${signed(now.decision)}`, found.reason,
    ];
    box.append(el("div", { class: "about" },
      el("p", { class: `title ${now.verdict ?? ""}` }, sign(now.verdict), " ", pathText(found.path)),
      el("p", { class: "dim" }, facts.filter(Boolean).join(" · ")),
      el("p", { class: "choices" }, verdictButtons(decide, now.decision))));
  };
  const close = () => box.close();
  const open = () => {
    document.body.append(box);
    const release = overlay({ modal: true, ...keys, " ": close, Escape: undefined });
    box.addEventListener("close", () => {
      release();
      box.remove();
      id = null;
      box.replaceChildren();
    }, { once: true });
    box.showModal();
    draw();
  };
  box.addEventListener("click", (event) => {
    if (event.target === box || event.target.closest(".stage")) close();
  });
  return { open, draw, close, isOpen: () => box.open };
};
