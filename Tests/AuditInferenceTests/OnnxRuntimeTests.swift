import AuditCore
import Foundation
import Testing

@testable import AuditInference

/// Our declaration of the library's interface, against the library.
@Suite struct OnnxRuntimeTests {
  @Test func aVariableThatLeadsNowhereIsNamed() throws {
    let text = try sentence {
      _ = try OnnxRuntimeSearch(environment: ["AUDIT_ONNXRUNTIME": "/no/such/folder"]).candidates()
    }
    #expect(
      text == "AUDIT_ONNXRUNTIME names '/no/such/folder', which does not exist; give libonnxruntime.so or its folder")
  }

  @Test func theVariableMayNameThePackageOrTheFolderOrTheFile() throws {
    let scratch = try Scratch()
    try FileManager.default.createDirectory(atPath: scratch.path + "/capi", withIntermediateDirectories: true)
    let file = try scratch.write([0], to: "capi/libonnxruntime.so.1.20.0")
    for given in [scratch.path, scratch.path + "/capi", file] {
      #expect(try OnnxRuntimeSearch(environment: ["AUDIT_ONNXRUNTIME": given]).candidates() == [file])
    }
    let empty = try Scratch()
    let text = try sentence {
      _ = try OnnxRuntimeSearch(environment: ["AUDIT_ONNXRUNTIME": empty.path]).candidates()
    }
    #expect(text.contains("holds no libonnxruntime.so"))
  }

  @Test func theLoaderComesBeforePythonsFolders() throws {
    let scratch = try Scratch()
    let folder = "lib/python3.11/site-packages/onnxruntime/capi"
    try FileManager.default.createDirectory(atPath: scratch.path + "/" + folder, withIntermediateDirectories: true)
    let file = try scratch.write([0], to: folder + "/libonnxruntime.so.1.20.0")
    let found = try OnnxRuntimeSearch(environment: ["VIRTUAL_ENV": scratch.path]).candidates()
    #expect(found.starts(with: ["libonnxruntime.so", "libonnxruntime.so.1", file]))
  }

  @Test func withoutTheLibraryTheMessageNamesTheCommandThatInstallsIt() throws {
    let scratch = try Scratch()
    let file = try scratch.write(Array("no library".utf8), to: "libonnxruntime.so")
    let text = try sentence { _ = try OnnxRuntimeLibrary(environment: ["AUDIT_ONNXRUNTIME": file]) }
    #expect(text.contains("pip install onnxruntime") && text.contains("AUDIT_ONNXRUNTIME") && text.contains(file))
  }

  @Test func anotherLibraryIsNotTakenForIt() throws {
    // The C library is on every machine.
    let text = try sentence { _ = try OnnxRuntimeLibrary(environment: ["AUDIT_ONNXRUNTIME": libc()]) }
    #expect(text.contains("is a library, but not ONNX Runtime"), "\(text)")
  }

  @Test(.needsLibrary) func portsTypesShapesAndPropertiesAreRead() throws {
    let graph = try InferenceSession(path: Support.network("last_bgr")).description()
    #expect(graph.inputs == [TensorPort(name: "pixels", shape: [nil, 32, 24, 3])])
    #expect(graph.outputs == [TensorPort(name: "drawn", shape: [nil, 32, 24, 3])])
    #expect(graph.properties == ["input_color": "BGR", "input_range": "[0, 1]"])
    let double = try InferenceSession(path: Support.network("double")).description()
    #expect(double.inputs.map(\.type) == [.double])
    let code = try InferenceSession(path: Support.network("with_code")).description()
    #expect(code.outputs.map(\.name) == ["code", "drawn"] && code.outputs[0].shape == [nil, 3])
    let pair = try InferenceSession(path: Support.network("two_inputs")).description()
    #expect(pair.inputs.map(\.name) == ["image", "noise"])
  }

  @Test(.needsLibrary) func aRunGivesTheWantedOutputsWithTheirShapes() throws {
    let session = try InferenceSession(path: Support.network("with_code"))
    let values = (0..<24).map { Float($0) }
    let image = Tensor(shape: [1, 3, 2, 4], values: values)
    let outputs = try session.run([image], outputs: [1, 0])
    #expect(outputs[0] == image)
    // Means of 0...7, 8...15 and 16...23.
    #expect(outputs[1] == Tensor(shape: [1, 3], values: [3.5, 11.5, 19.5]))
    let again = try session.run([Tensor(shape: [2, 3, 1, 1], values: [1, 2, 3, 4, 5, 6])], outputs: [0])
    #expect(again == [Tensor(shape: [2, 3], values: [1, 2, 3, 4, 5, 6])])
  }

  @Test(.needsLibrary) func twoInputsAreKeptApart() throws {
    let session = try InferenceSession(path: Support.network("two_inputs"))
    let left = Tensor(shape: [1, 3, 1, 1], values: [1, 2, 3])
    let right = Tensor(shape: [1, 3, 1, 1], values: [10, 20, 30])
    #expect(try session.run([left, right], outputs: [0]) == [Tensor(shape: [1, 3, 1, 1], values: [11, 22, 33])])
  }

  @Test(.needsLibrary) func aTensorThatDoesNotFitIsRefusedWithTheLibrarysWords() throws {
    let session = try InferenceSession(path: Support.network("batch_of_four"))
    let error = #expect(throws: InferenceFailure.self) {
      try session.run([Tensor(shape: [1, 3, 1, 1], values: [1, 2, 3])], outputs: [0])
    }
    guard case .refused(let words) = try #require(error) else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(words.contains("image") && words.contains("Expected: 4"), "\(words)")
    #expect(throws: InferenceFailure.self) { try session.run([], outputs: [0]) }
    #expect(throws: InferenceFailure.self) {
      try session.run([Tensor(shape: [1], values: [1])], outputs: [7])
    }
  }

  @Test(.needsLibrary) func aDamagedFileIsAnErrorWithARemedy() throws {
    let scratch = try Scratch()
    let whole = try Data(contentsOf: URL(fileURLWithPath: Support.network("faulty")))
    let cut = try scratch.write(Array(whole.prefix(whole.count / 2)), to: "cut.onnx")
    #expect(try sentence { _ = try InferenceSession(path: cut) }.contains("is damaged, cut off, or no ONNX network"))
    let noise = try scratch.write((0..<4096).map { UInt8(($0 * $0 * 31 + 8) % 251) }, to: "noise.onnx")
    #expect(try sentence { _ = try InferenceSession(path: noise) }.contains("'\(noise)'"))
  }

  private func libc() -> String {
    ["/lib/x86_64-linux-gnu/libc.so.6", "/lib/aarch64-linux-gnu/libc.so.6", "/lib64/libc.so.6"]
      .first { FileManager.default.fileExists(atPath: $0) } ?? "/lib/libc.so.6"
  }
}
