/* Draws the view that the address names. */

import { isAbort } from "./api.js";
import { byId, el } from "./dom.js";
import * as decisions from "./decisions.js";
import * as effect from "./effect.js";
import { bind } from "./keys.js";
import { here, onArrival } from "./route.js";
import { complain, head } from "./shell.js";

/** Each gives {title, draw(main, query)}; draw gives {keys, update(query), leave()}, any of which may be missing. */
const views = {
  "/": () => import("./overview.js"),
  "/samples": () => import("./grid.js"),
  "/sample": () => import("./picture.js"),
  "/groups": () => import("./groups.js"),
  "/compare": () => import("./compare.js"),
  "/failed": () => import("./failed.js"),
  "/sql": () => import("./sql.js"),
};

const main = byId("main");
let current = null;
/** Which view and run is drawn; the rest of the address is the view's own matter. */
let place = "";
let turn = 0;

const show = async ({ view, query }) => {
  const wanted = `${view} ${query.get("run") ?? ""}`;
  if (current && wanted === place && current.update) return current.update(query);
  const mine = turn += 1;
  const isFirst = place === "";
  place = wanted;
  current?.leave?.();
  current = null;
  bind({ u: decisions.undo });
  main.setAttribute("aria-busy", "true");
  try {
    const module = await (views[view] ?? views["/"])();
    if (mine !== turn) return;
    main.replaceChildren();
    main.className = `view-${view.slice(1) || "overview"}`;
    const drawing = module.draw(main, query);
    // The head is content with what the view asks for.
    head(module.title, view);
    const drawn = await drawing;
    if (mine !== turn) return drawn?.leave?.();
    current = drawn ?? {};
    bind({ u: decisions.undo, ...current.keys });
    if (!isFirst && !main.contains(document.activeElement)) main.focus({ preventScroll: true });
    scrollTo(0, 0);
  } catch (error) {
    if (mine !== turn || isAbort(error)) return;
    complain(error);
    if (main.childElementCount === 0) main.append(el("p", { class: "lead" }, "This view could not be drawn."));
  } finally {
    if (mine === turn) {
      main.removeAttribute("aria-busy");
      document.documentElement.dataset.ready = "true";
    }
  }
};

onArrival(show);
effect.begin();
show(here());
