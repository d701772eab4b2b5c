/* The data of the page, and what every other part makes of it. */
const page = (() => {
  const byId = (id) => document.getElementById(id);
  const data = (id) => JSON.parse(byId(id).textContent);
  const report = data("report-data");
  const extra = data("page-data");
  const number = (value, digits) => (value === undefined || value === null ? "–" : value.toFixed(digits));
  const element = (name, text, className) => {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
  };

  /** The picture of a sample: from its tile, from its thumbnail, or from those that are kept beside them. */
  const picture = (id) => {
    const shown = document.querySelector(`.tile[data-id="${id}"] .strip img, .thumb[data-id="${id}"] img`);
    return shown ? shown.src : extra.pictures[id];
  };
  const show = (image, source) => {
    image.hidden = !source;
    image.src = source || "data:,";
  };
  const copyText = async (text) => {
    if (navigator.clipboard) {
      try { return await navigator.clipboard.writeText(text); } catch { /* a file:// page may not; the old way then */ }
    }
    const area = element("textarea", text);
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  };
  const copies = (button, text) => {
    const label = button.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await copyText(text());
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = label; }, 1500);
    });
  };
  for (const button of document.querySelectorAll(".copy")) copies(button, () => button.previousElementSibling.textContent);

  return { byId, data, report, extra, number, element, picture, show, copies };
})();
