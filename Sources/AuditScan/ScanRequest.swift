package import AuditCore
package import AuditDataset
package import AuditInference
package import AuditReference
package import AuditStore
package import AuditWorker

/// Everything that `audit scan` was asked for.
package struct ScanRequest: Sendable {
  package var files: DatasetFiles
  /// What the run is a part of, or is put together from; nil for a scan that walks the files itself.
  package private(set) var plan: PlannedRun?
  /// nil chooses a place beside the dataset.
  package var database: String?
  /// nil goes on with the newest run of the dataset.
  package var name: String?
  package var fresh = false
  /// What to do where the run that is there has other settings; nil for what `audit scan` takes.
  var remedy: String?
  /// nil uses every core.
  package var jobs: Int?
  package var settings = ScanSettings()
  package var reference: any ReferenceRequest = LowRankReference()
  /// `default`, `all`, or names with commas.
  package var metrics = "default"
  /// What is looked for beside the scores, and what it counts for.
  package var choices = ScanChoices()
  /// Of the program, kept with the run.
  package var version = ""
  /// What runs networks; only the command can say.
  package var inference: (any InferenceProvider)?
  /// How to start a process that scores, one per job; only the command can say. nil scores in this process.
  package var children: ChildLaunch?

  package init(files: DatasetFiles) { self.files = files }

  /// The plan that a step of one goes by.
  package var planned: PlannedRun {
    guard let plan else { preconditionFailure("this step is one of a plan") }
    return plan
  }

  /// As a run keeps them: whoever goes on may do so from another folder.
  func keptChoices() throws -> ScanChoices {
    var kept = choices
    kept.isListed = plan?.settings.choices?.isListed ?? (files.list != nil)
    kept.followLinks = plan?.settings.choices?.followLinks ?? files.followLinks
    kept.feeder = choices.feeder ?? plan?.settings.choices?.feeder
    kept.labels = try plan?.settings.choices?.labels ?? files.labels?.map { try LabelRequest($0).text }
    kept.against = try choices.against.map { try FilePath.absolute($0) }
    return kept
  }

  package init(dataset: String) { self.init(files: DatasetFiles(folders: [dataset])) }

  /// The same request about the samples of a plan.
  ///
  /// - Parameter dataset: where they lie now; nil for where they were planned.
  package func of(_ plan: PlannedRun, in dataset: String? = nil) -> ScanRequest {
    var request = self
    request.plan = plan
    request.files = DatasetFiles(folders: [dataset ?? plan.dataset])
    request.files.rules = plan.settings.files
    request.files.planned = plan.samples
    return request
  }
}

/// What a scan did.
package struct ScanOutcome: Sendable {
  package let database: String
  package let runName: String
  package let isInterrupted: Bool
  /// Files that this call scored or found unreadable.
  package let scoredNow: Int
  /// What a person should know beside the summary, a sentence each.
  package let notes: [String]
}
