import AuditCore

/// The table of all images, and what chooses among them.
extension HTMLReport {
  /// Words and facets, for tiles, thumbnails and the table at once; of no use without the script, which shows it.
  var tools: HTML {
    guard model.rows.count > 0 else { return .empty }
    var facets: [HTML] = [
      facet("verdict", Verdict.allCases.map { ($0.rawValue, "\($0.sign) \($0.rawValue)") }),
      facet("issue", model.rows.issues.sorted().map { ($0, SamplePath($0).printable) }),
    ]
    if (2...HTMLReport.mostFolders).contains(model.rows.folders.count) {
      facets.append(
        facet(
          "folder",
          model.rows.folders.sorted().map { ($0, $0.isEmpty ? "(top folder)" : SamplePath($0).printable) }))
    }
    if model.rows.group.contains(where: { $0 != 0 }) {
      facets.append(facet("copies", [("yes", "in a group"), ("no", "in none")]))
    }
    return """
      <div class="tools" id="tools" hidden role="search" aria-label="Choose images"><label for="filter">Filter</label>\
      <input id="filter" type="search" placeholder="name, folder, issue" autocomplete="off">\(facets)\
      <output id="filter-count" for="filter"></output></div>
      """
  }

  private static let mostFolders = 200

  private func facet(_ name: String, _ choices: [(value: String, words: String)]) -> HTML {
    let options: [HTML] = choices.map { "<option value=\"\($0.value)\">\($0.words)</option>" }
    return """
      <label for="facet-\(name)">\(name)</label><select id="facet-\(name)" data-facet="\(name)">\
      <option value="">all</option>\(options)</select>
      """
  }

  var rowsTable: HTML {
    guard model.rows.count > 0 else { return .empty }
    let heads: [HTML] = model.rows.columns.map { sortable($0.name, about: $0.about, isNumber: true) }
    let rule: HTML = model.rows.rule.map { "<p class=\"about\">\($0)</p>" } ?? .empty
    return """
      <section id="all"><h2>All images</h2>\(rule)
      <noscript><p class="about">The table needs the page\u{2019}s script; <code>audit sql</code> lists the same.</p></noscript>
      <div class="scroll"><table class="list rows"><thead><tr><th scope="col"><span class="quiet">picture</span></th>\
      \(sortable("path", about: "the file, relative to the dataset", isNumber: false))<th scope="col">verdict</th>\(heads)\
      <th scope="col">issues</th><th scope="col">decide</th></tr></thead><tbody id="all-rows"></tbody></table></div>
      <p class="turn"><button type="button" id="all-previous">← previous</button><output id="all-place"></output>\
      <button type="button" id="all-next">next →</button></p></section>

      """
  }

  private func sortable(_ name: String, about: String, isNumber: Bool) -> HTML {
    """
    <th scope="col"\(isNumber ? " class=\"n\"" as HTML : .empty) data-sort="\(name)" aria-sort="none" title="\(about)">\
    <button type="button" class="plainlink">\(name)<span class="arrow" aria-hidden="true"></span></button></th>
    """
  }

  /// What the reader has decided, and how audit takes it over.
  var decided: HTML {
    """
    <aside id="decided" class="decided" hidden aria-label="Your decisions"><p><b id="decided-count" role="status"></b> \
    <label for="decided-reason">reason</label> <input id="decided-reason" type="text" autocomplete="off"></p>\
    <p class="deeds"><button type="button" id="decided-copy">Copy decisions</button> \
    <button type="button" id="decided-save">Save decisions.jsonl</button> \
    <button type="button" id="decided-undo">Undo</button></p>\
    <details><summary>What is copied, and what takes it over</summary><pre id="decided-lines"></pre>\
    \(command(summary.commands.takeDecisions))</details></aside>
    """
  }
}
