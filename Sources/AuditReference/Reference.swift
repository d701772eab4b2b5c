package import AuditCore
package import AuditDataset
package import AuditInference
package import AuditProbe

/// What a person asks for: `--model`, `--reference`.
package protocol ReferenceRequest: Sendable {
  /// Looks at everything that was named, before a database is made.
  ///
  /// - Throws: `AuditError`, with what is wrong about a folder, a picture, a model or a network.
  func reference(_ context: ReferenceContext) throws -> any Reference
}

/// What is known before a reference is looked at.
package struct ReferenceContext: Sendable {
  package let plan: Plan
  package let settings: ScanSettings
  /// What runs networks; nil where only the command could say.
  package let inference: (any InferenceProvider)?

  package init(plan: Plan, settings: ScanSettings, inference: (any InferenceProvider)?) {
    (self.plan, self.settings, self.inference) = (plan, settings, inference)
  }
}

/// What the samples of a run are compared with.
///
/// A kind is one file with one of these, what it prepares and its `ReferenceSource`, and one line in
/// `ReferenceKinds.all`.
package protocol Reference: Sendable {
  static var info: ReferenceInfo { get }

  /// Opens what a stored run was compared with, to show it; nil where there is nothing to show.
  static func display(of run: StoredRunReference) throws -> (any ReferenceDisplay)?

  /// What goes into the settings of the run: equal text, equal references.
  var identity: String { get }

  /// Absolute path of the folder that holds the references; nil where there is none.
  var folder: String? { get }

  /// Which file belongs to which sample; nil where samples have no reference of their own.
  var pairing: Pairing? { get }

  /// The one size at which all samples are compared; nil where pairs have their own.
  func comparedSize(_ settings: ScanSettings) -> PictureSize?

  /// Whether it learns from images of the dataset: then what it takes of them is kept where they are looked at before.
  var learnsFromImages: Bool { get }

  /// Makes or finds what all workers share: a fitted model, a trained network.
  func prepare(_ context: PreparationContext) async throws -> Preparation
}

extension Reference {
  package static func display(of run: StoredRunReference) throws -> (any ReferenceDisplay)? { nil }
  package var folder: String? { nil }
  package var pairing: Pairing? { nil }
  package var learnsFromImages: Bool { false }
  package func comparedSize(_ settings: ScanSettings) -> PictureSize? { PictureSize(side: settings.scoringSize) }

  /// For the settings of the run.
  package var description: ReferenceDescription {
    ReferenceDescription(kind: Self.info.name, folder: folder)
  }
}

/// A kind of reference, for a person.
package struct ReferenceInfo: Sendable {
  /// In the settings of a run; never changes.
  package let name: String
  /// What `--model` takes for it; nil where another option or a file asks for it.
  package let word: String?
  /// How a run's settings begin that an audit wrote which did not name the kind yet.
  package let older: String
  /// What each image was compared with, and how skew came of it; nil where only residuals are known.
  package let method: String?

  package init(name: String, word: String? = nil, older: String, method: String? = nil) {
    (self.name, self.word, self.older, self.method) = (name, word, older, method)
  }
}

/// What a reference may ask for while it is prepared.
package struct PreparationContext: Sendable {
  package let plan: Plan
  package let settings: ScanSettings
  /// Of the run.
  package let models: any ModelStorage
  package let jobs: Int
  package let stop: StopRequest
  package let progress: @Sendable (ScanProgress) -> Void
  /// Reads the images of a plan that a model learns from; fewer where the stop is set.
  package let subsample: @Sendable (Plan) async throws -> Subsample
  /// Whether a subsample says which of its images are damaged.
  package let knowsDamage: Bool
  /// Whether that was learnt just now: a model that was fitted before knew something else, or nothing, of damage.
  package let damageIsNew: Bool

  package init(
    plan: Plan, settings: ScanSettings, models: any ModelStorage, jobs: Int, stop: StopRequest,
    knowsDamage: Bool = false, damageIsNew: Bool = false, progress: @escaping @Sendable (ScanProgress) -> Void,
    subsample: @escaping @Sendable (Plan) async throws -> Subsample
  ) {
    (self.plan, self.settings, self.models, self.jobs) = (plan, settings, models, jobs)
    (self.stop, self.progress, self.subsample) = (stop, progress, subsample)
    (self.knowsDamage, self.damageIsNew) = (knowsDamage, damageIsNew)
  }
}

/// What a reference is before the first sample is scored.
package struct Preparation: Sendable {
  package var reference: any PreparedReference
  /// The low-rank fit, where this call made one.
  package var fit: LowRankFit?
  /// Whether this call made the model, so that rows of a run without one are scored anew.
  package var isNew = false
  /// For a person, a sentence each.
  package var notes: [String] = []
  /// What this call trained.
  package var trained: Probe?

  package init(
    _ reference: any PreparedReference, fit: LowRankFit? = nil, isNew: Bool = false, notes: [String] = [],
    trained: Probe? = nil
  ) {
    (self.reference, self.fit, self.isNew, self.notes, self.trained) = (reference, fit, isNew, notes, trained)
  }
}

/// A reference that samples can be compared with.
package protocol PreparedReference: Sendable {
  /// One per worker; nil where files are only decoded.
  ///
  /// - Parameter stop: ends the reading of a reference that is in work.
  func makeSource(stop: StopRequest) -> (any ReferenceSource)?

  /// What a ranking takes as the scale of influence.
  var influence: InfluenceScale { get }

  /// The models by which the worth of remedies is judged; nil where none was fitted on this dataset.
  var judges: RemedyModels? { get }

  /// Pictures that a network takes in one run; nil where they are compared one by one.
  var batchSize: Int? { get }

  /// How it is made in another process, which scores; nil where samples are scored in this one.
  var portable: PortableReference? { get }
}

extension PreparedReference {
  package var portable: PortableReference? { nil }
  package var influence: InfluenceScale { .residuals }
  package var judges: RemedyModels? { nil }
  package var batchSize: Int? { nil }
}

/// Nothing to compare with: files are only decoded, since there is one image, or copies of one.
package struct NoReference: PreparedReference {
  static let kind = "none"

  package init() {}
  package var portable: PortableReference? { PortableReference.none }
  package func makeSource(stop: StopRequest) -> (any ReferenceSource)? { nil }
  package var influence: InfluenceScale { .none }
}

/// The models of a run whose subsample is of its own dataset.
package struct RemedyModels: Sendable {
  package let common: LowRankModel
  /// nil where all samples share one.
  package let own: IdentityModels?

  /// How many models are asked.
  package var count: Int { own.map { $0.scales.count + 1 } ?? 1 }
}
