import AuditCore
import AuditDataset
import AuditQuality
import AuditWorker

/// What is to be found out of some pictures, in this process or by a child.
protocol StudyTask: Sendable {
  associatedtype Found: Sendable

  func found(by study: PictureStudy) -> Found

  /// What a child is handed, in the order of what is found.
  func work(in source: FolderSource) -> [ChildWork]

  /// - Parameter answers: to each piece of work; nil for a file that ended its process, and for what a stop left undone.
  func found(in answers: [[UInt8]?]) -> Found
}

/// 64 x 64 x 3 bytes of each, in order; nil where the file cannot be read.
struct ModelRows: StudyTask {
  let samples: [Sample]

  func found(by study: PictureStudy) -> [[UInt8]?] { study.modelRows(of: samples) }
  func work(in source: FolderSource) -> [ChildWork] { samples.map { source.work(.reduce, $0) } }
  func found(in answers: [[UInt8]?]) -> [[UInt8]?] { answers.map { $0.flatMap(StudyAnswer.modelRow) } }
}

/// What is measured of each by itself, in order; nil where the file cannot be read.
struct Measurements: StudyTask {
  let samples: [Sample]
  /// Whether a fit will ask for what it takes of them.
  let forFit: Bool

  func found(by study: PictureStudy) -> [PictureMeasurement?] { study.measurements(of: samples, forFit: forFit) }
  func work(in source: FolderSource) -> [ChildWork] {
    samples.map { source.work(.measure, $0, detail: detail) }
  }
  func found(in answers: [[UInt8]?]) -> [PictureMeasurement?] { answers.map { $0.flatMap(StudyAnswer.measurement) } }

  /// What a child is told of it.
  var detail: [UInt8] { forFit ? [1] : [] }

  static func isForFit(_ detail: [UInt8]) -> Bool { detail == [1] }
}

/// Copies to make of one picture, into some of which another is mixed.
struct CopyOrder: Sendable {
  /// All with one source, and with one other where they mix.
  let jobs: [CopyPlan.Job]
  let sample: Sample
  /// What is mixed in; nil for nothing.
  let other: Sample?
}

/// The copies of each order, in the order of its jobs; nil for one that could not be made or shows nothing.
struct PlantedCopies: StudyTask {
  let orders: [CopyOrder]

  func found(by study: PictureStudy) -> [[PlantedCopy?]] { orders.map(study.copies) }

  func work(in source: FolderSource) -> [ChildWork] {
    orders.map { order in
      source.work(
        .damage, order.sample, beside: order.other.map { ($0, source) }, detail: order.jobs.flatMap { $0.encoded() })
    }
  }

  func found(in answers: [[UInt8]?]) -> [[PlantedCopy?]] {
    zip(orders, answers).map { order, answer in
      answer.flatMap { StudyAnswer.copies($0, of: order.jobs) }
        ?? [PlantedCopy?](repeating: nil, count: order.jobs.count)
    }
  }
}
