import AuditCore
import AuditStore

/// What a walk left out, in words: "40 _mask beside images (--with-sidecars takes them in), 12 .txt, 3 hidden".
struct LeftOutText {
  private static let mostNamed = 5

  let parts: [String]

  init(_ counts: [LeftOutCount]) {
    let kinds = Dictionary(grouping: counts, by: \.kind)
    var parts: [String] = []
    if let sidecars = kinds["sidecar"] {
      parts.append(LeftOutText.listed(sidecars) + " beside images (--with-sidecars takes them in)")
    }
    if let others = kinds["other"] { parts.append(LeftOutText.listed(others)) }
    if let contained = kinds["contained"] { parts.append(LeftOutText.listed(contained)) }
    if let hidden = kinds["hidden"] {
      parts.append(hidden.map { LeftOutText.number($0) }.joined(separator: ", ") + " hidden")
    }
    for excluded in kinds["excluded"] ?? [] {
      let name = SamplePath(excluded.name).printable
      let rule = name == "--include" ? "by no --include" : "by --exclude \(name)"
      parts.append("\(LeftOutText.number(excluded)) left out \(rule)")
    }
    self.parts = parts
  }

  private static func listed(_ counts: [LeftOutCount]) -> String {
    let frequent = counts.sorted { ($1.files + $1.folders, $0.name) < ($0.files + $0.folders, $1.name) }
    let named = frequent.prefix(mostNamed).map { count in
      switch (count.kind, count.name) {
      case ("other", "/"): counted(count.folders, "folder")
      case ("other", ""): "\(count.files.formattedWithCommas) without ending"
      case ("other", let ending): "\(count.files.formattedWithCommas) .\(SamplePath(ending).printable)"
      default: "\(count.files.formattedWithCommas) \(SamplePath(count.name).printable)"
      }
    }
    let rest = frequent.dropFirst(mostNamed).reduce(0) { $0 + $1.files + $1.folders }
    return (named + (rest > 0 ? [counted(rest, "other")] : [])).joined(separator: ", ")
  }

  /// "3 files and 1 folder".
  private static func number(_ count: LeftOutCount) -> String {
    let files = counted(count.files, "file")
    let folders = counted(count.folders, "folder")
    if count.folders == 0 { return files }
    return count.files == 0 ? folders : "\(files) and \(folders)"
  }
}

extension FaceOrigin.Tool {
  /// As its makers write it.
  var name: String {
    switch self {
    case .faceSwap: "FaceSwap"
    case .deepFaceLab: "DeepFaceLab"
    }
  }
}
