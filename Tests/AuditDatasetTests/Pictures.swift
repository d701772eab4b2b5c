import Foundation

/// The bytes of a file among the fixtures of AuditImages.
func fixture(_ name: String) throws -> [UInt8] {
  let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  return [UInt8](try Data(contentsOf: tests.appendingPathComponent("AuditImagesTests/Fixtures/\(name)")))
}
