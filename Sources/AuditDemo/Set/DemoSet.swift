import AuditCore
import AuditImages
import Foundation

/// A folder of drawn faces with planted defects, to show on any machine what a scan finds.
package enum DemoSet {
  /// The file that says a folder was made here, and with which settings.
  private static let marker = OwnFile.demoMarker

  /// Raised when the same settings draw other pictures.
  private static let version = 1

  /// Writes the set: PNG files in one folder per person, one in 25 spoiled, and beside them a truncated file, a text
  /// named like a picture, and a duplicate.
  ///
  /// Nothing is ever overwritten. A folder in which the same set was begun is completed; every other folder that is
  /// not empty is refused.
  ///
  /// - Parameters:
  ///   - folder: made if it is not there; the folder above it must exist.
  ///   - count: pictures, from 1, the spoiled ones among them; at most three more files are written.
  ///   - size: width and height of the pictures, pixels from 16.
  ///   - progress: called after each picture with how many are done, and how many there will be.
  /// - Returns: every file that is not a sound picture, in the order of writing.
  /// - Throws: `AuditError` with the path and the cause; the encoder's error when memory is out.
  /// - Complexity: about 2 ms of CPU per picture of 128 pixels.
  @discardableResult package static func write(
    to folder: String, count: Int = 300, size: Int = 128, seed: UInt64 = 7,
    progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws -> [PlantedDefect] {
    guard count >= 1, count <= 100_000 else {
      throw AuditError.usage("a demo set has 1 to 100,000 pictures; got \(count)")
    }
    guard size >= 16, size <= 2048 else {
      throw AuditError.usage("the pictures of a demo set are 16 to 2,048 pixels wide; got \(size)")
    }
    let settings = "audit demo set \(version): seed \(seed), \(count) pictures, \(size) pixels\n"
    try prepare(folder, settings: settings)
    return try write(DemoPlan(count: count, size: size, seed: seed), to: folder, progress: progress)
  }

  private static func write(
    _ plan: DemoPlan, to folder: String, progress: (_ done: Int, _ total: Int) -> Void
  ) throws -> [PlantedDefect] {
    var planted: [PlantedDefect] = []
    for (done, picture) in plan.pictures.enumerated() {
      try place(encodePNG(plan.draw(picture)), at: picture.path, in: folder, safe: done)
      if let (defect, severity) = picture.spoiled {
        planted.append(PlantedDefect(path: picture.path, kind: .picture(defect, severity)))
      }
      progress(done + 1, plan.pictures.count)
    }
    for extra in try plan.extras() {
      try place(extra.bytes, at: extra.file.path, in: folder, safe: plan.pictures.count)
      planted.append(extra.file)
    }
    return planted
  }

  /// Makes the folder and marks it, or checks that an existing one is ours.
  private static func prepare(_ folder: String, settings: String) throws {
    let files = FileManager.default
    var isFolder: ObjCBool = false
    if files.fileExists(atPath: folder, isDirectory: &isFolder) {
      guard isFolder.boolValue else { throw AuditError.datasetNotAFolder(path: folder) }
      let names = try explained(folder) { try files.contentsOfDirectory(atPath: folder) }
      if names.contains(marker) { return try check(folder, settings: settings) }
      guard names.isEmpty else {
        throw AuditError.placeRefused(
          path: folder, finding: "is not empty and holds no demo set", safe: .nothingWritten,
          remedy: "give a new or an empty folder")
      }
    } else {
      try explained(folder) { try files.createDirectory(atPath: folder, withIntermediateDirectories: false) }
    }
    try place(Array(settings.utf8), at: marker, in: folder, safe: 0)
  }

  private static func check(_ folder: String, settings: String) throws {
    let path = folder + "/" + marker
    let found = try explained(path) { try Data(contentsOf: URL(fileURLWithPath: path)) }
    guard Array(found) == Array(settings.utf8) else {
      throw AuditError.placeRefused(
        path: folder, finding: "holds a demo set with other settings", safe: .nothingWritten,
        remedy: "remove it or give another folder")
    }
  }

  /// Puts a file in its place in one step, so that a kill leaves no half picture; an equal file stays as it is.
  private static func place(_ bytes: [UInt8], at path: String, in folder: String, safe: Int) throws {
    let files = FileManager.default
    let target = URL(fileURLWithPath: folder + "/" + path)
    if files.fileExists(atPath: target.path) {
      guard try explained(target.path, { try Data(contentsOf: target) }) == Data(bytes) else {
        throw AuditError.placeRefused(
          path: target.path, finding: "is not what the demo set has there", safe: .leftAlone,
          remedy: "give another folder")
      }
      return
    }
    try explained(target.path, safe: safe) {
      try files.createDirectory(at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(bytes).write(to: target, options: .atomic)
    }
  }

  /// Runs a file operation, and says which file and why when it fails.
  private static func explained<Value>(_ path: String, safe: Int = 0, _ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch let error as CocoaError where error.code == .fileWriteOutOfSpace {
      throw AuditError.diskFull(path: path, safe: safe)
    } catch {
      throw AuditError.cannotWrite("or read '\(path)'", cause: error.localizedDescription)
    }
  }
}
