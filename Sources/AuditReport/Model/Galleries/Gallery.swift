package import AuditCore
import AuditStore

/// Images that a person is to look at, for one reason.
package struct Gallery: Codable, Sendable {
  package enum Kind: String, Codable, Sendable, CaseIterable {
    case drop, review
    /// What the reference model draws best of all.
    case easy
    /// Drawn at random from what stays, to compare with.
    case control
  }

  package let kind: Kind
  /// All images of the kind; the tiles are the first of them.
  package let images: Int
  package let tiles: [Tile]
}

/// What is told about one image beside its picture.
package struct Tile: Codable, Sendable {
  package let id: Int64
  package let path: String
  /// The bytes of the path, where they are not UTF-8.
  package let pathBase64: String?
  package let verdict: Verdict?
  /// What audit proposes; differs from the verdict where a person decided.
  package let proposal: Verdict?
  /// By skew, 1 = highest.
  package let rank: Int?
  package let skew: Double?
  package let ratio: Double?
  package let alike: Double?
  package let pullSquared: Double?
  package let weight: Double?
  package let orthogonalDistance: Double?
  package let scoreDistance: Double?
  package let mse: Double?
  package let mae: Double?
  /// The rule that fired.
  package let why: String?
  /// What its stored numbers tell of the residual.
  package let reason: String?
  package let issues: [String]
  /// Cell of the 4 x 4 grid that holds most of the squared residual, as `r2c3`, and its share.
  package let region: String?
  package let regionShare: Double?
}

extension Gallery.Kind {
  /// Most tiles of each; together with the pictures of the cut line about 200.
  var most: Int {
    switch self {
    case .drop: 60
    case .review: 48
    case .easy, .control: 24
    }
  }
}

/// Chooses the images of the galleries and reads what is told about them.
struct Galleries {
  let all: [Gallery]
  /// The highest skew; without skew the largest squared error.
  let worst: [Tile]

  private static let mostWorst = 6

  init(_ columns: RunColumns, store: Store, seed: Int) throws {
    let ranks = columns.ranks
    all = try Gallery.Kind.allCases.map { kind in
      let positions = Galleries.positions(of: kind, in: columns, seed: seed)
      let shown = Array(positions.chosen)
      let tiles = try store.tiles(of: shown.map { columns.ids[Int($0)] }, ranks: shown.map { Int(ranks[Int($0)]) })
      return Gallery(kind: kind, images: positions.images, tiles: tiles)
    }
    let measured = columns.squaredLoss.indices.filter { !columns.squaredLoss[$0].isNaN }.map { Int32($0) }
    let first =
      columns.bySkew.isEmpty
      ? measured.smallest(Galleries.mostWorst) { -columns.squaredLoss[Int($0)] }
      : Array(columns.bySkew.prefix(Galleries.mostWorst))
    worst = try store.tiles(of: first.map { columns.ids[Int($0)] }, ranks: first.map { Int(ranks[Int($0)]) })
  }

  private static func positions(
    of kind: Gallery.Kind, in columns: RunColumns, seed: Int
  ) -> (chosen: ArraySlice<Int32>, images: Int) {
    let verdict: Verdict =
      switch kind {
      case .drop: .drop
      case .review: .review
      case .easy, .control: .keep
      }
    let members = columns.bySkew.filter { columns.verdicts[Int($0)] == verdict }
    switch kind {
    case .drop: return (members.prefix(kind.most), members.count)
    case .review:
      // What look-alikes explain is taken off the skew; the ratio is what made it worth looking at.
      return (members.smallest(kind.most) { -columns.ratio[Int($0)] }[...], members.count)
    case .easy: return (members.smallest(kind.most) { columns.orthogonalDistance[Int($0)] }[...], members.count)
    case .control:
      var choice = SeededChoice(seed: seed)
      return (choice.draw(kind.most, from: members.sorted())[...], members.count)
    }
  }
}

extension [Int32] {
  /// The elements with the smallest keys, in order; equal ones by themselves.
  fileprivate func smallest(_ count: Int, by key: (Int32) -> Float) -> [Int32] {
    let sorted = sorted { left, right in
      let (one, other) = (key(left), key(right))
      return one == other ? left < right : one < other
    }
    return Array(sorted.prefix(count))
  }
}

extension Store {
  /// - Parameter ranks: by skew, in the order of the ids; 0 = none.
  fileprivate func tiles(of ids: [Int64], ranks: [Int]) throws -> [Tile] {
    let found = try self.tiles(of: ids)
    let regions = try worstRegions(of: ids)
    let regionOf = Dictionary(regions.map { ($0["sample_id"].integer ?? 0, $0) }) { first, _ in first }
    let rowOf = Dictionary(found.map { ($0["id"].integer ?? 0, $0) }) { first, _ in first }
    return zip(ids, ranks).compactMap { id, rank in
      rowOf[Int(id)].map { Tile($0, id: id, rank: rank == 0 ? nil : rank, region: regionOf[Int(id)]) }
    }
  }
}

extension Tile {
  fileprivate init(_ row: SQLRow, id: Int64, rank: Int?, region: SQLRow?) {
    self.id = id
    self.rank = rank
    path = row["path"].text ?? ""
    pathBase64 = row.pathBase64
    verdict = row["verdict"].text.flatMap(Verdict.init)
    proposal = row["proposal"].text.flatMap(Verdict.init)
    skew = row["skew"].real
    ratio = row["ratio"].real
    alike = row["alike"].real
    pullSquared = row["pull_squared"].real
    weight = row["weight"].real
    orthogonalDistance = row["od"].real
    scoreDistance = row["sd"].real
    mse = row["mse"].real
    mae = row["mae"].real
    why = row["why"].text
    reason = row["reason"].text
    issues = (row["issues"].text ?? "").split(separator: " ").map(String.init)
    self.region = region?["region"].text
    regionShare = region?["share"].real
  }
}
