import AuditCore
import AuditDataset
import AuditDemo
import AuditImages
import AuditReference
import AuditScan
import AuditStatistics
import Foundation

/// Where the pictures of an experiment come from.
enum PictureSource {
  /// The files of a folder in the order of their names, numbers as numbers: for frames of a film, its own order.
  case folder(root: String, samples: [Sample])
  /// Clips of drawn people, one clip after the other.
  case demo(artist: FaceArtist, people: Int, clips: Int, frames: Int)

  static func folder(_ path: String, images: Int?) throws -> PictureSource {
    let root = try DatasetFolder.resolve(path)
    let samples = try DatasetWalk(root: Array(root.utf8)).samples
      .sorted { $0.path.text.compare($1.path.text, options: .numeric) == .orderedAscending }
    return .folder(root: root, samples: Array(samples.prefix(images ?? .max)))
  }

  static func demo(images: Int?, seed: UInt64) -> PictureSource {
    let (people, clips) = (3, 4)
    let frames = max(1, (images ?? 600) / (people * clips))
    return .demo(
      artist: FaceArtist(seed: seed, mode: .frames(people: people, clips: clips), width: 128, height: 128),
      people: people, clips: clips, frames: frames)
  }

  /// One picture of each of many drawn people.
  static func portraits(_ count: Int, seed: UInt64) -> PictureSource {
    .demo(artist: FaceArtist(seed: seed), people: count, clips: 1, frames: 1)
  }

  var name: String {
    switch self {
    case .folder(let root, _): String(root.split(separator: "/").last ?? "/")
    case .demo(_, _, _, let frames): frames == 1 ? "drawn faces" : "demo frames"
    }
  }

  var count: Int {
    switch self {
    case .folder(_, let samples): samples.count
    case .demo(_, let people, let clips, let frames): people * clips * frames
    }
  }

  /// The path of a picture in its folder, or the one that a drawn picture would have.
  func path(_ number: Int) -> SamplePath {
    switch self {
    case .folder(_, let samples): samples[number].path
    case .demo(_, _, let clips, let frames):
      SamplePath("id\(number / frames / clips)/clip\(number / frames % clips)_\(number % frames).png")
    }
  }

  /// Of its file; for a drawn picture those of its pixels.
  func bytes(_ number: Int) -> Int {
    switch self {
    case .folder(_, let samples): Int(samples[number].bytes)
    case .demo: 3 * 128 * 128
    }
  }

  /// nil where a file cannot be read.
  func picture(_ number: Int) -> RGBImage? {
    switch self {
    case .folder(let root, let samples):
      var bytes: [UInt8] = []
      var decoder = ImageDecoder(maxPixels: ScanSettings().maxPixels, target: ScanSettings.standardSize)
      let path = samples[number].path
      guard (try? readFile(path, in: Array(root.utf8), into: &bytes)) != nil else { return nil }
      return try? decoder.decode(bytes, name: path.text).image
    case .demo(let artist, _, let clips, let frames):
      let clip = number / frames
      return artist.draw(person: clip / clips, clip: clip % clips, frame: number % frames)
    }
  }
}

/// Rows of an experiment: some with planted defects to learn from, and clean ones to judge on.
struct TruthSet {
  let name: String
  let seed: UInt64
  /// Which fifth is held out, where all are in turn.
  let fifth: Int?
  let stretch: Int
  /// train x 12,288 bytes, then test x 12,288.
  let rows: [UInt8]
  let trainCount: Int
  let testCount: Int
  /// For each training row what was planted in it.
  let planted: [(defect: Defect, severity: Severity)?]
  /// Whether it is flagged as damaged, for each training row; nil where pictures are not looked at by themselves.
  let isDamaged: [Bool]?
  /// Whether a second camera took it, for each training row.
  let isOfCamera: [Bool]
  /// For each test row the number of its stretch, and how many pictures it stands for.
  let stretches: [Int]
  let importances: [Double]

