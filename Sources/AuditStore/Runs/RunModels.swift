package import AuditCore

/// The models of one run in a database.
package struct RunModels: ModelStorage {
  private let store: Store
  private let run: Int64

  package init(_ store: Store, run: Int64) { (self.store, self.run) = (store, run) }

  package func model(kind: String) throws -> [UInt8]? { try store.model(of: run, kind: kind) }

  package func model(identity: String) throws -> [UInt8]? { try store.model(of: run, identity: identity) }

  package func identities() throws -> [String] { try store.identitiesWithModels(in: run) }

  package func keep(_ model: StoredModel) throws { try store.keep(model, for: run) }

  package func keep(_ model: StoredModel, identity: String) throws {
    try store.keep(model, for: run, identity: identity)
  }
}
