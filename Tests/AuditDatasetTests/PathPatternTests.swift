import AuditCore
import Testing

@testable import AuditDataset

/// Whether a pattern as a person writes it leaves a path in.
private func takes(_ include: String, _ path: String) throws -> Bool {
  try PathFilter(include: [include]).reason(againstListed: Array(path.utf8)) == nil
}

struct PathPatternTests {
  /// Expected by the rules that the help gives; `git check-ignore` agrees on those without braces or bytes.
  @Test(
    arguments: [
      // Without a slash: at every depth, names as a whole.
      ("*.png", "a.png", true), ("*.png", "b/c/a.png", true), ("*.png", "a.PNG", false), ("*.png", "a.pngx", false),
      ("a.png", "b/a.png", true), ("a.png", "ba.png", false), ("masks", "x/masks/a.png", true),
      // With one: from the dataset's folder.
      ("b/*.png", "b/a.png", true), ("b/*.png", "c/b/a.png", false), ("b/*.png", "b/c/a.png", false),
      ("/a.png", "a.png", true), ("/a.png", "b/a.png", false), ("./b/a.png", "b/a.png", true),
      // A trailing slash is for folders.
      ("masks/", "masks/a.png", true), ("masks/", "x/masks/y/a.png", true), ("masks/", "masks", false),
      ("/x/masks/", "x/masks/a.png", true), ("/x/masks/", "masks/a.png", false),
      // Any folders.
      ("raw/**/tmp", "raw/tmp/a.png", true), ("raw/**/tmp", "raw/a/b/tmp/a.png", true),
      ("raw/**/tmp", "raw/a/b/a.png", false), ("**/a.png", "a.png", true), ("**/a.png", "b/c/a.png", true),
      ("b/**", "b/a.png", true), ("b/**", "b/c/a.png", true), ("b/**", "c/a.png", false), ("**", "b/a.png", true),
      ("a**b", "axxb", true), ("a**b", "a/b", false),
      // One character, sets, ranges.
      ("?.png", "a.png", true), ("?.png", "é.png", true), ("?.png", "ab.png", false), ("?", "a/b", true),
      ("[ab].png", "b.png", true), ("[ab].png", "c.png", false), ("[!ab].png", "c.png", true),
      ("[^ab].png", "a.png", false), ("[a-c]1", "b1", true), ("[a-c]1", "d1", false), ("[]x]", "]", true),
      ("[a-]", "-", true), ("[a\\-c]", "b", false), ("[a\\-c]", "-", true), ("[é-ü]", "ê", true),
      // Escapes.
      ("\\[1].png", "[1].png", true), ("[1].png", "[1].png", false), ("\\*.png", "a.png", false),
      ("\\*.png", "*.png", true), ("\\x41.png", "A.png", true), ("\\xC3\\xA9", "é", true),
      // Many stars do not take for ever.
      ("*a*a*a*a*a*a*a*a*a*b", String(repeating: "a", count: 300), false),
      // Composed and decomposed letters differ: bytes decide.
      ("caf\u{E9}", "cafe\u{301}", false), ("caf\u{E9}", "caf\u{E9}", true),
    ])
  func aPatternFitsWhatTheHelpSays(pattern: String, path: String, isTaken: Bool) throws {
    #expect(try takes(pattern, path) == isTaken, "\(pattern) on \(path)")
  }

  @Test(arguments: ["", "/", "//", "./", "[a", "a[", "[!]", "x\\"]) func whatIsNoPatternIsRefused(text: String) throws {
    #expect(throws: AuditError.self) { try PathPattern(text) }
  }

  @Test func bytesThatAreNotUTF8AreOneCharacterEach() throws {
    let name: [UInt8] = [0xE9, 0x2E, 0x70]
    for pattern in ["\\xE9.p", "?.p", "[\\xE0-\\xEF].p", "*.p"] {
      #expect(try PathFilter(include: [pattern]).reason(against: name) == nil, "\(pattern)")
    }
    #expect(try PathFilter(include: ["\\xE8.p"]).reason(against: name) == "--include")
    #expect(try PathFilter(include: ["é.p"]).reason(against: name) == "--include")
  }

  @Test func anExcludeIsStrongerThanAnInclude() throws {
    let filter = try PathFilter(include: ["*.png"], exclude: ["*_1.png", "old/"])
    #expect(filter.reason(againstListed: Array("a.png".utf8)) == nil)
    #expect(filter.reason(againstListed: Array("a.jpg".utf8)) == "--include")
    #expect(filter.reason(againstListed: Array("a_1.png".utf8)) == "*_1.png")
    #expect(filter.reason(againstListed: Array("x/old/a.png".utf8)) == "old/")
    #expect(filter.exclude(ofFolder: Array("x/old".utf8))?.text == "old/")
    #expect(filter.exclude(ofFolder: Array("x".utf8)) == nil)
  }

  @Test(arguments: ["a*b?[c]\\d", "plain", "@eaDir"]) func anEscapedNameFitsItselfAlone(name: String) throws {
    let pattern = try PathPattern(PathPattern.escaped(name))
    #expect(pattern.fits([PathPattern.letters(name.utf8)]))
    #expect(!pattern.fits([PathPattern.letters((name + "x").utf8)]))
  }
}
