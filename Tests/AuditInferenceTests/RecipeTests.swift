import AuditCore
import Foundation
import Testing

@testable import AuditInference

/// The recipe of `audit models import --help`, run as a user runs it. torch takes gigabytes, so this is for machines that
/// have it: `AUDIT_TEST_PYTHON` may name the Python that does.
@Suite struct RecipeTests {
  static let python = ProcessInfo.processInfo.environment["AUDIT_TEST_PYTHON"] ?? "python3"

  static let hasTorch: Bool = {
    let look = "import importlib.util as u, sys; sys.exit(not all(map(u.find_spec, ('torch', 'lpips'))))"
    let found = (try? run(["-c", look], input: "", in: "/"))?.status == 0
    if !found { print("the LPIPS recipe is not run: '\(python)' has no torch and lpips (AUDIT_TEST_PYTHON)") }
    return found
  }()

  @Test(
    .needsModels, .enabled(if: hasTorch, "torch and lpips are not installed"), arguments: [LPIPSKind.alex, .squeeze])
  func theRecipeMakesAFileThatIsKnownByItsValues(kind: LPIPSKind) throws {
    let scratch = try Scratch()
    let script = Support.fixtures.appendingPathComponent("run_recipe.py").path
    let made = try Self.run([script, try #require(Support.models)], input: LPIPSRecipe.python(kind), in: scratch.path)
    #expect(made.status == 0, "\(made.err)")
    let shelf = try ModelShelf(environment: ["XDG_DATA_HOME": scratch.path], makeRunner: LateSession.init)
    let (model, isChecked) = try shelf.importFile("\(scratch.path)/\(kind.rawValue).onnx", as: nil)
    #expect(model.kind == kind && isChecked && !model.isKnownFile)
  }

  private static func run(_ arguments: [String], input: String, in folder: String) throws -> (
    status: Int32, err: String
  ) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [python] + arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    let inPipe = Pipe()
    let errPipe = Pipe()
    process.standardInput = inPipe
    process.standardOutput = FileHandle.nullDevice
    process.standardError = errPipe
    try process.run()
    try inPipe.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    try inPipe.fileHandleForWriting.close()
    let words = String(decoding: errPipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, words)
  }
}
