package import AuditCore
package import AuditDataset
package import AuditInference
import Foundation

/// A folder with one reference per sample.
package struct PairedReference: Reference, PreparedReference {
  package static let info = ReferenceInfo(name: "paired", older: "paired folder ")

  private let found: Pairing
  private let rule: PairingRule
  /// Whether pairs of unequal size are refused.
  private let isStrict: Bool
  private let settings: ScanSettings
  /// Where references are decoded; nil in this process.
  private let decoding: (any DecodingPool)?

  init(
    _ found: Pairing, rule: PairingRule, isStrict: Bool, settings: ScanSettings, decoding: (any DecodingPool)? = nil
  ) {
    (self.found, self.rule, self.isStrict, self.settings) = (found, rule, isStrict, settings)
    self.decoding = decoding
  }

  package var identity: String { "paired folder \(found.root) by \(rule.text)\(isStrict ? ", strict" : "")" }

  package var folder: String? { found.root }

  package var pairing: Pairing? { found }

  package func comparedSize(_ settings: ScanSettings) -> PictureSize? { settings.size.map { PictureSize(side: $0) } }

  package func prepare(_ context: PreparationContext) -> Preparation { Preparation(self, notes: [found.note]) }

  package func makeSource(stop: StopRequest) -> (any ReferenceSource)? {
    PairedSource(
      found.source(decoding: decoding), settings: settings, strict: isStrict, stop: stop
    ) { [found] in
      found.reference(of: $0)
    }
  }

  package var portable: PortableReference? { PortableReference(HandedPairs.kind, isStrict: isStrict) }

  package static func display(of run: StoredRunReference) -> (any ReferenceDisplay)? {
    FileDisplay(run, folder: run.settings.compared?.folder ?? olderFolder(run.settings.reference))
  }

  /// An audit that did not keep the folder by itself wrote "paired folder FOLDER by RULE".
  private static func olderFolder(_ text: String) -> String? {
    guard text.hasPrefix(info.older), let end = text.range(of: " by ", options: .backwards) else { return nil }
    return String(text[info.older.endIndex..<end.lowerBound])
  }
}

/// The folder that a person names.
package struct PairedReferenceRequest: ReferenceRequest {
  private let folder: String
  private let rule: PairingRule
  private let isStrict: Bool

  package init(folder: String, by rule: PairingRule, isStrict: Bool) {
    (self.folder, self.rule, self.isStrict) = (folder, rule, isStrict)
  }

  package func reference(_ context: ReferenceContext) throws -> any Reference {
    PairedReference(
      try Pairing(samples: context.plan.samples, folder: folder, rule: rule), rule: rule, isStrict: isStrict,
      settings: context.settings, decoding: context.plan.decoding)
  }
}

/// Pairs whose files somebody else opens, in another process.
struct HandedPairs: PreparedReference {
  static let kind = "pairs"

  let isStrict: Bool
  let context: PortableContext

  func makeSource(stop: StopRequest) -> (any ReferenceSource)? {
    PairedSource(context.files, settings: context.settings, strict: isStrict, stop: stop) { [context] _ in
      context.reference()
    }
  }
}
