import AuditCore
import Testing

/// Every escape is read back by the reader that it is for.
struct EscapingTests {
  private static let texts = HostileText.texts.map { Array($0.utf8) }
  private static let all = texts + HostileText.broken
  private static let noPython: Comment = "python3 is not installed"

  @Test(arguments: ["C", "C.UTF-8"]) func bashReadsEveryWordBack(locale: String) throws {
    let bash = try #require(Reader("bash"))
    var script = Array("LC_ALL=\(locale)\n".utf8)
    for value in EscapingTests.all {
      script += Array("printf '%s\\0' ".utf8)
      Escaping.shell.add(value, to: &script)
      script.append(UInt8(ascii: "\n"))
    }
    expectSame(try bash.values(script, ["--norc"]), EscapingTests.all, "bash")
  }

  @Test(.enabled(if: Reader.isInstalled("dash"), "dash is not installed"))
  func aPlainShellReadsVisibleWordsBack() throws {
    let visible = EscapingTests.texts.filter { Escaping.terminal.text($0) == String(decoding: $0, as: UTF8.self) }
    var script: [UInt8] = []
    for value in visible { script += Array("printf '%s\\0' ".utf8) + Array(Escaping.shell.text(value).utf8) + [0x0A] }
    expectSame(try #require(Reader("dash")).values(script, []), visible, "dash")
    #expect(visible.count > 1000)
  }

  @Test(.enabled(if: Reader.isInstalled("python3"), noPython)) func pythonReadsEveryCSVFieldBack() throws {
    let program = """
      import csv, sys
      for row in csv.reader(open(sys.argv[1], newline="", encoding="utf-8", errors="surrogateescape")):
          for field in row: sys.stdout.buffer.write(field.encode("utf-8", "surrogateescape") + b"\\0")
      """
    var table: [UInt8] = []
    for value in EscapingTests.all {
      Escaping.csv.add(value, to: &table)
      table += Array(",end\r\n".utf8)
    }
    let found = try #require(Reader("python3")).values(table, ["-c", program])
    expectSame(found, EscapingTests.all.flatMap { [$0, Array("end".utf8)] }, "csv")
  }

  @Test(.enabled(if: Reader.isInstalled("python3"), noPython)) func pythonReadsEveryJSONStringBack() throws {
    let program = """
      import json, sys
      for value in json.load(open(sys.argv[1], encoding="utf-8")): sys.stdout.buffer.write(value.encode() + b"\\0")
      """
    let document = "[" + EscapingTests.texts.map(Escaping.json.text).joined(separator: ",") + "]"
    let python = try #require(Reader("python3"))
    expectSame(try python.values(Array(document.utf8), ["-c", program]), EscapingTests.texts, "json")
    expectSame(
      try python.values(Array(Escaping.script.text(document).utf8), ["-c", program]), EscapingTests.texts, "script")
  }

  @Test(.enabled(if: Reader.isInstalled("python3"), noPython))
  func pythonReadsEveryStringBackAsTOMLAndAsItsOwn() throws {
    let toml = """
      import sys, tomllib
      for value in tomllib.load(open(sys.argv[1], "rb"))["v"]: sys.stdout.buffer.write(value.encode() + b"\\0")
      """
    let literals = """
      import ast, sys
      for value in ast.literal_eval(open(sys.argv[1], encoding="utf-8", newline="").read()):
          sys.stdout.buffer.write(value.encode() + b"\\0")
      """
    let list = "[" + EscapingTests.texts.map(Escaping.json.text).joined(separator: ",") + "]"
    let python = try #require(Reader("python3"))
    expectSame(try python.values(Array("v = \(list)".utf8), ["-c", toml]), EscapingTests.texts, "toml")
    expectSame(try python.values(Array(list.utf8), ["-c", literals]), EscapingTests.texts, "literals")
  }

  @Test(.enabled(if: Reader.isInstalled("python3"), noPython)) func tabSeparatedFieldsStayOnTheirLine() throws {
    let program = """
      import re, sys
      meaning = {b"\\\\\\\\": b"\\\\", b"\\\\t": b"\\t", b"\\\\n": b"\\n", b"\\\\r": b"\\r"}
      for line in open(sys.argv[1], "rb").read().split(b"\\n")[:-1]:
          value, end = line.split(b"\\t")
          sys.stdout.buffer.write(re.sub(rb"\\\\.", lambda m: meaning[m[0]], value) + b"\\0")
      """
    var table: [UInt8] = []
    for value in EscapingTests.all {
      Escaping.tab.add(value, to: &table)
      table += Array("\tend\n".utf8)
    }
    expectSame(try #require(Reader("python3")).values(table, ["-c", program]), EscapingTests.all, "tab")
  }

  @Test(.enabled(if: Reader.isInstalled("xmllint"), "xmllint is not installed (libxml2-utils)"))
  func xmllintReadsEveryAttributeBack() throws {
    // The mark between two values is no part of any.
    let mark = "\u{E000}"
    let document = "<v a=\"" + EscapingTests.texts.map(Escaping.xml.text).joined(separator: mark) + "\"/>"
    let found = try #require(Reader("xmllint")).read(Array(document.utf8), ["--huge", "--xpath", "string(/v/@a)"])
    let values = found.dropLast().split(separator: Array(mark.utf8), omittingEmptySubsequences: false)
    let expected = EscapingTests.texts.map { text -> [UInt8] in
      // XML 1.0, production 2, Char.
      let kept = String(decoding: text, as: UTF8.self).unicodeScalars.map { scalar -> Unicode.Scalar in
        let isControl = scalar.value < 0x20 && ![9, 10, 13].contains(scalar.value)
        return isControl || [0xFFFE, 0xFFFF].contains(scalar.value) ? "\u{FFFD}" : scalar
      }
      return kept.flatMap { Array(String($0).utf8) }
    }
    expectSame(values.map(Array.init), expected, "xml")
  }

  @Test func aWorkflowCommandStaysOnItsLineAndHoldsTheText() {
    for value in EscapingTests.texts {
      for form in [Escaping.gitHubMessage, .gitHubProperty] {
        let line = Array(form.text(value).utf8)
        let isProperty = form == .gitHubProperty
        let ends = line.contains { [0x0A, 0x0D].contains($0) || (isProperty && [0x3A, 0x2C].contains($0)) }
        #expect(!ends && percentDecoded(line) == value, "\(value)")
      }
    }
  }

  @Test func anAddressHoldsNothingButUnreservedBytes() {
    let unreserved = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/%".utf8)
    for value in EscapingTests.all {
      let line = Array(Escaping.address.text(value).utf8)
      #expect(line.allSatisfy(unreserved.contains) && percentDecoded(line) == value, "\(value)")
    }
  }

  @Test func nothingThatReachesATerminalMovesItsCursor() {
    for value in EscapingTests.all {
      let shown = Escaping.terminal.text(value)
      let moves = shown.unicodeScalars.contains { scalar in
        [.control, .format, .lineSeparator, .paragraphSeparator].contains(scalar.properties.generalCategory)
      }
      #expect(!moves, "\(value)")
      #expect(Escaping.terminal.text(shown) == shown, "escaping twice changes \(value)")
    }
    let shown = Escaping.terminal.text("a\u{1B}]0;b\u{7}\u{9B}2J\r\n\t\u{202E}é")
    #expect(shown == "a\\u{1b}]0;b\\u{7}\\u{9b}2J\\r\\n\\t\\u{202e}é")
    #expect(Escaping.terminal.text([0x61, 0xE9, 0xE2, 0x82, 0x62]) == "a\\xE9\\xE2\\x82b")
  }

  @Test(arguments: ["=1", "+1", "-1", "@x", "\tx", "\rx", "\nx", "=\u{301}1", "-\u{600}"])
  func aFormulaIsTextForASpreadsheet(cell: String) {
    let scalars = Array(Escaping.spreadsheet.text(cell).unicodeScalars)
    #expect(scalars[0] == "'" || scalars[0...1] == ["\"", "'"])
    #expect(Escaping.csv.text(cell).unicodeScalars.first != "'")
    #expect(Escaping.spreadsheet.text("a" + cell) == Escaping.csv.text("a" + cell))
  }

  @Test func everyMarkOfMarkdownHasABackslash() {
    let marks = Set("\\`*_{}[]<>()#+!|~&".unicodeScalars)
    for value in EscapingTests.texts {
      var scalars = Array(Escaping.markdown.text(value).unicodeScalars)[...]
      while let scalar = scalars.popFirst() {
        if scalar == "\\" {
          #expect(scalars.popFirst().map(marks.contains) == true, "\(value)")
        } else {
          #expect(!marks.contains(scalar), "\(value)")
        }
      }
    }
    #expect(Escaping.markdown.text("a|\u{301}b\n<i>") == "a\\|\u{301}b\\\\n\\<i\\>")
  }

  @Test func wordsThatNeedNoQuotesHaveNone() {
    #expect(quoted("id014/a-b_1.png") == "id014/a-b_1.png")
    #expect(quoted("") == "''")
    #expect(quoted("=ls") == "'=ls'")
    #expect(quoted("it's") == "'it'\\''s'")
    #expect(quoted("'\u{301}") == "''\\''\u{301}'")
    #expect(quoted("a\u{1B}b") == "$'a\\033b'")
    #expect(quoted("a\u{0}b") == "$'a\u{FFFD}b'")
  }

  @Test func onAScreenOnlyLinesTabsAndColoursOfATextAct() {
    let text = "\u{1B}[1;31mred\u{1B}[0m\ta\r\nb\n"
    #expect(Escaping.screen.text(text) == text)
    #expect(
      Escaping.screen.text("\u{1B}[2J\u{1B}[1;31\u{1B}]0;x\u{7}\ra\u{9B}m")
        == "\\u{1b}[2J\\u{1b}[1;31\\u{1b}]0;x\\u{7}\\ra\\u{9b}m")
    for value in EscapingTests.all {
      let shown = Escaping.screen.text(value)
      let acting = shown.unicodeScalars.filter { scalar in
        [.control, .format, .lineSeparator, .paragraphSeparator].contains(scalar.properties.generalCategory)
          && !["\n", "\t", "\r"].contains(scalar)
      }
      #expect(acting.isEmpty, "\(value)")
    }
  }

  @Test func inAListingEvenColoursAreShown() {
    #expect(Escaping.listing.text("a\u{1B}[31m\tb\r\nc\n\r") == "a\\u{1b}[31m\tb\r\nc\n\\r")
    for value in EscapingTests.all {
      #expect(!Escaping.listing.text(value).unicodeScalars.contains("\u{1B}"), "\(value)")
    }
  }

  /// A name may hold the scalar by which text of a path means a byte; no word may turn it into that byte.
  @Test func aWordOfANamesBytesIsThatName() {
    let name = Array("\u{10FDD8}".utf8)
    #expect(Escaping.shell.text(name) == "$'\\364\\217\\267\\230'")
    #expect(quoted(PathText.text(of: name)) == "$'\\364\\217\\267\\230'")
    #expect(quoted(PathText.text(of: [0xD8])) == "$'\\330'")
  }

  @Test func keysThatDifferInHowALetterIsComposedAreTwo() {
    let (composed, decomposed) = (ByteKey("Zo\u{EB}"), ByteKey("Zoe\u{308}"))
    #expect(composed != decomposed && decomposed < composed)
    #expect(Set([composed, decomposed, ByteKey("Zo\u{EB}")]).count == 2)
  }

  @Test func textOfAPathKeepsEveryByteAndNoTwoPathsShareOne() throws {
    let standIns = ["\u{10FD80}", "a\u{10FDE9}.png", "\u{10FDFF}\u{301}"].map { Array($0.utf8) }
    let paths = EscapingTests.all + standIns + [[0xE9], [0x61, 0xE2, 0x82], [0xFF, 0xFE]]
    for path in paths { #expect(PathText.bytes(of: PathText.text(of: path)) == path, "\(path)") }
    #expect(Set(paths.map { ByteKey(PathText.text(of: $0)) }).count == Set(paths).count)
    #expect(Escaping.terminal.text(PathText.text(of: [0x61, 0xE9])) == "a\\xE9")
    #expect(quoted(PathText.text(of: [0x61, 0xE9])) == "$'a\\351'")
    #expect(PathText.isText("caf\u{E9}") && !PathText.isText(PathText.text(of: [0xE9])))
  }

  @Test func aNameWithADashIsNoOption() {
    #expect(quotedFile("-rf") == "./-rf")
    #expect(quotedFile("a b/-rf") == "'a b/-rf'")
    #expect(quotedOperands(["-rf.png"]) == "-- -rf.png")
    #expect(quotedOperands(["a.png", "-\u{301}.png"]) == "-- a.png '-\u{301}.png'")
    #expect(quotedOperands(["a.png"]) == "a.png")
  }

  private func percentDecoded(_ text: [UInt8]) -> [UInt8] {
    var out: [UInt8] = []
    var rest = text[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        out.append(byte)
        continue
      }
      out.append(UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) ?? 0)
      rest = rest.dropFirst(2)
    }
    return out
  }
}
