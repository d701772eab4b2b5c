package import AuditCore
import Foundation

/// A network file that was imported.
package struct ShelvedModel: Sendable, Equatable {
  package let kind: LPIPSKind
  package let path: String
  package let bytes: Int64
  /// SHA-256 at the import, from the file's name.
  package let sha256: String
  /// Whether the file is one whose weights were compared with the published ones.
  package var isKnownFile: Bool { LPIPSKind.knownFiles[sha256] == kind }
}

/// The user's networks, in a folder of their own: one file each, named for what it is and its digest, so that a single
/// rename puts it there and nothing can be half there.
package struct ModelShelf {
  package let folder: String
  private let makeRunner: (String) -> any TensorRunner

  /// - Parameters:
  ///   - environment: `XDG_DATA_HOME`, else `HOME`/.local/share, holds `audit/models`.
  ///   - makeRunner: runs a file; in a child process, since a user's file may end it.
  /// - Throws: where neither variable is set.
  package init(
    environment: [String: String] = ProcessInfo.processInfo.environment,
    makeRunner: @escaping (String) -> any TensorRunner
  ) throws(AuditError) {
    if let data = environment["XDG_DATA_HOME"], data.hasPrefix("/") {
      folder = data + "/audit/models"
    } else if let home = environment["HOME"], !home.isEmpty {
      folder = home + "/.local/share/audit/models"
    } else {
      throw .usage("no place for networks: set XDG_DATA_HOME, or HOME")
    }
    self.makeRunner = makeRunner
  }

  /// What is there, by name; the newest where an import was cut off before it removed the old file.
  package func entries() throws(AuditError) -> [ShelvedModel] {
    guard FileManager.default.fileExists(atPath: folder) else { return [] }
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder)
    } catch {
      throw .unreadable(path: folder, cause: error.localizedDescription)
    }
    let found = names.compactMap(entry)
    return LPIPSKind.allCases.compactMap { kind in
      found.filter { $0.model.kind == kind }.max { ($0.modified, $0.model.path) < ($1.modified, $1.model.path) }?.model
    }
  }

  /// The network of that name.
  ///
  /// - Throws: a sentence that says how to get it, or which name may have been meant.
  package func model(_ kind: LPIPSKind) throws(AuditError) -> ShelvedModel {
    if let model = try entries().first(where: { $0.kind == kind }) { return model }
    throw .lacking(
      "no network \(kind.rawValue) is there yet", remedy: "`audit models import --help` says how to get one")
  }

  /// - Throws: a sentence with the names that exist.
  package static func kind(named name: String) throws(AuditError) -> LPIPSKind {
    if let kind = LPIPSKind(rawValue: name) ?? LPIPSKind(rawValue: "lpips_" + name) { return kind }
    let known = LPIPSKind.allCases.map(\.rawValue)
    throw .unknownName(
      "no network is called '\(name)'", near: Array(Spelling.nearest(to: name, in: known).prefix(1)), known: known)
  }

  /// Copies a file to the shelf after finding out that it is what it is said to be.
  ///
  /// A file with a known digest is taken at its word; any other is run (`LPIPSProof`).
  ///
  /// - Parameter kind: what it is; nil finds out, which works for AlexNet and SqueezeNet.
  /// - Returns: what is on the shelf now, and whether its values are known to be those of the published weights.
  /// - Throws: where it is something else. Then nothing was changed.
  package func importFile(
    _ path: String, as kind: LPIPSKind?
  ) throws(AuditError) -> (model: ShelvedModel, isChecked: Bool) {
    try NetworkFile.check(path)
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw .cannotWrite("the folder '\(folder)'", cause: error.localizedDescription)
    }
    let copy = "\(folder)/.import-\(getpid())-\(UInt32.random(in: 0 ... .max)).onnx"
    defer { unlink(copy) }
    try copyFile(path, to: copy)
    // The copy is what is looked at: the original may change meanwhile, and weights in a second file stay behind.
    let digest = try NetworkFile.digest(copy)
    let (found, isChecked) = try checked(copy, original: path, digest: digest, said: kind)
    let old = try entries().filter { $0.kind == found }
    let place = "\(folder)/\(found.rawValue).\(digest).onnx"
    guard rename(copy, place) == 0 else {
      throw .cannotWrite("'\(place)'", cause: String(cString: strerror(errno)))
    }
    for model in old where model.path != place { unlink(model.path) }
    return (try model(found), isChecked)
  }

  /// Computes the digest again, and runs the file.
  ///
  /// - Throws: where it is not what was imported, or does not work.
  package func verify(_ model: ShelvedModel) throws(AuditError) -> String {
    let digest = try NetworkFile.digest(model.path)
    guard digest == model.sha256 else {
      throw .damaged(
        model.kind.rawValue, cause: "'\(model.path)' has the SHA-256 \(digest.prefix(16))...", remedy: "import it again"
      )
    }
    let proof = try LPIPSProof(path: model.path, runner: makeRunner(model.path))
    try requireAgreement(proof, kind: model.kind, path: model.path)
    if model.isKnownFile { return "digest and values are those of the published weights" }
    return LPIPSProof.distances[model.kind] == nil || proof.distance == nil
      ? "it works; its values cannot be checked: no reference is known" : "values are those of the published weights"
  }

  private func checked(
    _ copy: String, original: String, digest: String, said: LPIPSKind?
  ) throws(AuditError) -> (kind: LPIPSKind, isChecked: Bool) {
    if let known = LPIPSKind.knownFiles[digest] {
      guard said == nil || said == known else {
        throw .wrongFile(
          path: original, finding: "is \(known.rawValue), not \(said?.rawValue ?? "")", remedy: "leave --as out")
      }
      return (known, true)
    }
    let proof: LPIPSProof
    do {
      proof = try LPIPSProof(path: copy, runner: makeRunner(copy))
    } catch {
      throw error.naming(original, insteadOf: copy)
    }
    guard let kind = said ?? proof.kind else {
      throw .wrongFile(
        path: original,
        finding: "works as LPIPS, but its values are not those of the published AlexNet or SqueezeNet weights",
        remedy: "if it is VGG16, say so with --as \(LPIPSKind.vgg.rawValue)")
    }
    try requireAgreement(proof, kind: kind, path: original)
    return (kind, proof.kind == kind)
  }

  private func requireAgreement(_ proof: LPIPSProof, kind: LPIPSKind, path: String) throws(AuditError) {
    if let found = proof.kind, found != kind {
      throw .wrongFile(path: path, finding: "is \(found.rawValue), not \(kind.rawValue): its values say so")
    }
    guard let expected = LPIPSProof.distances[kind], let distance = proof.distance else { return }
    guard LPIPSProof.agrees(distance, with: expected) else {
      throw .wrongFile(
        path: path,
        finding: "does not hold the published \(kind.rawValue) weights: the test pair has the distance "
          + "\(distance), not \(expected)")
    }
  }

  private func copyFile(_ source: String, to target: String) throws(AuditError) {
    do {
      try FileManager.default.copyItem(atPath: source, toPath: target)
    } catch {
      throw .cannotWrite("a copy of '\(source)' to '\(folder)'", cause: error.localizedDescription)
    }
    // Onto the disk before the rename makes it visible.
    let descriptor = open(target, O_RDONLY)
    guard descriptor >= 0, fchmod(descriptor, 0o644) == 0, fsync(descriptor) == 0 else {
      throw .cannotWrite("'\(target)'", cause: String(cString: strerror(errno)))
    }
    close(descriptor)
  }

  /// Names are `lpips_alex.DIGEST.onnx`; anything else in the folder is not ours.
  private func entry(_ name: String) -> (model: ShelvedModel, modified: Double)? {
    let parts = name.split(separator: ".").map(String.init)
    guard parts.count == 3, parts[2] == "onnx", parts[1].count == 64, let kind = LPIPSKind(rawValue: parts[0])
    else { return nil }
    var facts = stat()
    guard stat("\(folder)/\(name)", &facts) == 0 else { return nil }
    let modified = Double(facts.st_mtim.tv_sec) + Double(facts.st_mtim.tv_nsec) / 1e9
    return (
      ShelvedModel(kind: kind, path: "\(folder)/\(name)", bytes: Int64(facts.st_size), sha256: parts[1]), modified
    )
  }
}
