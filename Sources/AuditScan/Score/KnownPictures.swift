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

  /// A sample that was measured before; nil where it was not.
  func picture(of sample: Sample, seed: UInt64) -> (pixels: PixelDigest, quality: PictureQuality)? {
    // A key is a hash of the path: as dear as the rest of what handing a sample out costs.
    found.isEmpty ? nil : found[SampleKey(seed: seed, path: sample.path).value]
  }

  /// Share of the votes for any damage of a picture that was measured before; nil where it was not.
  func damage(of key: UInt64) -> Double? { found[key]?.quality.judgement?.damage }

  /// nil where these pixels of the sample were not measured before.
  func quality(of pixels: PixelDigest, key: UInt64) -> PictureQuality? {
    found[key].flatMap { $0.pixels == pixels ? $0.quality : nil }
  }
}
