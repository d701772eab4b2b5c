/* Galleries: a few rows at first, the rest on demand; beyond the tiles of the file what the table knows of the others. */
const galleries = (() => {
  const firstRows = 12;
  const pageful = 48;
  const isHidden = (node) => node.classList.contains("hidden") || node.classList.contains("later");
  const openable = (node, all) => {
    node.tabIndex = 0;
    node.setAttribute("role", "button");
    node.addEventListener("click", () => {
      node.focus({ preventScroll: true });
      viewer.open(node.dataset.id, all().filter((other) => !isHidden(other) && !other.hidden).map((other) => other.dataset.id));
    });
  };
  const tiles = () => [...document.querySelectorAll(".tile")];

  /** A tile of an image that has none in the file. */
  const made = (row) => {
    const id = rows.id(row);
    const verdict = rows.proposed(row) || "keep";
    const figure = page.element("figure", undefined, `tile ${verdict} plain`);
    figure.dataset.id = id;
    figure.dataset.filter = rows.text(row);
    figure.dataset.issues = rows.issues(row).join(" ");
    const head = page.element("div", undefined, "head");
    const sign = page.element("span", rows.signs[verdict], "sign");
    sign.append(page.element("span", ` ${verdict}`, "quiet"));
    const skew = rows.columns.find((column) => column.name === "skew");
    head.append(sign, page.element("b", skew ? `skew ${page.number(skew.values[row], 1)}` : ""));
    const source = page.extra.pictures[id];
    const strip = page.element("div", undefined, source ? "strip single" : "strip none");
    if (source) {
      const image = page.element("img");
      image.src = source;
      image.alt = rows.path(row);
      strip.append(image);
    } else {
      strip.append(page.element("p", "no picture: left out to keep this file small"));
    }
    const caption = page.element("figcaption", rows.path(row));
    caption.append(page.element("span", rows.issues(row).join(" "), "why"));
    figure.append(head, strip, caption);
    openable(figure, tiles);
    return figure;
  };

  for (const gallery of document.querySelectorAll(".gallery")) {
    const button = gallery.querySelector(".more");
    if (!button) continue;
    const verdict = gallery.dataset.verdict || "";
    const there = new Set([...gallery.querySelectorAll(".tile")].map((tile) => tile.dataset.id));
    const others = verdict === "" ? [] : [...Array(rows.count).keys()]
      .filter((row) => rows.proposed(row) === verdict && !there.has(rows.id(row)));
    const later = [...gallery.querySelectorAll(".tile")].slice(firstRows);
    for (const tile of later) tile.classList.add("later");
    const tell = () => {
      const left = later.filter((tile) => tile.classList.contains("later")).length + others.length;
      button.hidden = left === 0;
      button.textContent = left > pageful ? `Show ${pageful} of ${left} more` : `Show ${left} more`;
    };
    button.addEventListener("click", () => {
      const kept = later.filter((tile) => tile.classList.contains("later"));
      const shown = kept.slice(0, pageful);
      for (const tile of shown) tile.classList.remove("later");
      const fresh = others.splice(0, pageful - shown.length).map(made);
      gallery.querySelector(".tiles").append(...fresh);
      decisions.restore();
      tell();
      const first = [...shown, ...fresh][0];
      if (first) first.focus();
    });
    tell();
  }
  addEventListener("beforeprint", () => { for (const tile of tiles()) tile.classList.remove("later"); });
  for (const tile of tiles()) openable(tile, tiles);
  for (const thumb of document.querySelectorAll(".thumb[data-id]")) {
    openable(thumb, () => [...thumb.parentElement.querySelectorAll(".thumb[data-id]")]);
  }
  return { visible: () => tiles().filter((tile) => !isHidden(tile)) };
})();
