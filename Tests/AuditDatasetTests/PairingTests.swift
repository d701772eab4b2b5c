import AuditCore
import Testing

@testable import AuditDataset

/// Which reference a sample has, and what is said of it.
@Suite struct PairingTests {
  private let tree = Tree()

  init() {
    for folder in ["in", "in/a", "out", "out/a"] { tree.folder(folder) }
    for name in ["in/a/1.jpg", "in/a/2.jpg", "in/a/3.jpg", "in/4.jpg", "in/a-5.jpg"] { tree.file(name) }
    for name in ["out/a/1.jpg", "out/a/1.png", "out/a/2.png", "out/a/2.webp", "out/a-5.png", "out/z.png"] {
      tree.file(name)
    }
  }

  private func pairs(_ rule: String) throws -> ([String], String) {
    let walk = try DatasetWalk(root: Array((tree.root + "/in").utf8))
    let pairing = try Pairing(samples: walk.samples, folder: tree.root + "/out", rule: PairingRule(rule))
    return (walk.samples.map { pairing.reference(of: $0)?.path.text ?? "-" }, pairing.note)
  }

  @Test func byPathBeforeByStem() throws {
    let (found, note) = try pairs("auto")
    #expect(found == ["-", "a-5.png", "a/1.jpg", "a/2.png", "-"])
    #expect(
      note
        == "paired: 3 of 5 have a reference; 2 missing (first: 4.jpg, a/3.jpg); several fit 1 of them, and the first by "
        + "name was taken (a/2.jpg: a/2.png); 3 references without an image")
  }

  @Test func byPath() throws {
    let (found, note) = try pairs("path")
    #expect(found == ["-", "-", "a/1.jpg", "-", "-"])
    #expect(
      note
        == "paired: 1 of 5 have a reference; 4 missing (first: 4.jpg, a-5.jpg, a/2.jpg); 5 references without an image")
  }

  @Test func byStem() throws {
    let (found, note) = try pairs("stem")
    #expect(found == ["-", "a-5.png", "a/1.jpg", "a/2.png", "-"])
    #expect(note.contains("several fit 2 of them, and the first by name was taken (a/1.jpg: a/1.jpg)"), "\(note)")
  }

  @Test func byPattern() throws {
    let (found, note) = try pairs("regex:([0-9])\\.")
    #expect(found == ["-", "a-5.png", "a/1.jpg", "a/2.png", "-"])
    #expect(note.hasSuffix("3 references without an image"), "\(note)")
  }

  @Test func whatIsNoSampleHasNone() throws {
    let walk = try DatasetWalk(root: Array((tree.root + "/in").utf8))
    let pairing = try Pairing(samples: walk.samples, folder: tree.root + "/out", rule: .automatic)
    #expect(pairing.reference(of: Sample(path: SamplePath("a/1"), bytes: 0, modified: 0)) == nil)
  }
}
