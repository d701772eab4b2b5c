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

  /// Writes the identity into every sample; equal ones share their memory.
  func mark(_ samples: inout [Sample]) throws {
    var known = Set<ByteKey>()
    let identity = try finder()
    for index in samples.indices {
      guard let found = try identity(samples[index].path) else { continue }
      samples[index].identity = known.insert(found).memberAfterInsert
    }
  }

  private func finder() throws -> (SamplePath) throws -> ByteKey? {
    guard case .pattern(let pattern) = self else { return { $0.identity.map { ByteKey($0.distinctText) } } }
    let regex = try Regex(pattern)
    return { path in
      guard let match = try regex.firstMatch(in: path.distinctText) else { return nil }
      let caught = match.output.count > 1 ? match.output[1].substring : match.output[0].substring
      return caught.map { ByteKey(String($0)) }
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
