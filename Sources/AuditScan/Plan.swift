package import AuditCore
import AuditDigest
package import AuditImages
import AuditReference
package import AuditStore

/// What will be scored: the files of a dataset in the order of their raw path bytes, and what else the walk met.
package struct Plan: Sendable {
  /// Absolute path of the dataset.
  package let root: String
  package let samples: [Sample]
  package let walk: DatasetWalk

  /// - Throws: `AuditError` where the folder is missing, is a file, may not be read, or holds no image.
  package init(root: String, shown: String, followLinks: Bool, progress: (Int) -> Void) throws {
    self.root = root
    walk = try DatasetWalk(root: PathText.bytes(of: root), followLinks: followLinks, progress: progress)
    samples = walk.samples
    guard !samples.isEmpty else { throw AuditError.noImages(path: shown, looked: Plan.looked(walk)) }
  }

  /// The same dataset with some of its samples only.
  func restricted(to samples: [Sample]) -> Plan { Plan(root: root, samples: samples, walk: walk) }

  private init(root: String, samples: [Sample], walk: DatasetWalk) {
    (self.root, self.samples, self.walk) = (root, samples, walk)
  }

  /// SHA-256 over the paths.
  package var digest: String {
    var hash = SHA256Stream()
    for sample in samples {
      hash.update(sample.path.bytes)
      hash.update([0])
    }
    return hash.finalHex()
  }

  /// Positions of the samples in the order in which the subsample takes them: bottom-k by a keyed hash of the name, so
  /// that any partition of the dataset chooses the same.
  package func subsampleOrder(seed: UInt64) -> [Int] {
    let keys = samples.map { SampleKey(seed: seed, path: $0.path).value }
    return samples.indices.sorted { keys[$0] == keys[$1] ? $0 < $1 : keys[$0] < keys[$1] }
  }

  package static func place(of sample: Sample) -> SamplePlace {
    let parts = sourceAndFace(of: sample.path)
    return SamplePlace(
      folder: sample.path.folder.text, identity: sample.path.identity?.text, source: parts?.source,
      faceIndex: parts?.face)
  }

  /// What the walk met that is no sample, for the store.
  package var folderIssues: [(path: String, code: String, detail: String)] {
    walk.unreadableFolders.map { ($0.path.text, $0.issue.code.rawValue, "folder not readable: \($0.issue.detail)") }
      + walk.skippedLinks.map { link in
        switch link.reason {
        case .loop: (link.path.text, "link_loop", "leads back to \(link.target.text); not entered")
        case .alreadyWalked: (link.path.text, "link_loop", "leads to \(link.target.text), which is walked already")
        case .notFollowed: (link.path.text, "link_not_followed", "leads to \(link.target.text); enter it with -L")
        }
      }
  }

  /// "looked at 14 files: 12 .txt, 2 .mp4".
  private static func looked(_ walk: DatasetWalk) -> String {
    let total = walk.otherFiles.values.reduce(0, +)
    guard total > 0 else { return "it is empty" }
    let kinds = walk.otherFiles.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(4)
      .map { "\($0.value) \($0.key.isEmpty ? "without extension" : "." + $0.key)" }
    let films = Set(["mp4", "mkv", "avi", "mov", "webm", "m4v"])
    let advice = walk.otherFiles.keys.contains(where: films.contains) ? "; extract the frames of videos first" : ""
    return "looked at \(total) files: " + kinds.joined(separator: ", ") + advice
  }
}
