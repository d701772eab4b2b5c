package import AuditCore
import Glibc

/// Where the files of a run lie now: where they were scanned, where a person says, or beside the database, as after both
/// were moved together.
package struct DatasetPlace: Sendable, Equatable {
  /// The folder to read from; the one that was scanned where no other is found.
  package let path: String
  /// Whether that folder can be read.
  package let isReachable: Bool
  /// Whether the run's files lie in containers.
  package let isOfContainers: Bool

  /// - Parameter given: the folder that a person named; nil looks for it.
  /// - Throws: `AuditError` where that folder holds none of the run's files, or of `FilePath.refuseNowhere`.
  package init(_ store: Store, run: Int64, given: String? = nil) throws {
    let scanned = try store.rows("SELECT dataset FROM run WHERE id = ?", .integer(run)).first?["dataset"].text ?? ""
    let probes = try DatasetPlace.probes(store, run: run)
    if let given {
      try FilePath.refuseNowhere(given)
      guard let folder = DatasetPlace.folder(given) else {
        throw AuditError.wrongFile(
          path: given, finding: "is no folder that can be read", remedy: "give the one that holds the images")
      }
      guard probes.isEmpty || DatasetPlace.found(probes, in: folder) > 0 else {
        let example = probes.first.map { ", such as '\($0.path.printable)'," } ?? ""
        throw AuditError.wrongFile(
          path: given, finding: "does not hold the run's files\(example)", remedy: "give the folder that they lie in")
      }
      (path, isReachable) = (folder, true)
      isOfContainers = DatasetPlace.areContained(probes, in: folder)
      return
    }
    let isThere = DatasetPlace.folder(scanned) != nil
    if isThere, probes.isEmpty || DatasetPlace.found(probes, in: scanned) > 0 {
      (path, isReachable) = (scanned, true)
      isOfContainers = DatasetPlace.areContained(probes, in: scanned)
      return
    }
    let moved = DatasetPlace.beside(store.path, scanned).compactMap(DatasetPlace.folder).first { folder in
      folder != scanned && DatasetPlace.holdsMost(of: probes, folder)
    }
    // A folder that lost its files is still the place: each file says for itself that it is gone.
    (path, isReachable) = (moved ?? scanned, moved != nil || isThere)
    isOfContainers = DatasetPlace.areContained(probes, in: path)
  }

  /// Whether the files of a run are no longer where it found them, and lie in another folder.
  package static func hasMoved(_ store: Store, run: Int64, from old: String, to new: String) throws -> Bool {
    let probes = try probes(store, run: run)
    if folder(old) != nil, found(probes, in: old) > 0 { return false }
    return holdsMost(of: probes, new)
  }

  /// A guess: most of the files must be there, with the sizes that they had.
  private static func holdsMost(of probes: [Probe], _ folder: String) -> Bool {
    !probes.isEmpty && 2 * found(probes, in: folder, ofSize: true) > probes.count
  }

  /// Which of some files are not there any more, as after a move; nothing is said of files in containers, or in a folder
  /// that cannot be read.
  package func gone(_ paths: [SamplePath]) -> [SamplePath] {
    guard isReachable, !isOfContainers else { return [] }
    return paths.filter { DatasetPlace.isGone(DatasetPlace.place(of: $0.bytes, in: path)) }
  }

  /// The outermost folder of a file that is not there any more, in the dataset or the dataset's own (empty); nil where
  /// all are there, or nothing is said of containers.
  package func goneFolder(of file: SamplePath) -> SamplePath? {
    guard !isOfContainers else { return nil }
    let ends = [0] + file.bytes.indices.filter { file.bytes[$0] == UInt8(ascii: "/") }
    let folders = ends.map { Array(file.bytes[..<$0]) }
    return folders.first { DatasetPlace.isGone(DatasetPlace.place(of: $0, in: path)) }.map { SamplePath(bytes: $0) }
  }

  /// Whether nothing has that name; false where nobody may look.
  private static func isGone(_ file: [UInt8]) -> Bool {
    var info = stat()
    return file.withPath { lstat($0, &info) } != 0 && (errno == ENOENT || errno == ENOTDIR)
  }

  /// Why nothing can be read, and what to do.
  package func refusal(for what: String) -> AuditError {
    .lacking(
      "\(what) needs the run's files, and they are not in '\(path)' any more",
      remedy: "say where they lie with --dataset FOLDER")
  }

  /// Why files in containers cannot be had one by one, and what to do.
  package func containerRefusal(for what: String) -> AuditError {
    .lacking(
      "\(what) takes files, and these lie in a container, which is only read",
      remedy: "--format shards -o FOLDER writes tars and zips again with what stays, --format dfl copies of it")
  }

  private struct Probe {
    let path: SamplePath
    let bytes: Int?
  }

  /// Some files of the run, spread over it.
  private static func probes(_ store: Store, run: Int64) throws -> [Probe] {
    // By the index of paths, in whose order rows are written for the most part: no pass over the run.
    let ends = ["", "DESC"].map {
      "SELECT id FROM (SELECT id FROM sample WHERE run_id = ?1 ORDER BY path \($0) LIMIT 1)"
    }
    let range = try store.rows(
      "SELECT min(id) AS low, max(id) AS high FROM (\(ends.joined(separator: " UNION ALL ")))", .integer(run)
    ).first
    guard let low = range?["low"].integer, let high = range?["high"].integer else { return [] }
    // The numbers are the database's, which anybody can have made: their distance need not fit in an Int.
    let span = UInt(bitPattern: high &- low)
    let starts = Set((0...8).map { low &+ Int(bitPattern: span / 8 * $0 + span % 8 * $0 / 8) }).sorted()
    let rows = try starts.compactMap { start in
      try store.rows(
        "SELECT id, path, path_raw, bytes FROM sample WHERE +run_id = ? AND id >= ? ORDER BY id LIMIT 1", .integer(run),
        .integer(Int64(start))
      ).first
    }
    return rows.compactMap { row in row.samplePath.map { Probe(path: $0, bytes: row["bytes"].integer) } }
  }

  private static func place(of path: [UInt8], in folder: String) -> [UInt8] {
    (folder == "/" ? [] : PathText.bytes(of: folder)) + [UInt8(ascii: "/")] + path
  }

  private static func areContained(_ probes: [Probe], in folder: String) -> Bool {
    FedFolders.feeder(of: folder) != nil
      || probes.contains { ContainerPath(place(of: $0.path.bytes, in: folder)) != nil }
  }

  private static func found(_ probes: [Probe], in folder: String, ofSize: Bool = false) -> Int {
    // Who hands files out is asked for those that are needed alone.
    if FedFolders.feeder(of: folder) != nil { return probes.count }
    return probes.count { probe in
      let file = place(of: probe.path.bytes, in: folder)
      var info = stat()
      // Of a file in a container only that one is asked for: its index is not read for a guess.
      if let place = ContainerPath(file), !place.member.isEmpty { return true }
      guard stat(file.map { CChar(bitPattern: $0) } + [0], &info) == 0 else { return false }
      return !ofSize || probe.bytes.map { Int(info.st_size) == $0 } ?? true
    }
  }

  /// The path from the root of a folder that can be listed, or of a container; nil where it is none.
  private static func folder(_ path: String) -> String? {
    if FedFolders.feeder(of: path) != nil { return path }
    guard !path.isEmpty, let info = FilePath.status(of: path) else { return nil }
    switch info.st_mode & S_IFMT {
    case S_IFDIR: return FilePath.allows(path, R_OK | X_OK) ? FilePath.resolved(path) : nil
    case S_IFREG:
      let isContainer = ContainerKind(ofName: PathText.bytes(of: path)) != nil
      return isContainer && FilePath.allows(path, R_OK) ? FilePath.resolved(path) : nil
    default: return nil
    }
  }

  /// Where both may have been moved to: a folder of the dataset's name, or of the database's, beside the database.
  private static func beside(_ database: String, _ dataset: String) -> [String] {
    let folder = FilePath.folder(of: FilePath.resolved(database))
    var names = [FilePath.name(of: dataset)]
    let own = FilePath.name(of: database)
    for ending in [".audit.db", ".db"] where own.hasSuffix(ending) {
      names.append(String(own.dropLast(ending.count)))
      break
    }
    return names.filter { !$0.isEmpty && $0 != "." && $0 != ".." }.map { FilePath.joined(folder, $0) }
  }
}
