import AuditCore
import AuditDemo
import AuditImages
import AuditQuality
import AuditStatistics

/// Pictures as a scan measures them, before anything is planted.
struct CleanSet {
  let name: String
  /// What each picture is called.
  let names: [String]
  let pictures: [RGBImage]
  let measures: [PictureMeasures]

  /// Larger pictures are measured at 256 pixels.
  private static let (largest, reduced) = (320, 256)

  /// - Parameters:
  ///   - names: of the pictures; nil numbers them.
  ///   - pictures: in any size.
  init(name: String, names: [String]? = nil, pictures: [RGBImage], jobs: Int) {
    (self.name, self.names) = (name, names ?? pictures.indices.map(String.init))
    let sized = pictures.map { max($0.width, $0.height) > CleanSet.largest ? $0.atMost(CleanSet.reduced) : $0 }
    self.pictures = sized
    measures = inParallelMap(sized.count, jobs: jobs) { measure(sized[$0]) }
  }

  /// Drawn faces are saved as JPEG, as those of the other sets are, so that a damaged one cannot be told by its coding.
  static func drawn(_ count: Int, seed: UInt64, jobs: Int) throws -> CleanSet {
    let artist = FaceArtist(seed: seed, width: 128, height: 128)
    let pictures = try (0..<count).map { number in
      var random = SplitMix64(seed: seed, keys: 21, UInt64(number))
      return try saved(artist.draw(number), &random)
    }
    return CleanSet(name: "drawn faces", pictures: pictures, jobs: jobs)
  }
}

/// A set in which one picture in ten was damaged by the defects of the demo, which share no code with the kinds that
/// are learnt.
struct DetectionSet {
  struct Plant: Equatable {
    let defect: Defect
    let severity: Severity
  }

  let name: String
  let seed: UInt64
  let pictures: [RGBImage]
  let measures: [PictureMeasures]
  /// What a picture is known by; the same whatever is planted.
  let keys: [UInt64]
  /// What was planted in each picture.
  let plants: [Plant?]

  /// - Parameters:
  ///   - seed: what is planted where; every kind and severity in turn.
  ///   - plants: false leaves every picture as it is.
  init(_ clean: CleanSet, seed: UInt64, plants isPlanted: Bool = true, jobs: Int) throws {
    var pictures = clean.pictures
    var measures = clean.measures
    var plants = [Plant?](repeating: nil, count: pictures.count)
    let places = TruthSet.chosen(isPlanted ? pictures.count / 10 : 0, of: pictures.count, seed: seed)
    for (turn, place) in places.enumerated() {
      let plant = DetectionSet.plant(turn, seed: seed)
      var random = SplitMix64(seed: seed, keys: 22, UInt64(place))
      let picture = clean.pictures[place]
      var resizer = ImageResizer()
      let other = resizer.resize(
        clean.pictures[random.integer(below: pictures.count)], width: picture.width, height: picture.height)
      pictures[place] = try saved(
        plant.defect.apply(to: picture, severity: plant.severity, other: other, using: &random), &random)
      plants[place] = plant
    }
    let spoiled = pictures
    for (place, measured) in zip(places, inParallelMap(places.count, jobs: jobs) { measure(spoiled[places[$0]]) }) {
      measures[place] = measured
    }
    (name, self.seed, self.pictures, self.measures, self.plants) = (clean.name, seed, pictures, measures, plants)
    keys = pictures.indices.map { SplitMix64.mixed(UInt64($0) &+ 0x5EED) }
  }

  /// All kinds in an order that hangs on the seed, mild, medium and strong by turns.
  private static func plant(_ turn: Int, seed: UInt64) -> Plant {
    let kinds = Defect.allCases
    let kind = TruthSet.chosen(kinds.count, of: kinds.count, seed: seed &+ 500)[turn % kinds.count]
    let severities = Severity.allCases
    return Plant(defect: kinds[kind], severity: severities[(turn / kinds.count + kind) % severities.count])
  }
}

extension DetectionSet.Plant {
  /// The learnt kind that names it; nil for what is not among them.
  var kind: String? {
    switch defect {
    case .noise: "noise"
    case .saltAndPepper: "salt_pepper"
    case .occlusion: "covered"
    case .colourCast: "cast"
    case .channelSwap: "channels"
    case .inverted: "negative"
    case .glitch: "torn"
    case .blended: "spliced"
    case .gray: "gray"
    case .overexposed: "over"
    case .underexposed: "under"
    case .letterbox: "letterbox"
    case .rotated: severity.choose("misaligned", "turned", "upside_down")
    case .misaligned: "misaligned"
    case .blurred: "blur"
    case .motion: "motion"
    case .pixelated: "pixelated"
    case .enlarged: "enlarged"
    case .compressed: "compressed"
    case .notAFace: "not_a_face"
    case .captioned: "text"
    case .posterised: "posterised"
    case .ghost: "blend"
    }
  }
}

/// A picture as it comes out of a JPEG file of the sort that a set holds.
func saved(_ picture: RGBImage, _ random: inout SplitMix64) throws -> RGBImage {
  let file = try encodeJPEG(picture, quality: 88 + random.integer(below: 8))
  return try decodeImage(file, name: "a.jpg", maxPixels: picture.width * picture.height, target: .max).image
}

func measure(_ picture: RGBImage) -> PictureMeasures {
  let measured = MeasuredPicture()
  var resizer = ImageResizer()
  measured.load(picture, resizer: &resizer)
  return PictureMeasures(measured, image: picture, resizer: &resizer)
}
