package import AuditCore
import AuditImages
import Synchronization

/// The models of a run that has one per large folder. All but the common one stay in the database and are read when a
/// worker comes to their folder: a model holds up to 30 MB, and there may be thousands of folders.
package final class IdentityModels: Sendable {
  package let common: LowRankModel
  /// Keys of those rows of the common model whose samples are scored with it.
  package let sharing: Set<UInt64>
  /// Influence sums and cuts of each folder that has a model of its own.
  package let scales: [ByteKey: ModelScale]
  private let storage: any ModelReading
  /// The last ones that were asked for, the newest at the end: workers go through the folders side by side.
  private let recent = Mutex<[(identity: String, model: LowRankModel)]>([])

  init(
    common: LowRankModel, sharing: Set<UInt64>, scales: [ByteKey: ModelScale], storage: any ModelReading
  ) {
    (self.common, self.sharing, self.scales, self.storage) = (common, sharing, scales, storage)
  }

  /// The models that are kept with a run.
  ///
  /// - Parameter folder: of the sample whose row the common model holds under a key; nil where it lies in none, or is gone.
  package convenience init(
    common: LowRankModel, storage: any ModelReading, folder: (UInt64) -> String?
  ) throws {
    var scales: [ByteKey: ModelScale] = [:]
    for identity in try storage.identities() {
      guard let content = try storage.model(identity: identity) else { continue }
      scales[ByteKey(identity)] = ModelScale(try LowRankModel(decoding: content))
    }
    let sharing = common.keys.filter { key in folder(key).map { scales[ByteKey($0)] == nil } ?? true }
    self.init(common: common, sharing: Set(sharing), scales: scales, storage: storage)
  }

  /// Whether a folder has a model of its own.
  func isOwn(_ identity: String?) -> Bool { identity.map { scales[ByteKey($0)] != nil } ?? false }

  /// The folder's own model; nil where it has none.
  package func own(_ identity: String) throws -> LowRankModel? {
    guard scales[ByteKey(identity)] != nil else { return nil }
    return try recent.withLock { recent in
      if let found = recent.first(where: { ByteKey($0.identity) == ByteKey(identity) }) { return found.model }
      guard let content = try storage.model(identity: identity) else { return nil }
      let model = try LowRankModel(decoding: content)
      recent.append((identity, model))
      if recent.count > 2 { recent.removeFirst() }
      return model
    }
  }
}

/// Compares a sample with its reconstruction by its folder's model.
final class IdentitySource: ReferenceSource {
  private let models: IdentityModels
  private let settings: ScanSettings
  private let common: LowRankSource
  /// Of the folder that was scored last.
  private var current: (identity: String, source: LowRankSource)?

  init(models: IdentityModels, settings: ScanSettings) {
    (self.models, self.settings) = (models, settings)
    common = LowRankSource(model: models.common, settings: settings)
  }

  var demand: PictureDemand { common.demand }

  func comparison(of decoded: RGBImage, sample: Sample) throws(SampleIssue) -> Comparison {
    try source(for: sample.identity?.text).comparison(of: decoded, sample: sample)
  }

  private func source(for identity: String?) throws(SampleIssue) -> LowRankSource {
    guard let identity, models.isOwn(identity) else { return common }
    if let current, ByteKey(current.identity) == ByteKey(identity) { return current.source }
    do {
      guard let model = try models.own(identity) else { return common }
      let source = LowRankSource(model: model, settings: settings)
      current = (identity, source)
      return source
    } catch {
      // Tried again when the run is continued.
      throw SampleIssue(.open, "the model of its folder could not be read: \(error)")
    }
  }
}