  /// Every fifth stretch of `stretch` consecutive pictures (of a clean set, a fifth by chance) is held out and never
  /// planted: neighbours in a film are nearly equal, and a picture whose neighbour was learnt says little about what was learnt.
  /// Five sets that differ in `fifth` alone hold every picture out once.
  ///
  /// - Parameters:
  ///   - copies: whether each planted picture stands there twice.
  ///   - plants: false leaves every picture as it is.
  ///   - finds: whether damage is learnt in the set, as a scan learns it.
  ///   - cameraApart: a second camera takes pictures that lie so far apart; nil where there is none.
  ///   - seed: what is planted where; one training picture in ten, every kind and severity in turn.
  ///   - fifth: which one is held out, 0..<5; nil for one alone, for which the second camera takes pictures of its own.
  init(
    _ source: PictureSource, seed: UInt64, stretch: Int, copies: Bool, plants: Bool, finds: Bool = true,
    cameraApart: Int? = nil, fifth: Int? = nil, jobs: Int
  ) throws {
    var test: [UInt8] = []
    var clean: [(number: Int, row: [UInt8], picture: RGBImage)] = []
    var stretches: [Int] = []
    var importances: [Double] = []
    let camera = SecondCamera(seed: seed)
    let taken =
      cameraApart.map { SecondCamera.places(of: source.count, apart: $0, seed: seed, inFifths: fifth != nil) }
      ?? (train: [], test: [])
    let heldOut = TruthSet.heldOut(
      fifth, of: (source.count + stretch - 1) / stretch, seed: plants ? nil : seed)
    for number in 0..<source.count {
      guard let picture = source.picture(number) else { continue }
      if fifth != nil, heldOut.contains(number / stretch) {
        test += TruthSet.row(taken.train.contains(number) ? camera.taking(picture) : picture)
        stretches.append(number / stretch)
        importances.append(1)
      } else if taken.train.contains(number) {
        let taken = camera.taking(picture)
        clean.append((number, TruthSet.row(taken), taken))
      } else if taken.test.contains(number) {
        test += TruthSet.row(camera.taking(picture))
        stretches.append(number / stretch)
        importances.append(TruthSet.cameraImportance)
      } else if heldOut.contains(number / stretch) {
        test += TruthSet.row(picture)
        stretches.append(number / stretch)
        importances.append(1)
      } else {
        clean.append((number, TruthSet.row(picture), picture))
      }
    }
    // A scan takes its subsample in the order of a hash, and the folds of the gain follow that order.
    clean = TruthSet.chosen(clean.count, of: clean.count, seed: plants ? 7 : seed).map { clean[$0] }
    isOfCamera = clean.map { taken.train.contains($0.number) }
    let kinds = Defect.allCases.filter { !Defect.detail.contains($0) }
    var planted = [(defect: Defect, severity: Severity)?](repeating: nil, count: clean.count)
    for (turn, place) in TruthSet.chosen(plants ? clean.count / 10 : 0, of: clean.count, seed: seed).enumerated() {
      guard !isOfCamera[place], let picture = source.picture(clean[place].number) else { continue }
      let kind = kinds[turn % kinds.count]
      let severity = Severity.allCases[(turn / kinds.count + turn) % Severity.allCases.count]
      var generator = SplitMix64(seed: seed, keys: 1, UInt64(clean[place].number))
      let stranger = source.picture(clean[generator.integer(below: clean.count)].number)
      let other = stranger.flatMap { $0.width == picture.width && $0.height == picture.height ? $0 : nil }
      clean[place].picture = kind.apply(to: picture, severity: severity, other: other, using: &generator)
      clean[place].row = TruthSet.row(clean[place].picture)
      planted[place] = (kind, severity)
    }
    if copies, plants { TruthSet.copyPlanted(&clean, &planted, seed: seed) }
    isDamaged = finds ? try TruthSet.flags(clean.map(\.picture), seed: seed, jobs: jobs) : nil
    (name, self.seed, self.fifth, self.stretch) = (source.name, seed, fifth, stretch)
    (rows, trainCount, testCount) = (clean.flatMap(\.row) + test, clean.count, stretches.count)
    (self.planted, self.stretches, self.importances) = (planted, stretches, importances)
  }

  /// One picture in five is held out, and of the second camera's every other one: four stand for one.
  private static let cameraImportance = 0.25

  static let fifths = 5

  /// Every fifth stretch, or as many that the seed chooses: nothing else would differ from draw to draw of a clean set.
  private static func heldOut(_ fifth: Int?, of stretches: Int, seed: UInt64?) -> Set<Int> {
    guard let seed else { return Set(stride(from: fifth ?? fifths - 1, to: stretches, by: fifths)) }
    let fifth = fifth ?? 0
    let bounds = (fifth * stretches / fifths)..<((fifth + 1) * stretches / fifths)
    return Set(chosen(bounds.upperBound, of: stretches, seed: seed)[bounds])
  }

  /// Every second planted picture becomes a copy of the one before it: a file that was put in twice.
  private static func copyPlanted(
    _ rows: inout [(number: Int, row: [UInt8], picture: RGBImage)],
    _ planted: inout [(defect: Defect, severity: Severity)?], seed: UInt64
  ) {
    let places = TruthSet.chosen(rows.count / 10, of: rows.count, seed: seed)
    for turn in stride(from: 1, to: places.count, by: 2) {
      (rows[places[turn]].row, rows[places[turn]].picture) = (
        rows[places[turn - 1]].row, rows[places[turn - 1]].picture
      )
      planted[places[turn]] = planted[places[turn - 1]]
    }
  }

  /// What a scan would flag. All pictures are encoded before, so that no planted one can be told by its coding.
  private static func flags(_ pictures: [RGBImage], seed: UInt64, jobs: Int) throws -> [Bool] {
    let files = try inParallelMap(pictures.count, jobs: jobs) { place in
      var random = SplitMix64(seed: seed, keys: 23, UInt64(place))
      return Result { try saved(pictures[place], &random) }
    }.map { try $0.get() }
    let clean = CleanSet(name: "", pictures: files, jobs: jobs)
    return try LearntDamage(
      pictures: clean.pictures, measures: clean.measures,
      keys: files.indices.map { SplitMix64.mixed(UInt64($0) &+ 0x5EED) }, seed: seed, jobs: jobs
    ).isFlagged
  }

  var trainRows: [UInt8] { Array(rows.prefix(trainCount * LowRankModel.length)) }

  /// All readable pictures of a source in the shuffled order that a scan takes its subsample in.
  static func rows(of source: PictureSource) -> [UInt8] {
    chosen(source.count, of: source.count, seed: 7).flatMap { source.picture($0).map(row) ?? [] }
  }

  private static func row(_ picture: RGBImage) -> [UInt8] {
    var resizer = ImageResizer()
    return resizer.resize(picture, width: LowRankModel.side, height: LowRankModel.side).pixels
  }

  /// `count` different places, in an order that the seed gives.
  static func chosen(_ count: Int, of total: Int, seed: UInt64) -> [Int] {
    var generator = SplitMix64(seed: seed, keys: 2)
    var places = Array(0..<total)
    for turn in 0..<min(count, total) { places.swapAt(turn, turn + generator.integer(below: total - turn)) }
    return Array(places.prefix(count))
  }
}
