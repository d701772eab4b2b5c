import AuditCore
import Testing

/// A list gives back what was put into it, whatever the names and numbers.
@Suite struct SampleListTests {
  /// Samples with hostile names and numbers, in no order and each path once.
  private static func samples(_ count: Int, seed: UInt64) -> [Sample] {
    var random = SplitMix64(seed: seed, keys: 1)
    var paths = Set<[UInt8]>([[], [0x2F], Array("a/".utf8), Array("a//b".utf8), [0xFF, 0x2F, 0x00, 0x0A]])
    while paths.count < count {
      let parts = (0..<Int.random(in: 1...4, using: &random)).map { _ in
        (0..<Int.random(in: 0...5, using: &random)).map { _ in
          [0x2D, 0x2E, 0x30, 0x61, 0x62, 0xC3, 0xFF].randomElement(using: &random) ?? 0x61 as UInt8
        }
      }
      paths.insert(Array(parts.joined(separator: [0x2F])))
    }
    let numbers: [Int64] = [0, 1, 127, 128, .max, .min, -1, 1_700_000_000_123_456_789]
    func number() -> Int64 { numbers.randomElement(using: &random) ?? 0 }
    return paths.sorted { $0.precedes($1) }.shuffled(using: &random).map { path in
      var sample = Sample(
        path: SamplePath(bytes: path), bytes: number(), modified: number(),
        changed: Bool.random(using: &random) ? number() : nil, device: UInt64(bitPattern: number()),
        inode: UInt64(bitPattern: number()))
      sample.identity = Bool.random(using: &random) ? nil : ByteKey("p\(Int.random(in: 0...2, using: &random))")
      return sample
    }
  }

  @Test(arguments: [1, 5, 1023, 1024, 1025, 5000]) func whatWentInComesOutInItsOrder(count: Int) {
    let samples = Self.samples(max(count, 5), seed: UInt64(count))
    let list = SampleList(samples)
    #expect(list.count == samples.count)
    #expect(Array(list) == samples)
    #expect(list == SampleList(samples))
    #expect(SampleList(samples.reversed()) != list)
  }

  @Test func sortingIsThatOfThePathsBytes() {
    let samples = Self.samples(5000, seed: 3)
    var list = SampleList(samples)
    list.sort()
    #expect(Array(list) == samples.sorted { $0.path < $1.path })
    let sorted = Array(list)
    #expect(sorted.indices.allSatisfy { list.place(of: sorted[$0].path) == $0 })
    #expect(list.place(of: SamplePath("nothing of the kind")) == nil)
    let limit = sorted[2500].path
    #expect(list.firstPlace(notBefore: limit.bytes) == 2500)
    #expect(list.firstPlace(notBefore: limit.bytes + [0]) == 2501)
    #expect(list.firstPlace(notBefore: Array(repeating: 0xFF, count: 300)) == 5000)
  }

  /// What is chosen is of the same samples; the list that it is of stays as it is.
  @Test func partsAreChosenInTheOrderOfTheList() {
    let samples = Self.samples(3000, seed: 4)
    var list = SampleList(samples)
    list.sort()
    let sorted = Array(list)
    let odd = list.chosen { $0 % 2 == 1 }
    #expect(Array(odd) == sorted.indices.filter { $0 % 2 == 1 }.map { sorted[$0] })
    #expect(odd.place(of: sorted[7].path) == 3 && odd.place(of: sorted[8].path) == nil)
    #expect(Array(odd.chosen(10..<20)) == (10..<20).map { sorted[2 * $0 + 1] })
    #expect(
      list.chosen(at: [sorted[9].path, sorted[2].path, SamplePath("none")]).map(\.path)
        == [sorted[2], sorted[9]].map(\.path))
    #expect(Array(list) == sorted)
  }

  @Test(arguments: [0, 1, 1023, 1024, 1025, 2048, 2999, 3000]) func aCutListGrowsAgain(count: Int) {
    let samples = Self.samples(3000, seed: 5)
    var list = SampleList(samples)
    list.truncate(to: count)
    #expect(Array(list) == Array(samples.prefix(count)))
    for sample in samples.reversed() { list.append(sample) }
    #expect(Array(list) == Array(samples.prefix(count)) + samples.reversed())
  }

  /// A name in a container has no bound, and a record does.
  @Test func namesOfAnyLengthAreKept() {
    let names = [65_534, 65_535, 65_536, 200_000].map { [UInt8](repeating: 0x61, count: $0) + [UInt8($0 % 7)] }
    let paths = names + names.map { Array("folder/".utf8) + $0 } + names.map { $0 + Array("/x".utf8) }
    let samples = paths.map { Sample(path: SamplePath(bytes: $0), bytes: 1, modified: 2) }
    var list = SampleList(samples)
    #expect(Array(list) == samples)
    list.sort()
    #expect(Array(list) == samples.sorted { $0.path < $1.path })
    #expect(samples.allSatisfy { list.place(of: $0.path).map { list[$0].path } == $0.path })
  }

  /// Whoever is in a picture is known by its folder.
  @Test func foldersAreCountedAndNamePeople() {
    let paths = ["1.png", "b/1.png", "b/c/1.png", "b/z.png", "a/1.png", "a/2.png"]
    var list = SampleList(paths.map { Sample(path: SamplePath($0), bytes: 1, modified: 2) })
    #expect(list.folderCounts(from: 0) == [[]: 1, Array("b".utf8): 2, Array("b/c".utf8): 1, Array("a".utf8): 2])
    #expect(list.folderCounts(from: 3) == [Array("b".utf8): 1, Array("a".utf8): 2])
    list.sort()
    list.identify { path in path.identity.map { ByteKey($0.text) } }
    #expect(list.map { $0.identity?.text } == [nil, "a", "a", "b", "b", "b"])
  }

  /// Files as a walk finds them: names of 12 bytes, 1,000 to a folder, made one after another.
  @Test func aSampleTakesFewBytes() {
    var random = SplitMix64(seed: 6, keys: 1)
    var list = SampleList()
    let count = 20_000
    for number in 0..<count {
      let name = String(number * 7919 % count)
      let time = 1_700_000_000_000_000_000 + Int64(number) * 40_000_000
      list.append(
        Sample(
          path: SamplePath("people/p\(number / 1000)/\(String(repeating: "0", count: 8 - name.count))\(name).jpg"),
          bytes: Int64.random(in: 5_000...90_000, using: &random), modified: time - 90_000_000_000_000,
          changed: time + Int64.random(in: 0...1_000_000_000, using: &random), device: 64_768,
          inode: 5_000_000 + UInt64(number)))
    }
    let bytes = Double(list.memory) / Double(count)
    #expect(bytes > 20 && bytes < 48, "\(bytes) bytes a sample")
  }
}
