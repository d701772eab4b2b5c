import AuditCore
import AuditImages

/// Every file of a demo set in the order of writing, before anything is drawn.
struct DemoPlan {
  /// A picture of the set.
  struct Picture {
    let path: String
    let person: Int
    let clip: Int
    let frame: Int
    let spoiled: (defect: Defect, severity: Severity)?
  }

  let seed: UInt64
  let size: Int
  let pictures: [Picture]
  private let artist: FaceArtist

  /// What is planted, in this order and then again from the start: two of three pull a squared-error model.
  static let repertoire: [(Defect, Severity)] = [
    (.noise, .strong), (.occlusion, .strong), (.blurred, .strong), (.notAFace, .strong), (.inverted, .strong),
    (.underexposed, .medium), (.saltAndPepper, .strong), (.blended, .strong), (.compressed, .medium),
    (.glitch, .strong), (.rotated, .strong), (.pixelated, .medium),
  ]

  /// - Parameters:
  ///   - count: of the pictures, from 1; six people in two clips each where there are 300.
  ///   - size: of the pictures, pixels.
  init(count: Int, size: Int, seed: UInt64) {
    let people = max(1, min(6, count / 25))
    let clips = 2
    let plants = Self.plants(count: count, seed: seed)
    self.seed = seed
    self.size = size
    artist = FaceArtist(seed: seed, mode: .frames(people: people, clips: clips), width: size, height: size)
    pictures = (0..<count).map { number in
      let person = number % people
      let clip = number / people % clips
      let frame = number / (people * clips)
      return Picture(
        path: Self.path(person, clip, frame), person: person, clip: clip, frame: frame, spoiled: plants[number])
    }
  }

  static func path(_ person: Int, _ clip: Int, _ frame: Int) -> String {
    let digits = String(frame)
    return "id\(person + 1)/clip\(clip + 1)_" + String(repeating: "0", count: max(0, 5 - digits.count)) + digits
      + ".png"
  }

  /// Which numbers are spoiled, one in 25 and at least one, and how.
  private static func plants(count: Int, seed: UInt64) -> [Int: (defect: Defect, severity: Severity)] {
    var generator = SplitMix64(seed: seed, keys: 4)
    var numbers = Array(0..<count)
    var plants: [Int: (defect: Defect, severity: Severity)] = [:]
    for turn in 0..<max(1, count / 25) {
      let other = turn + generator.integer(below: count - turn)
      numbers.swapAt(turn, other)
      plants[numbers[turn]] = repertoire[turn % repertoire.count]
    }
    return plants
  }

  /// Draws one picture, spoiled if that is planned.
  func draw(_ picture: Picture) -> RGBImage {
    let sound = artist.draw(person: picture.person, clip: picture.clip, frame: picture.frame)
    guard let spoiled = picture.spoiled else { return sound }
    let keys = (UInt64(picture.person), UInt64(picture.clip), UInt64(picture.frame))
    var generator = SplitMix64(seed: seed, keys: 5, keys.0, keys.1, keys.2)
    return spoiled.defect.apply(to: sound, severity: spoiled.severity, using: &generator)
  }

  /// The files that are not pictures of their own: a truncated one, a text, a duplicate (where there is a sound
  /// picture to copy).
  func extras() throws -> [(file: PlantedDefect, bytes: [UInt8])] {
    let next = (pictures.last?.frame ?? 0) + 1
    let whole = try encodePNG(artist.draw(person: 0, clip: 0, frame: next))
    let note = "Clip 2 is from the second camera. Please re-export the first minute.\n"
    var extras: [(file: PlantedDefect, bytes: [UInt8])] = [
      (PlantedDefect(path: Self.path(0, 0, next), kind: .truncated), Array(whole.prefix(whole.count * 3 / 5))),
      (PlantedDefect(path: "id1/notes.jpg", kind: .text), Array(note.utf8)),
    ]
    if let sound = pictures.last(where: { $0.spoiled == nil }) {
      let path = sound.path.dropLast(4) + "_copy.png"
      extras.append((PlantedDefect(path: String(path), kind: .duplicate(of: sound.path)), try encodePNG(draw(sound))))
    }
    return extras
  }
}
