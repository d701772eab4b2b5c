import AuditCore
import AuditImages
import Testing

@testable import AuditQuality

/// 128 x 128 pixels by a formula that the independent implementation shares.
private func formula(_ k: Int) -> RGBImage {
  var pixels: [UInt8] = []
  for y in 0..<128 {
    for x in 0..<128 {
      pixels.append(UInt8((x * x * (k + 3) + 7 * y * y + 13 * x * y + 31 * k) % 251))
      pixels.append(UInt8((5 * x + 3 * y * (k + 1) + x * y / (k + 2)) % 256))
      pixels.append(UInt8((x ^ y) % 256))
    }
  }
  return RGBImage(width: 128, height: 128, pixels: pixels)
}

/// A smooth picture of its own: a few waves and spots; like no other seed's.
private func scene(_ seed: UInt64, width: Int = 96, height: Int = 120, moved: Double = 0) -> RGBImage {
  var state = seed &* 0x9e37_79b9_7f4a_7c15 | 1
  func draw() -> Double {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Double(state >> 11) / 0x1p53
  }
  let spots = (0..<24).map { _ in
    (draw(), draw(), 0.04 + 0.16 * draw(), [draw(), draw(), draw()].map { $0 * 200 - 100 })
  }
  var pixels: [UInt8] = []
  for y in 0..<height {
    for x in 0..<width {
      let (u, v) = ((Double(x) + 0.5) / Double(width) + moved, (Double(y) + 0.5) / Double(height))
      var colour = [128.0, 128, 128]
      for (a, b, size, tint) in spots {
        let square = ((u - a) * (u - a) + (v - b) * (v - b)) / (size * size)
        let weight = 1 / (1 + square * square)
        for channel in 0..<3 { colour[channel] += weight * tint[channel] }
      }
      pixels += colour.map { UInt8(max(0, min(255, $0))) }
    }
  }
  return RGBImage(width: width, height: height, pixels: pixels)
}

/// With 80 discs before it: edges, as things have them.
private func withEdges(_ image: RGBImage, seed: UInt64) -> RGBImage {
  var (copy, random) = (image, SplitMix64(seed: seed))
  for _ in 0..<80 {
    let (x, y) = (random.integer(below: image.width), random.integer(below: image.height))
    let (radius, shade) = (2 + random.integer(below: 7), random.integer(below: 120) - 60)
    for row in max(0, y - radius)..<min(image.height, y + radius + 1) {
      for column in max(0, x - radius)..<min(image.width, x + radius + 1)
      where (row - y) * (row - y) + (column - x) * (column - x) <= radius * radius {
        for place in 3 * (row * image.width + column)..<3 * (row * image.width + column + 1) {
          copy.pixels[place] = UInt8(max(0, min(255, Int(copy.pixels[place]) + shade)))
        }
      }
    }
  }
  return copy
}

/// With the grain of a camera, about 4 code values either way.
private func grainy(_ image: RGBImage) -> RGBImage {
  var (copy, state) = (image, UInt64(5))
  for place in copy.pixels.indices {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    copy.pixels[place] = UInt8(max(0, min(255, Int(copy.pixels[place]) + Int(state >> 61) - 4)))
  }
  return copy
}

private func flat(_ value: UInt8, width: Int = 40, height: Int = 40) -> RGBImage {
  RGBImage(width: width, height: height, red: value, green: value, blue: value)
}

private func mirrored(_ image: RGBImage) -> RGBImage {
  var copy = image
  for y in 0..<image.height {
    for x in 0..<image.width {
      for channel in 0..<3 {
        copy.pixels[3 * (y * image.width + x) + channel] =
          image.pixels[3 * (y * image.width + image.width - 1 - x) + channel]
      }
    }
  }
  return copy
}

private func cropped(_ image: RGBImage, by share: Double) -> RGBImage {
  let (x, y) = (Int(Double(image.width) * share), Int(Double(image.height) * share))
  let (width, height) = (image.width - 2 * x, image.height - 2 * y)
  let rows = (y..<(y + height)).map {
    image.pixels[(3 * ($0 * image.width + x))..<(3 * ($0 * image.width + x + width))]
  }
  return RGBImage(width: width, height: height, pixels: Array(rows.joined()))
}

