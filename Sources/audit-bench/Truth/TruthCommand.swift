import ArgumentParser
import AuditCore
import AuditProbe
import AuditScan
import Foundation

struct TruthCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "truth", abstract: "Plant defects, follow the statistic, and see what it was worth.",
    discussion: """
      Holds clean pictures out (every fifth), plants defects in a tenth of the rest, asks the statistic what to do about them, and \
      trains without and with what it said. Both are judged on the held-out pictures.

      The gain that a scan estimates is that on images like the rest of the set, which every fifth image is. With \
      --stretch 10 whole scenes of a film are held out, which nothing in the rest resembles: a harder question.

      With --check the exit status is 1 where the statistic does not keep what ARCHITECTURE.md says of it.
      """)

  @Argument(help: ArgumentHelp("A folder of images; without one, demo faces are drawn.", valueName: "folder"))
  var folder: String?

  @Option(help: ArgumentHelp("At most so many images.", valueName: "count"))
  var images: Int?

  @Option(
    help: ArgumentHelp("What is planted where; may be given several times (default: 1).", valueName: "number"))
  var seed: [UInt64] = []

  @Option(
    help: ArgumentHelp(
      "Every fifth stretch of so many consecutive images is held out; 1 holds out every fifth image. Of a clean set "
        + "the seed chooses a fifth.",
      valueName: "count"))
  var stretch = 1

  @Flag(help: "Plant every defect twice, as where a file was put in under two names.")
  var copies = false

  @Flag(help: "Plant nothing: what does the statistic say of a clean set?")
  var clean = false

  @Option(
    help: ArgumentHelp(
      "A second camera takes 12 to 20 of the pictures to learn from, and as many of those held out: so many pictures "
        + "apart, turned, cropped and tinted alike. With --clean nothing else differs.",
      valueName: "count"))
  var camera: Int?

  @Flag(inversion: .prefixedNo, help: "Whether damage is learnt in the set, as a scan does.")
  var quality = true

  @Flag(
    help: ArgumentHelp(
      "Hold out one fifth after the other, so that every image of a draw is judged once by models that did not see it: "
        + "a few rare images in one fifth or not decide what that one says."))
  var fifths = false

  @Flag(help: "Judge the remedies alone: no other rankings, no image left out by itself.")
  var remedies = false

  @Option(help: ArgumentHelp("Images that are left out one by one, for the correlation.", valueName: "count"))
  var leaveOut = 300

  @Flag(help: "Train autoencoders too, which takes minutes.")
  var probe = false

  @Option(help: ArgumentHelp("Epochs of those trainings.", valueName: "count"))
  var epochs = ProbeSettings().epochs

  @Option(help: ArgumentHelp("Seeds that every training is made with.", valueName: "count"))
  var networks = 5

  @Flag(help: "Exit with 1 where an expectation fails.")
  var check = false

  @Flag(help: "Print one JSON document instead of tables.")
  var json = false

  func validate() throws {
    if let images, images < 125 { throw ValidationError("--images takes a number from 125; got \(images)") }
    if stretch < 1 { throw ValidationError("--stretch takes a number from 1; got \(stretch)") }
    if let camera, camera < 1 { throw ValidationError("--camera takes a number from 1; got \(camera)") }
    if epochs < 1 { throw ValidationError("--epochs takes a number from 1; got \(epochs)") }
    if networks < 1 { throw ValidationError("--networks takes a number from 1; got \(networks)") }
    if leaveOut < 3 { throw ValidationError("--leave-out takes a number from 3; got \(leaveOut)") }
  }

  func run() throws {
    let jobs = ProcessInfo.processInfo.activeProcessorCount
    var truths: [Truth] = []
    var failures: [String] = []
    for seed in seed.isEmpty ? [1] : seed {
      let source =
        try folder.map { try PictureSource.folder($0, images: images) } ?? .demo(images: images, seed: seed)
      var draw: [Truth] = []
      for fifth in fifths ? (0..<TruthSet.fifths).map(Optional.some) : [nil] {
        let set = try TruthSet(
          source, seed: seed, stretch: stretch, copies: copies, plants: !clean, finds: quality, cameraApart: camera,
          fifth: fifth, jobs: jobs)
        guard set.trainCount >= 100, set.testCount > 0 else {
          throw AuditError.lacking("\(set.trainCount) readable images to train on are too few", remedy: "it takes 100")
        }
        let ranking = try TruthRanking(set, remediesOnly: remedies, jobs: jobs)
        var truth = Truth(ranking, jobs: jobs, leaveOut: remedies ? 0 : leaveOut)
        if probe { try truth.train(ranking, epochs: epochs, networks: networks, jobs: jobs) }
        draw.append(truth)
      }
      if fifths { Truth.join(&draw) }
      for truth in draw {
        if !json { print(truth.table.joined(separator: "\n") + "\n") }
        failures += truth.brokenExpectations
      }
      truths += draw
    }
    if json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
      print(String(decoding: try encoder.encode(truths), as: UTF8.self))
    }
    if !json, truths.count > 1 { print(TruthSummary(truths).table.joined(separator: "\n")) }
    guard check else { return }
    for failure in failures { FileHandle.standardError.write(Data("audit-bench: \(failure)\n".utf8)) }
    if !failures.isEmpty { throw ExitCode(1) }
  }
}

