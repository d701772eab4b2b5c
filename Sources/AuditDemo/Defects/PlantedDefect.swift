/// One file of a demo set that is not a sound picture of a face, and what was done to it.
package struct PlantedDefect: Sendable, Equatable {
  package enum Kind: Sendable, Equatable {
    case picture(Defect, Severity)
    /// The file ends early.
    case truncated
    /// Text under the name of a picture.
    case text
    /// The same bytes as another file of the set.
    case duplicate(of: String)
  }

  /// Relative to the set's folder.
  package let path: String
  package let kind: Kind

  package init(path: String, kind: Kind) {
    self.path = path
    self.kind = kind
  }

  /// Whether squared-error training is expected to listen to this file more than it should.
  package var pullsSquaredError: Bool {
    switch kind {
    case .picture(let defect, let severity): defect.pullsSquaredError(severity)
    case .truncated, .text, .duplicate: false
    }
  }

  /// What it is, for a person: `strong noise: random noise on every pixel`.
  package var meaning: String {
    switch kind {
    case .picture(let defect, let severity):
      "\(severity.rawValue) \(defect.rawValue.replacing("_", with: " ")): \(defect.meaning)"
    case .truncated: "truncated: the file ends early"
    case .text: "text under the name of a picture"
    case .duplicate(let original): "duplicate of \(original)"
    }
  }
}
