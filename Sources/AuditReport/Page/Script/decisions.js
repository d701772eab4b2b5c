/* Decisions of the reader: kept in the address, taken over by `audit decide --import`. */
const decisions = (() => {
  const letters = { keep: "k", review: "r", drop: "d" };
  const words = { k: "keep", r: "review", d: "drop" };
  const made = new Map();
  const undone = [];
  const bar = page.byId("decided");
  const reason = page.byId("decided-reason");

  /** JSON lines, one a decision, in the order in which they were made. */
  const lines = () => [...made].map(([id, verdict]) => JSON.stringify({
    ...rows.named(rows.of(id)), verdict, reason: reason.value,
  })).join("\n") + (made.size > 0 ? "\n" : "");

  const badge = (node, verdict) => {
    const old = node.querySelector(".decision");
    if (old) old.remove();
    if (!verdict) return;
    (node.querySelector(".head") || node.querySelector("figcaption") || node)
      .prepend(page.element("span", `${rows.signs[verdict]} ${verdict} `, `decision ${verdict}`));
  };
  const mark = (id) => {
    const verdict = made.get(id) || "";
    for (const node of document.querySelectorAll(`.tile[data-id="${id}"], .thumb[data-id="${id}"]`)) badge(node, verdict);
    for (const box of document.querySelectorAll(`.decide[data-id="${id}"]`)) {
      for (const button of box.children) button.setAttribute("aria-pressed", button.dataset.verdict === verdict);
    }
  };
  const tell = () => {
    const counts = ["drop", "review", "keep"].map((verdict) =>
      [verdict, [...made.values()].filter((other) => other === verdict).length]).filter(([, count]) => count > 0);
    page.byId("decided-count").textContent =
      `${made.size} decided: ${counts.map(([verdict, count]) => `${count} ${verdict}`).join(", ")}`;
    bar.hidden = made.size === 0;
    page.byId("decided-lines").textContent = lines();
  };
  const keep = () => state.set({ decided: [...made].map(([id, verdict]) => id + letters[verdict]).join(".") });
  const put = (id, verdict) => {
    made.delete(id);
    if (verdict) made.set(id, verdict);
    mark(id);
  };
  const decide = (id, verdict) => {
    if (rows.of(id) === undefined) return;
    const before = made.get(id) || "";
    undone.push([id, before]);
    put(id, before === verdict ? "" : verdict);
    tell();
    keep();
  };
  const undo = () => {
    const last = undone.pop();
    if (!last) return;
    put(...last);
    tell();
    keep();
  };
  const restore = () => {
    const ids = [...made.keys()];
    made.clear();
    for (const part of state.get("decided").split(".")) {
      const match = /^([0-9]+)([krd])$/.exec(part);
      if (match && rows.of(match[1]) !== undefined) made.set(match[1], words[match[2]]);
    }
    for (const id of new Set([...ids, ...made.keys()])) mark(id);
    tell();
  };
  /** Three buttons for one image, with words where there is room. */
  const buttons = (id, hasWords) => {
    const box = page.element("span", undefined, "decide");
    box.dataset.id = id;
    for (const verdict of ["keep", "review", "drop"]) {
      const button = page.element("button", hasWords ? `${rows.signs[verdict]} ${verdict}` : rows.signs[verdict]);
      button.type = "button";
      button.dataset.verdict = verdict;
      button.title = `${verdict} (${verdict[0]})`;
      button.setAttribute("aria-label", `${verdict} ${rows.path(rows.of(id))}`);
      button.setAttribute("aria-pressed", made.get(id) === verdict);
      button.addEventListener("click", (event) => {
        event.stopPropagation();
        decide(id, verdict);
      });
      box.append(button);
    }
    return box;
  };
  page.copies(page.byId("decided-copy"), lines);
  page.byId("decided-undo").addEventListener("click", undo);
  page.byId("decided-save").addEventListener("click", () => {
    const link = page.element("a");
    link.href = `data:application/jsonl;charset=utf-8,${encodeURIComponent(lines())}`;
    link.download = "decisions.jsonl";
    link.click();
  });
  reason.addEventListener("input", tell);
  state.onChange(restore);
  return { decide, undo, buttons, restore, of: (id) => made.get(id) || "", lines };
})();
