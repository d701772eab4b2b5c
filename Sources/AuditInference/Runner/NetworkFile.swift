package import AuditCore
import AuditDigest
import Foundation

/// Looks at a network file before the library does, so that a wrong file is named for what it is.
package enum NetworkFile {
  /// - Throws: a sentence where the file is missing, a folder, empty, or plainly something else than a network.
  package static func check(_ path: String) throws(AuditError) {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw .lacking("no network at '\(path)'\(suggestion(for: path))")
    }
    if isFolder.boolValue { throw .wrongFile(path: path, finding: "is a folder", remedy: "give the .onnx file in it") }
    let start = try beginning(of: path)
    if let finding = finding(start) { throw .wrongFile(path: path, finding: finding) }
  }

  /// SHA-256 of the whole file, as 64 hexadecimal digits.
  package static func digest(_ path: String) throws(AuditError) -> String {
    let file = try open(path)
    defer { fclose(file) }
    var stream = SHA256Stream()
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&buffer, 1, buffer.count, file)
      if count == 0 { break }
      buffer.withUnsafeBytes { stream.update(UnsafeRawBufferPointer(rebasing: $0.prefix(count))) }
    }
    if ferror(file) != 0 { throw .unreadable(path: path, cause: String(cString: strerror(errno))) }
    return stream.finalHex()
  }

  /// What stands for a network in a run's settings: the digest of the file, and with it that of the weights beside it
  /// (`FILE.data`, where exporters put them).
  package static func identity(_ path: String) throws(AuditError) -> String {
    let own = try digest(path)
    guard FileManager.default.fileExists(atPath: path + ".data") else { return own }
    return hexadecimal(sha256(Array((own + (try digest(path + ".data"))).utf8)))
  }

  /// What the first bytes give away; nil where they may begin a network.
  package static func finding(_ start: [UInt8]) -> String? {
    if start.isEmpty { return "is empty" }
    let text = String(decoding: start, as: UTF8.self)
    if text.hasPrefix("version https://git-lfs") {
      return "is a Git LFS pointer, not the network itself; fetch it with: git lfs pull"
    }
    if start.starts(with: [0x50, 0x4B, 0x03, 0x04]) || start.starts(with: [0x80, 0x02]) {
      return "is a PyTorch or zip file; export the network with torch.onnx.export first"
    }
    if start.starts(with: [0x89, 0x48, 0x44, 0x46]) { return "is an HDF5 (Keras) file; convert it with tf2onnx first" }
    if text.dropFirst(4).hasPrefix("TFL3") { return "is a TensorFlow Lite file; convert it with tf2onnx first" }
    if start.count > 8, start[1...7].allSatisfy({ $0 == 0 }) || start[3...7].allSatisfy({ $0 == 0 }), start[8] == 0x7B {
      return "is a safetensors file: weights without the network; export it with torch.onnx.export"
    }
    // A network begins with its version number behind the tag byte 0x08, which no text holds.
    let isText = start.allSatisfy { $0 >= 0x20 || [0x09, 0x0A, 0x0D].contains($0) } && !text.contains("\u{FFFD}")
    if isText { return text.hasPrefix("<") ? "is a web page or XML, not a network" : "is a text file, not a network" }
    return nil
  }

  private static func beginning(of path: String) throws(AuditError) -> [UInt8] {
    let file = try open(path)
    defer { fclose(file) }
    var buffer = [UInt8](repeating: 0, count: 512)
    let count = fread(&buffer, 1, buffer.count, file)
    if ferror(file) != 0 { throw .unreadable(path: path, cause: String(cString: strerror(errno))) }
    return Array(buffer.prefix(count))
  }

  private static func open(_ path: String) throws(AuditError) -> UnsafeMutablePointer<FILE> {
    // Without blocking: a pipe that nobody writes into would be waited for.
    let descriptor = Foundation.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .unreadable(path: path, cause: String(cString: strerror(errno))) }
    var info = stat()
    guard fstat(descriptor, &info) == 0, info.st_mode & S_IFMT == S_IFREG, let file = fdopen(descriptor, "rb") else {
      close(descriptor)
      throw .unreadable(path: path, cause: "it is not a regular file")
    }
    return file
  }

  private static func suggestion(for path: String) -> String {
    let url = URL(fileURLWithPath: path)
    let folder = url.deletingLastPathComponent()
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path) else { return "" }
    let near = Spelling.nearest(to: url.lastPathComponent, in: names.filter { $0.hasSuffix(".onnx") })
    guard let name = near.first else { return "" }
    return "  (did you mean '\(folder.appendingPathComponent(name).path)'?)"
  }
}
