/* Keys of the whole page. */
(() => {
  const verdicts = { k: "keep", r: "review", d: "drop" };
  const isTyping = (node) => node instanceof HTMLElement && node.matches("input, select, textarea");
  /** The image that keys are about: the one that is open, or the tile, thumbnail or row that has the focus. */
  const current = () => {
    if (viewer.isOpen()) return viewer.id();
    const node = document.activeElement && document.activeElement.closest("[data-id]");
    return node ? node.dataset.id : null;
  };
  const move = (by) => {
    const focused = document.activeElement;
    const row = focused && focused.closest("#all-rows tr");
    const list = row ? table.lines() : galleries.visible();
    const at = list.indexOf(row || focused);
    const next = list[at < 0 ? 0 : at + by];
    if (next) next.focus();
  };
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (viewer.isOpen() && (key === "ArrowLeft" || key === "ArrowRight" || key === "j" || key === "l")) {
      viewer.step(key === "ArrowLeft" || key === "j" ? -1 : 1);
      event.preventDefault();
    } else if (key in verdicts) {
      const id = current();
      if (id === null) return;
      decisions.decide(id, verdicts[key]);
      event.preventDefault();
    } else if (key === "u") {
      decisions.undo();
      event.preventDefault();
    } else if (viewer.isOpen()) {
      return;
    } else if (key === "/") {
      filter.field.focus();
      event.preventDefault();
    } else if (key === "?") {
      page.byId("keys").focus();
      page.byId("keys").scrollIntoView({ block: "center" });
    } else if (key === "j" || key === "l") {
      move(key === "j" ? -1 : 1);
    } else if ((key === "Enter" || key === " ") && document.activeElement
      && document.activeElement.matches(".tile, .thumb[data-id], #all-rows tr")) {
      const node = document.activeElement;
      if (node.matches("tr")) viewer.open(node.dataset.id, table.ids()); else node.click();
      event.preventDefault();
    }
  });
})();
