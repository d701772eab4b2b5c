import AuditCore
import AuditDigest
import Foundation

/// A row as a line of JSON.
struct RowLine {
  /// Of the numbers in a row, in order; what stands behind `w` and `h`.
  static func columns(metrics: [String]) -> [String] {
    metrics + ["orthogonal_distance", "score_distance", "leverage", "nearest_distance"]
  }

  private static let mostDetail = 200

  private(set) var bytes: [UInt8] = []

  /// - Parameters:
  ///   - loss: nil where a child answered.
  ///   - isWhole: whether all that the row holds goes along, bit for bit, for a merge.
  init(_ row: SampleRow, ticket: RowTicket, metrics: [String], loss: ChildLoss?, isWhole: Bool) {
    put("{\"k\":")
    Escaping.json.add(ticket.key, to: &bytes)
    if let order = ticket.order { put(",\"ord\":\(order)") }
    if let failure = row.failure {
      put(",\"st\":\"error\",\"v\":1,\"code\":\"\(failure.code.rawValue)\"")
      if let signal = loss?.signal { put(",\"signal\":\(signal)") }
      put(",\"attempts\":\(loss?.attempts ?? 1)")
      put(",\"detail\":")
      Escaping.json.add(RowLine.cut(failure.detail), to: &bytes)
    } else {
      put(",\"st\":\"ok\",\"v\":1")
      put(facts: row.facts)
      put(numbers: row, metrics: metrics)
      put(notices: row.issues)
    }
    put(sum: row.sha256)
    if isWhole { put(",\"row\":\"\(Data(row.encoded()).base64EncodedString())\"") }
    put("}\n")
  }

  private mutating func put(_ text: String) { bytes += text.utf8 }

  private mutating func put(facts: FileFacts?) {
    guard let facts else { return }
    put(",\"w\":\(facts.width),\"h\":\(facts.height),\"format\":\"\(facts.format.rawValue)\"")
  }

  private mutating func put(numbers row: SampleRow, metrics: [String]) {
    for (index, metric) in metrics.enumerated() {
      put(metric, row.scores.indices.contains(index) ? row.scores[index] : nil)
    }
    put("orthogonal_distance", row.influence?.orthogonalDistance)
    put("score_distance", row.influence?.scoreDistance)
    put("leverage", row.influence?.leverage)
    put("nearest_distance", row.influence?.nearestDistance)
  }

  private mutating func put(_ name: String, _ number: Double?) {
    put(",")
    Escaping.json.add(name, to: &bytes)
    // The shortest digits that give the same number again.
    put(number.map { $0.isFinite ? ":\($0)" : ":null" } ?? ":null")
  }

  private mutating func put(notices: [SampleIssue]) {
    guard !notices.isEmpty else { return }
    put(",\"issues\":[")
    for (index, issue) in notices.enumerated() {
      put("\(index == 0 ? "" : ",")\"\(issue.code.rawValue)\"")
    }
    put("]")
  }

  private mutating func put(sum: [UInt8]?) {
    guard let sum else { return }
    put(",\"sha256\":\"\(hexadecimal(sum))\"")
  }

  /// At most `mostDetail` bytes, none of a scalar's cut.
  private static func cut(_ text: String) -> String {
    var cut = text.unicodeScalars
    while cut.reduce(0, { $0 + UTF8.width($1) }) > mostDetail { cut.removeLast() }
    return String(cut)
  }
}
