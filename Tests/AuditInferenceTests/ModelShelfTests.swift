import AuditCore
import Foundation
import Testing

@testable import AuditInference

@Suite struct ModelShelfTests {
  let scratch: Scratch
  let shelf: ModelShelf

  init() throws {
    scratch = try Scratch()
    shelf = try ModelShelf(environment: ["XDG_DATA_HOME": scratch.path + "/data"], makeRunner: LateSession.init)
  }

  func left() -> [String] { (try? FileManager.default.contentsOfDirectory(atPath: shelf.folder)) ?? [] }

  @Test func theFolderFollowsTheVariables() throws {
    #expect(
      try ModelShelf(environment: ["XDG_DATA_HOME": "/d", "HOME": "/h"], makeRunner: LateSession.init).folder
        == "/d/audit/models")
    #expect(
      try ModelShelf(environment: ["HOME": "/h"], makeRunner: LateSession.init).folder == "/h/.local/share/audit/models"
    )
    // The XDG specification ignores a path that is not absolute.
    #expect(
      try ModelShelf(environment: ["XDG_DATA_HOME": "d", "HOME": "/h"], makeRunner: LateSession.init).folder
        == "/h/.local/share/audit/models")
    #expect(
      try sentence { _ = try ModelShelf(environment: [:], makeRunner: LateSession.init) }.contains("XDG_DATA_HOME"))
  }

  @Test func anEmptyShelfSaysHowToFillIt() throws {
    #expect(try shelf.entries().isEmpty)
    #expect(try sentence { _ = try shelf.model(.alex) }.contains("audit models import --help"))
  }

  @Test func aNameIsFoundShortOrLongAndElseTheNearestIsNamed() throws {
    #expect(try ModelShelf.kind(named: "lpips_vgg") == .vgg && ModelShelf.kind(named: "alex") == .alex)
    #expect(try sentence { _ = try ModelShelf.kind(named: "lpips_alx") }.contains("; did you mean lpips_alex?"))
  }

  @Test(.needsModels, arguments: [LPIPSKind.alex, .squeeze])
  func aPublishedFileIsImportedListedAndVerified(kind: LPIPSKind) throws {
    let file = try #require(Support.models) + "/\(kind.rawValue).onnx"
    let (model, isChecked) = try shelf.importFile(file, as: nil)
    #expect(model.kind == kind && model.isKnownFile && isChecked)
    #expect(try shelf.entries() == [model])
    #expect(left().count == 1)
    #expect(try shelf.verify(model) == "digest and values are those of the published weights")
    #expect(FileManager.default.contentsEqual(atPath: file, andPath: model.path))
    let other: LPIPSKind = kind == .alex ? .squeeze : .alex
    #expect(
      try sentence { _ = try shelf.importFile(file, as: other) }.contains("is \(kind.rawValue), not \(other.rawValue)"))
  }

  @Test(.needsModels) func aChangedFileOnTheShelfIsFoundOut() throws {
    let model = try shelf.importFile(try #require(Support.models) + "/lpips_squeeze.onnx", as: nil).model
    let handle = try #require(FileHandle(forUpdatingAtPath: model.path))
    try handle.seek(toOffset: 100_000)
    try handle.write(contentsOf: Data([1, 2, 3, 4]))
    try handle.close()
    #expect(try sentence { _ = try shelf.verify(model) }.contains("lpips_squeeze is damaged"))
  }

  @Test(.needsModels) func aFileOfUnknownDigestIsKnownByItsValues() throws {
    // A property more: another digest, the same network.
    let whole = try Data(contentsOf: URL(fileURLWithPath: try #require(Support.models) + "/lpips_squeeze.onnx"))
    let property: [UInt8] = [0x72, 0x06, 0x0A, 0x01, 0x61, 0x12, 0x01, 0x62]
    let file = try scratch.write(Array(whole) + property, to: "mine.onnx")
    let (model, isChecked) = try shelf.importFile(file, as: nil)
    #expect(model.kind == .squeeze && !model.isKnownFile && isChecked)
    #expect(try shelf.verify(model) == "values are those of the published weights")
    #expect(try sentence { _ = try shelf.importFile(file, as: .alex) }.contains("is lpips_squeeze, not lpips_alex"))
    // A second import of the kind takes the first one's place.
    let published = try shelf.importFile(try #require(Support.models) + "/lpips_squeeze.onnx", as: nil).model
    #expect(try shelf.entries() == [published])
    #expect(left() == [URL(fileURLWithPath: published.path).lastPathComponent])
  }

  @Test(.needsLibrary) func aDistanceThatIsNotThePublishedOneIsRefusedUnderItsName() throws {
    let file = Support.network("distance")
    #expect(try sentence { _ = try shelf.importFile(file, as: nil) }.contains("say so with --as lpips_vgg"))
    #expect(
      try sentence { _ = try shelf.importFile(file, as: .alex) }.contains(
        "does not hold the published lpips_alex weights"))
    #expect(left().isEmpty)
    let (model, isChecked) = try shelf.importFile(file, as: .vgg)
    #expect(!isChecked)
    #expect(try shelf.verify(model) == "it works; its values cannot be checked: no reference is known")
  }

  @Test(.needsLibrary, arguments: [("never_zero", "equal pictures have the distance"), ("copy", "takes 1 inputs")])
  func aNetworkThatIsNoDistanceIsRefusedAndNothingIsKept(network: String, words: String) throws {
    let file = Support.network(network)
    let text = try sentence { _ = try shelf.importFile(file, as: .vgg) }
    #expect(text.contains(words) && text.contains("'\(file)'"), "\(text)")
    #expect(left().isEmpty)
  }

  @Test func aPointerIsRefusedBeforeAnythingIsMade() throws {
    let file = try scratch.write(Array("version https://git-lfs.github.com/spec/v1\n".utf8), to: "net.onnx")
    #expect(try sentence { _ = try shelf.importFile(file, as: nil) }.contains("git lfs pull"))
    #expect(!FileManager.default.fileExists(atPath: shelf.folder))
  }

  @Test func theRecipeNamesThePublicPackagesInLinesThatHelpDoesNotWrap() {
    let lines = LPIPSRecipe.python(.vgg).split(separator: "\n")
    #expect(lines[0] == "import torch, lpips")
    #expect(lines.contains("lpips.LPIPS(net=\"vgg\").eval(),"))
    #expect(lines.contains { $0.contains("\"lpips_vgg.onnx\"") })
    #expect(lines.allSatisfy { $0.count < 80 && !$0.hasPrefix(" ") })
    #expect(LPIPSRecipe.help.contains("pip install torch torchvision lpips"))
    for line in LPIPSRecipe.python(.alex).split(separator: "\n") { #expect(LPIPSRecipe.help.contains(line)) }
  }
}
