import AuditCore
import Testing

/// What a person is told when a command cannot go on.
struct AuditErrorTests {
  @Test func aSentenceSaysWhatHappenedThenWhatIsAsItWasThenWhatToDo() {
    let error = AuditError.placeRefused(
      path: "out", finding: "is not empty", safe: .nothingOverwritten, remedy: "give a new folder")
    #expect("\(error)" == "'out' is not empty; nothing is overwritten; give a new folder")
    #expect(
      error.sentence
        == AuditError.Sentence("'out' is not empty", safe: .nothingOverwritten, remedy: "give a new folder"))
  }

  @Test func whatIsNotKnownIsLeftOut() {
    #expect("\(AuditError.usage("--jobs takes a number"))" == "--jobs takes a number")
    #expect("\(AuditError.cannotWrite("'x'", cause: "no room"))" == "cannot write 'x': no room")
    #expect("\(AuditError.damaged("'m'", remedy: "fit it anew"))" == "'m' is damaged; fit it anew")
  }

  @Test func aNameThatNothingHasOffersTheNearestElseAllElseAWay() {
    func words(near: [String], known: [String], remedy: String?) -> String {
      "\(AuditError.unknownName("no run \"x\"", near: near, known: known, remedy: remedy))"
    }
    #expect(words(near: ["a", "b"], known: ["a", "b", "c"], remedy: "r") == "no run \"x\"; did you mean a, b?")
    #expect(words(near: [], known: ["a", "c"], remedy: nil) == "no run \"x\"; there are a, c")
    #expect(words(near: [], known: ["a", "c"], remedy: "and more") == "no run \"x\"; there are a, c, and more")
    #expect(words(near: [], known: [], remedy: "list them") == "no run \"x\"; list them")
    #expect(words(near: [], known: [], remedy: nil) == "no run \"x\"")
  }

  @Test func aLineIsNamedWithItsFile() {
    let error = AuditError.wrongLine(file: "d.jsonl", line: 3, finding: "is no JSON object", safe: .nothingDecided)
    #expect("\(error)" == "line 3 of 'd.jsonl' is no JSON object; nothing was decided")
  }

  /// A network is copied before it is looked at; a person knows the original.
  @Test func anErrorOfACopySpeaksOfTheOriginal() {
    let file = AuditError.wrongFile(path: "/shelf/.import-1.onnx", finding: "is empty", remedy: "fetch it again")
    #expect("\(file.naming("net.onnx", insteadOf: "/shelf/.import-1.onnx"))" == "'net.onnx' is empty; fetch it again")
    #expect(
      AuditError.network("'/c' holds no graph").naming("net.onnx", insteadOf: "/c")
        == .network("'net.onnx' holds no graph"))
    #expect(file.naming("net.onnx", insteadOf: "/elsewhere") == file)
  }

  @Test func aFileInAFolderThatIsNotThereIsToldFromOneThatMayNotBeMade() {
    #expect(
      "\(AuditError.cannotMake("a/b.npy", 2, remedy: "give another place"))"
        == "no folder 'a' to write 'a/b.npy' into; make it first")
    #expect(
      "\(AuditError.cannotMake("a/b.npy", 13, remedy: "give another place"))"
        == "cannot write 'a/b.npy': Permission denied; give another place")
  }

  @Test func aMistakeOfOursIsCalledOne() {
    #expect(
      "\(AuditError.internalError("nothing runs networks here"))"
        == "nothing runs networks here, which is a mistake of audit itself; report it with the command that was run")
  }
}
