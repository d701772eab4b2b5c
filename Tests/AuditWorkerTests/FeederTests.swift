import AuditCore
import Testing

@testable import AuditWorker

/// Feeders that do not do what they should.
@Suite struct FeederTests {
  private static var limits: FeederLimits {
    var limits = FeederLimits()
    (limits.patience, limits.mostBytes, limits.mostListed, limits.restarts) = (0.5, 1000, 100, 1)
    return limits
  }

  private static func frame(_ kind: Int, _ header: String, _ body: String = "", claims: Int? = nil) -> String {
    func octal(_ number: Int, _ bytes: Int) -> String {
      (0..<bytes).map { index in
        let digits = String((number >> (8 * index)) & 0xFF, radix: 8)
        return "\\" + String(repeating: "0", count: 3 - digits.count) + digits
      }.joined()
    }
    return "printf 'AUF1\(octal(kind, 2))\\000\\000\(octal(header.utf8.count, 4))\(octal(claims ?? body.utf8.count, 8))"
      + "\(header)\(body)'; "
  }

  private static func listed(_ keys: String...) -> String {
    keys.map { frame(3, "{\"key\":\"\($0)\",\"bytes\":5}") }.joined() + frame(6, "{\"root\":\"/fed\"}")
  }

  @Test func picturesAreListedInOrderAndHandedOut() throws {
    let feeder = try Feeder(
      Self.listed("b.jpg", "a.jpg") + "head -c 35 > /dev/null; " + Self.frame(1, "{\"key\":\"b.jpg\"}", "bytes")
        + "cat > /dev/null", limits: Self.limits)
    #expect(feeder.root == "/fed" && feeder.samples.map(\.path.text) == ["a.jpg", "b.jpg"])
    #expect(feeder.samples.map(\.bytes) == [5, 5])
    #expect(try feeder.bytes(of: SamplePath("b.jpg")) == Array("bytes".utf8))
  }

  @Test(arguments: [
    (frame(3, "{\"key\":\"a.jpg\",\"bytes\":5}"), "ended early"), ("sleep 5", "has said nothing"),
    ("echo no frames", "speaks no frames"), (listed("a", "a"), "names 'a' twice"),
    (listed("../a"), "without a key that is a path"), (listed("/a/../../b"), "without a key"),
    (frame(3, "{\"key\":\"a\",\"bytes\":-1}"), "without a key"), (frame(3, "{\"key\":\"a\"}"), "without a key"),
    (frame(3, "no JSON"), "no JSON"), (frame(6, "{}"), "names no root"),
    (frame(6, "{\"root\":\"here\"}"), "names no root"),
    (frame(1, "{\"key\":\"a\"}"), "before anybody asked"), (frame(3, "{\"key\":\"a\"}", claims: 1 << 40), "a body of"),
    (listed(String(repeating: "a", count: 101)), "lists more than is taken"), (frame(4, "{}"), "no frame of kind 4"),
  ])
  func aListThatIsNoneEndsInWords(command: String, words: String) {
    let error = #expect(throws: AuditError.self) { try Feeder(command, limits: Self.limits) }
    #expect(error?.description.contains(words) ?? false, "\(error?.description ?? "")")
  }

  @Test(arguments: [
    (frame(1, "{\"key\":\"b\"}", "x"), "another picture"), ("exit 4", "ended early (exit status 4)"),
    ("sleep 5", "has said nothing"), (frame(1, "{\"key\":\"a\",\"error\":\"gone\"}"), "says: gone"),
    (frame(1, "{\"key\":\"a\"}", claims: 1001), "a body of 1001 bytes"), ("kill -9 $$", "ended early (SIGKILL)"),
  ])
  func aPictureThatIsNotHandedOutIsAnIssue(answer: String, words: String) throws {
    let feeder = try Feeder(
      Self.listed("a") + answer + (answer.hasPrefix("printf") ? "sleep 5" : ""), limits: Self.limits)
    let issue = #expect(throws: SampleIssue.self) { try feeder.bytes(of: SamplePath("a")) }
    #expect(issue?.code == .open && issue?.detail.contains(words) ?? false, "\(issue?.detail ?? "")")
  }

  @Test func aFeederThatEndsAgainAndAgainIsGivenUp() throws {
    let feeder = try Feeder(Self.listed("a") + "exit 4", limits: Self.limits)
    let words = (0..<4).map { _ in
      #expect(throws: SampleIssue.self) { try feeder.bytes(of: SamplePath("a")) }?.detail ?? ""
    }
    #expect(
      words.prefix(2).allSatisfy { $0.contains("ended early") } && words[3].contains("is not started again"), "\(words)"
    )
  }
}
