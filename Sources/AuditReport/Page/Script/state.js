/* What is chosen stands in the address, so that a link leads to it: #q=blur&sort=skew. */
const state = (() => {
  const heard = [];
  const decoded = (text) => {
    try { return decodeURIComponent(text); } catch { return text; }
  };
  /** null where the address is a place on the page and no choice. */
  const read = () => {
    const text = location.hash.slice(1);
    if (!text.includes("=")) return null;
    return new Map(text.split("&").map((pair) => {
      const at = pair.indexOf("=");
      return at < 0 ? [decoded(pair), ""] : [decoded(pair.slice(0, at)), decoded(pair.slice(at + 1))];
    }));
  };
  let values = read() || new Map();
  let pending = null;
  /** Browsers take few changes of the address a second. */
  const patience = 200;
  const get = (name) => values.get(name) || "";
  const set = (changes) => {
    for (const [name, value] of Object.entries(changes)) {
      if (value === "" || value === undefined || value === null) values.delete(name); else values.set(name, String(value));
    }
    if (pending === null) pending = setTimeout(write, patience);
  };
  const write = () => {
    pending = null;
    const text = [...values].sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join("&");
    history.replaceState(null, "", `#${text}`);
  };
  addEventListener("hashchange", () => {
    const found = read();
    if (!found) return;
    values = found;
    for (const listener of heard) listener();
  });
  return { get, set, onChange: (listener) => heard.push(listener) };
})();
