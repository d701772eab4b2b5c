/* The wall of images. */

import * as decisions from "./decisions.js";
import { Choice, askAbove, decideChosen } from "./deeds.js";
import { button, calmly, choice as select, download, el, key, pathText, redraw as again } from "./dom.js";
import { chips, names, rail, textField } from "./filters.js";
import { verdictButtons } from "./keys.js";
import { TileList } from "./list.js";
import { dataQuery, pagesOf } from "./pages.js";
import { address, go, here, rename, withRun } from "./route.js";
import { complain, complete, overview } from "./shell.js";
import { forgo, tile } from "./tile.js";
import { sorting } from "./sorting.js";
import { count } from "./text.js";
import { zoomBox } from "./zoom.js";

export const title = "Images";

/** Narrowest tiles: on a desk and on a phone. */
const sizes = { s: [104, 84], m: [150, 112], l: [212, 168] };
const below = 62;
const phone = matchMedia("(max-width: 760px)");

export const draw = async (main, firstQuery) => {
  let query = firstQuery;
  let pages = null;
  let isAsking = false;
  let filters = { show: () => undefined, recount: () => undefined };

  const apply = (changes, isTyping = false) => {
    const next = new URLSearchParams(query);
    next.delete("at");
    for (const [name, values] of Object.entries(changes)) {
      next.delete(name);
      if (name === "folder") for (const value of values) next.append(name, value);
      else if (values.length > 0) next.set(name, values.join(","));
    }
    if (!isTyping) return go(address("/samples", next));
    rename(address("/samples", next));
    update(here().query);
  };

  const sortName = () => (query.get("sort") ?? "-skew").replace(/^-/, "");
  const isFalling = () => (query.get("sort") ?? "-skew").startsWith("-");
  const sort = el("span", { class: "sorting" });
  const drawSort = () => sort.replaceChildren(...sorting(columns, sortName(), isFalling(), (order) => apply({ sort: [order] })));
  let columns = [];

  const field = textField(apply);
  const told = el("output", { class: "total", for: "text" });
  const tileSize = select({ id: "tile", "aria-label": "size of the tiles", onchange: () => {
    query.set("tile", tileSize.value);
    rename(address("/samples", query));
    reshape();
  } }, [["s", "small"], ["m", "medium"], ["l", "large"]], sizes[query.get("tile")] ? query.get("tile") : "m");
  const facets = el("div", { class: "facets" }, el("p", { class: "dim" }, "…"));
  const railBox = el("aside", { class: "rail", id: "rail", "aria-label": "Filters" }, facets);
  const fold = button("Filters", () => {
    const isOpen = railBox.classList.toggle("open");
    fold.setAttribute("aria-expanded", String(isOpen));
  }, { class: "fold", "aria-expanded": "false", "aria-controls": "rail" });
  const chipBox = el("p", { class: "chips" });
  const question = el("div", { class: "ask", role: "group", "aria-label": "All above this line", hidden: true });
  const wall = el("div", {
    class: "wall", id: "wall", role: "listbox", tabindex: "0", "aria-label": "Images", "aria-multiselectable": "true",
  });
  const empty = el("p", { class: "lead none-fits", hidden: true }, "No image fits.");
  const hand = el("div", { class: "hand", role: "group", "aria-label": "What is chosen" });
  const exports = el("span", { class: "dim files" });

  main.append(el("div", { class: "lookout" }, railBox, el("section", { class: "side", "aria-label": "Images" },
    el("div", { class: "gridtools", role: "search", "aria-label": "Choose images" }, fold, field, sort, tileSize, told, exports,
      button("Reload", () => load(true), { class: "reload", title: "Ask for this order anew" })),
    chipBox, question, empty, wall, hand)));

  const redraw = (places) => {
    if (places === null) list.refresh();
    else for (const place of places) list.refresh(place, place + 1);
    wall.setAttribute("aria-activedescendant", `tile-${chosen.active}`);
    zoom.draw();
    drawHand();
    keepPlace();
  };
  /** The same by mouse or finger as by keys. */
  const drawHand = () => {
    const row = pages?.row(chosen.active);
    hand.hidden = !row;
    if (!row) return;
    const many = chosen.chosen.size;
    const deed = (words, name, work, about = words) => button([words, " ", key(name)], work,
      { data: { deed: name }, "aria-label": about, title: about });
    const marks = verdictButtons(decide, many > 1 ? null : decisions.of(row).decision);
    for (const mark of marks) mark.dataset.deed = mark.dataset.verdict;
    const isByMouse = hand.contains(document.activeElement) && !document.activeElement.matches(":focus-visible");
    const what = el("span", { class: "what" }, many > 1 ? `${count(many)} chosen` : pathText(row.path));
    const deeds = [deed("Zoom", "space", () => zoom.open()), deed("Open", "⏎", open),
      deed("Above …", "a", above, "Drop all above this line …")];
    again(hand, "deed", () => hand.replaceChildren(what, ...marks, ...deeds));
    if (isByMouse) wall.focus({ preventScroll: true });
  };
  const chosen = new Choice(() => pages?.total ?? 0, redraw);
  /** Where there are too many to ask for each, decided ones go as well. */
  const isDoomed = (place) => place < chosen.doomed
    && (chosen.doomed > decisions.most || !pages.row(place) || decisions.of(pages.row(place)).decision === null);
  const list = new TileList(wall, (place) => tile(place, pages?.row(place), {
    total: pages?.total ?? 0, sort: sortName(), isActive: place === chosen.active, isChosen: chosen.chosen.has(place),
    isDoomed: isDoomed(place), isFlying: list.isFlying,
  }), forgo, (low, high, first, last) => {
    if (pages && !list.isFlying) pages.want(first, last);
  });
  const reshape = () => list.shape(sizes[tileSize.value][phone.matches ? 1 : 0], below);
  phone.addEventListener("change", reshape);
  reshape();
  const keepPlace = calmly(300, () => {
    if (here().view !== "/samples") return;
    if (chosen.active > 0) query.set("at", String(chosen.active)); else query.delete("at");
    rename(address("/samples", query));
  });

  const load = (isFresh = false) => {
    const wanted = withRun(dataQuery(query));
    const place = Number.parseInt(query.get("at") ?? "0", 10) || 0;
    const arrived = ({ first, last, error }) => {
      if (error) {
        told.textContent = "";
        wall.classList.remove("stale");
        return complain(error);
      }
      if (list.count !== pages.total || wall.classList.contains("stale")) begin(Math.min(place, Math.max(0, pages.total - 1)));
      else list.refresh(first, last);
      drawHand();
      zoom.draw();
    };
    pages = pagesOf(wanted, arrived, isFresh);
    exports.replaceChildren(...["csv", "json"].flatMap((kind) =>
      [" ", download(address(`/samples.${kind}`, wanted), `samples.${kind}`, kind)]));
    if (pages.total !== null) return begin(place);
    wall.classList.add("stale");
    told.textContent = "…";
    // The first page makes the order anew, any other goes on in the one that is there.
    pages.want(isFresh ? 0 : place, isFresh ? 1 : place + 1);
  };
  const begin = (place) => {
    wall.classList.remove("stale");
    const total = pages.total;
    told.textContent = `${count(total)} ${total === 1 ? "image" : "images"}`;
    empty.hidden = total > 0;
    wall.hidden = total === 0;
    chosen.begin(place);
    list.reset(total, place);
    list.reveal(place);
    wall.setAttribute("aria-activedescendant", `tile-${place}`);
    drawHand();
  };
  const sync = () => {
    filters.show(query);
    chipBox.replaceChildren(...chips(query, apply));
    const chosenCount = names.filter((name) => query.has(name)).length;
    fold.textContent = chosenCount > 0 ? `Filters (${chosenCount})` : "Filters";
    if (document.activeElement !== field) field.value = query.get("text") ?? "";
    drawSort();
  };
  const update = (next) => {
    const before = pages?.text;
    query = next;
    sync();
    if (withRun(dataQuery(query)).toString() !== before) load();
    else if (Number(query.get("at") ?? 0) !== chosen.active) begin(Number(query.get("at") ?? 0) || 0);
  };

  const move = (by, isRange) => {
    chosen.move(chosen.active + by, isRange);
    list.reveal(chosen.active);
  };
  const open = () => {
    const row = pages?.row(chosen.active);
    if (!row) return;
    const next = new URLSearchParams(query);
    next.set("at", String(chosen.active));
    rename(address("/samples", next));
    next.set("id", String(row.id));
    zoom.close();
    go(address("/sample", next));
  };
  const decide = (verdict) => { if (pages?.row(chosen.active)) decideChosen(pages, chosen, verdict); };
  const above = async () => {
    if (isAsking || !pages?.row(chosen.active)) return;
    isAsking = true;
    const close = await askAbove(question, pages, chosen, () => {
      isAsking = false;
      dismiss = null;
      wall.focus({ preventScroll: true });
    });
    if (close) dismiss = close; else isAsking = false;
  };
  let dismiss = null;
  const ends = { Home: () => -Infinity, End: () => Infinity };
  const steps = {
    ArrowLeft: () => -1, ArrowRight: () => 1, ArrowUp: () => -list.columns, ArrowDown: () => list.columns,
    PageUp: () => -list.columns * list.rowsInSight, PageDown: () => list.columns * list.rowsInSight, ...ends,
  };
  const keys = {
    k: () => decide("keep"), d: () => decide("drop"), r: () => decide("review"), u: decisions.undo,
    j: () => move(-1), l: () => move(1), a: above, Enter: open, " ": () => zoom.open(),
    "/": () => field.focus(), Escape: () => { if (dismiss) dismiss(); else return chosen.clear(); },
  };
  for (const [name, by] of Object.entries(steps)) {
    keys[name] = () => move(by(), false);
    keys[`Shift+${name}`] = () => move(by(), true);
  }
  const zoom = zoomBox(() => pages?.row(chosen.active), () => ({ at: chosen.active, total: pages?.total ?? 0 }), keys, decide);

  field.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" && event.key !== "Enter") return;
    event.preventDefault();
    wall.focus({ preventScroll: true });
  });
  wall.addEventListener("click", (event) => {
    const cell = event.target.closest("[data-place]");
    if (!cell) return;
    const place = Number(cell.dataset.place);
    if (event.ctrlKey || event.metaKey) return chosen.toggle(place);
    chosen.move(place, event.shiftKey);
  });
  wall.addEventListener("dblclick", open);
  wall.addEventListener("mousedown", (event) => { if (event.shiftKey) event.preventDefault(); });

  const unheard = decisions.onChange(({ ids }) => {
    if (ids === null) return load(true);
    for (const place of list.places()) if (ids.has(pages?.row(place)?.id)) list.refresh(place, place + 1);
    drawHand();
    zoom.draw();
  });
  const uncounted = decisions.onMarked((marked) => filters.recount(marked));
  /** Another window may have decided meanwhile. */
  const look = () => {
    const ids = list.places().map((place) => pages?.row(place)?.id).filter((id) => id !== undefined);
    if (ids.length > 0) decisions.refresh(ids).catch(() => undefined);
  };
  addEventListener("focus", look);

  sync();
  load();
  wall.focus({ preventScroll: true });
  overview().then((found) => {
    columns = found.columns;
    drawSort();
    // Of a run that an older audit ranked they are counted first.
    return found.facets ? found : complete();
  }).then((found) => {
    filters = rail(facets, found, apply);
    sync();
    filters.recount(decisions.marked());
  }).catch(complain);
  return {
    keys, update,
    leave: () => {
      removeEventListener("focus", look);
      phone.removeEventListener("change", reshape);
      unheard();
      uncounted();
      list.stop();
      zoom.close();
    },
  };
};
