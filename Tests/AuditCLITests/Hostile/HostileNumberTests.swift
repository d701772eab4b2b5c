import AuditCore
import Foundation
import Testing

/// Numbers that no scan of ours would have written.
@Suite struct HostileNumberTests {
  @Test(arguments: ["1e308", "-1e308", "9e999", "-9e999", "5e-324", "NULL", "0.0", "-0.0", "9007199254740993.0"])
  func noNumberInADatabaseEndsACommand(number: String) throws {
    let faces = (0..<30).map { index in
      ExportSet.Face("id\(index % 3)/\(100 + index).png", index < 3 ? .drop : .keep, skew: Double(30 - index))
    }
    let set = try ExportSet(faces, figures: ["worst_images": 3, "cut_od": 1], remedy: (0.1, 0.05, 0.2))
    let places = [
      "influence": ["od", "sd", "leverage", "nearest"], "score": ["mse", "mae", "ssim"],
      "standing": ["pull_squared", "pull_absolute", "ratio", "alike", "skew", "weight"],
    ]
    for (table, columns) in places {
      for column in columns where number != "NULL" || column != "od" {
        try Command.sqlite(
          set.database, "UPDATE \(table) SET \(column) = \(number) WHERE sample_id % 3 = \(column.count % 3)")
      }
    }
    try Command.sqlite(
      set.database,
      """
      INSERT OR REPLACE INTO figure (run_id, name, value) SELECT 1, value, \(number) FROM json_each(
        '["worst_images", "worst_pull_squared", "worst_share_mse", "cut_od", "cut_sd", "review_above", "scored"]');
      UPDATE remedy SET gain = coalesce(\(number), gain), low = coalesce(\(number), low), images = 9223372036854775807;
      """)
    let shares = ["0.01", "0.02", "0.05"].map { share in
      "INSERT OR REPLACE INTO gain_curve (run_id, share, images, gain, low, high) "
        + "VALUES (1, \(share), 9223372036854775807, coalesce(\(number), 0), coalesce(\(number), 0), 1e308);"
    }
    try Command.sqlite(set.database, shares.joined())
    let commands: [[String]] = [
      ["report", set.database, "-o", "r.html", "-o", "r.md", "-o", "r.json", "-o", "r.csv"],
      ["export", set.database, "--format", "card"], ["export", set.database, "--format", "csv"],
      ["export", set.database, "--format", "jsonl"], ["export", set.database, "--format", "sarif"],
      ["export", set.database, "--format", "weights", "-o", "w.npy"], ["compare", set.database, set.database],
      ["check", set.database, "--fail-on", "flagged>1%", "--fail-on", "top1%_pull>1%"],
      ["explain", set.database, "id0/100.png"], ["sql", set.database, "SELECT * FROM samples"],
    ]
    for command in commands {
      let run = try Command.audit(command, in: set.path)
      // A trap ends a program with the number of a signal, from 4 on.
      #expect((0...2).contains(run.status), "\(command.dropFirst()): \(run.status) \(run.err.suffix(300))")
      if command[0] == "report" { #expect(run.status == 0, "\(run.err)") }
    }
  }
}
