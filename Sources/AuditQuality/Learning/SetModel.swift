package import AuditStatistics
import CKernels

/// What a set of pictures is like: where their statistics lie and which spaces they span.
package struct SetModel: Sendable, Equatable {
  /// The statistics of `PictureStatistics.appearance` and of `PictureStatistics.traces`.
  package let appearance: Standardisation
  package let traces: Standardisation
  /// The colours of parts of the thumbnail.
  package let colours: Standardisation
  /// Robust models of the gradient histogram, the thumbnail, and the standardised statistics.
  package let histograms: RowSubspace
  package let pixels: ByteSubspace
  package let appearanceSpace: RowSubspace
  package let tracesSpace: RowSubspace
  package let neighbourhood: LocalOutlierFactor
  package let oddness: OddnessScales

  package init(
    appearance: Standardisation, traces: Standardisation, colours: Standardisation, histograms: RowSubspace,
    pixels: ByteSubspace, appearanceSpace: RowSubspace, tracesSpace: RowSubspace, neighbourhood: LocalOutlierFactor,
    oddness: OddnessScales
  ) {
    (self.appearance, self.traces, self.colours) = (appearance, traces, colours)
    (self.histograms, self.pixels) = (histograms, pixels)
    (self.appearanceSpace, self.tracesSpace) = (appearanceSpace, tracesSpace)
    (self.neighbourhood, self.oddness) = (neighbourhood, oddness)
  }

  /// Components of the models where there are rows enough.
  fileprivate static let (histogramRank, pixelRank, appearanceRank, tracesRank) = (32, 32, 8, 16)
  /// Reweightings of the two large models. Their weights do not settle in `RobustFit.mostRounds` either, and what they are
  /// needed for is the same after one as after twelve (`docs/damage.md`, 3).
  private static let mostRounds = 2
  private static let appearanceCount = PictureStatistics.appearance.count

  /// The components that are asked for, but at most a tenth of the rows.
  private static func rank(_ wanted: Int, rows: Int) -> Int { max(1, min(wanted, rows / 10)) }

  /// - Parameters:
  ///   - rows: the measures of the subsample, from `RobustFit.fewestRows` pictures up.
  ///   - jobs: threads; the result is the same for any number.
  /// - Throws: `.tooFewRows` or `.stopped`.
  package init(
    fitting rows: [PictureMeasures], jobs: Int = 1, isStopped: @Sendable () -> Bool = { false }
  ) throws(FitRefusal) {
    guard rows.count >= RobustFit.fewestRows else { throw .tooFewRows(count: rows.count) }
    func rank(_ wanted: Int) -> Int { SetModel.rank(wanted, rows: rows.count) }
    let appearance = Standardisation(fitting: rows.map { Array($0.statistics.prefix(SetModel.appearanceCount)) })
    let traces = Standardisation(fitting: rows.map { Array($0.statistics.dropFirst(SetModel.appearanceCount)) })
    let places = rows.map { appearance.standardised(Array($0.statistics.prefix(SetModel.appearanceCount))) }
    let strokes = rows.map { traces.standardised(Array($0.statistics.dropFirst(SetModel.appearanceCount))) }
    (self.appearance, self.traces) = (appearance, traces)
    colours = Standardisation(fitting: rows.map { RegionColours.values(of: $0.pixels) })
    histograms = try RowSubspace(
      fitting: rows.flatMap(\.histogram), length: PictureMeasures.histogramLength, rank: rank(SetModel.histogramRank),
      mostRounds: SetModel.mostRounds, jobs: jobs, isStopped: isStopped)
    pixels = try ByteSubspace(
      fitting: rows.flatMap(\.pixels), length: PictureMeasures.pixelsLength, rank: rank(SetModel.pixelRank),
      mostRounds: SetModel.mostRounds, jobs: jobs, isStopped: isStopped)
    appearanceSpace = try RowSubspace(
      fitting: places.flatMap { $0 }, length: appearance.centre.count, rank: rank(SetModel.appearanceRank), jobs: jobs,
      isStopped: isStopped)
    tracesSpace = try RowSubspace(
      fitting: strokes.flatMap { $0 }, length: traces.centre.count, rank: rank(SetModel.tracesRank), jobs: jobs,
      isStopped: isStopped)
    neighbourhood = LocalOutlierFactor(fitting: places)
    let (space, structure, content, neighbourhood) = (appearanceSpace, histograms, pixels, neighbourhood)
    oddness = OddnessScales(
      fitting: rows.indices.map { row in
        OddnessDistances(
          statistics: space.distances(of: places[row]),
          outlierFactor: neighbourhood.factor(of: places[row], member: row),
          structure: structure.distances(of: rows[row].histogram).orthogonal,
          content: content.distances(of: rows[row].pixels).orthogonal)
      })
  }

  /// Where a picture stands.
  package func place(of measures: PictureMeasures) -> SetPlace {
    let appearance = appearance.standardised(Array(measures.statistics.prefix(SetModel.appearanceCount)))
    let traces = traces.standardised(Array(measures.statistics.dropFirst(SetModel.appearanceCount)))
    let views = pixels.positions(of: [measures.pixels] + Turn.allCases.map(measures.pixels(turned:)))
    let coordinates = views[0].coordinates
    return SetPlace(
      appearance: appearance, traces: traces,
      colours: colours.standardised(RegionColours.values(of: measures.pixels)),
      histogram: histograms.distances(of: measures.histogram),
      pixels: views[0].distances, appearanceSpace: appearanceSpace.distances(of: appearance),
      tracesSpace: tracesSpace.distances(of: traces), lines: measures.lines,
      composition: coordinates + [Double](repeating: 0, count: SetModel.pixelRank - coordinates.count),
      turnedHistograms: measures.turnedHistograms.map { histograms.distances(of: $0).orthogonal },
      turnedPixels: views.dropFirst().map(\.distances.orthogonal))
  }

  /// - Parameter member: the row of the set that the picture is; it is not its own neighbour.
  package func oddness(of place: SetPlace, member: Int? = nil) -> Oddness {
    oddness.oddness(
      of: OddnessDistances(
        statistics: place.appearanceSpace,
        outlierFactor: neighbourhood.factor(of: place.appearance, member: member),
        structure: place.histogram.orthogonal, content: place.pixels.orthogonal))
  }
}