private func encoded(_ image: RGBImage, quality: Int) throws -> RGBImage {
  try decodeImage(encodeJPEG(image, quality: quality), name: "a.jpg", maxPixels: 1 << 20, target: .max).image
}

private func halved(_ image: RGBImage) -> RGBImage {
  var resizer = ImageResizer()
  return resizer.resize(image, width: image.width / 2, height: image.height / 2)
}

private func enlarged(_ image: RGBImage, to other: RGBImage) -> RGBImage {
  var resizer = ImageResizer()
  return resizer.resize(image, width: other.width, height: other.height)
}

private func brighter(_ image: RGBImage) -> RGBImage {
  var copy = image
  for place in copy.pixels.indices { copy.pixels[place] = UInt8(min(255, (Int(copy.pixels[place]) * 11 + 5) / 10)) }
  return copy
}

private struct Picture {
  let row: DuplicateRow
  let small: SmallPicture
}

private func picture(_ path: String, _ image: RGBImage, bytes: Int = 0, content: UInt8? = nil) -> Picture {
  var resizer = ImageResizer()
  let measured = MeasuredPicture()
  measured.load(image, resizer: &resizer)
  let small = SmallPicture(of: measured, resizer: &resizer)
  var row = DuplicateRow(
    path: SamplePath(path), fingerprint: PictureFingerprint(of: measured, image: image, small: small))
  row.content = content.map { [UInt8](repeating: $0, count: 32) }
  (row.width, row.height) = (image.width, image.height)
  let statistics = PictureStatistics.all
  row.sharpness = statistics.first { $0.info.name == "log_sharpness" }?.value(measured)
  row.blockiness = statistics.first { $0.info.name == "block_x" }?.value(measured)
  row.bytes = bytes
  row.white = ["red_white", "green_white", "blue_white"].compactMap { name in
    statistics.first { $0.info.name == name }?.value(measured)
  }
  row.part = SplitName.of(row.path)?.rawValue
  return Picture(row: row, small: small)
}

/// One picture under many names.
private func finder(
  ofEqual one: Picture, count: Int, change: (inout DuplicateRow, Int) -> Void
) -> DuplicateFinder {
  var finder = DuplicateFinder()
  for number in 0..<count {
    var row = one.row
    row.path = SamplePath("\(100_000 + number)")
    change(&row, number)
    finder.add(row)
  }
  return finder
}

private func search(_ pictures: [Picture]) throws -> [DuplicateGroup] {
  var finder = DuplicateFinder()
  for picture in pictures { finder.add(picture.row) }
  return try finder.copies { pictures[$0].small }.groups
}

/// Groups as text: kind, and each member's path with its kind.
private func described(_ groups: [DuplicateGroup], _ pictures: [Picture]) -> [String] {
  groups.map { group in
    let members = group.members.map { member -> String in
      let original = member.original.map { " of " + pictures[$0].row.path.text } ?? ""
      return pictures[member.row].row.path.text + ":" + member.kind.rawValue + original
    }
    return group.kind.rawValue + " " + members.joined(separator: ", ") + " (" + group.reason + ")"
  }
}

/// Upright and mirrored words of a formula's hash from an implementation in Python with NumPy.
private struct HashGolden: CustomTestStringConvertible {
  let formula: Int
  let inset: Int
  let upright: SIMD4<UInt64>
  let mirrored: SIMD4<UInt64>
  var testDescription: String { "formula \(formula), inset \(inset)" }

