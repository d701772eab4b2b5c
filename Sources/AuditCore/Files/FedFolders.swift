import Synchronization

/// Hands out the files of a dataset that are no files here: rows of a Parquet file, objects of a store.
package protocol FileFeeding: Sendable {
  /// Absolute path of the folder that its files are known by.
  var root: String { get }

  /// Its files, in the order of their paths' raw bytes, no path twice.
  var samples: [Sample] { get }

  /// The bytes of a file.
  ///
  /// - Parameter path: relative to the root.
  /// - Throws: the issue that the file's row shall have.
  func bytes(of path: SamplePath) throws(SampleIssue) -> [UInt8]
}

/// Folders whose files are handed out by somebody: what a person who starts a command says of them, like a table of what is
/// mounted. So whoever opens files by their paths need not know.
package enum FedFolders {
  private static let feeders = Mutex<[any FileFeeding]>([])

  /// From now on the files below the feeder's root are its.
  package static func add(_ feeder: any FileFeeding) { feeders.withLock { $0.append(feeder) } }

  /// - Parameter root: absolute path.
  /// - Returns: nil where the folder is one of files.
  package static func feeder(of root: String) -> (any FileFeeding)? {
    feeders.withLock { $0.last { $0.root == root } }
  }

  /// - Parameter path: absolute, raw bytes.
  /// - Returns: who hands the file out, and its path below that root; nil where it is a file.
  package static func place(of path: [UInt8]) -> (feeder: any FileFeeding, path: SamplePath)? {
    let feeders = feeders.withLock { $0 }
    for feeder in feeders.reversed() {
      let folder = PathText.bytes(of: feeder.root) + [UInt8(ascii: "/")]
      if path.starts(with: folder) { return (feeder, SamplePath(bytes: Array(path[folder.count...]))) }
    }
    return nil
  }
}
