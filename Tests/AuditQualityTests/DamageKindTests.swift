import AuditCore
import AuditDemo
import AuditImages
import Testing

@testable import AuditQuality

private let faces = (0..<4).map { FaceArtist(seed: 31, width: 96, height: 80).draw($0) }

private func damaged(_ image: RGBImage, _ name: String, strength: Double, seed: UInt64 = 1) throws -> RGBImage {
  let kind = try #require(DamageKinds.named(name))
  var random = SplitMix64(seed: seed)
  return kind.apply(to: image, other: faces[3], strength: strength, using: &random)
}

/// Mean of a measure over copies of several faces.
private func mean(_ name: String, strength: Double, _ measure: (RGBImage, RGBImage) -> Double) throws -> Double {
  try (0..<24).map { measure(faces[$0 % 3], try damaged(faces[$0 % 3], name, strength: strength, seed: UInt64($0))) }
    .reduce(0, +) / 24
}

private func change(_ image: RGBImage, _ copy: RGBImage) -> Double {
  zip(image.pixels, copy.pixels).reduce(0.0) { $0 + abs(Double($1.0) - Double($1.1)) } / Double(image.pixels.count)
}

/// Mean step between neighbours in a row, code values.
private func roughness(_ image: RGBImage) -> Double {
  let steps = zip(image.pixels, image.pixels.dropFirst(3)).map { abs(Double($0) - Double($1)) }
  return steps.reduce(0, +) / Double(steps.count)
}

private func brightness(_ image: RGBImage) -> Double {
  image.pixels.reduce(0.0) { $0 + Double($1) } / Double(image.pixels.count)
}

private func brightness(_ image: RGBImage, channel: Int) -> Double {
  stride(from: channel, to: image.pixels.count, by: 3).reduce(0.0) { $0 + Double(image.pixels[$1]) }
    / Double(image.width * image.height)
}

private func pixel(_ image: RGBImage, _ number: Int) -> [UInt8] { Array(image.pixels[3 * number..<3 * number + 3]) }

/// Share of pixels for which something holds.
private func share(_ image: RGBImage, _ holds: ([UInt8]) -> Bool) -> Double {
  let count = image.width * image.height
  return Double((0..<count).count { holds(pixel(image, $0)) }) / Double(count)
}

private func shareOfEqualNeighbours(_ image: RGBImage) -> Double {
  let count = image.width * image.height - 1
  return Double((0..<count).count { pixel(image, $0) == pixel(image, $0 + 1) }) / Double(count)
}

/// Share of rows or of columns, whichever is more, that hold one colour.
private func shareOfFlatLines(_ image: RGBImage) -> Double {
  let rows = (0..<image.height).count { row in
    (1..<image.width).allSatisfy { pixel(image, row * image.width + $0) == pixel(image, row * image.width) }
  }
  let columns = (0..<image.width).count { column in
    (1..<image.height).allSatisfy { pixel(image, $0 * image.width + column) == pixel(image, column) }
  }
  return max(Double(rows) / Double(image.height), Double(columns) / Double(image.width))
}

@Test func thereAreTwentyFourKindsWithNamesForSQLAndWordsForPeople() {
  #expect(DamageKinds.all.count == 24)
  #expect(Set(DamageKinds.all.map(\.name)).count == 24)
  #expect(Set(DamageKinds.all.map(\.words)).count == 24)
  for kind in DamageKinds.all {
    #expect(kind.name.allSatisfy { ("a"..."z").contains($0) || $0 == "_" }, "\(kind.name)")
    #expect(!kind.words.isEmpty)
  }
}

@Test func lensesAndMotionTakeDetailAwayAndGrainAddsIt() throws {
  for (name, isRougher) in [("blur", false), ("motion", false), ("enlarged", false), ("noise", true)] {
    for strength in [0.0, 1] {
      let before = try mean(name, strength: strength) { image, _ in roughness(image) }
      let after = try mean(name, strength: strength) { _, copy in roughness(copy) }
      #expect(isRougher ? after > 1.5 * before : after < 0.93 * before, "\(name) \(strength): \(before) to \(after)")
    }
  }
}

