/// The models that a run was scored with.
package protocol ModelReading: Sendable {
  /// The content of the run's model; nil where it has none of that kind.
  func model(kind: String) throws -> [UInt8]?

  /// The content of a folder's own low-rank model; nil where it has none.
  func model(identity: String) throws -> [UInt8]?

  /// The folders that have a model of their own, in order.
  func identities() throws -> [String]
}

/// Where the models of a run are read from and kept.
package protocol ModelStorage: ModelReading {
  /// Makes a model the run's.
  func keep(_ model: StoredModel) throws

  func keep(_ model: StoredModel, identity: String) throws
}
