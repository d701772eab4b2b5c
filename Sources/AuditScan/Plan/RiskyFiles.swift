import AuditCore
import AuditDataset
import AuditStore

/// What is known of files that ended the process that read them.
///
/// A file that was in work among others may be innocent: it is tried again with nothing beside it. One that was alone in
/// work is the cause, and is not opened again until it changes or another audit comes. Where files are read in child
/// processes both are tried there like any other: what ends a child is one row.
struct RiskyFiles: Sendable {
  /// Where files in work are marked; nil where nobody keeps that.
  var marks: WorkMarks?
  /// To be tried with nothing beside them.
  private(set) var alone: Set<SamplePath> = []
  /// Not to be opened.
  private(set) var banned: Set<SamplePath> = []
  /// Either, where child processes read them.
  private var isolated: Set<SamplePath> = []

  var isEmpty: Bool { alone.isEmpty && banned.isEmpty }

  init() {}

  /// Reads what the store remembers, and forgets what is no longer so.
  ///
  /// - Parameter plan: with its child processes, where these read it.
  init(plan: Plan, store: Store, dataset: String, version: String) throws {
    marks = store.marks
    let suspects = try store.suspects(of: dataset)
    guard !suspects.isEmpty else { return }
    let samples = plan.samples
    var outdated: [SamplePath] = []
    for suspect in suspects {
      guard let file = samples.place(of: suspect.path).map({ samples[$0] }) else { continue }
      if file.bytes != suspect.bytes || file.modified != suspect.modified || suspect.version != version {
        outdated.append(suspect.path)
      } else if plan.decoding != nil {
        isolated.insert(suspect.path)
      } else if suspect.isAlone {
        banned.insert(suspect.path)
      } else {
        alone.insert(suspect.path)
      }
    }
    try store.clearSuspects(outdated, of: dataset)
  }

  /// Those that were opened once all of the plan was.
  var tried: [SamplePath] { Array(alone.union(isolated)) }

  /// The place of a worker that nothing works beside.
  var aloneInWork: WorkPlace? { marks.map { WorkPlace(marks: $0, number: 0, isAlone: true) } }

  /// The row of a file that is not opened.
  static func row(of sample: Sample) -> SampleRow {
    var row = SampleRow(sample: sample)
    row.issues = [
      SampleIssue(
        .crash,
        "audit ended twice while it worked on this file; it is tried again when the file has changed, or without "
          + "--no-isolate")
    ]
    return row
  }

  /// "2 files were in work when audit ended: tried alone (a.jpg, b.jpg)".
  var notes: [String] {
    func named(_ paths: Set<SamplePath>) -> String {
      let names = paths.sorted()
      return names.prefix(3).map { "'\($0.printable)'" }.joined(separator: ", ") + (names.count > 3 ? ", ..." : "")
    }
    func were(_ paths: Set<SamplePath>) -> String {
      paths.count == 1 ? "1 file was" : "\(paths.count.formattedWithCommas) files were"
    }
    var notes: [String] = []
    if !alone.isEmpty {
      notes.append("\(were(alone)) in work when audit ended last time, and tried alone now: \(named(alone))")
    }
    if !isolated.isEmpty {
      let place = isolated.count == 1 ? "is read in a process of its own" : "are read in processes of their own"
      notes.append("\(were(isolated)) in work when audit ended, and \(place) now: \(named(isolated))")
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