@Test func specksAreBlackAndWhitePixelsInTheShareThatIsAskedFor() throws {
  let flat = RGBImage(width: 200, height: 200, red: 90, green: 120, blue: 60)
  for (strength, wanted) in [(0.0, 0.01), (1, 0.2)] {
    let copy = try damaged(flat, "salt_pepper", strength: strength)
    let (black, white) = (share(copy) { $0 == [0, 0, 0] }, share(copy) { $0 == [255, 255, 255] })
    #expect(abs(black - wanted / 2) < 0.2 * wanted && abs(white - wanted / 2) < 0.2 * wanted, "\(black), \(white)")
    #expect(abs(share(copy) { $0 == [90, 120, 60] } - (1 - black - white)) < 1e-9)
  }
}

@Test func theNoiseOfAFlatPictureHasTheSpreadOfItsStrength() throws {
  let flat = RGBImage(width: 256, height: 256, red: 115, green: 115, blue: 115)
  for seed in 0..<6 as Range<UInt64> {
    let copy = try damaged(flat, "noise", strength: 0.2, seed: seed)
    let squares = copy.pixels.reduce(0.0) { $0 + (Double($1) - 115) * (Double($1) - 115) } / Double(copy.pixels.count)
    #expect(abs(squares.squareRoot() / 22.9 - 1) < 0.05, "seed \(seed): \(squares.squareRoot())")
  }
}

@Test func exposureMovesLightTheWayItsNameSays() throws {
  for (name, sign) in [("over", 1.0), ("under", -1.0)] {
    for strength in [0.0, 0.5, 1] {
      let moved = try mean(name, strength: strength) { sign * (brightness($1) - brightness($0)) }
      #expect(moved > 15, "\(name) \(strength): \(moved)")
    }
  }
}

@Test func compressionShowsTheGridOfItsBlocks() throws {
  func grid(_ image: RGBImage) -> Double {
    var (edges, inside) = (0.0, 0.0)
    for place in 0..<image.width * image.height where place % image.width > 0 {
      let (left, right) = (pixel(image, place - 1), pixel(image, place))
      let step = zip(left, right).reduce(0.0) { sum, pair in sum + abs(Double(pair.0) - Double(pair.1)) }
      if place % image.width % 8 == 0 { edges += step } else { inside += step }
    }
    // 11 of the 95 steps of a row lie between blocks.
    return edges / 11 / (inside / 84)
  }
  let before = try mean("compressed", strength: 0.5) { image, _ in grid(image) }
  let after = try mean("compressed", strength: 0.5) { _, copy in grid(copy) }
  #expect(after > 1.3 * before, "\(before) to \(after)")
}

@Test func aCoverLeavesWhatItDoesNotCover() throws {
  for seed in 0..<24 as Range<UInt64> {
    let copy = try damaged(faces[0], "covered", strength: 0.8, seed: seed)
    let changed = (0..<96 * 80).count { pixel(copy, $0) != pixel(faces[0], $0) }
    #expect((100...4000).contains(changed), "seed \(seed): \(changed) of 7680 pixels")
  }
}

/// Turning and scaling about the middle leave a dot in the middle where it is, so what moves it is the shift. At this
/// strength its mirror images lie outside.
@Test func aMisalignedDotLiesATenthOfASideOff() throws {
  var dot = RGBImage(width: 101, height: 101)
  for row in 48...52 { for column in 48...52 { for c in 0..<3 { dot.pixels[3 * (row * 101 + column) + c] = 255 } } }
  for seed in 0..<24 as Range<UInt64> {
    let copy = try damaged(dot, "misaligned", strength: 0.15, seed: seed)
    var (sum, x, y) = (0.0, 0.0, 0.0)
    for row in 0..<101 {
      for column in 0..<101 {
        let value = Double(copy.pixels[3 * (row * 101 + column)])
        (sum, x, y) = (sum + value, x + value * Double(column), y + value * Double(row))
      }
    }
    let (right, down) = (x / sum - 50, y / sum - 50)
    #expect(abs((right * right + down * down).squareRoot() - 9.6) < 0.5, "seed \(seed): \(right), \(down)")
  }
}

@Test func notAFaceHasLittleInCommonWithTheFace() throws {
  for seed in 0..<24 as Range<UInt64> {
    #expect(change(faces[0], try damaged(faces[0], "not_a_face", strength: 1, seed: seed)) > 15, "seed \(seed)")
  }
}

