/* Keys. What a key does depends on the view, and on what lies over it. */

import { button, byId, el, key } from "./dom.js";
import { signs } from "./text.js";

const words = [
  ["Decide", [
    [["k"], "keep"], [["d"], "drop"], [["r"], "review"], [["u"], "undo the newest decision; again for the one before"],
    [["a"], "drop all above this line: the image and those before it; asks first"],
    [["b"], "in groups: keep the best, drop the others"],
  ]],
  ["Move", [
    [["l", "→"], "next image"], [["j", "←"], "previous image"], [["↑", "↓"], "a row up or down"],
    [["PgUp", "PgDn", "Home", "End"], "a screen, the first, the last"],
    [["Enter"], "open the image with all that is known of it"], [["Space"], "zoom: large, and back"],
    [["1", "2", "3"], "in an image: own, reconstruction or reference, residual"],
  ]],
  ["Choose", [
    [["Shift"], "with a click or an arrow: all from here to there"], [["Ctrl"], "with a click: this one as well"],
    [["/"], "filter by name"], [["Esc"], "back: closes, clears the choice, leaves a field"], [["?"], "these keys"],
  ]],
];

const layers = [{}];

/** What keys do in the view that has just been drawn. */
export const bind = (handlers) => { layers[0] = handlers; };

/** What they do in a box over the view, until what is returned is called. */
export const overlay = (handlers) => {
  layers.push(handlers);
  return () => { layers.splice(layers.indexOf(handlers), 1); };
};

const isText = (node) => node.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=range])");
/** Whether what has the focus has a use of its own for a key. */
const isTaken = (node, key) => {
  if (!(node instanceof HTMLElement)) return false;
  if (isText(node)) return key !== "Escape";
  const isDeed = key === " " || key === "Enter";
  if (isDeed && node.matches("button, a, summary, input, [role=option] *")) return true;
  return node.matches("input") && /^(Shift\+)?(Arrow|Page|Home|End)/.test(key);
};

const nameOf = (event) => {
  if (event.key.length === 1) return event.key.toLowerCase();
  return event.shiftKey ? `Shift+${event.key}` : event.key;
};

export const help = () => {
  const box = byId("keys");
  if (box.open) return box.close();
  box.replaceChildren(
    el("form", { method: "dialog" }, el("button", { class: "close", "aria-label": "Close" }, "✕")),
    el("h3", { id: "keys-name" }, "Keys"),
    el("div", { class: "keylists" }, words.map(([title, rows]) => el("section", {}, el("h4", {}, title), el("dl", {},
      rows.map(([keys, what]) => el("div", {}, el("dt", {}, keys.map((name) => el("kbd", {}, name))), el("dd", {}, what))))))),
  );
  const release = overlay({ modal: true, "?": help });
  box.addEventListener("close", release, { once: true });
  box.showModal();
};

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const name = nameOf(event);
  if (isTaken(event.target, name)) return;
  if (name === "Escape" && event.target instanceof HTMLElement && isText(event.target)) {
    event.target.blur();
    return;
  }
  for (const handlers of [...layers].reverse()) {
    const deed = handlers[name];
    if (deed && deed(event) !== false) {
      event.preventDefault();
      return;
    }
    if (handlers.modal) return;
  }
  if (name === "?") {
    help();
    event.preventDefault();
  }
});

byId("help").addEventListener("click", help);
byId("help").title = "What every key does (?)";

/** The three buttons of an image. */
export const verdictButtons = (decide, current) => ["keep", "review", "drop"].map((verdict) => button(
  [`${signs[verdict]} `, el("span", { class: "word" }, `${verdict} `), key(verdict[0])], () => decide(verdict), {
    class: `choose ${verdict}`, "aria-pressed": String(current === verdict), "aria-label": verdict,
    title: `${verdict} (${verdict[0]})`, data: { verdict },
  }));