/// Where a picture stands in its set.
package struct SetPlace: Sendable {
  /// Standardised statistics.
  package let appearance: [Double]
  package let traces: [Double]
  /// Standardised colours of parts of the thumbnail.
  package let colours: [Double]
  package let histogram: SubspaceDistances
  package let pixels: SubspaceDistances
  package let appearanceSpace: SubspaceDistances
  package let tracesSpace: SubspaceDistances
  /// Of the picture as they were measured; NaN where it is too small.
  package let lines: [Double]
  /// Where the thumbnail lies along the components of the set's, in standard deviations; 0 beyond its rank.
  package let composition: [Double]
  /// Orthogonal distances of the turned picture, in the order of `Turn`.
  package let turnedHistograms: [Double]
  package let turnedPixels: [Double]

  /// How much nearer to the set than the upright picture a turned one lies: by the histogram, its distance subtracted,
  /// and by the thumbnail, the logarithm of the ratio. In the order of `Turn`; above 0 where the turned one is nearer.
  package var turnedNearness: (histogram: [Double], pixels: [Double]) {
    (
      turnedHistograms.map { histogram.orthogonal - $0 },
      turnedPixels.map { audit_log(pixels.orthogonal + 1e-6) - audit_log($0 + 1e-6) }
    )
  }

  /// Numbers of `features`.
  package static let featureCount = PictureStatistics.all.count + 8 + 2 * Turn.allCases.count + RegionColours.count

  /// What trees are grown on: the standardised statistics, cube roots of orthogonal and score distance to the models of
  /// histogram, thumbnail and both kinds of statistics, how much nearer the turned picture lies, and the colours of its parts.
  package var features: [Double] {
    let distances = [histogram, pixels, appearanceSpace, tracesSpace].flatMap { [$0.orthogonal, $0.score] }
    let (byHistogram, byPixels) = turnedNearness
    return appearance + traces + distances.map { cubeRoot($0) } + byHistogram + byPixels + colours
  }

  /// Numbers of `details`.
  package static let detailCount = PictureMeasures.linesLength + SetModel.pixelRank

  /// What is told by many numbers each of which says little, which trees do not add up: lines, and what the picture shows.
  package var details: [Double] { lines + composition }

  /// Features, then details.
  package var described: [Double] { features + details }
}
