"use strict";
(() => {
  const root = document.documentElement;
  const byId = (id) => document.getElementById(id);
  const data = (id) => JSON.parse(byId(id).textContent);
  const report = data("report-data");
  const page = data("page-data");
  const tileData = new Map(report.galleries.flatMap((gallery) => gallery.tiles).map((tile) => [String(tile.id), tile]));
  const number = (value, digits) => (value === undefined || value === null ? "–" : value.toFixed(digits));

  /** The picture of a sample: from its tile, or from those that are kept for the cut line. */
  const picture = (id) => {
    const shown = document.querySelector(`#tile-${id} .strip img`);
    return shown ? shown.src : page.pictures[id];
  };
  const element = (name, text, className) => {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
  };
  const show = (image, source) => {
    image.hidden = !source;
    image.src = source || "data:,";
  };

  /* Commands to copy. */
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
  for (const button of document.querySelectorAll(".copy")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await copyText(button.previousElementSibling.textContent);
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = "Copy"; }, 1500);
    });
  }

  /* The cut line: drag it, tap the chart, or use the keys of a slider. */
  const chart = byId("cut-chart");
  if (chart) {
    const line = byId("cut-line");
    const stations = chart.dataset.places.split(" ").map(Number);
    const nearest = (values, wanted) =>
      values.reduce((best, value, index) => (Math.abs(value - wanted) < Math.abs(values[best] - wanted) ? index : best), 0);
    let current = page.places.findIndex((place) => String(place.images) === line.getAttribute("aria-valuenow"));
    const moveTo = (index) => {
      current = Math.min(Math.max(index, 0), page.places.length - 1);
      const place = page.places[current];
      line.setAttribute("transform", `translate(${stations[current]} 0)`);
      line.setAttribute("aria-valuenow", place.images);
      line.setAttribute("aria-valuetext", place.sentence.map((phrase) => phrase.text).join(""));
      byId("cut-sentence").replaceChildren(
        ...place.sentence.map((phrase) => element(phrase.is_strong ? "strong" : "span", phrase.text.replaceAll(" %", "\u00a0%"))));
      byId("cut-costs").textContent = place.costs;
      for (const [end, id, path] of [["first", place.first, place.first_path], ["last", place.last, place.last_path]]) {
        const figure = byId(`cut-${end}`);
        const image = figure.querySelector("img");
        show(image, id === undefined || id === null ? "" : picture(id));
        image.alt = `${end} to go: ${path}`;
        figure.querySelector("span").textContent = path;
        figure.style.visibility = path ? "visible" : "hidden";
      }
      byId("cut-panel").querySelector("code").textContent = place.command;
    };
    const toPointer = (event) => {
      const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(chart.getScreenCTM().inverse());
      moveTo(nearest(stations, point.x));
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
      moveTo(current + steps[event.key]);
      event.preventDefault();
      event.stopPropagation();
    });
    const fromAddress = () => {
      const wanted = /^#cut=([0-9.]+)$/.exec(location.hash);
      if (!wanted) return;
      moveTo(nearest(page.places.map((place) => place.share), Number(wanted[1])));
      byId("cut").scrollIntoView();
    };
    addEventListener("hashchange", fromAddress);
    moveTo(Math.max(current, 0));
    fromAddress();
  }

  /* Galleries: a few rows at first, the rest on demand. */
  const tiles = [...document.querySelectorAll(".tile")];
  const firstRows = 12;
  for (const gallery of document.querySelectorAll(".gallery")) {
    const button = gallery.querySelector(".more");
    const later = [...gallery.querySelectorAll(".tile")].slice(firstRows);
    if (!button || later.length === 0) continue;
    for (const tile of later) tile.classList.add("later");
    button.hidden = false;
    button.textContent = `Show ${later.length} more`;
    button.addEventListener("click", () => {
      for (const tile of later) tile.classList.remove("later");
      button.hidden = true;
      later[0].focus();
    });
  }
  addEventListener("beforeprint", () => { for (const tile of tiles) tile.classList.remove("later"); });

  /* The text filter hides tiles and table rows that do not hold every word; that of issues leaves one issue. */
  const filter = byId("filter");
  const issueFilter = byId("issue-filter");
  const issueGalleries = [...document.querySelectorAll('.gallery[id^="issue-"]')];
  const filterable = [...document.querySelectorAll("[data-filter]")]
    .map((node) => [node, node.dataset.filter.toLowerCase()]);
  const apply = () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    const issue = issueFilter ? issueFilter.value : "";
    const isFiltered = words.length > 0 || issue !== "";
    let left = 0;
    for (const gallery of issueGalleries) gallery.hidden = issue !== "" && gallery.id !== `issue-${issue}`;
    for (const [node, text] of filterable) {
      const has = issue === "" || !("issues" in node.dataset) || node.dataset.issues.split(" ").includes(issue);
      const fits = has && words.every((word) => text.includes(word));
      if (node.classList.contains("tile")) {
        node.classList.toggle("hidden", !fits);
        if (isFiltered) node.classList.remove("later");
        if (fits) left += 1;
      } else {
        node.hidden = !fits;
      }
    }
    if (isFiltered) for (const button of document.querySelectorAll(".more")) button.hidden = true;
    byId("filter-count").textContent = isFiltered ? `${left} of ${tiles.length} shown images` : "";
  };
  if (filter) {
    filter.addEventListener("input", apply);
    filter.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      filter.value = "";
      apply();
      filter.blur();
    });
  }
  if (issueFilter) {
    issueFilter.hidden = false;
    issueFilter.labels[0].hidden = false;
    issueFilter.addEventListener("change", apply);
  }
  const visible = () => tiles.filter((tile) => !tile.classList.contains("hidden") && !tile.classList.contains("later"));

  /* The viewer. */
  const viewer = byId("viewer");
  let opened = null;
  const open = (tile) => {
    opened = tile;
    const facts = tileData.get(tile.dataset.id);
    byId("viewer-name").textContent = tile.querySelector("figcaption").firstChild.textContent
      + tile.querySelector("figcaption").childNodes[1].textContent;
    const strip = tile.querySelector(".strip").cloneNode(true);
    viewer.querySelector(".strip").replaceWith(strip);
    const rows = [
      ["verdict", facts.verdict || "–"], ["rank by skew", facts.rank ? String(facts.rank) : "–"],
      ["skew", number(facts.skew, 2)], ["ratio of pulls", number(facts.ratio, 2)], ["alike", number(facts.alike, 2)],
      ["pull", number(facts.pull_squared, 1) + " average images"], ["training weight", number(facts.weight, 2)],
      ["orthogonal distance", number(facts.orthogonal_distance, 2)], ["score distance", number(facts.score_distance, 2)],
      ["mse", number(facts.mse, 5)], ["mae", number(facts.mae, 4)],
    ];
    if (facts.region) rows.push(["most of the residual", `row ${facts.region[1]}, column ${facts.region[3]} of 4 x 4 `
      + `(${number(100 * facts.region_share, 0)} %)`]);
    if (facts.issues.length > 0) rows.push(["issues", facts.issues.join(" ")]);
    if (facts.why) rows.push(["why", facts.why]);
    const list = viewer.querySelector("dl");
    list.replaceChildren(...rows.map(([name, value]) => {
      const pair = element("div", undefined, name === "why" ? "wide" : "");
      pair.append(element("dt", name), element("dd", value));
      return pair;
    }));
    viewer.querySelector("code").textContent = page.explain[tile.dataset.id];
    if (!viewer.open) viewer.showModal();
  };
  const step = (by) => {
    const shown = visible();
    const next = shown[shown.indexOf(opened) + by];
    if (next) open(next);
  };
  for (const tile of tiles) {
    tile.tabIndex = 0;
    tile.addEventListener("click", () => open(tile));
  }
  for (const button of viewer.querySelectorAll("[data-step]")) {
    button.addEventListener("click", () => step(Number(button.dataset.step)));
  }
  viewer.addEventListener("click", (event) => { if (event.target === viewer) viewer.close(); });
  viewer.addEventListener("close", () => { if (opened) opened.focus(); });

  /* The outlier map: the nearest image to the pointer, or one after the other by key. */
  const map = byId("map-chart");
  if (map) {
    const points = report.outliers.points;
    const places = map.dataset.places ? map.dataset.places.split(",").map((pair) => pair.split(" ").map(Number)) : [];
    const tip = byId("tip");
    let chosen = -1;
    const mark = (index) => {
      chosen = index;
      const focus = byId("map-focus");
      focus.setAttribute("cx", index < 0 ? -99 : places[index][0]);
      focus.setAttribute("cy", index < 0 ? -99 : places[index][1]);
      if (index < 0) return;
      const point = points[index];
      const detail = byId("map-detail");
      const source = picture(point.id);
      const parts = [];
      if (source) {
        const image = element("img");
        image.src = source;
        image.alt = point.path;
        parts.push(image);
      }
      parts.push(element("b", point.path), element("p",
        `${point.verdict || "no verdict"}, skew ${number(point.skew, 2)}, orthogonal distance ${number(point.orthogonal_distance, 2)}, `
        + `score distance ${number(point.score_distance, 2)}`, "dim"));
      if (!source && !tileData.has(String(point.id))) {
        parts.push(element("p", "Its picture is not in this file; audit explain shows it.", "dim"));
      }
      detail.replaceChildren(...parts);
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
      const tile = chosen >= 0 && byId(`tile-${points[chosen].id}`);
      if (tile) open(tile);
    };
    map.addEventListener("pointermove", (event) => {
      const index = nearestPoint(event);
      tip.hidden = index < 0;
      if (index < 0) return;
      if (index !== chosen) mark(index);
      tip.textContent = `${points[index].path}  skew ${number(points[index].skew, 1)}`;
      tip.style.left = `${Math.min(event.pageX + 14, root.clientWidth - 230)}px`;
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
  }

  /* Keys of the whole page. */
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target === filter || event.target === issueFilter) return;
    if (viewer.open) {
      const turn = { ArrowLeft: -1, k: -1, ArrowRight: 1, j: 1 }[event.key];
      if (turn) {
        step(turn);
        event.preventDefault();
      }
      return;
    }
    const focused = document.activeElement;
    if (event.key === "/" && filter) {
      filter.focus();
      event.preventDefault();
    } else if (event.key === "j" || event.key === "k") {
      const shown = visible();
      const index = shown.indexOf(focused);
      const next = shown[index < 0 ? 0 : index + (event.key === "j" ? 1 : -1)];
      if (next) next.focus();
    } else if ((event.key === "Enter" || event.key === " ") && focused && focused.classList.contains("tile")) {
      open(focused);
      event.preventDefault();
    }
  });

  root.dataset.ready = "true";
})();
