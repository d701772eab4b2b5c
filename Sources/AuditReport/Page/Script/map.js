/* The outlier map: the nearest image to the pointer, or one after the other by key. */
(() => {
  const map = page.byId("map-chart");
  if (!map) return;
  const points = page.report.outliers.points;
  const places = map.dataset.places ? map.dataset.places.split(",").map((pair) => pair.split(" ").map(Number)) : [];
  const tip = page.byId("tip");
  const focus = page.byId("map-focus");
  let chosen = -1;
  const mark = (index) => {
    chosen = index;
    focus.setAttribute("visibility", "visible");
    focus.setAttribute("cx", places[index][0]);
    focus.setAttribute("cy", places[index][1]);
    const point = points[index];
    const source = page.picture(point.id);
    const parts = [];
    if (source) {
      const image = page.element("img");
      image.src = source;
      image.alt = point.path;
      parts.push(image);
    }
    parts.push(page.element("b", point.path), page.element("p",
      `${point.verdict || "no verdict"}, skew ${page.number(point.skew, 2)}, orthogonal distance `
      + `${page.number(point.orthogonal_distance, 2)}, score distance ${page.number(point.score_distance, 2)}`, "dim"));
    if (!source) parts.push(page.element("p", "Its picture is not in this file; audit explain shows it.", "dim"));
    page.byId("map-detail").replaceChildren(...parts);
  };
  const nearestPoint = (event) => {
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(map.getScreenCTM().inverse());
    let best = -1;
    let distance = 18 * 18;
    places.forEach(([x, y], index) => {
      const square = (x - at.x) ** 2 + (y - at.y) ** 2;
      if (square < distance) [best, distance] = [index, square];
    });
    return best;
  };
  const openChosen = () => {
    if (chosen >= 0) viewer.open(String(points[chosen].id), points.map((point) => String(point.id)));
  };
  map.addEventListener("pointermove", (event) => {
    const index = nearestPoint(event);
    tip.hidden = index < 0;
    if (index < 0) return;
    if (index !== chosen) mark(index);
    tip.textContent = `${points[index].path}  skew ${page.number(points[index].skew, 1)}`;
    tip.style.left = `${Math.max(0, Math.min(event.pageX + 14, document.documentElement.clientWidth - 230))}px`;
    tip.style.top = `${event.pageY + 14}px`;
  });
  map.addEventListener("pointerleave", () => { tip.hidden = true; });
  map.addEventListener("click", (event) => {
    const index = nearestPoint(event);
    if (index < 0) return;
    mark(index);
    openChosen();
  });
  map.addEventListener("keydown", (event) => {
    const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
    if (event.key in steps && points.length > 0) {
      mark(Math.min(Math.max(chosen + steps[event.key], 0), points.length - 1));
      event.preventDefault();
    } else if (event.key === "Enter") {
      openChosen();
      event.preventDefault();
    }
  });
})();
