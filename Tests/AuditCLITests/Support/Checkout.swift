import Foundation

/// The checkout that these tests are of.
enum Checkout {
  static let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Pictures of every format and coding.
  static let imageFixtures = root.appendingPathComponent("Tests/AuditImagesTests/Fixtures")
}
