import AuditCore
import AuditDataset
import AuditReference
import AuditStore

/// What a ranked run says of the rows of a model's subsample.
struct StoredStandings {
  /// By the key of the row; rows whose samples are gone from the run or have no skew are not in it.
  let byKey: [UInt64: RowStanding]
  /// The folders of those rows that lie in one.
  let folders: [UInt64: String]
  /// Scored samples that the subsample would hold if it were chosen now, and that the model does not know.
  private let unknown: Int

  /// - Parameters:
  ///   - sample: the most images that a subsample holds.
  ///   - identity: only the samples of this folder.
  init(_ store: Store, run: Int64, model: LowRankModel, sample: Int, identity: String? = nil) throws {
    let wanted = Set(model.keys)
    var byKey: [UInt64: RowStanding] = [:]
    var folders: [UInt64: String] = [:]
    var keys: [UInt64] = []
    try store.forEachScored(of: run, identity: identity) { row in
      let key = SampleKey(seed: model.seed, path: row.path).value
      keys.append(key)
      guard wanted.contains(key), let verdict = row.verdict, let skew = row.skew, let weight = row.weight, weight > 0
      else { return }
      // What a person keeps is trained on with full weight, as it is exported.
      byKey[key] = RowStanding(
        verdict: verdict, skew: skew, weight: row.decided == .keep ? 1 : weight,
        isDecided: row.decided != nil)
      folders[key] = row.identity
    }
    (self.byKey, self.folders) = (byKey, folders)
    unknown = keys.sorted().prefix(sample).count { !wanted.contains($0) }
  }

  /// What an estimate on those rows of the model that are in the run was computed on.
  func sample(of model: LowRankModel, images: Int) -> AdviceSample {
    AdviceSample(images: images, gone: model.keys.count { byKey[$0] == nil }, unknown: unknown)
  }
}
