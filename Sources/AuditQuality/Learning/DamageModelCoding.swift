package import AuditCore
import AuditDigest
import AuditStatistics

/// The file format of a model: little-endian, in this order.
///
///     8   "AUDITDMG"
///     4   version, then kinds, statistics of both lists, pictures, copies, and the ranks of the models of
///         histograms, thumbnails and both lists: 4 each
///     8   keys: one per picture
///     8   centre and spread of both lists and of the colours of parts
///     8   mean, eigenvalues and components (rank x length) of histograms and of both lists
///     4   mean and tiles of thumbnails; 8 eigenvalues between them
///     8   standardised statistics of the pictures, column by column, reach and density of each; centre and spread of
///         the distances
///     8   centre and spread of features and details
///         the judges: trees, discriminant and weight of sound votes (8) of each, see `ExtraTrees`, `LinearDiscriminant`
///     8   kind of each copy (-1 for a harmless one), strengths, votes for damage, votes for the own kind
///     32  SHA-256 of everything before
extension DamageModel {
  private static let magic = Array("AUDITDMG".utf8)
  private static let version: UInt32 = 9
  private static let checksumBytes = 32

  package func encoded() -> [UInt8] {
    var bytes = body()
    bytes += sha256(bytes)
    return bytes
  }

  /// `encoded()` without its checksum: for a process of this program that is handed it in memory.
  package func body() -> [UInt8] {
    var bytes = DamageModel.magic
    let spaces = [set.histograms, set.appearanceSpace, set.tracesSpace]
    let header = [
      Int(DamageModel.version), kinds, set.appearance.centre.count, set.traces.centre.count, keys.count, copies.count,
      set.pixels.rank,
    ]
    for number in header + spaces.map(\.rank) { bytes.append(littleEndian: UInt32(number)) }
    bytes.append(littleEndian: keys)
    for list in [set.appearance, set.traces, set.colours] { bytes.append(littleEndian: list.centre + list.spread) }
    for space in spaces { bytes.append(littleEndian: space.mean + space.eigenvalues + space.componentRows) }
    bytes.append(littleEndian: set.pixels.mean)
    bytes.append(littleEndian: set.pixels.eigenvalues)
    bytes.append(littleEndian: set.pixels.tiles)
    let crowd = set.neighbourhood
    bytes.append(littleEndian: crowd.columns + crowd.reach + crowd.density + set.oddness.centre + set.oddness.spread)
    bytes.append(littleEndian: usual.centre + usual.spread)
    for judge in judges { judge.encode(to: &bytes) }
    bytes.append(littleEndian: copies.map { Int64($0.kind ?? -1) })
    bytes.append(littleEndian: copies.map(\.strength) + copies.map(\.damage) + copies.map(\.ownKind))
    return bytes
  }

  /// - Throws: `AuditError` with what is wrong with the bytes.
  package init(decoding bytes: [UInt8]) throws(AuditError) { try self.init(bytes, isWhole: true) }

  /// A model that another process of this program handed over in memory, where nothing can have happened to it.
  ///
  /// - Parameter body: of the model.
  /// - Throws: `AuditError` where the bytes are none.
  package init(body: [UInt8]) throws(AuditError) { try self.init(body, isWhole: false) }

  /// - Parameter isWhole: whether a checksum follows.
  private init(_ bytes: [UInt8], isWhole: Bool) throws(AuditError) {
    var reader = LittleEndianReader(bytes)
    guard bytes.starts(with: DamageModel.magic), reader.skip(DamageModel.magic.count),
      let version: UInt32 = reader.next()
    else { throw DamageModel.damaged("these bytes are not a model") }
    guard version == DamageModel.version else {
      throw .otherVersion(
        of: "the stored quality model", found: "\(version)", known: "\(DamageModel.version)",
        remedy: "fit it anew with --fresh")
    }
    let checksum = isWhole ? DamageModel.checksumBytes : 0
    let body = bytes.count - checksum
    guard body >= 0,
      !isWhole || bytes.withUnsafeBytes({ sha256(.init(rebasing: $0[..<body])) }) == Array(bytes[body...])
    else { throw DamageModel.damaged("its checksum does not agree") }
    guard let model = DamageModel(from: &reader), reader.left == checksum
    else { throw DamageModel.damaged("it holds values that cannot be") }
    self = model
  }

  private static func damaged(_ what: String) -> AuditError {
    .damaged("the stored quality model", cause: what, remedy: "fit it anew with --fresh")
  }

