/* The filter: words and facets, for tiles, thumbnails and every table at once. */
const filter = (() => {
  const field = page.byId("filter");
  const issueGalleries = [...document.querySelectorAll('.gallery[id^="issue-"]')];
  const others = [...document.querySelectorAll("[data-filter]:not(.tile)")];
  const issueFacet = table.facets.find((facet) => facet.dataset.facet === "issue");
  const verdictFacet = table.facets.find((facet) => facet.dataset.facet === "verdict");

  const apply = () => {
    const terms = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    const [issue, verdict] = [issueFacet ? issueFacet.value : "", verdictFacet ? verdictFacet.value : ""];
    const isFiltered = terms.length > 0 || table.facets.some((facet) => facet.value !== "");
    for (const gallery of issueGalleries) gallery.hidden = issue !== "" && gallery.id !== `issue-${issue}`;
    for (const tile of document.querySelectorAll(".tile")) {
      const row = rows.of(tile.dataset.id);
      const fits = (issue === "" || tile.dataset.issues.split(" ").includes(issue))
        && (verdict === "" || row === undefined || rows.proposed(row) === verdict)
        && terms.every((term) => tile.dataset.filter.toLowerCase().includes(term));
      tile.classList.toggle("hidden", !fits);
      if (isFiltered) tile.classList.remove("later");
    }
    for (const node of others) node.hidden = !terms.every((term) => node.dataset.filter.toLowerCase().includes(term));
    const left = table.apply();
    page.byId("filter-count").textContent = isFiltered
      ? `${left.toLocaleString("en-US")} of ${rows.count.toLocaleString("en-US")} images` : "";
  };
  const changed = () => {
    table.begin();
    state.set({
      q: field.value, page: "", ...Object.fromEntries(table.facets.map((facet) => [facet.dataset.facet, facet.value])),
    });
    apply();
  };
  const fromAddress = () => {
    field.value = state.get("q");
    for (const facet of table.facets) {
      facet.value = state.get(facet.dataset.facet);
      if (facet.selectedIndex < 0) facet.value = "";
    }
    table.fromAddress();
    apply();
  };
  field.addEventListener("input", changed);
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    field.value = "";
    changed();
    field.blur();
  });
  for (const facet of table.facets) facet.addEventListener("change", changed);
  page.byId("tools").hidden = false;
  state.onChange(fromAddress);
  return { field, fromAddress, clear: () => {
    field.value = "";
    for (const facet of table.facets) facet.value = "";
    changed();
  } };
})();
