/* One image, large, with all that the page knows of it. */
const viewer = (() => {
  const dialog = page.byId("viewer");
  const tiles = new Map(page.report.galleries.flatMap((gallery) => gallery.tiles).map((tile) => [String(tile.id), tile]));
  let opened = null;
  /** Ids in the order in which one steps through them. */
  let trail = [];
  let origin = null;

  const fact = (name, value, about, isWide) => {
    const pair = page.element("div", undefined, isWide ? "wide" : "");
    const term = page.element("dt", name);
    if (about) term.title = about;
    pair.append(term, page.element("dd", value));
    return pair;
  };
  const facts = (id, row) => {
    const tile = tiles.get(id);
    const found = [fact("verdict", rows.proposed(row) || "–", page.extra.words.verdict)];
    if (tile && tile.rank) found.push(fact("rank by skew", String(tile.rank), page.extra.words.skew));
    for (const column of rows.columns) {
      const value = column.values[row];
      if (value !== null) found.push(fact(column.name, page.number(value, column.digits), column.about));
    }
    for (const [name, key, digits] of [["alike", "alike", 2], ["training weight", "weight", 2],
      ["orthogonal distance", "orthogonal_distance", 2], ["score distance", "score_distance", 2]]) {
      if (tile && typeof tile[key] === "number") {
        found.push(fact(name, page.number(tile[key], digits), page.extra.words[key]));
      }
    }
    if (tile && tile.region) {
      found.push(fact("most of the residual", `row ${tile.region[1]}, column ${tile.region[3]} of 4 x 4 `
        + `(${page.number(100 * tile.region_share, 0)} %)`));
    }
    for (const code of rows.issues(row)) found.push(fact("issue", code, page.extra.words[code]));
    const why = tile && (tile.reason || tile.why);
    if (why) found.push(fact("why", why, page.extra.words.reason, true));
    return found;
  };
  const strip = (id) => {
    const tile = document.querySelector(`.tile[data-id="${id}"] .strip`);
    if (tile) return tile.cloneNode(true);
    const source = page.picture(id);
    const box = page.element("div", undefined, source ? "strip single" : "strip none");
    if (source) {
      const image = page.element("img");
      image.src = source;
      image.alt = rows.path(rows.of(id));
      box.append(image);
    } else {
      box.append(page.element("p", "Its picture is not in this file; audit explain shows it."));
    }
    return box;
  };
  const show = (id) => {
    const row = rows.of(id);
    if (row === undefined) return;
    opened = String(id);
    page.byId("viewer-name").textContent = rows.path(row);
    dialog.querySelector(".strip").replaceWith(strip(opened));
    dialog.querySelector("dl").replaceChildren(...facts(opened, row));
    page.byId("viewer-decide").replaceChildren(decisions.buttons(opened, true));
    const command = rows.explain(opened);
    dialog.querySelector("code").textContent = command;
    dialog.querySelector(".command").hidden = command === "";
    const at = trail.indexOf(opened);
    for (const button of dialog.querySelectorAll("[data-step]")) {
      button.disabled = trail[at + Number(button.dataset.step)] === undefined;
    }
    if (!dialog.open) dialog.showModal();
    state.set({ image: opened });
  };
  const open = (id, along) => {
    trail = along.length > 0 ? along : [String(id)];
    origin = document.activeElement;
    show(id);
  };
  const step = (by) => {
    const next = trail[trail.indexOf(opened) + by];
    if (next !== undefined) show(next);
  };
  for (const button of dialog.querySelectorAll("[data-step]")) {
    button.addEventListener("click", () => step(Number(button.dataset.step)));
  }
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener("close", () => {
    state.set({ image: "" });
    if (origin && origin.isConnected) origin.focus();
  });
  const fromAddress = () => {
    const wanted = state.get("image");
    if (wanted && wanted !== opened && rows.of(wanted) !== undefined) open(wanted, [wanted]);
  };
  state.onChange(fromAddress);
  return { open, step, isOpen: () => dialog.open, id: () => opened, fromAddress, knows: (id) => tiles.has(String(id)) };
})();