  static let all = [
    HashGolden(
      formula: 0, inset: 0,
      upright: SIMD4(0x5655_aa6a_a4a4_b918, 0xa68d_566a_9926_6819, 0x456a_6aa5_b5c9_29db, 0x56ba_9765_9199_b5b4),
      mirrored: SIMD4(0x5595_a9aa_dada_e762, 0x4e9a_a995_9b66_67e9, 0xa95d_5aa9_6c52_246b, 0xa295_5916_6676_d252)),
    HashGolden(
      formula: 1, inset: 3,
      upright: SIMD4(0xac95_6a49_4332_8d9c, 0x2cb6_b969_5655_5aaa, 0x73e1_4be2_8af1_65dc, 0xdd44_c179_b54a_95dc),
      mirrored: SIMD4(0x56ca_6da9_b33d_c64e, 0x92cb_6962_5595_aaa5, 0x7831_b82d_70ae_c459, 0xdd44_617c_ad52_c456)),
    HashGolden(
      formula: 2, inset: 0,
      upright: SIMD4(0xa524_11d9_26e6_2a38, 0x9a56_5aaa_58d5_5a4a, 0xcdb3_45cc_9956_a969, 0x4f6e_555a_9bf9_455e),
      mirrored: SIMD4(0xdb5a_6477_989b_e3ab, 0x95a6_aaa5_54e5_ada5, 0x324c_cc5d_9566_696a, 0x890d_a555_6026_855d)),
  ]
}

@Test(arguments: HashGolden.all) private func theHashAgreesWithAnIndependentOne(golden: HashGolden) {
  let image = formula(golden.formula)
  var luma = [Int32](repeating: 0, count: 128 * 128)
  for place in luma.indices {
    let (red, green, blue) = (image.pixels[3 * place], image.pixels[3 * place + 1], image.pixels[3 * place + 2])
    luma[place] = 299 * Int32(red) + 587 * Int32(green)
    luma[place] += 114 * Int32(blue)
  }
  let pair = DifferenceHash.pair(of: luma, inset: golden.inset)
  #expect(pair.upright.words == golden.upright)
  #expect(pair.mirrored.words == golden.mirrored)
}

@Test(arguments: 1..<9 as Range<UInt64>) func theMirroredHashIsThatOfTheMirroredPicture(seed: UInt64) {
  let image = scene(seed, width: 128, height: 128)
  let (plain, turned) = (picture("a", image).row.fingerprint, picture("b", mirrored(image)).row.fingerprint)
  #expect(plain?.mirrored == turned?.upright && plain?.upright == turned?.mirrored)
}

@Test func aDigestKnowsEveryByteAndTheSize() {
  let image = scene(1, width: 33, height: 7)
  let digest = PixelDigest(of: image)
  #expect(PixelDigest(of: image) == digest)
  #expect(PixelDigest(of: RGBImage(width: 7, height: 33, pixels: image.pixels)) != digest)
  for place in image.pixels.indices {
    var other = image
    other.pixels[place] ^= 1
    #expect(PixelDigest(of: other) != digest, "byte \(place)")
  }
  #expect(PixelDigest(of: flat(0, width: 2, height: 1)) != PixelDigest(of: flat(0, width: 1, height: 2)))
}

@Test func differenceIsTheSameWhicheverPictureComesFirst() throws {
  let (one, other) = (picture("a", scene(4)).small, picture("b", cropped(scene(4), by: 0.03)).small)
  let (there, back) = (one.difference(to: other), other.difference(to: one))
  #expect(abs(there.aligned - back.aligned) < 1e-12 && abs(there.plain - back.plain) < 1e-12)
  #expect(there.aligned < there.plain / 2 && there.shift > 0.5, "\(there)")
  #expect(one.difference(to: one).plain == 0)
  #expect(one.difference(to: picture("c", mirrored(scene(4))).small, mirrored: true).plain < 0.01)
}

