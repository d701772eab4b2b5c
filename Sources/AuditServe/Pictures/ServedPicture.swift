/// A picture as it is sent.
struct ServedPicture: Sendable {
  let bytes: [UInt8]
  let type: String
  /// Whether its file is no longer the one that was scored.
  let isChanged: Bool

  /// What it takes on a shelf; nil where it is not kept: what a file that was exchanged shows is not what its name says.
  var keptBytes: Int? { isChanged ? nil : bytes.count }
}
