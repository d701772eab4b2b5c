package import AuditCore
import AuditDataset
import AuditImages
import AuditInference
import AuditReference
package import AuditWorker

/// What `audit worker` scores by, without a dataset and without a store.
package struct WorkerPlan: Sendable {
  package let order: ChildOrder
  /// Digest of the model; nil for none.
  package let model: String?
  /// Names of the metrics, in the order of a row's numbers.
  package let metrics: [String]

  /// - Parameters:
  ///   - model: file of a model of `audit fit`; nil compares pairs only.
  ///   - metrics: as for `--metrics`; no networks.
  /// - Throws: `AuditError` where the file cannot be read, or a metric is none.
  package init(model file: String?, settings: ScanSettings, metrics list: String) throws(AuditError) {
    let selection = try MetricSelection(list)
    guard selection.networks.isEmpty else {
      throw .other("--metrics: a worker runs no networks; leave \(selection.networks[0].rawValue) out")
    }
    let found = try file.map { name throws(AuditError) in try PortableReference.model(file: name) }
    order = try ChildOrder(scoringBy: found?.reference ?? .none, settings: settings, metrics: list)
    model = found?.digest
    metrics = selection.computed.map(\.name)
  }

  /// Opens files that somebody names, relative to the working directory.
  package static let opening: FileOpening = { path in
    do throws(SampleIssue) {
      // A zero byte would end the name early.
      guard !path.isEmpty, !path.contains(0) else { throw SampleIssue(.open, "no name of a file") }
      return (.file, HandedFile(try openForReading(path)))
    } catch {
      return (.trouble(error), nil)
    }
  }
}
