import AuditCore
import AuditImages

/// A low-rank model in a file that the user named.
enum ModelFile {
  /// Of far larger sets than can be fitted.
  private static let mostBytes = 1 << 30

  /// - Throws: `AuditError` where the file cannot be read, is no model, or a damaged one. Of what is no model only the
  ///   first bytes are read.
  static func read(_ path: String) throws(AuditError) -> LowRankModel {
    let bytes: [UInt8]?
    do throws(SampleIssue) {
      bytes = try FileReader(maxBytes: mostBytes).read(PathText.bytes(of: path)) { file throws(SampleIssue) in
        LowRankModel.begins(file.head) ? try file.whole() : nil
      }
    } catch {
      throw AuditError(error, file: path)
    }
    guard let bytes else {
      throw .wrongFile(
        path: path, finding: "is not a model of audit",
        remedy: "give a file that `audit fit` made, or a network as onnx:FILE")
    }
    return try LowRankModel(decoding: bytes, from: path)
  }
}