extension Truth {
  /// The numbers for a person.
  var table: [String] {
    let columns: [(head: String, isUsed: Bool, cell: (TruthLine) -> String)] = [
      ("", true, \.name), ("images", true, { String($0.images) }),
      ("planted", true, { $0.planted.map { "\(Int((100 * $0).rounded())) %" } ?? "-" }),
      ("estimated gain", true, { $0.estimate.map(words) ?? "-" }), ("true gain", true, { words($0.truth) }),
      ("on every image", fifth != nil, { $0.everyPicture.map(words) ?? "-" }),
      ("trained autoencoder", lines.contains { $0.probe != nil }, { $0.probe.map(words) ?? "-" }),
    ].filter(\.isUsed)
    let rows = [columns.map(\.head)] + lines.map { line in columns.map { $0.cell(line) } }
    let widths = columns.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    let text = rows.map { row in
      zip(row, widths).enumerated().map { column, cell in
        column == 0 ? cell.0.padded(cell.1) : cell.0.padded(left: cell.1)
      }.joined(separator: "  ")
    }
    let table =
      [
        "\(set), seed \(seed)\(fifth.map { ", fifth \($0 + 1)" } ?? ""): \(trained) to train on, \(planted) of them planted; \(heldOut) clean ones held out"
          + (flagged.map { ", \($0) flagged, \(flaggedPlanted ?? 0) of these planted" } ?? "")
          + (stretch > 1 ? " in stretches of \(stretch)" : ""),
        "fall of the held-out squared error in %, with its 95 % interval"
          + (lines.contains { $0.probe != nil } ? "; of trainings, with the range of the networks" : ""),
      ] + text + verdictLines
    guard let pullCorrelation, let errorCorrelation else { return table }
    return table + [
      "rank correlation with the move of the model when an image is left out, \(moved) images: "
        + "pull_squared \(decimal(pullCorrelation, 3)), mse \(decimal(errorCorrelation, 3))"
    ]
  }

  private var verdictLines: [String] {
    let camera = camera.map {
      "of \($0.images) images of the second camera \($0.drop) are marked drop and \($0.review) review"
    }
    return [camera, "recommended: \(recommended ?? "nothing")"].compactMap { $0 }
  }

  private func words(_ interval: Gain) -> String {
    "\(decimal(100 * interval.gain, 1)) (\(decimal(100 * interval.low, 1)) to \(decimal(100 * interval.high, 1)))"
  }

  private func decimal(_ value: Double, _ digits: Int) -> String {
    String(format: "%.\(digits)f", value)
  }
}