@Test func everyKindOfCopyIsFoundAndNothingElse() throws {
  let kinds: [(String, (RGBImage) throws -> RGBImage)] = [
    ("quality", { try encoded($0, quality: 40) }), ("half", { halved($0) }), ("bright", { brighter($0) }),
    ("crop", { cropped($0, by: 0.015) }), ("crop each", { cropped($0, by: 0.03) }),
    ("mirror", { mirrored($0) }),
  ]
  let originals = try (0..<60).map {
    try picture("set/\($0 * 100).png", encoded(scene(UInt64(1_000 + $0)), quality: 95))
  }
  #expect(try search(originals).isEmpty)
  for (name, copy) in kinds {
    let copies = try (0..<60).map {
      picture("copies/\($0).png", try copy(encoded(scene(UInt64(1_000 + $0)), quality: 95)))
    }
    let groups = try search(originals + copies)
    #expect(groups.count >= 57, "\(name): \(groups.count) of 60")
    for group in groups {
      #expect(group.members.count == 2 && group.kind == (name == "mirror" ? .mirrored : .near), "\(name)")
      let rows = group.members.map(\.row).sorted()
      #expect(rows.last == (rows.first ?? 0) + 60, "\(name)")
    }
  }
}

@Test func theBestOfAGroupIsWholeSharpAndLittleCompressed() throws {
  let image = grainy(scene(77))
  let pictures = [
    picture("a half.png", halved(image)), picture("b whole.png", image),
    picture("c encoded.png", try encoded(image, quality: 20)),
  ]
  let groups = try search(pictures)
  #expect(groups.count == 1 && groups.first?.best == 1, "\(described(groups, pictures))")
  #expect(groups.first?.members.dropFirst().allSatisfy { $0.kind == .near && $0.original == 1 } == true)
}

/// A picture as an encoder left it, and the bytes that it took.
private func saved(_ path: String, _ image: RGBImage, quality: Int) throws -> Picture {
  let file = try encodeJPEG(image, quality: quality)
  let copy = try decodeImage(file, name: path, maxPixels: .max, target: .max).image
  return picture(path, copy, bytes: file.count)
}

@Test(arguments: [UInt64(41), 42, 43, 44])
func whatWasMadeOfAPictureIsNotCalledBetterThanIt(seed: UInt64) throws {
  // The copies come first by name, so that no tie is decided for the picture.
  let taken = withEdges(scene(seed), seed: seed)
  let original = try saved("z.jpg", taken, quality: 75)
  let image = try encoded(taken, quality: 75)
  for (name, copy) in [
    ("mirrored and encoded", try saved("a.jpg", mirrored(image), quality: 60)),
    ("encoded", try saved("a.jpg", image, quality: 60)),
    ("brighter", picture("a.png", brighter(image), bytes: original.row.bytes)),
    ("blurred", try saved("a.jpg", enlarged(halved(image), to: image), quality: 95)),
  ] {
    let groups = try search([copy, original])
    #expect(groups.first?.best == 1, "\(name): \(groups.map(\.reason))")
  }
}

@Test func equalFilesAndEqualPixelsAreTold() throws {
  let image = scene(5)
  var pictures = ["a", "b", "c", "d"].map { picture("\($0).png", image, content: 1) }
  pictures[2] = picture("c.png", image, content: 2)
  pictures.append(picture("e.png", scene(6), content: 3))
  let file = DuplicateRow.FileIdentity(device: 1, inode: 7)
  for number in [0, 3] {
    var row = pictures[number].row
    row.file = file
    pictures[number] = Picture(row: row, small: pictures[number].small)
  }
  #expect(
    described(try search(pictures), pictures) == [
      "pixels a.png:pixels, b.png:exact of a.png, c.png:pixels of a.png, d.png:same_file of a.png"
        + " (first by name, the others are no worse)"
    ])
}

@Test func whatCannotBeDecodedIsACopyOfAnEqualFileOnly() throws {
  var finder = DuplicateFinder()
  for (path, content) in [("a", UInt8(1)), ("b", 1), ("c", 2)] {
    finder.add(DuplicateRow(path: SamplePath(path), content: [UInt8](repeating: content, count: 32)))
  }
  finder.add(DuplicateRow(path: SamplePath("d")))
  finder.add(DuplicateRow(path: SamplePath("e")))
  let groups = try finder.copies { _ in nil }.groups
  #expect(groups.map { $0.members.map(\.row) } == [[0, 1]] && groups.first?.kind == .exact)
}

/// Frames that move a little from one to the next, so that the first and the last are no copies.
private func film(_ count: Int, name: (Int) -> String) -> [Picture] {
  (0..<count).map { picture(name($0), scene(900, moved: 0.012 * Double($0))) }
}