@Test func turnsMoveCornersWhereTheyBelong() throws {
  // Red above green above blue, one column; brighter to the right.
  let image = RGBImage(width: 2, height: 3, pixels: [9, 0, 0, 19, 0, 0, 0, 9, 0, 0, 19, 0, 0, 0, 9, 0, 0, 19])
  for seed in 0..<8 as Range<UInt64> {
    let turned = try damaged(image, "upside_down", strength: 1, seed: seed)
    let halfTurn: [UInt8] = [0, 0, 19, 0, 0, 9, 0, 19, 0, 0, 9, 0, 19, 0, 0, 9, 0, 0]
    let flip: [UInt8] = [0, 0, 9, 0, 0, 19, 0, 9, 0, 0, 19, 0, 9, 0, 0, 19, 0, 0]
    #expect(turned.pixels == halfTurn || turned.pixels == flip)
    let square = RGBImage(width: 2, height: 2, pixels: [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4])
    let quarter = try damaged(square, "turned", strength: 1, seed: seed)
    #expect([[2, 4, 1, 3], [3, 1, 4, 2]].contains((0..<4).map { quarter.pixels[3 * $0] }))
  }
}

@Test func grayKillsSaturationAndCastMovesChannelsApart() throws {
  let saturation = { (image: RGBImage) in
    (0..<image.width * image.height).reduce(0.0) { sum, number in
      let values = pixel(image, number)
      return sum + Double((values.max() ?? 0) - (values.min() ?? 0))
    } / Double(image.width * image.height)
  }
  #expect(saturation(faces[0]) > 20)
  #expect(saturation(try damaged(faces[0], "gray", strength: 0)) < 0.45 * saturation(faces[0]))
  #expect(saturation(try damaged(faces[0], "gray", strength: 0.5)) == 0)
  let moved = try mean("cast", strength: 0.5) { image, copy in
    let moves = (0..<3).map { brightness(copy, channel: $0) - brightness(image, channel: $0) }
    return (moves.max() ?? 0) - (moves.min() ?? 0)
  }
  #expect(moved > 25, "\(moved)")
}

@Test func barsAreAsWideAsTheirStrengthSays() throws {
  for (strength, wanted) in [(0.0, 0.1), (1, 0.45)] {
    let found = try mean("letterbox", strength: strength) { shareOfFlatLines($1) }
    #expect(abs(found - wanted) < 0.03, "\(strength): \(found)")
  }
}

@Test func textIsThinStrokesOfOneInk() throws {
  let gray = RGBImage(width: 128, height: 128, red: 100, green: 100, blue: 100)
  for seed in 0..<24 as Range<UInt64> {
    let copy = try damaged(gray, "text", strength: 1, seed: seed)
    let inked = share(copy) { $0 != [100, 100, 100] }
    #expect((0.003...0.45).contains(inked), "seed \(seed): \(inked)")
    #expect(share(copy) { $0 == [0, 0, 0] } > 0.001 || share(copy) { $0 == [255, 255, 255] } > 0.001, "seed \(seed)")
  }
}

@Test func pixelsOfPixelatedPicturesEqualTheirNeighbours() throws {
  let before = try mean("pixelated", strength: 1) { image, _ in shareOfEqualNeighbours(image) }
  let after = try mean("pixelated", strength: 1) { _, copy in shareOfEqualNeighbours(copy) }
  #expect(before < 0.5 && after > 0.8, "\(before) to \(after)")
}

@Test func aBlendLiesBetweenBothPictures() throws {
  for (strength, part) in [(0.0, 0.2), (1, 0.5)] {
    let copy = try damaged(faces[0], "blend", strength: strength)
    for (byte, (own, guest)) in zip(copy.pixels, zip(faces[0].pixels, faces[3].pixels)) {
      #expect(abs(Double(byte) - Double(own) * (1 - part) - Double(guest) * part) <= 0.51)
    }
  }
}

@Test func aNegativeIsDarkWhereThePictureIsLight() throws {
  let ramp = RGBImage(width: 256, height: 1, pixels: (0..<256).flatMap { [UInt8($0), UInt8($0), UInt8($0)] })
  for seed in 0..<24 as Range<UInt64> {
    let copy = try damaged(ramp, "negative", strength: 1, seed: seed)
    #expect(copy.pixels[3 * 255] == 0, "seed \(seed)")
    #expect(copy.pixels[0] == 255 || copy.pixels[0] == 0, "seed \(seed): wholly turned, or its lights alone")
  }
}

