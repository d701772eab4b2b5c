import AuditCore
import AuditDataset
import AuditImages
import Foundation

/// Gives files that lie in containers, or that a feeder hands out, a path to be read by.
struct ContainedFiles {
  private let containers = OpenContainers()

  /// - Parameters:
  ///   - file: absolute.
  ///   - body: is given the file's own path, or one that leads to its bytes as long as `body` runs.
  /// - Throws: `FileTrouble` about the source where it cannot be taken out of its container; what `body` throws.
  func withPath<Value>(of file: [UInt8], _ body: ([UInt8]) throws -> Value) throws -> Value {
    let isContained = ContainerPath(file).map { !$0.member.isEmpty } ?? false
    guard isContained || FedFolders.place(of: file) != nil else { return try body(file) }
    let descriptor: Int32
    do throws(SampleIssue) {
      descriptor = try containers.open(file)
    } catch {
      throw FileTrouble.source(
        words: error.code == .gone
          ? "is gone since the scan; left out" : "cannot be taken out of its container (\(error.detail)); left out")
    }
    defer { close(descriptor) }
    return try body(Array("/proc/self/fd/\(descriptor)".utf8))
  }
}
