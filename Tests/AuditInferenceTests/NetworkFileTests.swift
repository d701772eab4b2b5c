import AuditCore
import Foundation
import Testing

@testable import AuditInference

@Suite struct NetworkFileTests {
  @Test(arguments: [
    (
      "pointer.onnx", Array("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 9890830\n".utf8),
      "git lfs pull"
    ),
    ("notes.onnx", Array("these are my notes\nüber networks\n".utf8), "is a text file"),
    ("page.onnx", Array("<!DOCTYPE html><html><body>404</body></html>".utf8), "is a web page"),
    ("empty.onnx", [], "is empty"),
    ("weights.onnx", [0x50, 0x4B, 0x03, 0x04, 0x00, 0x00], "torch.onnx.export"),
    ("keras.onnx", [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A], "Keras"),
    ("raw.onnx", [0x58, 0x01, 0, 0, 0, 0, 0, 0] + Array("{\"a\":1}".utf8), "safetensors"),
  ])
  func aFileThatIsNoNetworkIsNamedForWhatItIs(name: String, bytes: [UInt8], words: String) throws {
    let scratch = try Scratch()
    let path = try scratch.write(bytes, to: name)
    let text = try sentence { try NetworkFile.check(path) }
    #expect(text.contains("'\(path)'") && text.contains(words), "\(text)")
  }

  @Test func aMissingFileIsNamedWithTheOneThatMayBeMeant() throws {
    let scratch = try Scratch()
    let there = try scratch.write([8], to: "encoder.onnx")
    let text = try sentence { try NetworkFile.check(scratch.path + "/encodr.onnx") }
    #expect(text == "no network at '\(scratch.path)/encodr.onnx'  (did you mean '\(there)'?)")
  }

  @Test func aFolderIsNotANetwork() throws {
    let scratch = try Scratch()
    #expect(try sentence { try NetworkFile.check(scratch.path) }.contains("is a folder"))
  }

  @Test func theNetworksOfTheseTestsPass() throws {
    try NetworkFile.check(Support.network("copy"))
    try NetworkFile.check(Support.network("faulty"))
  }

  @Test func theDigestIsThatOfTheWholeFile() throws {
    let scratch = try Scratch()
    // `printf abc | sha256sum`
    let path = try scratch.write(Array("abc".utf8), to: "abc")
    #expect(
      try NetworkFile.digest(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(try NetworkFile.identity(path) == NetworkFile.digest(path))
  }

  @Test func weightsInASecondFileBelongToTheIdentity() throws {
    let scratch = try Scratch()
    let path = try scratch.write(Array("abc".utf8), to: "net.onnx")
    let alone = try NetworkFile.identity(path)
    _ = try scratch.write([1, 2, 3], to: "net.onnx.data")
    let first = try NetworkFile.identity(path)
    _ = try scratch.write([1, 2, 4], to: "net.onnx.data")
    #expect(Set([alone, first, try NetworkFile.identity(path)]).count == 3)
  }
}
