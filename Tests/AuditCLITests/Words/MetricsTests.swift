import Foundation
import Testing

/// `audit metrics`: the registry for people and for programs.
@Suite struct MetricsTests {
  @Test func everyMetricIsListedWithUnitRangeAndMeaning() throws {
    let run = try Command.audit(["metrics"])
    #expect(run.status == 0 && run.err == "")
    let lines = run.out.components(separatedBy: "\n")
    #expect(lines[0].hasPrefix("name "))
    for name in ["mse", "mae", "huber", "ssim", "gmsd", "imae", "mase", "smape"] {
      #expect(lines.contains { $0.hasPrefix(name + " ") }, "\(name)")
    }
    #expect(try Command.audit(["metrics", "list"]).out == run.out)
  }

  @Test func theListIsOneJSONArray() throws {
    let run = try Command.audit(["metrics", "list", "--json"])
    let entries = try #require(try JSONSerialization.jsonObject(with: Data(run.out.utf8)) as? [[String: Any]])
    let squared = try #require(entries.first { $0["name"] as? String == "mse" })
    #expect(squared["direction"] as? String == "lower")
    #expect(squared["low"] as? Double == 0)
    #expect(
      entries.allSatisfy { !($0["meaning"] as? String ?? "").isEmpty && !($0["source"] as? String ?? "").isEmpty })
    let table = try Command.audit(["metrics"]).out
    for entry in entries { #expect(table.contains(try #require(entry["name"] as? String))) }
  }

  @Test func aLossIsShownWithItsCurve() throws {
    let run = try Command.audit(["metrics", "show", "huber"])
    #expect(run.status == 0)
    #expect(run.out.hasPrefix("huber  "))
    #expect(run.out.contains("psi: how hard a residual pulls") && run.out.contains("weight = psi(r) / r"))
    #expect(run.out.contains("Huber") && run.out.contains("robust to"))
    #expect(!run.out.contains("\u{1B}"), "no colour in a pipe")
    #expect(try Command.audit(["metrics", "show", "huber", "--color", "always"]).out.contains("\u{1B}[1mhuber"))
  }

  @Test func theCurveOfTheSquaredLossIsAStraightLine() throws {
    let run = try Command.audit(["metrics", "show", "mse"])
    let rows = run.out.components(separatedBy: "\n").filter { $0.contains("┤") }
    #expect(rows.count == 16, "psi and weight, eight rows each")
    let psi = rows.prefix(8)
    let lefts = psi.map { row in row.unicodeScalars.drop { $0 != "┤" }.dropFirst().firstIndex { $0 != "\u{2800}" } }
    #expect(lefts.allSatisfy { $0 != nil }, "a line that rises passes through every row")
  }

  @Test func aParameterMakesAnotherMetric() throws {
    let plain = try Command.audit(["metrics", "show", "huber"]).out
    let changed = try Command.audit(["metrics", "show", "huber:delta=0.1"])
    #expect(changed.status == 0)
    #expect(changed.out != plain && changed.out.contains("delta = 0.1"), "\(changed.out)")
  }

  @Test func anUnknownMetricIsAnsweredWithTheNearest() throws {
    let run = try Command.audit(["metrics", "show", "hubr"])
    #expect(run.status == 2)
    #expect(run.out == "")
    #expect(run.err.contains("hubr") && run.err.contains("huber"), "\(run.err)")
  }

  @Test func aParameterInAScanIsAColumnThatTheDatabaseExplains() throws {
    let scratch = try Scratch()
    try Files.writePictures(30, to: scratch.path + "/faces")
    let run = try Command.audit(
      ["scan", "faces", "--size", "64", "--metrics", "mse,huber:delta=0.1", "-q"], in: scratch.path)
    #expect(run.status == 0, "\(run.err)")
    let answer = try Command.audit(
      [
        "sql", "faces.audit.db", "SELECT name, parameters FROM metric WHERE parameters LIKE '%delta%0.1%'",
        "--no-header",
      ],
      in: scratch.path)
    let name = try #require(answer.out.split(separator: "\t").first)
    let filled = try Command.audit(
      ["sql", "faces.audit.db", "SELECT count(\"\(name)\"), count(mse), count(mae) FROM samples", "--no-header"],
      in: scratch.path)
    #expect(filled.out == "30\t30\t0\n")
  }
}
