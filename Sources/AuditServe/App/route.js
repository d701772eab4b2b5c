/* Where one is: a view and its query, in the address. Going somewhere else loads nothing anew. */

const heard = [];

export const here = () => ({ view: location.pathname, query: new URLSearchParams(location.search) });

/** Listeners get what `here` gives, whenever the address has changed. */
export const onArrival = (listener) => heard.push(listener);

const arrive = () => { for (const listener of heard) listener(here()); };

export const address = (view, query) => {
  const text = new URLSearchParams(query).toString();
  return text === "" ? view : `${view}?${text}`;
};

export const go = (target) => {
  if (target === location.pathname + location.search) return;
  history.pushState(null, "", target);
  arrive();
};

/** Changes the address of where one is; no step that the back button takes. */
export const rename = (target) => {
  if (target !== location.pathname + location.search) history.replaceState(null, "", target);
};

/** The run that is looked at, as a part of every query; empty for the newest. */
export const run = () => here().query.get("run") ?? "";

/** A query with what is given, and with the run that is looked at. */
export const withRun = (given = {}) => {
  const query = new URLSearchParams(given);
  if (run() !== "" && !query.has("run")) query.set("run", run());
  return query;
};

/** The address of a view of the same run. */
export const link = (view, given = {}) => address(view, withRun(given));

const isOurs = (anchor) => anchor.origin === location.origin && !anchor.hasAttribute("download")
  && !/\.(json|csv)$/.test(anchor.pathname) && !anchor.getAttribute("href").startsWith("#");

addEventListener("popstate", arrive);
addEventListener("click", (event) => {
  const anchor = event.target instanceof Element && event.target.closest("a[href]");
  if (!anchor || event.defaultPrevented || event.button !== 0) return;
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || !isOurs(anchor)) return;
  event.preventDefault();
  go(anchor.pathname + anchor.search);
});
