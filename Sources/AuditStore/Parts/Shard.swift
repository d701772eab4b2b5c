/// One of several parts of a plan: `3/8`. Neighbours in the plan stay together, since they mostly lie together on a disk.
package struct Shard: Sendable, Equatable {
  /// From 1 to `count`.
  package let number: Int
  package let count: Int

  /// The most parts that a plan is cut into.
  package static let most = 1_000_000

  package init?(number: Int, of count: Int) {
    guard (1...Shard.most).contains(count), (1...count).contains(number) else { return nil }
    (self.number, self.count) = (number, count)
  }

  /// - Parameter text: `3/8`; nil for what is none.
  package init?(_ text: String) {
    let parts = text.unicodeScalars.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let number = Int(String(parts[0])), let count = Int(String(parts[1])) else { return nil }
    self.init(number: number, of: count)
  }

  package var text: String { "\(number)/\(count)" }

  /// What its run is called in its database.
  package var runName: String { "shard-\(number)-of-\(count)" }

  /// The part whose run is called so; nil for other runs.
  package init?(runName: String) {
    guard runName.hasPrefix("shard-") else { return nil }
    self.init(String(runName.dropFirst("shard-".count).replacing("-of-", with: "/")))
  }

  /// Where `audit score` keeps it unless another place is named.
  package func file(plan database: String) -> String { "\(Shard.stem(of: database)).\(runName).db" }

  /// The plan that a part of that name lies beside; nil where it has another name.
  package func plan(ofPart database: String) -> String? {
    let end = ".\(runName).db"
    return database.hasSuffix(end) ? database.dropLast(end.count) + ".db" : nil
  }

  /// The name of a plan without its ending.
  package static func stem(of database: String) -> String {
    database.hasSuffix(".db") ? String(database.dropLast(".db".count)) : database
  }

  /// What is its own of a list: parts differ in length by one at most.
  package func part<List: RandomAccessCollection>(of list: List) -> List.SubSequence where List.Index == Int {
    list[start(in: list.count)..<Shard.start(of: number, count, in: list.count)]
  }

  /// The part that a place in a list of that length belongs to.
  package static func holding(_ place: Int, of length: Int, count: Int) -> Shard? {
    guard length > 0, (0..<length).contains(place), (1...most).contains(count) else { return nil }
    // The first parts are one longer than the others.
    let (whole, rest) = length.quotientAndRemainder(dividingBy: count)
    let longer = rest * (whole + 1)
    return Shard(number: place < longer ? place / (whole + 1) + 1 : rest + (place - longer) / whole + 1, of: count)
  }

  private func start(in length: Int) -> Int { Shard.start(of: number - 1, count, in: length) }

  /// Where the part behind the first `parts` begins.
  private static func start(of parts: Int, _ count: Int, in length: Int) -> Int {
    length / count * parts + min(parts, length % count)
  }
}
