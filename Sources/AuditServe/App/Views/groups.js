/* Copies and look-alikes, side by side. */

import { get } from "./api.js";
import * as decisions from "./decisions.js";
import { button, el, key, pathText, redraw } from "./dom.js";
import { verdictButtons } from "./keys.js";
import { address, link, withRun } from "./route.js";
import { files, more } from "./table.js";
import { badge, image, sign } from "./tile.js";
import { count, fileName, kinds, plural, shown } from "./text.js";

export const title = "Groups";

const pageful = 40;
export const draw = async (main) => {
  const fetch = async (offset) => {
    const since = decisions.moment();
    const { total, groups, excerpt } = await get("/groups.json", withRun({ offset: String(offset), limit: String(pageful) }));
    decisions.learn(groups.flatMap(({ members }) => members), since);
    return { total, rows: groups, excerpt };
  };
  const first = await fetch(0);
  /** Every member by its id, with its group. */
  const members = new Map();
  const list = el("div", { class: "grouplist" });

  const face = (member, group) => {
    const now = decisions.of(member);
    const isBest = member.id === group.best;
    return [el("div", { class: "shot" }, image(member.id, "thumb", "")),
      el("p", { class: "line" }, isBest && el("b", { class: "best" }, "★ best"), sign(now.verdict), badge(now)),
      el("p", { class: "name" }, pathText(fileName(member.path))),
      el("p", { class: "why" }, `${count(member.width)} x ${count(member.height)}`, isBest && group.why && ` · ${group.why}`),
      el("p", { class: "choices small" }, verdictButtons((verdict) => decide(member.id, verdict), now.decision))];
  };
  const card = (member, group) => {
    const now = decisions.of(member);
    const box = members.get(member.id)?.box ?? el("figure", { tabindex: "0", data: { id: String(member.id) } });
    box.className = `member ${now.verdict ?? ""}${member.id === group.best ? " is-best" : ""}`;
    const name = [member.path, member.id === group.best && "the best", now.decision && `decided ${now.decision}`];
    box.setAttribute("aria-label", shown(name.filter(Boolean).join(", ")));
    const isByMouse = box.contains(document.activeElement) && !document.activeElement.matches(":focus-visible");
    redraw(box, "verdict", () => box.replaceChildren(...face(member, group)));
    if (isByMouse) box.focus({ preventScroll: true });
    members.set(member.id, { box, member, group });
    return box;
  };
  const keepBest = (group) => decisions.decideEach(group.members.map(({ id }) =>
    ({ id, verdict: id === group.best ? "keep" : "drop" })));
  const aboutGroup = (group) => ` ${kinds[group.kind] ?? group.kind ?? ""} · ${plural(group.members.length, "image")}`;
  const section = (group) => el("section", { class: "group", data: { group: String(group.group) } },
    el("div", { class: "grouphead" },
      el("h2", {}, `Group ${group.group}`, el("span", { class: "count" }, aboutGroup(group))),
      button([`Keep the best, drop ${count(group.members.length - 1)} `, key("b")], () => keepBest(group), { class: "keep-best" }),
      el("a", { href: link("/samples", { group: String(group.group) }) }, "on the wall")),
    el("div", { class: "members" }, group.members.map((member) => card(member, group))));

  const decide = (id, verdict) => {
    const { member } = members.get(id);
    const now = decisions.of(member);
    decisions.decide([id], now.decision === verdict && now.pending === undefined ? null : verdict);
  };
  const current = () => {
    const id = Number(document.activeElement?.closest?.("[data-id]")?.dataset.id);
    return members.get(id) ?? null;
  };
  const move = (by) => {
    const boxes = [...list.querySelectorAll(".member")];
    const at = boxes.indexOf(current()?.box);
    boxes[at < 0 ? 0 : Math.min(boxes.length - 1, Math.max(0, at + by))]?.focus();
  };
  const across = (by) => {
    const sections = [...list.children];
    const at = sections.indexOf(current()?.box.closest(".group"));
    sections[at < 0 ? 0 : Math.min(sections.length - 1, Math.max(0, at + by))]?.querySelector(".member")?.focus();
  };
  const onCurrent = (work) => () => {
    const found = current();
    if (!found) return false;
    work(found);
  };

  const show = (groups) => list.append(...groups.map(section));
  show(first.rows);
  const words = first.total > 0
    ? `${plural(first.total, "group")} of copies and of frames that look alike. The best of each is named with its reason; `
      + "frames of one scene are no copies, and nothing is dropped by itself."
    : first.excerpt ? "There is no group of copies." : "No copies and no look-alikes were found.";
  const elsewhere = first.excerpt && ` Frames of one scene are not kept as groups: ${first.excerpt}.`;
  main.append(el("div", { class: "title" }, el("h1", {}, "Groups"), el("p", { class: "about" }, words, elsewhere),
    files((kind) => address(`/groups.${kind}`, withRun()))),
  list, more(fetch, show, first.total, first.rows.length, pageful));
  const forget = decisions.onChange(({ ids }) => {
    for (const [id, { member, group }] of members) if (ids === null || ids.has(id)) card(member, group);
  });
  return {
    keys: {
      l: () => move(1), j: () => move(-1), ArrowRight: () => move(1), ArrowLeft: () => move(-1),
      ArrowDown: () => across(1), ArrowUp: () => across(-1),
      b: onCurrent(({ group }) => keepBest(group)), k: onCurrent(({ member }) => decide(member.id, "keep")),
      d: onCurrent(({ member }) => decide(member.id, "drop")), r: onCurrent(({ member }) => decide(member.id, "review")),
      Enter: onCurrent(({ box }) => zoomTo(box)), " ": onCurrent(({ box }) => zoomTo(box)),
    },
    leave: forget,
  };
};

/** Large and back, where it stands. */
const zoomTo = (box) => {
  const isLarge = box.classList.toggle("large");
  const id = Number(box.dataset.id);
  box.querySelector(".shot").replaceChildren(image(id, isLarge ? "own" : "thumb", ""));
  box.scrollIntoView({ block: "nearest" });
};
