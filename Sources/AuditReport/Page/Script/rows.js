/* Rows of the table: the columns of the page, and what a row is called. */
const rows = (() => {
  const table = page.data("rows-data");
  const place = new Map(table.id.map((id, row) => [String(id), row]));
  const verdicts = { d: "drop", r: "review", k: "keep", "-": "" };
  const signs = { drop: "✕", review: "?", keep: "✓" };
  const path = (row) => table.shown[row] || table.folders[table.folder[row]] + table.name[row];
  const issues = (row) => (table.found[row] === "" ? [] : table.found[row].split(" ").map((place) => table.issues[place]));
  const proposed = (row) => verdicts[table.verdict[row]];
  const texts = table.id.map((id, row) => `${path(row)} ${proposed(row)} ${issues(row).join(" ")}`.toLowerCase());

  /** What `audit decide --import` takes for a row: its path, or its content where the path is no text. */
  const named = (row) => (table.hash[row]
    ? { sha256: table.hash[row] } : { path: table.folders[table.folder[row]] + table.name[row] });

  /** The command that tells everything about an image; none where its name would have to be quoted. */
  const explain = (id) => {
    if (page.extra.explain[id]) return page.extra.explain[id];
    const row = place.get(String(id));
    if (row === undefined || table.hash[row] || table.shown[row]) return "";
    const operand = path(row);
    return /^[A-Za-z0-9_][A-Za-z0-9_./-]*$/.test(operand) ? `${page.extra.explainer} ${operand}` : "";
  };
  return {
    table, count: table.id.length, columns: table.columns, signs, path, issues, proposed, named, explain,
    text: (row) => texts[row], of: (id) => place.get(String(id)), id: (row) => String(table.id[row]),
  };
})();
