/* Two handles on one line, and the same as two numbers. */

import { calmly, el } from "./dom.js";
import { number } from "./text.js";

const steps = 200;

/**
 * Steps of the handles to values and back: the first half of the way are the lower nine tenths of all images, the other
 * half is the tail from there to the highest, where one looks.
 */
export const scale = ({ quantiles, max }) => {
  const knots = quantiles.slice(0, 10).map((value, place) => [place * (steps / 2 / 9), value]);
  knots.push([steps, Math.max(max, quantiles[10] ?? max)]);
  const between = (from, to, x) => {
    const at = knots.findIndex((knot, place) => place > 0 && x <= knot[from]);
    const [one, other] = at < 0 ? [knots.at(-2), knots.at(-1)] : [knots[at - 1], knots[at]];
    const span = other[from] - one[from];
    const share = span > 0 ? Math.min(1, Math.max(0, (x - one[from]) / span)) : 0;
    return one[to] + share * (other[to] - one[to]);
  };
  return { value: (step) => between(0, 1, step), step: (value) => Math.round(between(1, 0, value)) };
};

const parsed = (text) => {
  const [low, high] = (text || "..").split("..");
  const bound = (part) => (part === undefined || part.trim() === "" || !Number.isFinite(Number(part)) ? null : Number(part));
  return [bound(low), bound(high)];
};

const rounded = (value) => Number(value.toPrecision(3));

/**
 * A range of a column as a part of the address: `2..10`, `0.5..`, or nothing.
 *
 * @param range {min, max, quantiles}, as the server tells of the column
 */
export const slider = (name, title, range, text, changed) => {
  const line = scale(range);
  let [low, high] = parsed(text);
  const field = (which) => el("input", {
    type: "number", step: "any", inputmode: "decimal", "aria-label": `${which} ${title}`,
    placeholder: number(which === "least" ? range.min : range.max), oninput: calmly(400, () => typed()),
  });
  const handle = (which) => el("input", {
    type: "range", min: "0", max: String(steps), step: "1", class: which, "aria-label": `${which} ${title}`,
    oninput: () => slid(which),
  });
  const [least, most, from, to] = [field("least"), field("most"), handle("least"), handle("most")];
  const track = el("div", { class: "track" }, el("span", { class: "reach", "aria-hidden": "true" }), from, to);
  const box = el("fieldset", { class: "range", data: { range: name } }, el("legend", {}, title),
    el("div", { class: "bounds" }, least, el("span", { class: "dim" }, "to"), most), track);

  const paint = () => {
    from.value = String(low === null ? 0 : line.step(low));
    to.value = String(high === null ? steps : line.step(high));
    from.setAttribute("aria-valuetext", low === null ? "no bound" : number(low));
    to.setAttribute("aria-valuetext", high === null ? "no bound" : number(high));
    track.style.setProperty("--from", `${(100 * from.value) / steps}%`);
    track.style.setProperty("--to", `${(100 * to.value) / steps}%`);
  };
  const write = () => {
    least.value = low === null ? "" : String(low);
    most.value = high === null ? "" : String(high);
  };
  const send = calmly(200, () => changed(low === null && high === null ? "" : `${low ?? ""}..${high ?? ""}`));
  const slid = (which) => {
    const [one, other] = [Number(from.value), Number(to.value)];
    if (which === "least") low = one === 0 ? null : rounded(line.value(Math.min(one, other)));
    else high = other === steps ? null : rounded(line.value(Math.max(one, other)));
    paint();
    write();
    send();
  };
  const typed = () => {
    [low, high] = parsed(`${least.value}..${most.value}`);
    paint();
    send();
  };
  paint();
  write();
  return {
    box,
    set: (next) => {
      [low, high] = parsed(next);
      paint();
      if (!box.contains(document.activeElement)) write();
    },
  };
};
