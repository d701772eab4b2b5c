package import AuditCore

/// How a path says who is in the picture: `--identity-from`.
package enum IdentityRule: Sendable, Equatable {
  /// The first folder; a container is none.
  case folder
  /// What the pattern's first group (or its whole match) catches in the path; nobody where it does not match.
  case pattern(String)

  /// - Throws: `AuditError` with what is accepted.
  package init(_ text: String?) throws(AuditError) {
    switch text {
    case nil, "dir": self = .folder
    case .some(let text) where text.hasPrefix("regex:"):
      let pattern = String(text.dropFirst("regex:".count))
      do {
        _ = try Regex(pattern)
      } catch {
        throw .usage("--identity-from: '\(pattern)' is not a regular expression: \(error)")
      }
      self = .pattern(pattern)
    case .some(let text): throw .usage("--identity-from takes dir or regex:PATTERN; got '\(text)'")
    }
  }

  /// Writes the identity into every sample.
  func mark(_ samples: inout SampleList) throws {
    switch self {
    case .folder: samples.identify { $0.identity.map { ByteKey($0.distinctText) } }
    case .pattern(let pattern): try IdentityRule.mark(&samples, by: Regex(pattern))
    }
  }

  private static func mark(_ samples: inout SampleList, by regex: Regex<AnyRegexOutput>) throws {
    try samples.label { sample in
      guard let match = try regex.firstMatch(in: sample.path.distinctText) else { return SampleLabel() }
      let caught = match.output.count > 1 ? match.output[1].substring : match.output[0].substring
      return SampleLabel(identity: caught.map { ByteKey(String($0)) })
    }
  }
}

extension FileRules {
  /// - Throws: `AuditError` where a glob or the rule for identities is none.
  package func validate() throws(AuditError) {
    _ = try WalkRules(self)
    _ = try IdentityRule(identity)
  }
}
