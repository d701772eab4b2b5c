import AuditCore
import AuditStore

/// The CSV that FiftyOne's `CSVDataset` importer reads; `tags` holds the verdict.
struct FiftyOneRows: RowFormat {
  private static let fields = ["skew", "pull_squared", "pull_absolute", "weight", "mse", "mae", "ssim"]

  let dataset: String
  private var present: [String] = []
  private var unreadable = 0

  init(dataset: String) { self.dataset = dataset }

  var columns: [ExportColumn] { [.everything] }

  var notes: [String] {
    let numbers = present.map { "\"\($0)\": float" }.joined(separator: ", ")
    return [
      "fo.Dataset.from_dir(dataset_type=fo.types.CSVDataset, labels_path=FILE, data_path=\(Escaping.json.text(dataset)), "
        + "fields={\"tags\": lambda t: t.split(\",\"), \"issues\": str, \(numbers)})"
    ] + (unreadable > 0 ? ["\(counted(unreadable, "name")) not UTF-8, which CSV cannot hold; left out"] : [])
  }

  mutating func begin(_ text: inout TextBuffer, columns: [String]) {
    present = FiftyOneRows.fields.filter(columns.contains)
    text.add((["filepath", "tags", "issues"] + present).joined(separator: ",") + "\r\n")
  }

  mutating func add(_ row: ExportRow, to text: inout TextBuffer) -> Bool {
    guard row.isText else {
      unreadable += 1
      return false
    }
    text.addCSV(dataset + "/" + row.path.text)
    text.add("," + row.verdict.rawValue + ",")
    text.addCSV(row["issues"])
    for name in present {
      text.add(",")
      text.addCSV(row[name])
    }
    text.add("\r\n")
    return true
  }
}

/// RFC 3986: every byte but letters, digits, `-._~` and `/` as %XX.
func percentEncoded(_ path: [UInt8]) -> String { Escaping.address.text(path) }

/// Tasks for Label Studio: the image's address, what was found, and the verdict as a prediction.
///
/// The labelling configuration needs `<Image name="image" value="$image"/>` and `<Choices name="verdict"
/// toName="image">` with keep, review, drop.
struct LabelStudioTasks: RowFormat {
  private let prefix: String
  private let version: String
  private var count = 0

  init(_ export: Export) {
    // Label Studio serves local files below its document root by this address.
    let root = Array(PathText.bytes(of: export.run.dataset).drop { $0 == UInt8(ascii: "/") })
    prefix = export.request.urlPrefix ?? "/data/local-files/?d=" + percentEncoded(root) + "/"
    version = "audit \(export.run.version) \(export.run.name)"
  }

  var columns: [ExportColumn] {
    ["verdict", "skew", "weight", "mse", "why", "issues", "sha256"].map { .named($0) }
  }

  var notes: [String] {
    [
      "labelling configuration: <View><Image name=\"image\" value=\"$image\"/><Choices name=\"verdict\" "
        + "toName=\"image\"><Choice value=\"keep\"/><Choice value=\"review\"/><Choice value=\"drop\"/></Choices></View>"
    ]
  }

  mutating func begin(_ text: inout TextBuffer, columns: [String]) { text.add("[") }

  mutating func add(_ row: ExportRow, to text: inout TextBuffer) -> Bool {
    text.add(count == 0 ? "\n" : ",\n")
    count += 1
    text.add("{\"data\":{\"image\":")
    text.addJSON(prefix + percentEncoded(row.path.bytes))
    text.add("},\"meta\":{\"path\":")
    text.addJSON(row.path.text)
    for key in ["sha256", "skew", "weight", "mse", "why"] {
      text.add(",\"\(key)\":")
      text.addJSON(row[key])
    }
    text.add(",\"issues\":")
    text.addJSONList(row.issues)
    text.add("}")
    // An unreadable file has no verdict to begin from.
    if row.verdict != .unreadable {
      text.add(",\"predictions\":[{\"model_version\":")
      text.addJSON(version)
      text.add(
        ",\"result\":[{\"from_name\":\"verdict\",\"to_name\":\"image\",\"type\":\"choices\","
          + "\"value\":{\"choices\":[\"\(row.verdict.rawValue)\"]}}]}]")
    }
    text.add("}")
    return true
  }