@Test func framesThatFollowOneAnotherAreARun() throws {
  let pictures = film(12) { "clip/frame_\(100 + $0).png" } + [picture("clip/other.png", scene(901))]
  let groups = try search(pictures)
  #expect(groups.count == 1 && groups.first?.kind == .run && groups.first?.members.count == 12)
  #expect(groups.first?.members.allSatisfy { $0.original == nil && $0.kind == .run } == true)
}

@Test func aChainOfOneFolderIsARunWhateverItsNames() throws {
  let groups = try search(film(12) { "clip/" + String(repeating: "x", count: $0 + 1) + ".png" })
  #expect(groups.map(\.kind) == [.run])
}

@Test func aChainAcrossFoldersIsTakenApartAroundItsBest() throws {
  let pictures = film(12) { "id\($0)/\(String(repeating: "x", count: $0 + 1)).png" }
  let groups = try search(pictures)
  #expect(groups.count > 1 && groups.allSatisfy { $0.kind == .near })
  let rule = CopyRule()
  for group in groups {
    for member in group.members.dropFirst() {
      #expect(member.original == group.best)
      #expect(rule.accepts(pictures[group.best].small.difference(to: pictures[member.row].small)))
    }
  }
}

@Test func aCopyOfAFrameStandsInItsRunAndNamesIt() throws {
  var pictures = film(8) { "clip/\($0).png" }
  pictures.append(picture("elsewhere/copy.png", try encoded(scene(900, moved: 0.012 * 3), quality: 60)))
  let groups = try search(pictures)
  let copy = groups.first?.members.first { $0.row == 8 }
  #expect(groups.map(\.kind) == [.run] && copy?.kind == .near && (copy?.original ?? 9) < 8)
}

@Test(arguments: 1..<5 as Range<UInt64>) func groupsDoNotDependOnTheOrderOfRows(seed: UInt64) throws {
  var pictures = film(9) { "clip/\($0).png" }
  for number in 0..<6 {
    let image = scene(UInt64(40 + number))
    pictures.append(picture("a/\(number * 50).png", image, content: UInt8(number)))
    pictures.append(picture("b/\(number * 70).png", number % 2 == 0 ? brighter(image) : mirrored(image)))
    pictures.append(picture("c/\(number * 90).png", image, content: UInt8(number)))
  }
  let expected = described(try search(pictures), pictures)
  #expect(expected.count == 7)
  var shuffled = pictures
  var state = seed
  for place in shuffled.indices.reversed() {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    shuffled.swapAt(place, Int(state >> 33) % (place + 1))
  }
  #expect(described(try search(shuffled), shuffled) == expected, "seed \(seed)")
}

@Test func tenThousandEqualPicturesAreOneGroupWithoutOneComparison() throws {
  let one = picture("a", scene(3))
  let finder = finder(ofEqual: one, count: 10_000) { _, _ in }
  var asked = 0
  let groups = try finder.copies { _ in
    asked += 1
    return one.small
  }.groups
  #expect(groups.count == 1 && groups.first?.members.count == 10_000 && asked == 0)
}

@Test func tenThousandEqualHashesTakeAboutAsManyComparisons() throws {
  let one = picture("a", scene(3))
  let print = try #require(one.row.fingerprint)
  func asked(small: SmallPicture?) throws -> (times: Int, members: Int) {
    var finder = DuplicateFinder()
    for number in 0..<10_000 {
      var row = one.row
      row.path = SamplePath("id\(number)/x")
      row.fingerprint = PictureFingerprint(
        upright: print.upright, mirrored: print.mirrored, inset: print.inset,
        pixels: PixelDigest(words: SIMD2(UInt64(number), 0)), contrast: print.contrast)
      finder.add(row)
    }
    var times = 0
    let groups = try finder.copies { _ in
      times += 1
      return small
    }.groups
    return (times, groups.reduce(0) { $0 + $1.members.count })
  }
  let alike = try asked(small: one.small)
  #expect(alike.members == 10_000 && alike.times < 40_000, "\(alike)")
  // Pictures that cannot be had confirm nothing, and are given up on.
  let lost = try asked(small: nil)
  #expect(lost.members == 0 && lost.times < 10_000_000, "\(lost)")
}

