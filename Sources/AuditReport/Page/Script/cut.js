/* The cut line: drag it, tap the chart, or use the keys of a slider. */
(() => {
  const chart = page.byId("cut-chart");
  if (!chart) return;
  const places = page.extra.places;
  const line = page.byId("cut-line");
  const stations = chart.dataset.places.split(" ").map(Number);
  const nearest = (values, wanted) =>
    values.reduce((best, value, index) => (Math.abs(value - wanted) < Math.abs(values[best] - wanted) ? index : best), 0);
  let current = places.findIndex((place) => String(place.images) === line.getAttribute("aria-valuenow"));
  const moveTo = (index) => {
    current = Math.min(Math.max(index, 0), places.length - 1);
    const place = places[current];
    line.setAttribute("transform", `translate(${stations[current]} 0)`);
    line.setAttribute("aria-valuenow", place.images);
    line.setAttribute("aria-valuetext", place.sentence.map((phrase) => phrase.text).join(""));
    page.byId("cut-sentence").replaceChildren(
      ...place.sentence.map((phrase) =>
        page.element(phrase.is_strong ? "strong" : "span", phrase.text.replaceAll(" %", "\u00a0%"))));
    page.byId("cut-costs").textContent = place.costs;
    for (const [end, id, path] of [["first", place.first, place.first_path], ["last", place.last, place.last_path]]) {
      const figure = page.byId(`cut-${end}`);
      const image = figure.querySelector("img");
      page.show(image, id === undefined || id === null ? "" : page.picture(id));
      image.alt = `${end} to go: ${path}`;
      figure.querySelector("span").textContent = path;
      figure.style.visibility = path ? "visible" : "hidden";
    }
    page.byId("cut-panel").querySelector("code").textContent = place.command;
  };
  const chosen = (index) => {
    moveTo(index);
    state.set({ cut: places[current].share });
  };
  const toPointer = (event) => {
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(chart.getScreenCTM().inverse());
    chosen(nearest(stations, point.x));
  };
  let dragged = null;
  chart.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    dragged = event.pointerId;
    chart.setPointerCapture(dragged);
    toPointer(event);
    line.focus({ preventScroll: true });
    event.preventDefault();
  });
  chart.addEventListener("pointermove", (event) => { if (event.pointerId === dragged) toPointer(event); });
  for (const end of ["pointerup", "pointercancel"]) chart.addEventListener(end, () => { dragged = null; });
  line.addEventListener("keydown", (event) => {
    const steps = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageUp: 5, PageDown: -5, Home: -1e6, End: 1e6 };
    if (!(event.key in steps) || event.ctrlKey || event.metaKey || event.altKey) return;
    chosen(current + steps[event.key]);
    event.preventDefault();
    event.stopPropagation();
  });
  const fromAddress = () => {
    const wanted = Number(state.get("cut") || NaN);
    if (wanted >= 0) moveTo(nearest(places.map((place) => place.share), wanted));
  };
  state.onChange(fromAddress);
  moveTo(Math.max(current, 0));
  fromAddress();
})();
