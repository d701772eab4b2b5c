package import AuditCore
import AuditDataset
import AuditQuality
package import AuditReference
package import AuditWorker
import Foundation

/// What a child process scores by: everything that a row follows from beside the file.
struct ScoringOrder: Codable {
  let settings: ScanSettings
  /// As for `--metrics`.
  let metrics: String
  let reference: PortableReference.Terms
  /// Bytes of the reference in the file beside the order.
  let referenceBytes: Int
  /// Whether pictures are measured by themselves.
  let measures: Bool
  /// Bytes of the model of damage behind those of the reference; 0 for none.
  let damageBytes: Int

  /// Reads the file beside the order, each part into a place of its own: a model is large.
  ///
  /// - Throws: where its size is another, or it cannot be read.
  func parts(_ file: HandedFile) throws(AuditError) -> (reference: [UInt8], damage: [UInt8]) {
    guard let size = MemoryFile.size(of: file.descriptor), (0...size).contains(referenceBytes),
      size - referenceBytes == damageBytes,
      let reference = MemoryFile.contents(of: file.descriptor, in: 0..<referenceBytes),
      let damage = MemoryFile.contents(of: file.descriptor, in: referenceBytes..<size)
    else { throw .internalError("the models of a child process are cut") }
    return (reference, damage)
  }
}

extension AuditError {
  /// Why children cannot be given the models.
  fileprivate init(_ refusal: MemoryFile.Refusal) {
    self =
      refusal.code == EFBIG
      ? .lacking(
        "the models of child processes are larger than a file may be here",
        remedy: "raise that (ulimit -f), or give "
          + "--no-isolate")
      : .lacking("no memory for the models of child processes", remedy: "free some, or give --no-isolate")
  }
}

extension ChildOrder {
  /// - Parameters:
  ///   - metrics: as for `--metrics`; no networks.
  ///   - quality: nil where pictures are not measured by themselves.
  /// - Throws: where there is no room for the models.
  init(
    scoringBy reference: PortableReference, settings: ScanSettings, metrics: String, quality: PreparedQuality?
  ) throws(AuditError) {
    let damage = quality?.model?.body() ?? []
    let content: HandedFile
    do throws(MemoryFile.Refusal) {
      content = try MemoryFile.holding([reference.content, damage])
    } catch {
      throw AuditError(error)
    }
    let order = ScoringOrder(
      settings: settings, metrics: metrics, reference: reference.terms, referenceBytes: reference.content.count,
      measures: quality != nil, damageBytes: damage.count)
    do {
      self.init(header: Array(try JSONEncoder().encode(order)), content: content)
    } catch {
      throw .internalError("the order of a child process cannot be written: \(error)")
    }
  }

  /// For pictures that belong to no scan.
  package init(
    scoringBy reference: PortableReference, settings: ScanSettings, metrics: String
  ) throws(AuditError) {
    try self.init(scoringBy: reference, settings: settings, metrics: metrics, quality: nil)
  }
}