@Test func flatPicturesAreCopiesOnlyOfEqualPixels() throws {
  let pictures = (0..<6).map { picture("\($0 * 9).png", flat(UInt8(100 + $0 / 2))) }
  let groups = try search(pictures)
  #expect(
    groups.map { $0.members.map(\.row) } == [[0, 1], [2, 3], [4, 5]] && groups.allSatisfy { $0.kind == .pixels })
}

@Test(arguments: [(1, 1), (1, 9), (9, 1), (2, 2), (7, 5)]) func smallPicturesHaveFingerprints(width: Int, height: Int)
  throws
{
  let pictures = (1..<4).map { picture("\($0 * 9).png", scene(UInt64($0), width: width, height: height)) }
  #expect(pictures.allSatisfy { $0.row.fingerprint?.contrast.isFinite == true })
  #expect(
    try search(pictures + [picture("z.png", scene(2, width: width, height: height))]).contains { $0.kind == .pixels })
}

@Test func aGrayPictureIsACopyOfItsGrayEncoding() throws {
  func gray(_ image: RGBImage) -> RGBImage {
    var copy = image
    for place in copy.pixels.indices { copy.pixels[place] = image.pixels[place / 3 * 3 + 1] }
    return copy
  }
  let pictures = [picture("a.png", gray(scene(8))), picture("b.png", try encoded(gray(scene(8)), quality: 50))]
  #expect(try search(pictures).map(\.kind) == [.near])
}

@Test func pairsAcrossSplitsAreNamedOnce() throws {
  let image = scene(12)
  let pictures = [
    picture("train/a.png", image), picture("test/b.png", brighter(image)),
    picture("val/c.png", try encoded(image, quality: 60)),
    picture("train/d.png", image), picture("train/e.png", scene(13)), picture("train/f.png", brighter(scene(13))),
  ]
  var finder = DuplicateFinder()
  for picture in pictures { finder.add(picture.row) }
  let leaks = try finder.copies { pictures[$0].small }.leaks
  let named = leaks.map { pictures[$0.row].row.path.text + " " + pictures[$0.other].row.path.text }
  #expect(named == ["test/b.png train/a.png", "test/b.png val/c.png", "val/c.png train/a.png"])
  let first = try finder.copiesOfFirstPart { pictures[$0].small }
  #expect(first == leaks.filter { pictures[$0.other].row.part == 0 } && first.count == 2)
}

@Test func framesOfOneSceneInTwoPartsAreLeaksAlthoughEachPartIsARun() throws {
  let frames = film(12) { "\($0 % 3 == 2 ? "test" : "train")/frame_\(100 + $0).png" }
  let others = (0..<4).map { picture("test/other_\(50 * $0).png", scene(UInt64(950 + $0))) }
  let pictures = frames + others
  var finder = DuplicateFinder()
  for picture in pictures { finder.add(picture.row) }
  let (groups, leaks) = try finder.copies { pictures[$0].small }
  #expect(groups.map(\.kind) == [.run, .run])
  #expect(leaks.map(\.row) == [2, 5, 8, 11] && leaks.allSatisfy { $0.kind == .near }, "\(leaks)")
  #expect(leaks.allSatisfy { abs($0.other - $0.row) == 1 }, "the closest one is named: \(leaks)")
}

@Test func oneOfManyEqualPicturesInALaterPartIsNamedForEachOfThem() throws {
  let one = picture("a", scene(3))
  let finder = finder(ofEqual: one, count: 20_000) { row, number in row.part = number == 19_999 ? 0 : 1 }
  var asked = 0
  let leaks = try finder.copiesOfFirstPart { _ in
    asked += 1
    return one.small
  }
  #expect(leaks.count == 19_999 && leaks.allSatisfy { $0.other == 19_999 && $0.kind == .pixels } && asked == 0)
}

