import AuditCore
import AuditWorker
import Foundation
import Testing

@testable import AuditInference

/// What these tests need from the machine.
enum Support {
  static let fixtures = Bundle.module.resourceURL!.appendingPathComponent("Fixtures")

  static func network(_ name: String) -> String { fixtures.appendingPathComponent("\(name).onnx").path }

  /// Where the test run built the products.
  static let binary = Bundle.main.bundleURL.appendingPathComponent("audit").path

  static let launch = ChildLaunch(executable: binary, arguments: ["inference-worker", "--stdio"])

  /// ONNX Runtime, where it is installed; says so once where it is not.
  static let hasLibrary: Bool = {
    if ProcessInfo.processInfo.environment["AUDIT_ONNXRUNTIME"] == nil, let folder = pythonPackage() {
      setenv("AUDIT_ONNXRUNTIME", folder, 1)
    }
    do {
      print("networks run with ONNX Runtime \(try OnnxRuntimeLibrary.shared().version)")
      return true
    } catch {
      print("tests that run a network are skipped: \(error)")
      return false
    }
  }()

  /// The folder of the published networks; nil where this machine has none.
  static let models: String? = shared("models")
  static let golden: String? = shared("metrics/golden")

  static let hasModels: Bool = {
    if models == nil {
      print("tests with the published LPIPS weights are skipped: no ../shared/models beside the checkout")
    }
    return hasLibrary && models != nil
  }()

  /// A folder of the material that lies beside the checkout.
  static func shared(_ name: String) -> String? {
    let here = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
    let root = here.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let folder = root.deletingLastPathComponent().appendingPathComponent("shared/\(name)").path
    return FileManager.default.fileExists(atPath: folder) ? folder : nil
  }

  private static func pythonPackage() -> String? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", "import onnxruntime, os; print(os.path.dirname(onnxruntime.__file__))"]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let folder = text.trimmingCharacters(in: .whitespacesAndNewlines)
    return process.terminationStatus == 0 && !folder.isEmpty ? folder : nil
  }
}

extension Trait where Self == ConditionTrait {
  static var needsLibrary: Self { .enabled(if: Support.hasLibrary, "ONNX Runtime is not installed") }
  static var needsModels: Self { .enabled(if: Support.hasModels, "the published LPIPS files are not on this machine") }
}

/// A picture with every code value somewhere; another for each seed.
func picture(_ width: Int, _ height: Int, seed: Int = 0) -> RGBImage {
  var image = RGBImage(width: width, height: height)
  for index in image.pixels.indices { image.pixels[index] = UInt8((index * 37 + seed * 11 + index / 7) % 256) }
  return image
}

/// A folder of its own for one test, gone with it.
final class Scratch {
  let path: String

  init() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("audit-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    path = folder.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ bytes: [UInt8], to name: String) throws -> String {
    let file = path + "/" + name
    try Data(bytes).write(to: URL(fileURLWithPath: file))
    return file
  }
}

/// The sentence of an `AuditError` that the body must throw.
func sentence(_ body: () throws -> Void) throws -> String {
  let error = try #require(throws: AuditError.self) { try body() }
  return error.description
}
