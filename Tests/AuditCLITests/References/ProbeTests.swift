import AuditStore
import Foundation
import Testing

/// A network that is trained on the images of a finished run.
@Suite struct ProbeTests {
  private let scratch: Scratch
  private let faces: String
  private let database: String

  init() throws {
    (scratch, faces) = try Scratch.withFaces(120)
    database = scratch.path + "/p.db"
    for number in 0..<4 {
      try Files.write(Picture.ppm(Picture.noise(UInt64(number))), to: faces + "/noise\(number).ppm")
    }
    let run = try Command.scan(faces, ["--db", database])
    try #require(run.status == 0, "\(run.err)")
  }

  private func column(_ sql: String) throws -> [String] { try Store.column(sql, in: database) }

  private func probe(_ more: [String] = []) throws -> Command {
    try Command.audit(["probe", database, "--epochs", "20"] + more)
  }

  @Test func oddImagesPullMoreUnderSquaredErrorAndARankingKeepsThat() throws {
    let run = try probe()
    #expect(run.status == 0, "\(run.err)")
    #expect(run.out.contains("124 images of run \"first\"") && run.out.contains("noise0.ppm"), "\(run.out)")
    #expect(
      try column("SELECT path FROM (SELECT path FROM samples ORDER BY probe_skew DESC LIMIT 4) ORDER BY path")
        == (0..<4).map { "noise\($0).ppm" })
    // Shares are in average images, of either half: their mean is 1.
    let mean = try #require(Double(column("SELECT avg(probe_share_mse) FROM samples")[0]))
    #expect(abs(mean - 1) < 1e-9)
    #expect(
      try column("SELECT count(*) FROM samples WHERE abs(probe_skew - probe_share_mse / probe_share_mae) > 1e-9") == [
        "0"
      ])
    #expect(
      try column("SELECT name FROM metric WHERE name LIKE 'probe%' ORDER BY name") == [
        "probe_share_mae", "probe_share_mse", "probe_skew",
      ])
    let before = try column("SELECT path || probe_skew FROM samples ORDER BY path")
    let again = try Command.scan(faces, ["--db", database, "--review-above", "3", "--drop-above", "4"])
    #expect(again.status == 0, "\(again.err)")
    #expect(try column("SELECT path || probe_skew FROM samples ORDER BY path") == before)
  }

  @Test func theNumberOfThreadsChangesNothingAndTheSeedDoes() throws {
    let skews = try [["--jobs", "1"], ["--jobs", "3"], ["--seed", "8"]].map { more in
      #expect(try probe(more).status == 0)
      return try column("SELECT path || ' ' || probe_skew FROM samples ORDER BY path")
    }
    #expect(skews[0] == skews[1] && skews[0] != skews[2])
  }

  @Test func aComparisonKeepsCurvesAndHeldOutErrors() throws {
    let run = try probe(["--compare", "--seeds", "2", "--progress", "json"])
    #expect(run.status == 0, "\(run.err)")
    #expect(run.err.contains(#""phase":"read""#) && run.err.contains(#""phase":"train""#))
    for words in ["squared error, without the drops", "Huber's loss, all images", "mean and range over 2 seeds"] {
      #expect(run.out.contains(words), "\(run.out)")
    }
    #expect(
      try column("SELECT name || count(*) FROM probe_training WHERE purpose = 'compare' GROUP BY name ORDER BY name")
        == [
          "all2", "both2", "drop2", "robust2", "weights2",
        ])
    #expect(try column("SELECT remedy || seeds FROM probe_comparison ORDER BY remedy").count == 5)
    // Noise that cannot be redrawn is left out: what stays is drawn better.
    #expect(try column("SELECT count(*) FROM samples WHERE verdict = 'drop'") == ["4"])
    #expect(try column("SELECT gain_low > 0 FROM probe_comparison WHERE remedy = 'drop'") == ["1"])
    #expect(try column("SELECT gain FROM probe_comparison WHERE remedy = 'all'") == ["0.0"])
    #expect(
      try column(
        "SELECT count(*) FROM probe_epoch JOIN probe_training ON id = training_id WHERE held_out_loss IS NULL") == ["0"]
    )
    try reportShowsTheCurves()
  }

  /// A line of 20 epochs per remedy on the page, and the same gain in words as in the database.
  private func reportShowsTheCurves() throws {
    let (page, text) = (scratch.path + "/r.html", scratch.path + "/r.md")
    let report = try Command.audit(["report", database, "-o", page, "-o", text])
    #expect(report.status == 0, "\(report.err)")
    let html = try String(contentsOfFile: page, encoding: .utf8)
    let chart = try #require(html.firstMatch(of: /id="learning-chart".*?<\/svg>/.dotMatchesNewlines())).output
    #expect(chart.matches(of: /<path class="lorenz [a-z_]+" d="M[^"]*L[^"]*">/).count == 5)
    let gain = try #require(Double(column("SELECT gain FROM probe_comparison WHERE remedy = 'drop'")[0]))
    let markdown = try String(contentsOfFile: text, encoding: .utf8)
    let row = try #require(markdown.split(separator: "\n").first { $0.contains("squared error without drop") })
    #expect(row.contains("\((1000 * gain).rounded() / 10) % ("), "\(row)")
  }

  @Test func filesThatChangedOrWentAreLeftOut() throws {
    try Files.write(Picture.ppm(777), to: faces + "/0003.ppm")
    try FileManager.default.removeItem(atPath: faces + "/0004.ppm")
    let run = try probe(["--sample", "100"])
    #expect(run.status == 0, "\(run.err)")
    #expect(run.err.contains("audit: 100 of 124 images take part (--sample)\n"), "\(run.err)")
    #expect(
      try column("SELECT count(*) FROM samples WHERE path IN ('0003.ppm', '0004.ppm') AND probe_skew NOTNULL") == ["0"])
    let count = try #require(Int(column("SELECT count(probe_skew) FROM samples")[0]))
    #expect((98...100).contains(count))
  }

  @Test func withoutTheImagesOrTheRunItSaysSo() throws {
    try FileManager.default.moveItem(atPath: faces, toPath: scratch.path + "/moved")
    let gone = try probe()
    #expect(
      gone.status == 2
        && gone.err
          == "audit: audit probe needs the run's files, and they are not in '\(faces)' any more; say where they lie with "
          + "--dataset FOLDER\n",
      "\(gone.err)")
    let other = try probe(["--run", "ninth"])
    #expect(
      other.status == 2 && other.err.contains("no run \"ninth\" in '") && other.err.hasSuffix("there are first\n"),
      "\(other.err)")
    let nothing = try Command.audit(["probe", scratch.path + "/no.db"])
    #expect(nothing.status == 2 && nothing.err.hasPrefix("audit: no database at"), "\(nothing.err)")
  }

  @Test func tooFewImagesAreSaidToBeTooFew() throws {
    let few = scratch.path + "/few"
    try Files.writePictures(1, to: few)
    #expect(try Command.scan(few, ["--db", scratch.path + "/few.db"]).status == 0)
    let words =
      "audit: run \"first\" has 1 scored image, which is too few: a probe takes at least 2; scan more images\n"
    for options in [[], ["--compare"]] {
      let one = try Command.audit(["probe", scratch.path + "/few.db"] + options)
      #expect(one.status == 2 && one.err == words, "\(one.err)")
    }
    try Files.writePictures(2, to: few)
    #expect(try Command.scan(few, ["--db", scratch.path + "/few.db"]).status == 0)
    for options in [[], ["--compare", "--seeds", "1"]] {
      let enough = try Command.audit(["probe", scratch.path + "/few.db", "--epochs", "1"] + options)
      #expect(enough.status == 0, "\(enough.err)")
    }
  }

  /// Without weights and drops every way is that with all images: nothing was measured of remedies.
  @Test func whereNoWayDiffersNothingIsClaimedOfRemedies() throws {
    let run = try Command.scan(faces, ["--reference", faces, "--name", "pairs", "--db", database])
    #expect(run.status == 0, "\(run.err)")
    #expect(try column("SELECT DISTINCT weight FROM all_samples WHERE run_id = 2") == ["1.0"])
    let compared = try probe(["--run", "pairs", "--compare", "--seeds", "1"])
    let note = "all training weights are 1: the ways with weights are the ways without"
    #expect(compared.status == 0 && compared.err.contains(note), "\(compared.err)")
    let show = try Command.audit(["show", database, "--run", "pairs"])
    #expect(show.out.contains("What a remedy is worth is estimated with a low-rank model alone"), "\(show.out)")
    #expect(!show.out.contains("trainings") && !show.out.contains("measurable"), "\(show.out)")
  }

  /// The databases keep a seed as a signed number.
  @Test func seedsThatADatabaseCannotKeepAreRefused() throws {
    for command in [
      ["scan", faces], ["plan", faces, "-o", "p.db"], ["fit", faces, "-o", "m"], ["probe", database], ["demo", "d"],
    ] {
      let run = try Command.audit(command + ["--seed", "9223372036854775808"], in: scratch.path)
      #expect(run.status == 2 && run.out == "", "\(command)")
      #expect(
        run.err.replacing("\n", with: " ").contains(
          "--seed takes a number from 0 to 9223372036854775807; got 9223372036854775808"), "\(run.err)")
    }
    let most = ["--seed", "9223372036854775807"]
    let scan = try Command.scan(faces, most + ["--name", "most", "--db", database])
    #expect(scan.status == 0 && scan.out.contains("(seed 9223372036854775807)"), "\(scan.out)\(scan.err)")
    let show = try Command.audit(["show", database, "--run", "most", "--json"])
    #expect(show.out.contains("\"seed\" : 9223372036854775807"), "\(show.out)")
    #expect(try probe(most + ["--run", "most", "--compare", "--seeds", "2", "--epochs", "1"]).status == 0)
    #expect(
      try column("SELECT DISTINCT seed FROM probe_training WHERE run_id = 2 ORDER BY seed") == [
        "0", "9223372036854775807",
      ])
  }

  @Test(arguments: [
    (["--compare", "--loss", "mae"], "leave --loss and\n--weighted out\n"), (["--epochs", "0"], "--epochs takes"),
    (["--seeds", "0"], "--seeds takes"), (["--loss", "mes"], "mes"), (["--rate", "0"], "--rate takes"),
  ]) func optionsThatCannotBeAreRefused(options: [String], words: String) throws {
    let run = try Command.audit(["probe", database] + options)
    #expect(run.status == 2 && run.err.contains(words), "\(run.err)")
  }
}
