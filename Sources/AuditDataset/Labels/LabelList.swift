package import AuditCore

/// What readers of lists make of bytes, for those who try them with any.
package enum LabelList {
  /// How many names a list has, and whether StyleGAN's document is read again after names are taken out.
  ///
  /// - Throws: `AuditError` where it is no list.
  package static func names(in bytes: [UInt8]) throws(AuditError) -> Int {
    if let less = LabelDocument.filtered(bytes, keeping: { $0.count % 2 == 0 }) {
      _ = try LabelDocument.read(less, file: "labels")
    }
    return (try DatasetLabels.table(bytes, file: "labels"))?.count ?? 0
  }

  /// Whether a `.idx` names any record.
  package static func recordKeys(_ bytes: [UInt8]) -> Bool { RecordKeys(bytes)?.key(at: 0) != nil }
}