  func end(_ text: inout TextBuffer) { text.add(count == 0 ? "]\n" : "\n]\n") }
}

/// FaceSwap's way to clean a set: delete the face images, then let it drop their alignments.
struct FaceSwapList: RowFormat {
  private let dataset: String
  /// The one folder that holds all faces, relative to the dataset; nil where there are several.
  private let folder: SamplePath?
  private let isNul: Bool
  private let list: String
  private let knowsHeaders: Bool
  private var others = 0
  private var headless = 0

  /// - Throws: `AuditError` where a line could not hold a name.
  init(_ export: Export) throws {
    knowsHeaders = try export.store.knowsFaceHeaders()
    dataset = export.run.dataset
    folder = try export.folderOfPNGs()
    isNul = export.request.isNulSeparated
    list = try export.request.output.map { try FilePath.absolute($0) } ?? "LIST"
    if !isNul { try export.refuseLineEnds("give -0, which ends each name with NUL, or rename the file") }
  }

  var columns: [ExportColumn] { [.header] }

  var notes: [String] {
    var notes: [String] = []
    if headless > 0 {
      notes.append("\(counted(headless, "PNG")) carry no header of FaceSwap: remove-faces knows nothing of them")
    }
    if others > 0 {
      notes.append("\(counted(others, "image")) left out: FaceSwap's faces are PNG files, with its header inside")
    }
    if folder == nil {
      notes.append(
        "the faces lie in several folders, and remove-faces looks into one: it would forget those that stay in the others"
      )
    }
    return notes
  }

  func begin(_ text: inout TextBuffer, columns: [String]) {
    if isNul { return }
    text.add("# FaceSwap faces that audit would leave out, relative to the folder. Two commands do it")
    text.add(folder == nil ? ", once the faces\n# that stay lie in one folder FACES:\n" : ":\n")
    text.add(
      """
      #   (cd \(quoted(dataset)) && grep -av '^#' \(quoted(list)) | tr '\\n' '\\0' | xargs -0 rm -f --)
      #   python tools.py alignments --job remove-faces --alignments_file ALIGNMENTS -faces_folder \(facesFolder)

      """)
  }

  /// As a word of a shell. FaceSwap has this option with one dash only, and reads the files of the folder itself.
  private var facesFolder: String {
    guard let folder else { return "FACES" }
    return quoted(folder.bytes.isEmpty ? dataset : dataset + "/" + PathText.text(of: folder.bytes))
  }

  mutating func add(_ row: ExportRow, to text: inout TextBuffer) -> Bool {
    guard row.path.text.lowercased().hasSuffix(".png") else {
      others += 1
      return false
    }
    if knowsHeaders, row["audit_header"].text != FaceOrigin.Tool.faceSwap.rawValue { headless += 1 }
    if isNul {
      text.add(row.path.bytes)
      text.add(byte: 0)
      return true
    }
    // A name that begins with # would read as a remark; from the folder it is the same file.
    if row.path.bytes.first == UInt8(ascii: "#") { text.add("./") }
    text.add(row.path.bytes)
    text.add("\n")
    return true
  }
}

struct FaceSwapFormat: ExportFormat {
  let name = "faceswap-delete"
  let meaning = "list of face PNGs, and the commands that delete them"
  let options: Set<ExportOption> = [.nul]

  func usualSelection(hasCondition: Bool) -> [Selection.Word] { [.drop] }

  func write(_ export: Export, standardOutput: Int32) throws -> ExportOutcome {
    try export.stream(try FaceSwapList(export), to: export.output(standardOutput))
  }
}

struct FiftyOneFormat: ExportFormat {
  let name = "fiftyone"
  let meaning = "CSV for FiftyOne's CSVDataset importer"

  func write(_ export: Export, standardOutput: Int32) throws -> ExportOutcome {
    try export.stream(FiftyOneRows(dataset: export.run.dataset), to: export.output(standardOutput))
  }
}

struct LabelStudioFormat: ExportFormat {
  let name = "label-studio"
  let meaning = "tasks with the verdict as a prediction"
  let options: Set<ExportOption> = [.urlPrefix]

  func write(_ export: Export, standardOutput: Int32) throws -> ExportOutcome {
    try export.stream(LabelStudioTasks(export), to: export.output(standardOutput))
  }
}
