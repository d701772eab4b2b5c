import AuditCore
import AuditStore

/// The dataset configuration of kohya's sd-scripts: one subset per verdict and folder, since it reads no sub-folders.
///
/// Images to keep repeat as often as the number in front of their folder's name says (`10_name person`), those to
/// review once.
struct KohyaSubsets {
  private struct Key: Hashable, Comparable {
    let verdict: String
    /// Bytes, since names that differ in how a letter is composed are two folders.
    let folder: SamplePath

    static func < (left: Key, right: Key) -> Bool { (left.verdict, left.folder) < (right.verdict, right.folder) }
  }

  private struct Subset {
    var images = 0
    var captionEnding: String?
  }

  private let target: String
  private var subsets: [Key: Subset] = [:]
  private var unnameable = 0

  init(target: String) { self.target = target }

  mutating func add(_ row: ExportRow, sidecars: [SamplePath]) {
    let folder = SamplePath(bytes: FilePath.folder(of: row.path.bytes))
    guard folder.isText else {
      unnameable += 1
      return
    }
    let key = Key(verdict: row.verdict.rawValue, folder: folder)
    subsets[key, default: Subset()].images += 1
    if let ending = sidecars.compactMap(KohyaSubsets.captionEnding).max(by: { $0.lowercased() < $1.lowercased() }) {
      subsets[key]?.captionEnding = ending
    }
  }

  /// `.txt` or `.caption` as the file has it, in whatever capitals.
  private static func captionEnding(of path: SamplePath) -> String? {
    let ending = String(decoding: path.bytes.dropFirst(FilePath.stem(of: path.bytes).count), as: UTF8.self)
    return [".txt", ".caption"].contains(ending.lowercased()) ? ending : nil
  }

  var notes: [String] {
    unnameable == 0 ? [] : ["\(counted(unnameable, "image")) in folders whose names are not UTF-8 have no subset"]
  }

  func toml(run: StoredRun) -> String {
    var text = """
      # Made by audit \(run.version) from run \(Escaping.json.text(run.name)) of \(Escaping.json.text(run.dataset)).
      # The folders hold links; resolution, batch size and so on come from your training command.
      [[datasets]]

      """
    for (key, subset) in subsets.sorted(by: { $0.key < $1.key }) {
      let folder = key.folder.text
      let name = FilePath.name(of: folder)
      let (repeats, words) = KohyaSubsets.repeats(name)
      text += "\n  [[datasets.subsets]]  # \(counted(subset.images, "image"))\n"
      let images = target + "/" + key.verdict + (folder.isEmpty ? "" : "/" + folder)
      text += "  image_dir = \(Escaping.json.text(images))\n"
      text += "  num_repeats = \(key.verdict == "review" ? 1 : repeats)\n"
      if let ending = subset.captionEnding {
        text += "  caption_extension = \(Escaping.json.text(ending))\n"
      }
      if !words.isEmpty { text += "  class_tokens = \(Escaping.json.text(words))\n" }
    }
    return text
  }

  /// `10_name person` repeats 10 times and is called `name person`; other names repeat once.
  static func repeats(_ folder: String) -> (count: Int, words: String) {
    guard let match = folder.wholeMatch(of: /(\d{1,6})_(.+)/), let count = Int(match.1), count > 0 else {
      return (1, "")
    }
    return (count, String(match.2))
  }
}
