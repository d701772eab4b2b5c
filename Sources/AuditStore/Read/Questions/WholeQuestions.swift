import AuditCore
import Foundation

/// What is counted over all samples of a run, also of one whose database keeps an excerpt of them.
enum WholeQuestion: String, Sendable, CaseIterable {
  /// How many files are alike in status, error, size, format, colour, depth, turn and copy.
  case kindsOfFile = "kinds_of_file"
  case scored
  /// Folders of the first level, or what else names a person.
  case identities
  case splits
  case proposals
  /// Groups of copies, runs of frames and leaks.
  case copies
}

extension Store {
  /// - Returns: what was counted while all samples were here, else what is counted now; empty where nobody looked.
  func rows(_ question: WholeQuestion, of run: Int64) throws -> [SQLRow] {
    if try hasTable("whole_answer"),
      let kept = try rows(
        "SELECT answer FROM whole_answer WHERE run_id = ? AND question = ?", .integer(run), .text(question.rawValue)
      ).first
    {
      guard let answer = try? JSONDecoder().decode(KeptAnswer.self, from: Data((kept["answer"].text ?? "").utf8)) else {
        throw AuditError.databaseDamaged(path: path, cause: "what was counted over all samples is no answer")
      }
      return answer.rows
    }
    return try sql(question).map { try rows($0, .integer(run)) } ?? []
  }

  /// nil where the database of an older audit knows nothing of it.
  private func sql(_ question: WholeQuestion) throws -> String? {
    switch question {
    case .kindsOfFile:
      return """
        SELECT count(*) AS images, status, error_code, width, height, format, colour, has_alpha,
          bits_per_channel > 8 AS deep, orientation > 1 AS turned, duplicate_of IS NOT NULL AS duplicate,
          \(try hasColumn("header", in: "sample") ? "header" : "NULL AS header")
        FROM sample WHERE run_id = ? GROUP BY 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
        """
    case .scored: return "SELECT count(*) AS images FROM sample WHERE run_id = ? AND status = 'ok'"
    case .identities: return "SELECT count(DISTINCT identity) AS identities FROM sample WHERE run_id = ?"
    case .splits:
      return try hasColumn("split", in: "sample")
        ? "SELECT split, count(*) AS images FROM sample WHERE run_id = ? AND split NOTNULL GROUP BY split" : nil
    case .proposals:
      return """
        SELECT verdict, count(*) AS images FROM standing JOIN sample ON sample.id = sample_id
        WHERE run_id = ? AND verdict IS NOT NULL GROUP BY verdict
        """
    case .copies:
      return try hasTable("near_group")
        ? """
        SELECT count(DISTINCT iif(kind <> 'run', number, NULL)) AS groups, sum(kind <> 'run' AND is_best = 0) AS copies,
          count(DISTINCT iif(kind = 'run', number, NULL)) AS runs, sum(kind = 'run') AS frames,
          (SELECT count(DISTINCT sample_id) FROM split_leak JOIN sample ON sample.id = sample_id WHERE run_id = ?1) AS leaks
        FROM near_group JOIN sample ON sample.id = sample_id WHERE run_id = ?1
        """ : nil
    }
  }
}

/// Rows as they are kept.
struct KeptAnswer: Codable {
  private enum Value: Codable {
    case none
    case whole(Int64)
    case number(Double)
    case word(String)

    init(_ value: SQLValue) {
      switch value {
      case .integer(let whole): self = .whole(whole)
      case .real(let number): self = number.isFinite ? .number(number) : .none
      case .text(let word): self = .word(word)
      case .null, .blob: self = .none
      }
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if container.decodeNil() {
        self = .none
      } else if let whole = try? container.decode(Int64.self) {
        guard Store.storedCounts.contains(Int(whole)) else {
          throw DecodingError.dataCorruptedError(in: container, debugDescription: "no count")
        }
        self = .whole(whole)
      } else if let number = try? container.decode(Double.self) {
        self = .number(number)
      } else {
        self = .word(try container.decode(String.self))
      }
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .none: try container.encodeNil()
      case .whole(let whole): try container.encode(whole)
      case .number(let number): try container.encode(number)
      case .word(let word): try container.encode(word)
      }
    }

    var value: SQLValue {
      switch self {
      case .none: .null
      case .whole(let whole): .integer(whole)
      case .number(let number): .real(number)
      case .word(let word): .text(word)
      }
    }
  }

  private let columns: [String]
  private let values: [[Value]]

  init(_ rows: [SQLRow]) {
    columns = rows.first?.columns.names ?? []
    values = rows.map { $0.values.map { Value($0) } }
  }

  /// A row that lacks a column is left out.
  var rows: [SQLRow] {
    let names = SQLColumns(columns)
    return values.filter { $0.count == columns.count }.map { SQLRow(columns: names, values: $0.map(\.value)) }
  }
}
