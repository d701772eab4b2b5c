/// The part of a set that a picture is for; an earlier one is learnt from.
package enum SplitName: Int, Sendable, Codable, CaseIterable {
  case train, validation, test

  /// As it is written in a database.
  package var text: String {
    switch self {
    case .train: "train"
    case .validation: "validation"
    case .test: "test"
    }
  }

  private static let names: [String: SplitName] = [
    "train": .train, "training": .train, "trainset": .train, "val": .validation, "valid": .validation,
    "validation": .validation, "dev": .validation, "test": .test, "testing": .test, "testset": .test, "eval": .test,
    "holdout": .test,
  ]

  /// By a word of a list or the name of a folder, in capitals or not; nil where it is none.
  package init?(word: String) {
    guard let name = SplitName.names[word.lowercased()] else { return nil }
    self = name
  }

  /// By the names of the folders that a picture lies in: the first that is one; nil where none is.
  package static func of(_ path: SamplePath) -> SplitName? {
    path.components.dropLast().lazy.compactMap { SplitName(word: String(decoding: $0, as: UTF8.self)) }.first
  }
}
