import AuditCore
import AuditDataset
import AuditReference
import AuditStore

/// What a ranked run says of the rows of a model's subsample.
struct StoredStandings {
  /// By the key of the row; rows whose samples are gone from the run or have no skew are not in it.
  let byKey: [UInt64: RowStanding]
  /// Scored samples that the subsample would hold if it were chosen now, and that the model does not know.
  private let unknown: Int

  /// - Parameters:
  ///   - sample: the most images that a subsample holds.
  ///   - identity: only the samples of this folder.
  init(_ store: Store, run: Int64, model: LowRankModel, sample: Int, identity: String? = nil) throws {
    let wanted = Set(model.keys)
    var byKey: [UInt64: RowStanding] = [:]
    var keys: [UInt64] = []
    try store.forEachRow(
      """
      SELECT sample.path, path_raw, ranked.verdict, ranked.skew, ranked.weight,
        (SELECT decision.verdict FROM decision WHERE decision.sha256 = sample.sha256 AND undone_at IS NULL
         ORDER BY decision.id DESC LIMIT 1) AS decided
      FROM sample JOIN all_samples AS ranked ON ranked.id = sample.id
      WHERE sample.run_id = ?1 AND sample.status = 'ok' AND (?2 IS NULL OR sample.identity = ?2)
      """, [.integer(run), identity.map { .text($0) } ?? .null]
    ) { row in
      guard let path = row.samplePath else { return }
      let key = SampleKey(seed: model.seed, path: path).value
      keys.append(key)
      guard wanted.contains(key), let verdict = row["verdict"].text.flatMap(Verdict.init), let skew = row["skew"].real,
        let weight = row["weight"].real, weight > 0
      else { return }
      // What a person keeps is trained on with full weight, as it is exported.
      let isKept = row["decided"].text == Verdict.keep.rawValue
      byKey[key] = RowStanding(verdict: verdict, skew: skew, weight: isKept ? 1 : weight)
    }
    self.byKey = byKey
    unknown = keys.sorted().prefix(sample).count { !wanted.contains($0) }
  }

  /// What an estimate on those rows of the model that are in the run was computed on.
  func sample(of model: LowRankModel, images: Int) -> AdviceSample {
    AdviceSample(images: images, gone: model.keys.count { byKey[$0] == nil }, unknown: unknown)
  }
}
