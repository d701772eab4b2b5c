import Foundation

/// What tests that run networks need from the machine.
enum Networks {
  /// A tiny network among the fixtures of the inference tests.
  static func path(_ name: String) -> String {
    Checkout.root.appendingPathComponent("Tests/AuditInferenceTests/Fixtures/\(name).onnx").path
  }

  /// A published LPIPS network; nil where the machine has none.
  static let published: String? = {
    let folder = Checkout.root.deletingLastPathComponent().appendingPathComponent("shared/models").path
    if FileManager.default.fileExists(atPath: folder) { return folder }
    print("tests with the published LPIPS weights are skipped: no ../shared/models beside the checkout")
    return nil
  }()

  /// Leads the program to ONNX Runtime, whose usual places lie below the home that tests do not have; nil where there is
  /// none.
  static let environment: [String: String]? = {
    let given = ProcessInfo.processInfo.environment["AUDIT_ONNXRUNTIME"]
    let asked = try? Command.run(
      "/usr/bin/env",
      ["python3", "-c", "import onnxruntime, os; print(os.path.dirname(onnxruntime.__file__), end='')"],
      environment: ["HOME": ProcessInfo.processInfo.environment["HOME"] ?? "/"])
    if let place = given ?? asked.flatMap({ $0.status == 0 ? $0.out : nil }) { return ["AUDIT_ONNXRUNTIME": place] }
    print("tests that run a network are skipped: no ONNX Runtime (pip install onnxruntime)")
    return nil
  }()
}
