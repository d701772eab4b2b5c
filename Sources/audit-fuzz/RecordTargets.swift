import AuditCore
import AuditDataset
import AuditExport
import AuditInference
import AuditMetrics
import AuditProbe
import AuditReference
import AuditStore
import AuditWorker
import Foundation

extension FuzzTarget {
  /// What the program wrote itself and reads back from a place where anybody may have changed it, and files of others.
  static let records: [FuzzTarget] = [
    FuzzTarget("container_tar", seeds: [containerSeeds.tar]) { _ = try? ContainerKind.tar.names(in: $0) },
    FuzzTarget("container_zip", seeds: [containerSeeds.zip]) { _ = try? ContainerKind.zip.names(in: $0) },
    FuzzTarget("container_pak", seeds: [containerSeeds.pak]) { _ = try? ContainerKind.pak.names(in: $0) },
    FuzzTarget("container_rec", seeds: [containerSeeds.rec]) { _ = try? ContainerKind.rec.names(in: $0) },
    FuzzTarget("labels", texts: labelTexts) { _ = try? LabelList.names(in: Array($0.utf8)) },
    FuzzTarget("record_keys", texts: ["0\t0\n1\t64\n"]) { _ = LabelList.recordKeys(Array($0.utf8)) },
    FuzzTarget("low_rank_model") { _ = try? LowRankModel(decoding: $0) },
    FuzzTarget("probe_network") { _ = try? ProbeNetwork.decoded($0) },
    FuzzTarget("network_file", texts: ["\u{8}\u{8}", "version https://git-lfs", "<html>"]) {
      _ = NetworkFile.finding(Array($0.utf8))
    },
    FuzzTarget("inference_request", seeds: [InferenceRequest.run([], outputs: [0]).frame.body]) {
      _ = try? InferenceRequest(WireFrame(.work, body: $0))
    },
    FuzzTarget("inference_response", seeds: [InferenceResponse.tensors([]).frame.body]) {
      _ = try? InferenceResponse(WireFrame(.answer, body: $0))
      _ = try? InferenceResponse(WireFrame(.ready, header: $0))
    },
    FuzzTarget("settings", texts: [encodedSettings, "{\"rank\": 1e99}"]) {
      _ = try? StoredSettings.decoded($0, run: "first")
    },
    FuzzTarget("journal", texts: journalLines) { _ = JournalEntry(line: Array($0.utf8)) },
    FuzzTarget("decisions", texts: ["{\"path\": \"a.png\", \"verdict\": \"drop\"}\n"]) { ScratchRun.decide($0) },
    FuzzTarget("sql_argument", texts: ["a.png", "' OR 1=1"]) { ScratchRun.ask($0) },
  ]

  private static let encodedSettings = String(
    decoding: (try? JSONEncoder().encode(ScanSettings())) ?? Data(), as: UTF8.self)

  /// Containers of one entry or none.
  private static let containerSeeds: (tar: [UInt8], zip: [UInt8], pak: [UInt8], rec: [UInt8]) = {
    // The header of an empty file `a`: its checksum counts itself as eight spaces.
    var tar = [UInt8](repeating: 0, count: 1536)
    tar[0] = UInt8(ascii: "a")
    tar.replaceSubrange(124..<135, with: Array("00000000000".utf8))
    tar[156] = UInt8(ascii: "0")
    let sum = tar[..<512].reduce(8 * 0x20) { $0 + Int($1) }
    tar.replaceSubrange(148..<155, with: Array(String(sum, radix: 8).utf8.prefix(4)) + [0, 0x20, 0])
    let zip = Array("PK\u{5}\u{6}".utf8) + [UInt8](repeating: 0, count: 18)
    // Version 1, three bytes: an empty list.
    let pak: [UInt8] =
      [1, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0x80, 4, 0x5D, 0x2E] + [UInt8](repeating: 0, count: 8)
    let rec: [UInt8] = [0x0A, 0x23, 0xD7, 0xCE, 26, 0, 0, 0] + [UInt8](repeating: 0, count: 24) + [0xFF, 0xD8, 0, 0]
    return (tar, zip, pak, rec)
  }()

  private static let labelTexts = [
    "000001.jpg 2880\n000002.jpg 0\n", "\u{FEFF}file_name,identity,split\n\"a,b\",x,train\n",
    "{\"labels\": [[\"a.png\", 3]], \"0\": {\"category\": \"training\"}}",
  ]

  private static let journalLines = [
    "{\"t\":\"folder\",\"path\":\"a\"}", "{\"t\":\"file\",\"path_b64\":\"YQ==\",\"bytes\":1,\"modified_ns\":-1}",
  ]
}

/// A database with one empty run, for readers that ask one.
private struct ScratchRun {
  private let folder: String
  private let store: Store
  private let book: DecisionBook

  // Made once: libFuzzer calls from one thread.
  private static let shared = try? ScratchRun()

  private init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("audit-fuzz-\(UUID())").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let columns = MetricRegistry.all.map(\.info)
    store = try Store(
      path: folder + "/run.db", metrics: columns,
      derived: DerivedColumn.all + ProbeColumns.infos + columns.filter(\.headline).flatMap(DerivedColumn.standing))
    let run = try store.openRun(
      RunRequest(
        dataset: folder, name: "first", fresh: false, settings: ScanSettings(), planDigest: "", planned: 0,
        version: "fuzz"))
    try store.finish(run, digest: "d")
    book = try DecisionBook(store, run: nil, who: "fuzz")
  }

  static func decide(_ lines: String) {
    guard let shared else { preconditionFailure("no database can be made for the decisions") }
    let file = shared.folder + "/decisions.jsonl"
    try? Data(lines.utf8).write(to: URL(fileURLWithPath: file))
    _ = try? shared.book.take(file)
  }

  static func ask(_ argument: String) {
    guard let shared else { preconditionFailure("no database can be made for the questions") }
    _ = try? shared.store.samples(of: 1, endingIn: argument)
  }
}
