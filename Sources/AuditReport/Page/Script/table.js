/* All images of the page as a table: sorted by any column, by facets, a page at a time. */
const table = (() => {
  const section = page.byId("all");
  const pageful = 50;
  const body = page.byId("all-rows");
  const facets = [...document.querySelectorAll("#tools select[data-facet]")];
  const heads = [...section.querySelectorAll("th[data-sort]")];
  const column = new Map(rows.columns.map((one) => [one.name, one.values]));
  let found = [];
  let first = 0;

  const fits = (row, wanted, terms) => (!wanted.verdict || rows.proposed(row) === wanted.verdict)
    && (!wanted.issue || rows.issues(row).includes(wanted.issue))
    && (!wanted.folder || rows.table.folders[rows.table.folder[row]] === wanted.folder)
    && (!wanted.copies || (rows.table.group[row] !== 0) === (wanted.copies === "yes"))
    && terms.every((term) => rows.text(row).includes(term));

  const sorted = (list, name, isRising) => {
    const values = column.get(name);
    const sign = isRising ? 1 : -1;
    if (!values) return list.sort((one, other) => sign * (rows.path(one) < rows.path(other) ? -1 : 1));
    // What has no value comes last, whichever way.
    return list.sort((one, other) => {
      const [left, right] = [values[one], values[other]];
      if (left === right) return one - other;
      if (left === null) return 1;
      if (right === null) return -1;
      return sign * (left - right);
    });
  };
  const cell = (text, className) => page.element("td", text, className);
  const made = (row) => {
    const id = rows.id(row);
    const line = page.element("tr");
    line.dataset.id = id;
    line.tabIndex = -1;
    const shown = cell(undefined, "pic");
    const source = page.picture(id);
    if (source) {
      const image = page.element("img");
      image.src = source;
      image.alt = "";
      shown.append(image);
    }
    const name = page.element("th");
    name.scope = "row";
    const link = page.element("button", rows.path(row), "plainlink");
    link.type = "button";
    link.addEventListener("click", () => viewer.open(id, found.map(rows.id)));
    name.append(link);
    const verdict = rows.proposed(row);
    const decide = cell();
    decide.append(decisions.buttons(id));
    line.append(shown, name, cell(verdict ? `${rows.signs[verdict]} ${verdict}` : "–", verdict),
      ...rows.columns.map((one) => cell(page.number(one.values[row], one.digits), "n")),
      cell(rows.issues(row).join(" "), "codes"), decide);
    return line;
  };
  const draw = () => {
    const last = Math.min(first + pageful, found.length);
    body.replaceChildren(...found.slice(first, last).map(made));
    page.byId("all-place").textContent = found.length === 0 ? "none fits"
      : `${first + 1} to ${last} of ${found.length.toLocaleString("en-US")}`;
    page.byId("all-previous").disabled = first === 0;
    page.byId("all-next").disabled = last === found.length;
  };
  const apply = () => {
    const wanted = Object.fromEntries(facets.map((facet) => [facet.dataset.facet, facet.value]));
    const terms = page.byId("filter").value.toLowerCase().split(/\s+/).filter(Boolean);
    found = [...Array(rows.count).keys()].filter((row) => fits(row, wanted, terms));
    const [name, direction] = (state.get("sort") || "").split(".");
    if (name) found = sorted(found, name, direction === "up");
    for (const head of heads) {
      const isChosen = head.dataset.sort === name;
      head.setAttribute("aria-sort", isChosen ? (direction === "up" ? "ascending" : "descending") : "none");
      head.querySelector(".arrow").textContent = isChosen ? (direction === "up" ? "▲" : "▼") : "";
    }
    first = Math.min(first, Math.max(0, found.length - 1));
    first -= first % pageful;
    draw();
    return found.length;
  };
  for (const head of heads) {
    head.querySelector("button").addEventListener("click", () => {
      const [name, direction] = (state.get("sort") || "").split(".");
      const isText = !column.has(head.dataset.sort);
      const isSame = name === head.dataset.sort;
      state.set({ sort: `${head.dataset.sort}.${isSame ? (direction === "up" ? "down" : "up") : isText ? "up" : "down"}` });
      first = 0;
      apply();
    });
  }
  const turn = (by) => {
    first = Math.max(0, first + by * pageful);
    state.set({ page: first === 0 ? "" : first / pageful + 1 });
    draw();
  };
  page.byId("all-previous").addEventListener("click", () => turn(-1));
  page.byId("all-next").addEventListener("click", () => turn(1));
  const fromAddress = () => {
    const wanted = Number(state.get("page") || 1);
    first = Number.isInteger(wanted) && wanted > 0 ? (wanted - 1) * pageful : 0;
  };
  return {
    apply, fromAddress, begin: () => { first = 0; }, facets, lines: () => [...body.children], ids: () => found.map(rows.id),
  };
})();
