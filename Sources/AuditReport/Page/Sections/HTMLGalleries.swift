import AuditCore

/// The galleries: image, reconstruction and residual side by side.
extension HTMLReport {
  var galleries: HTML {
    guard model.galleries.contains(where: { !$0.tiles.isEmpty }) else { return .empty }
    let parts: [HTML] = model.galleries.map(gallery)
    return """
      <section id="images"><h2>Images</h2>
      <p class="about">Each: the image, \(model.reference.isModel ? "what the reference model draws of it" : "its reference"), and where they differ, dark for nothing \
      to <span class="ramp" aria-hidden="true"></span> bright for \(fixed(Double(HeatMap.brightest), 1)) of full scale or \
      more, on one scale for all.</p>
      \(parts)</section>

      """
  }

  private func gallery(_ gallery: Gallery) -> HTML {
    let words = GalleryWords(gallery.kind, isModel: model.reference.isModel)
    let count =
      gallery.images > gallery.tiles.count
      ? "\(gallery.tiles.count) of \(gallery.images.formattedWithCommas)" : gallery.images.formattedWithCommas
    guard !gallery.tiles.isEmpty else {
      return """
        <div class="gallery \(gallery.kind.rawValue)"><h3>\(words.title) <span class="count">0</span></h3>\
        <p class="dim">\(words.none)</p></div>
        """
    }
    let tiles: [HTML] = gallery.tiles.map(tile)
    return """
      <div class="gallery \(gallery.kind.rawValue)" id="gallery-\(gallery.kind.rawValue)"\(beyond(gallery))>\
      <h3>\(words.title) <span class="count">\(count)</span></h3><p class="about">\(words.about)</p>
      <div class="tiles">\(tiles)</div><button type="button" class="more" hidden></button></div>

      """
  }

  /// Which rows of the table come after its tiles.
  private func beyond(_ gallery: Gallery) -> HTML {
    [.drop, .review].contains(gallery.kind) ? " data-verdict=\"\(gallery.kind.rawValue)\"" : .empty
  }

  private func tile(_ tile: Tile) -> HTML {
    let path = SamplePath(tile.path).printable
    let verdict = tile.verdict ?? .keep
    let rank = tile.rank.map { "#\($0.formattedWithCommas)" } ?? ""
    let skew = tile.skew.map { "skew \(fixed($0, 1))" } ?? "no skew"
    let why = reason(of: tile)
    let chips: [HTML] = tile.issues.map { "<code>\($0)</code> " }
    let words = ([path, why, verdict.rawValue] + tile.issues).joined(separator: " ").lowercased()
    let (folder, name) = parts(of: path)
    return """
      <figure class="tile \(verdict.rawValue)" data-id="\(Int(tile.id))" \
      data-filter="\(words)" data-issues="\(tile.issues.joined(separator: " "))" tabindex="-1"><div class="head"><span class="sign" title="\(verdict.rawValue)">\
      \(verdict.sign)<span class="quiet"> \(verdict.rawValue)</span></span><b>\(skew)</b><span class="rank">\(rank)</span>\
      </div>\(strip(tile, path: path))<figcaption><span class="dim">\(folder)</span>\(name)\
      <span class="why">\(why) \(chips)</span></figcaption></figure>
      """
  }

  private func strip(_ tile: Tile, path: String) -> HTML {
    guard let picture = pictures.tiles[tile.id] else {
      let cause = pictures.missing[tile.id] ?? "pictures were not asked for"
      return "<div class=\"strip none\"><p>no picture: \(cause)</p></div>"
    }
    let ratio = "aspect-ratio:\(fixed(min(max(picture.aspect, 0.4), 2.5), 3))"
    let place = tile.region.map { ", most of it in \(RegionWords.place($0))" } ?? ""
    let reference: HTML =
      picture.reference.map {
        "<img loading=\"lazy\" src=\"\($0)\" style=\"\(ratio)\" alt=\"what the reference has of it\">"
      } ?? .empty
    let heat: HTML =
      picture.heat.map {
        "<img loading=\"lazy\" src=\"\($0)\" style=\"\(ratio)\" alt=\"residual\(place)\">"
      } ?? .empty
    let changed: HTML = picture.isChanged ? "<p class=\"changed\">the file has changed since the scan</p>" : .empty
    return """
      <div class="strip"><img loading="lazy" src="\(picture.image)" style="\(ratio)" alt="\(path)">\(reference)\(heat)\
      </div>\(changed)
      """
  }

  private func reason(of tile: Tile) -> String {
    if tile.verdict != tile.proposal, let proposal = tile.proposal {
      return (["decided by a person; proposed: \(proposal.rawValue)"] + [tile.reason].compactMap { $0 })
        .joined(separator: "; ")
    }
    return tile.reason ?? tile.why ?? ""
  }

  /// Folder with its slash, and name.
  private func parts(of path: String) -> (folder: String, name: String) {
    guard let slash = path.lastIndex(of: "/") else { return ("", path) }
    let after = path.index(after: slash)
    return (String(path[..<after]), String(path[after...]))
  }
}

/// Headings of a gallery.
struct GalleryWords {
  let title: String
  let about: String
  let none: String

  /// - Parameter isModel: whether the reference is a model in whose space look-alikes are known.
  init(_ kind: Gallery.Kind, isModel: Bool) {
    switch kind {
    case .drop:
      title = "Drop"
      about =
        isModel
        ? "Squared error listens to these far more than absolute error would, and nothing else in the set resembles "
          + "them. Under each stands where its residual lies."
        : "Squared error listens to these far more than absolute error would."
      none =
        "Nothing stands out so far that leaving it out is proposed. The highest skew stands at the top of the page."
    case .review:
      title = "Review"
      about =
        isModel
        ? "Unusual, but the set holds look-alikes, or they stand out less: look before you decide. A small real group "
          + "(one more camera, one more haircut) looks like this."
        : "Farther from their reference than the rest: look before you decide, at both pictures."
      none = "Nothing to look at."
    case .easy:
      title = "Drawn best"
      about =
        isModel
        ? "What the model draws with the least residual, so that they pull least. That says nothing of whether they are "
          + "good pictures or plain ones."
        : "Nearest to their reference. That says nothing of which of both is right."
      none = "No scored image stays."
    case .control:
      title = "Control"
      about = "Drawn at random from what stays: if these look no better than the ones above, trust your eyes."
      none = "No scored image stays."
    }
  }
}

/// The cells of the 4 x 4 grid in words.
enum RegionWords {
  static func place(_ region: String) -> String {
    let digits = region.compactMap(\.wholeNumberValue)
    guard digits.count == 2 else { return region }
    let rows = ["the top", "the upper middle", "the lower middle", "the bottom"]
    let columns = ["far left", "centre left", "centre right", "far right"]
    return "\(rows[min(max(digits[0], 1), 4) - 1]), \(columns[min(max(digits[1], 1), 4) - 1])"
  }
}
