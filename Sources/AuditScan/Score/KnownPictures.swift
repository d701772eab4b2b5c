import AuditCore
import AuditDataset
import AuditQuality
import AuditStatistics

/// What was found out of pictures before the first sample is scored, so that a scan measures none of them twice: of those
/// that a model of damage was learnt from, and of those that a reference model is fitted on.
///
/// A picture is known by its sample and its pixels: one that changed meanwhile, or that is decoded at another size, is
/// measured anew. Whether it is known or not changes no value.
struct KnownPictures: Sendable {
  private var found: [UInt64: (pixels: PixelDigest, quality: PictureQuality)] = [:]

  init() {}

  /// - Parameter judged: what is thought of each picture of the sample.
  init(_ sample: DamageSample, judged: [DamageJudgement]) {
    add(sample.pictures, keys: sample.keys, judged: judged)
  }

  /// - Parameter keys: what each picture is known by.
  mutating func add(_ pictures: [PictureMeasurement], keys: [UInt64], judgedBy model: DamageModel, jobs: Int) {
    add(
      pictures, keys: keys,
      judged: inParallelMap(keys.count, jobs: jobs) { model.judgement(of: pictures[$0].measures, key: keys[$0]) })
  }

  private mutating func add(_ pictures: [PictureMeasurement], keys: [UInt64], judged: [DamageJudgement]) {
    for (row, judgement) in judged.enumerated() {
      found[keys[row]] = (pictures[row].pixels, pictures[row].quality(judged: judgement))
    }
  }

  /// The pixels of a sample that was measured before; nil where it was not.
  func pixels(of sample: Sample, seed: UInt64) -> PixelDigest? { found[key(of: sample, seed)]?.pixels }

  /// Share of the votes for any damage of a picture that was measured before; nil where it was not.
  func damage(of key: UInt64) -> Double? { found[key]?.quality.judgement?.damage }

  /// A row whose picture was decoded somewhere else and not measured there, because its pixels are known here.
  func completing(_ row: SampleRow, seed: UInt64) -> SampleRow {
    guard row.facts != nil, row.quality == nil, let known = found[key(of: row.sample, seed)] else { return row }
    var row = row
    row.quality = known.quality
    return row
  }

  private func key(of sample: Sample, _ seed: UInt64) -> UInt64 { SampleKey(seed: seed, path: sample.path).value }

  /// nil where these pixels of the sample were not measured before.
  func quality(of pixels: PixelDigest, key: UInt64) -> PictureQuality? {
    found[key].flatMap { $0.pixels == pixels ? $0.quality : nil }
  }
}