@Test func copiesInAnotherPartAreFoundWithoutALookAtPairsOfOnePart() throws {
  let own = (0..<40).map { picture("\($0).png", scene(UInt64($0 % 20), moved: $0 < 20 ? 0 : 0.004)) }
  let other = [
    picture("z.png", brighter(scene(7))), picture("y.png", scene(60)), picture("x.png", mirrored(scene(3))),
  ]
  var finder = DuplicateFinder()
  for (place, picture) in (other + own).enumerated() {
    var row = picture.row
    row.part = place < other.count ? 0 : 1
    finder.add(row)
  }
  var asked: Set<Int> = []
  let leaks = try finder.copiesOfFirstPart { row in
    asked.insert(row)
    return (other + own)[row].small
  }
  let named = leaks.map { "\($0.row - 3) \($0.other) \($0.kind.rawValue)" }
  #expect(named == ["23 2 mirrored", "27 0 near", "3 2 mirrored", "7 0 near"])
  #expect(asked.isSubset(of: [0, 2, 6, 26, 10, 30]), "without a candidate in the other part: \(asked.sorted())")
}

@Test func partsOfASetAreReadFromTheirFolders() {
  #expect(SplitName.of(SamplePath("train/a.png")) == .train)
  #expect(SplitName.of(SamplePath("x/Validation/id/a.png")) == .validation)
  #expect(SplitName.of(SamplePath("TEST/train/a.png")) == .test && SplitName.of(SamplePath("a/test.png")) == nil)
}

@Test func framesAreNumberedByTheLastNumberOfTheirName() {
  #expect(FrameNumber(SamplePath("c1/clip2_0041.png"))?.number == 41)
  #expect(
    FrameNumber(SamplePath("c1/clip2_0041_face.png"))?.series == FrameNumber(SamplePath("c1/clip2_7_face.png"))?.series)
  #expect(FrameNumber(SamplePath("c1/face.png")) == nil && FrameNumber(SamplePath("1234567890123456.png")) == nil)
}

/// Every pair that all-with-all finds, among hashes that are not crowded.
@Test(arguments: 1..<4 as Range<UInt64>) func tablesFindNineteenOfTwentyNearPairs(seed: UInt64) {
  var state = seed
  func random() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return (state ^ state >> 31) &* 0x9e37_79b9_7f4a_7c15
  }
  var words: [UInt64] = []
  for number in 0..<2_000 {
    var views = (0..<12).map { _ in random() }
    if number % 2 == 1 {
      views[0..<4] = words[(words.count - 12)..<(words.count - 8)]
      for _ in 0..<24 { views[Int(random() >> 40) % 4] ^= 1 << (random() >> 58) }
    }
    words += views
  }
  let tables = HashTables(words: words, rows: Array(0..<2_000), radius: 36)
  var found: Set<Int> = []
  tables.forEachCandidate {
    #expect($0.bits <= 36 && !$0.mirrored)
    found.insert($0.first << 16 | $0.second)
  }
  let expected = Set(stride(from: 0, to: 2_000, by: 2).map { $0 << 16 | ($0 + 1) })
  #expect(found.isSubset(of: expected))
  #expect(found.count >= 950, "\(found.count) of 1,000")
}

/// What is told early never contradicts the whole comparison, and where nothing is told early both are one.
@Test func aBoundTellsStrangersEarlyAndChangesNoAnswer() {
  let rule = CopyRule()
  let scenes = (0..<12).map { picture("a", scene(UInt64($0))).small }
  let moved = (0..<12).map { picture("b", scene(UInt64($0), moved: 0.01 * Double($0 % 6))).small }
  var early = 0
  for one in scenes {
    for other in scenes + moved {
      let whole = one.difference(to: other)
      let bounded = one.difference(to: other, aligned: rule.mostDifference, shift: rule.mostShift)
      #expect(rule.accepts(whole) == rule.accepts(bounded) && whole.plain == bounded.plain)
      if bounded.aligned.isInfinite { early += 1 } else { #expect(bounded == whole) }
    }
  }
  #expect(early > 100, "\(early) of 288")
}
