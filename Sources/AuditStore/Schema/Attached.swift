import AuditCore
import GRDB

extension Store {
  /// Makes a second database's tables and views visible as `name.samples` and so on, for reading: a transaction of this
  /// one takes no lock on it that would keep its writer waiting.
  ///
  /// The other file is opened as a store first, so that a stranger's or a newer file is refused in the same words.
  package func attach(_ other: Store, as name: String) throws {
    do {
      try queue.unsafeRead { database in
        try database.execute(
          sql: "ATTACH DATABASE ? AS \(name.quotedDatabaseIdentifier)",
          arguments: [Store.address(of: other.path, "mode=ro") ?? other.path])
      }
    } catch let error as DatabaseError {
      throw Store.explained(error, path: other.path, safe: 0)
    }
  }
}
