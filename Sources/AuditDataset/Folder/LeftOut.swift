package import AuditCore

/// What a walk met and did not take as samples, counted by kind and name, so that nothing is passed over in silence.
package struct LeftOut: Sendable, Equatable {
  /// Raw values are `left_out.kind`.
  package enum Kind: String, Sendable, CaseIterable {
    /// A picture that belongs to the image beside it; by the suffix of its name.
    case sidecar
    /// By the pattern that fits, or `--include` where none does.
    case excluded
    /// The name begins with a dot.
    case hidden
    /// No picture; by the ending of its name in lower case, "" where there is none.
    case other
    /// In a container, and no file that can be taken out of it; by the reason.
    case contained
  }

  package struct Group: Sendable, Hashable {
    package let kind: Kind
    package let name: String
  }

  package struct Count: Sendable, Equatable {
    package internal(set) var files = 0
    /// Folders that were not entered.
    package internal(set) var folders = 0
    /// The first by the order of raw bytes.
    package internal(set) var example: SamplePath
  }

  package private(set) var groups: [Group: Count] = [:]

  /// By kind, the most frequent first.
  package var ordered: [(group: Group, count: Count)] {
    groups.map { (group: $0.key, count: $0.value) }.sorted { left, right in
      let places = [left, right].map { Kind.allCases.firstIndex(of: $0.group.kind) ?? 0 }
      if places[0] != places[1] { return places[0] < places[1] }
      let sums = [left, right].map { $0.count.files + $0.count.folders }
      return sums[0] != sums[1] ? sums[0] > sums[1] : left.group.name < right.group.name
    }
  }

  /// Files of a kind by name.
  package func files(_ kind: Kind) -> [String: Int] {
    groups.reduce(into: [:]) { files, item in
      if item.key.kind == kind, item.value.files > 0 { files[item.key.name] = item.value.files }
    }
  }

  mutating func add(_ kind: Kind, _ name: String, file path: [UInt8]) {
    change(kind, name, path) { $0.files += 1 }
  }

  mutating func add(_ kind: Kind, _ name: String, folder path: [UInt8]) {
    change(kind, name, path) { $0.folders += 1 }
  }

  private mutating func change(_ kind: Kind, _ name: String, _ path: [UInt8], _ body: (inout Count) -> Void) {
    let group = Group(kind: kind, name: name)
    if let known = groups[group] {
      // Whatever order the system lists names in, the example is the same.
      if path.precedes(known.example.bytes) { groups[group]?.example = SamplePath(bytes: path) }
    } else {
      groups[group] = Count(example: SamplePath(bytes: path))
    }
    groups[group].mutate(body)
  }
}

extension Optional {
  /// Changes the value in place where there is one.
  fileprivate mutating func mutate(_ body: (inout Wrapped) -> Void) {
    guard var value = self else { return }
    body(&value)
    self = value
  }
}