@Test func exchangedChannelsAreThoseOfThePictureInAnotherOrder() throws {
  let image = RGBImage(width: 1, height: 1, pixels: [10, 100, 200])
  var found: Set<[UInt8]> = []
  for seed in 0..<64 as Range<UInt64> { found.insert(try damaged(image, "channels", strength: 1, seed: seed).pixels) }
  #expect(found == [[200, 100, 10], [100, 10, 200], [10, 200, 100], [100, 200, 10], [200, 10, 100]])
}

@Test func aSplicedPictureHoldsBothAlongAStraightLine() throws {
  for (strength, part) in [(0.0, 0.15), (1, 0.55)] {
    let taken = try mean("spliced", strength: strength) { image, copy in
      Double((0..<96 * 80).count { pixel(copy, $0) == pixel(faces[3], $0) }) / (96 * 80)
    }
    #expect(abs(taken - part) < 0.06, "\(strength): \(taken)")
  }
}

@Test func whatIsBrokenOffIsBelow() throws {
  for seed in 0..<24 as Range<UInt64> {
    let copy = try damaged(faces[0], "torn", strength: 1, seed: seed)
    let changed = (0..<80).filter { row in
      (0..<96).contains { pixel(copy, row * 96 + $0) != pixel(faces[0], row * 96 + $0) }
    }
    #expect(changed.count > 12, "seed \(seed): rows \(changed)")
  }
}

@Test func posterisedChannelsHaveEightToThreeTones() throws {
  for (strength, tones) in [(0.0, 8), (1, 3)] {
    let copy = try damaged(faces[0], "posterised", strength: strength)
    #expect(Set(copy.pixels).count <= tones)
    let steps = Double(tones - 1) / 255
    for value in Set(copy.pixels) {
      let place = Double(value) * steps
      #expect(abs(place - place.rounded()) <= steps / 2, "\(value)")
    }
  }
}

@Test(arguments: DamageKinds.all.filter(\.hasDegrees).map(\.name))
func aStrongerCopyIsFartherFromThePicture(name: String) throws {
  let changes = try [0, 0.5, 1].map { try mean(name, strength: $0, change) }
  // Gray is whole from a half on.
  #expect(changes[0] < changes[1], "\(changes)")
  #expect(name == "gray" ? changes[1] == changes[2] : changes[1] < changes[2], "\(changes)")
}

@Test(arguments: [(1, 1), (1, 7), (7, 1), (2, 2), (3, 200), (200, 3), (17, 9), (31, 64), (1, 3000)])
func everyKindTakesEverySize(width: Int, height: Int) {
  let image = FaceArtist(seed: 3, width: width, height: height).draw(0)
  for kind in DamageKinds.all {
    for seed in 0..<6 as Range<UInt64> {
      for strength in [-1, 0, 0.5, 1, 2] {
        var random = SplitMix64(seed: seed)
        let copy = kind.apply(to: image, other: faces[1], strength: strength, using: &random)
        #expect(copy.width == width && copy.height == height, "\(kind.name)")
      }
    }
  }
}

@Test(arguments: DamageKinds.all.map(\.name)) func grayPicturesAreDamagedToo(name: String) throws {
  let gray = try damaged(faces[0], "gray", strength: 1)
  for seed in 0..<4 as Range<UInt64> {
    let copy = try damaged(gray, name, strength: 0.5, seed: seed)
    // Gray has no colour to lose or to exchange.
    #expect(["gray", "channels"].contains(name) ? copy == gray : change(gray, copy) > 0.3, "\(change(gray, copy))")
  }
}

@Test(arguments: DamageKinds.all.map(\.name)) func theSameSeedGivesTheSameCopy(name: String) throws {
  let kind = try #require(DamageKinds.named(name))
  var (first, second) = (SplitMix64(seed: 5), SplitMix64(seed: 5))
  let copies = (0..<3).map { kind.apply(to: faces[$0], other: faces[3], using: &first) }
  for (number, copy) in copies.enumerated() {
    let again = kind.apply(to: faces[number], other: faces[3], using: &second)
    #expect(again.image == copy.image && again.strength == copy.strength)
    #expect((0...1).contains(copy.strength) && (kind.hasDegrees || copy.strength == 1))
  }
}
