import AuditCore
import Foundation

/// Where ONNX Runtime's library may lie: the variable, then the loader's own places, then Python's usual folders.
struct OnnxRuntimeSearch {
  let environment: [String: String]
  /// Folders that hold `python3.x/site-packages` or `python3/dist-packages`.
  var libraryFolders: [String]

  init(environment: [String: String]) {
    self.environment = environment
    let home = environment["HOME"] ?? ""
    var folders = ["VIRTUAL_ENV", "CONDA_PREFIX"].compactMap { environment[$0].map { $0 + "/lib" } }
    if !home.isEmpty { folders.append(home + "/.local/lib") }
    folders += ["/usr/local/lib", "/usr/lib", "/opt/conda/lib"]
    for versions in [environment["PYENV_ROOT"] ?? home + "/.pyenv", home + "/.local/share/uv/python"] {
      let root = versions.hasSuffix("/python") ? versions : versions + "/versions"
      folders += contents(of: root).map { "\(root)/\($0)/lib" }
    }
    libraryFolders = folders
  }

  /// Paths and names for the loader, best first.
  ///
  /// - Throws: where `AUDIT_ONNXRUNTIME` is set but leads to no library: then nothing else is tried, since a library
  ///   that the user did not mean would give other numbers than expected.
  func candidates() throws(AuditError) -> [String] {
    if let given = environment["AUDIT_ONNXRUNTIME"], !given.isEmpty { return [try library(at: given)] }
    return ["libonnxruntime.so", "libonnxruntime.so.1"] + pythonPackages()
  }

  private func library(at given: String) throws(AuditError) -> String {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: given, isDirectory: &isFolder) else {
      throw .usage(
        "AUDIT_ONNXRUNTIME names '\(given)', which does not exist", remedy: "give libonnxruntime.so or its folder")
    }
    guard isFolder.boolValue else { return absolute(given) }
    for folder in [given, given + "/lib", given + "/capi", given + "/onnxruntime/capi"] {
      if let found = libraries(in: folder).first { return absolute(found) }
    }
    throw .usage(
      "AUDIT_ONNXRUNTIME names '\(given)', which holds no libonnxruntime.so", remedy: "give the folder that does")
  }

  /// The library inside an installed Python package, in the folders where pip puts packages.
  private func pythonPackages() -> [String] {
    libraryFolders.flatMap { folder in
      contents(of: folder).filter { $0.hasPrefix("python3") }.sorted(by: >).flatMap { python in
        ["site-packages", "dist-packages"].flatMap { libraries(in: "\(folder)/\(python)/\($0)/onnxruntime/capi") }
      }
    }
  }

  private func libraries(in folder: String) -> [String] {
    contents(of: folder).filter { $0 == "libonnxruntime.so" || $0.hasPrefix("libonnxruntime.so.") }.sorted()
      .map { "\(folder)/\($0)" }
  }

  // The loader searches its own path for a name without a slash.
  private func absolute(_ path: String) -> String {
    path.hasPrefix("/") ? path : FilePath.joined(FilePath.workingFolder ?? ".", path)
  }
}

/// Names in a folder; none where it cannot be listed, which in a search means the same.
private func contents(of folder: String) -> [String] {
  (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
}
