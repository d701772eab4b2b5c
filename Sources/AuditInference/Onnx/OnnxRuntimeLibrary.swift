package import AuditCore
import COnnxRuntime
import Foundation

/// ONNX Runtime's shared library, found and loaded once per process when a network is first needed.
package final class OnnxRuntimeLibrary: @unchecked Sendable {
  // The pointers are set once, before anybody else sees the object; the library guards its environment itself.
  let pointer: OpaquePointer
  /// Such as `1.22.0`.
  package let version: String
  /// The file, or the name that the loader resolved.
  package let path: String

  private static let loaded = Result<OnnxRuntimeLibrary, AuditError> { () throws(AuditError) in
    try OnnxRuntimeLibrary(environment: ProcessInfo.processInfo.environment)
  }

  /// - Throws: a sentence that names the one command that installs it.
  package static func shared() throws(AuditError) -> OnnxRuntimeLibrary { try loaded.get() }

  /// Tries the candidates in order and keeps the first that loads.
  init(environment: [String: String]) throws(AuditError) {
    var refusals: [String] = []
    let candidates = try OnnxRuntimeSearch(environment: environment).candidates()
    for candidate in candidates {
      var message = [CChar](repeating: 0, count: Int(AUDIT_ONNX_MESSAGE))
      if let pointer = audit_onnx_library_open(candidate, &message) {
        self.pointer = pointer
        path = candidate
        version = String(cString: audit_onnx_library_version(pointer))
        return
      }
      // A bare name that the loader does not find is no news; a file that is there and does not load is.
      if candidate.contains("/") { refusals.append("'\(candidate)': \(text(of: message))") }
    }
    let cause = refusals.isEmpty ? "" : " (\(refusals.joined(separator: "; ")))"
    throw .lacking(OnnxRuntimeLibrary.missing + cause)
  }

  package static let missing =
    "this needs ONNX Runtime, which was not found; install it with: pip install onnxruntime"
    + "  (elsewhere than in a usual Python folder: set AUDIT_ONNXRUNTIME to libonnxruntime.so or its folder)"
}

/// The text that a C function left in its message buffer.
func text(of message: [CChar]) -> String {
  String(decoding: message.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}