  private init?(from reader: inout LittleEndianReader) {
    guard let header: [UInt32] = reader.next(9) else { return nil }
    let sizes = header.map(Int.init)
    let (kinds, count, copies) = (sizes[0], sizes[3], sizes[4])
    guard (1..<255).contains(kinds), count > 1, sizes[1] == PictureStatistics.appearance.count,
      sizes[2] == PictureStatistics.traces.count, let keys: [UInt64] = reader.next(count),
      let set = SetModel(
        decoding: &reader, count: count, pixelRank: sizes[5], histogramRank: sizes[6], appearanceRank: sizes[7],
        tracesRank: sizes[8]),
      let usual = reader.standardisation(JudgedFeatures.standardisedCount)
    else { return nil }
    var judges: [FoldJudge] = []
    for _ in 0..<DamageModel.folds {
      guard let judge = FoldJudge(decoding: &reader, classes: kinds + 1) else { return nil }
      judges.append(judge)
    }
    guard let heldOut = reader.copies(copies, kinds: kinds) else { return nil }
    self.init(kinds: kinds, set: set, keys: keys, usual: usual, judges: judges, copies: heldOut)
  }
}

extension SetModel {
  fileprivate init?(
    decoding reader: inout LittleEndianReader, count: Int, pixelRank: Int, histogramRank: Int, appearanceRank: Int,
    tracesRank: Int
  ) {
    let (appearance, traces) = (PictureStatistics.appearance.count, PictureStatistics.traces.count)
    guard let appearanceList = reader.standardisation(appearance), let tracesList = reader.standardisation(traces),
      let colours = reader.standardisation(RegionColours.count),
      let histograms = reader.subspace(length: PictureMeasures.histogramLength, rank: histogramRank),
      let appearanceSpace = reader.subspace(length: appearance, rank: appearanceRank),
      let tracesSpace = reader.subspace(length: traces, rank: tracesRank),
      let pixels = reader.thumbnails(rank: pixelRank),
      let columns = reader.doubles(appearance * count), let reach = reader.doubles(count),
      let density = reader.doubles(count),
      let centre = reader.doubles(Oddness.Part.allCases.count), let spread = reader.doubles(centre.count),
      columns.allSatisfy({ abs($0) <= Standardisation.limit }), spread.allSatisfy({ $0 >= 0 }),
      reach.allSatisfy({ $0 >= 0 }), density.allSatisfy({ $0 > 0 })
    else { return nil }
    self.init(
      appearance: appearanceList, traces: tracesList, colours: colours, histograms: histograms, pixels: pixels,
      appearanceSpace: appearanceSpace, tracesSpace: tracesSpace,
      neighbourhood: LocalOutlierFactor(columns: columns, reach: reach, density: density),
      oddness: OddnessScales(centre: centre, spread: spread))
  }
}

extension LittleEndianReader {
  fileprivate mutating func standardisation(_ count: Int) -> Standardisation? {
    guard let centre = doubles(count), let spread = doubles(count), spread.allSatisfy({ $0 > 0 }) else { return nil }
    return Standardisation(centre: centre, spread: spread)
  }

  fileprivate mutating func subspace(length: Int, rank: Int) -> RowSubspace? {
    guard rank <= length, let mean = doubles(length), let eigenvalues = doubles(rank),
      eigenvalues.allSatisfy({ $0 > 0 }), let components = doubles(rank * length)
    else { return nil }
    return RowSubspace(mean: mean, eigenvalues: eigenvalues, componentRows: components)
  }

  fileprivate mutating func thumbnails(rank: Int) -> ByteSubspace? {
    let length = PictureMeasures.pixelsLength
    guard rank <= length, let mean = floats(length), let eigenvalues = doubles(rank),
      eigenvalues.allSatisfy({ $0 > 0 }), let tiles = floats(rank * length)
    else { return nil }
    return ByteSubspace(mean: mean, eigenvalues: eigenvalues, tiles: tiles)
  }

  fileprivate mutating func copies(_ count: Int, kinds: Int) -> [HeldOutCopy]? {
    guard let labels: [Int64] = next(count), let strengths = doubles(count), let damage = doubles(count),
      let own = doubles(count), labels.allSatisfy({ $0 >= -1 && $0 < kinds }),
      (damage + own).allSatisfy({ (0...1).contains($0) })
    else { return nil }
    return labels.indices.map { index in
      HeldOutCopy(
        kind: labels[index] < 0 ? nil : Int(labels[index]), strength: strengths[index], damage: damage[index],
        ownKind: own[index])
    }
  }
}
