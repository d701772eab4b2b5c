import AuditCore
import AuditDataset
import AuditStore

/// What is known of files that ended the process that read them.
///
/// A file that was in work among others may be innocent: it is tried again with nothing beside it. One that was alone in
/// work is the cause, and is not opened again until it changes or another audit comes.
struct RiskyFiles: Sendable {
  /// Where files in work are marked; nil where nobody keeps that.
  var marks: WorkMarks?
  /// To be tried with nothing beside them.
  private(set) var alone: Set<SamplePath> = []
  /// Not to be opened.
  private(set) var banned: Set<SamplePath> = []

  var isEmpty: Bool { alone.isEmpty && banned.isEmpty }

  init() {}

  /// Reads what the store remembers, and forgets what is no longer so.
  init(plan: Plan, store: Store, dataset: String, version: String) throws {
    marks = store.marks
    let suspects = try store.suspects(of: dataset)
    guard !suspects.isEmpty else { return }
    let wanted = Set(suspects.map(\.path))
    let files = Dictionary(plan.samples.filter { wanted.contains($0.path) }.map { ($0.path, $0) }) { first, _ in first }
    var outdated: [SamplePath] = []
    for suspect in suspects {
      guard let file = files[suspect.path] else { continue }
      if file.bytes != suspect.bytes || file.modified != suspect.modified || suspect.version != version {
        outdated.append(suspect.path)
      } else if suspect.isAlone {
        banned.insert(suspect.path)
      } else {
        alone.insert(suspect.path)
      }
    }
    try store.clearSuspects(outdated, of: dataset)
  }

  /// The place of a worker that nothing works beside.
  var aloneInWork: WorkPlace? { marks.map { WorkPlace(marks: $0, number: 0, isAlone: true) } }

  /// The row of a file that is not opened.
  static func row(of sample: Sample) -> SampleRow {
    var row = SampleRow(sample: sample)
    row.issues = [
      SampleIssue(.crash, "audit ended twice while it worked on this file; it is tried again when the file has changed")
    ]
    return row
  }

  /// "2 files were in work when audit ended: tried alone (a.jpg, b.jpg)".
  var notes: [String] {
    func named(_ paths: Set<SamplePath>) -> String {
      let names = paths.sorted()
      return names.prefix(3).map { "'\($0.printable)'" }.joined(separator: ", ") + (names.count > 3 ? ", ..." : "")
    }
    var notes: [String] = []
    if !alone.isEmpty {
      let files = alone.count == 1 ? "1 file was" : "\(alone.count.formattedWithCommas) files were"
      notes.append("\(files) in work when audit ended last time, and tried alone now: \(named(alone))")
    }
    if !banned.isEmpty {
      let files = counted(banned.count, "file")
      notes.append("\(files) ended audit twice and \(banned.count == 1 ? "is" : "are") not opened: \(named(banned))")
    }
    return notes
  }
}

/// A worker's place among the marks of files in work.
struct WorkPlace: Sendable {
  let marks: WorkMarks
  let number: Int
  let isAlone: Bool

  func enter(_ sample: Sample) { marks.enter(sample, place: number, isAlone: isAlone) }
  func leave() { marks.leave(place: number) }
}

/// Hands out places to workers.
struct WorkPlaces {
  private let marks: WorkMarks?
  private var taken = 0

  init(_ marks: WorkMarks?) { self.marks = marks }

  mutating func next() -> WorkPlace? {
    defer { taken += 1 }
    return marks.map { WorkPlace(marks: $0, number: taken, isAlone: false) }
  }
}
