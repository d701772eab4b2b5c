import AuditCore
import AuditQuality

/// What is wrong with the pictures themselves, and which are copies.
extension HTMLReport {
  var damage: HTML {
    guard let damage = summary.damage else { return .empty }
    let known = damage.kinds.filter { !$0.recall.isEmpty }
    let rows: [HTML] = known.map { kind in
      let cells: [HTML] = DamageStrength.allCases.map { strength in
        guard let share = kind.recall[strength.rawValue] else { return "<td class=\"n dim\">–</td>" }
        return "<td class=\"n\">\(percent(share))</td>"
      }
      return """
        <tr><th scope="row">\(kind.words)</th><td class="n">\(percent(kind.share))</td>\(cells)</tr>
        """
    }
    let strengths: [HTML] = DamageStrength.allCases.map { "<th scope=\"col\" class=\"n\">\($0.rawValue)</th>" }
    return """
      <section id="damage"><h2>Damage</h2><p>\(damage.sentence)</p>
      <p class="about">Copies of this set\u{2019}s own pictures were damaged on purpose, and judges learnt to tell them from \
      the pictures as they are. How many of the copies that were held out would be flagged says how good that is on this \
      very set. \u{201C}In the set\u{201D} is the part of the set that looks so by its estimate.</p>
      <div class="scroll"><table class="list"><caption class="quiet">Share of the set and of held-out copies that would be \
      flagged, by kind and strength</caption><thead><tr><th scope="col">kind</th><th scope="col" class="n">in the set</th>\
      \(strengths)</tr></thead><tbody>\(rows)</tbody></table></div></section>

      """
  }

  var issuePictures: HTML {
    let galleries: [HTML] = model.issueGalleries.map { gallery in
      let shown = gallery.pictures.count
      let count = gallery.images > shown ? "\(shown) of \(gallery.images.formattedWithCommas)" : "\(gallery.images)"
      return """
        <div class="gallery" id="issue-\(gallery.code)"><h3><code>\(gallery.code)</code> <span class="count">\(count)</span></h3>
        <p class="about">\(gallery.meaning)</p>\(thumbnails(gallery.pictures, issue: gallery.code))</div>
        """
    }
    return galleries.isEmpty ? .empty : "\(galleries)"
  }

  var copies: HTML {
    guard let copies = summary.copies else { return .empty }
    let groups: [HTML] = model.copyGroups.map { group in
      let reason: HTML = group.reason.map { "<p class=\"about\">\($0)</p>" } ?? .empty
      return """
        <div class="gallery"><h3>\(group.kind == "run" ? "frames of one scene" : group.kind.replacing("_", with: " ")) \
        <span class="count">\(group.images.formattedWithCommas)</span></h3>\(reason)\(thumbnails(group.pictures))</div>
        """
    }
    let all: HTML =
      groups.isEmpty
      ? .empty
      : """
      <p class="about">The best of a group comes first. The largest are shown; all of them:</p>\
      \(command(summary.commands.nearCopies))
      """
    return """
      <section id="copies"><h2>Copies</h2><p>\(copies.words).</p>\(leaks)\(all)
      \(groups)</section>

      """
  }

  private var leaks: HTML {
    guard let leaks = model.leaks else { return .empty }
    let shown = leaks.pictures.count
    let count = leaks.images > shown ? "\(shown) of \(leaks.images.formattedWithCommas)" : "\(leaks.images)"
    return """
      <div class="gallery" id="leaks"><h3>in another part or set <span class="count">\(count)</span></h3><p class="about">One \
      picture would be trained on and tested on.</p>\(thumbnails(leaks.pictures))</div>\
      \(summary.commands.leaks.map { command($0) } ?? .empty)
      """
  }

  private func thumbnails(_ shown: [IssueGallery.Picture], issue: String = "") -> HTML {
    let figures: [HTML] = shown.map { item in
      let path = SamplePath(item.path).printable
      let detail = SamplePath(item.detail).printable
      let sure = item.confidence.map { ", \(percent($0)) sure" } ?? ""
      let image: HTML =
        picture(of: item.id).map { "<img loading=\"lazy\" src=\"\($0)\" alt=\"\(path)\">" }
        ?? "<p class=\"none\">\(pictures.missing[item.id] ?? "no picture")</p>"
      return """
        <figure class="thumb" data-id="\(Int(item.id))" data-filter="\(path.lowercased()) \(detail.lowercased()) \(issue)">\(image)<figcaption>\(path)\
        <span class="why">\(detail)\(sure)</span></figcaption></figure>
        """
    }
    return "<div class=\"thumbs\">\(figures)</div>"
  }
}
