package import AuditCore

/// What a folder tree holds: the samples, and what else was seen, so that nothing is left out silently.
package struct DatasetWalk: Sendable, Equatable {
  /// A folder that could not be listed, or of which some names could not be looked at.
  package struct UnreadableFolder: Sendable, Equatable {
    /// Relative to the dataset.
    package let path: SamplePath
    /// Why: `permission`, `gone` or `open`, with the system's words.
    package let issue: SampleIssue
  }

  /// A link to a folder that was not entered.
  package struct SkippedLink: Sendable, Equatable {
    package enum Reason: Sendable {
      /// It leads to a folder above itself.
      case loop
      /// It leads to a folder whose files are in the walk already.
      case alreadyWalked
      /// Links to folders are followed on request only.
      case notFollowed
    }

    package let path: SamplePath
    /// Where it leads: relative to the dataset where the folder was walked ("." is the dataset itself), else as the
    /// link says.
    package let target: SamplePath
    package let reason: Reason

    /// `a/b -> a`, for a message.
    package var text: String { "\(path.printable) -> \(target.printable)" }
  }

  /// The image files, in the order of their paths' raw bytes.
  package internal(set) var samples: [Sample] = []
  /// How many files there were that are no samples, by extension in lower case; "" where they have none.
  package internal(set) var otherFiles: [String: Int] = [:]
  package internal(set) var unreadableFolders: [UnreadableFolder] = []
  package internal(set) var skippedLinks: [SkippedLink] = []
  /// Folders listed, the dataset's own included.
  package internal(set) var folders = 0

  /// Walks a folder. Files and folders whose names begin with a dot are passed over.
  ///
  /// A file is a sample if its extension promises a picture, or if it has no extension and its first bytes are a
  /// picture's. Links to files are followed; a link that leads nowhere stays a sample, which then cannot be read.
  ///
  /// The result depends on names and contents alone, not on the order in which the system lists a folder.
  ///
  /// - Parameters:
  ///   - root: the folder, raw bytes.
  ///   - followLinks: whether to enter links to folders. Each folder is entered once, real folders before links, so
  ///     that loops end and a file keeps its real path.
  ///   - progress: told the number of samples so far, every few thousand files and at the end.
  /// - Throws: `.datasetNotFound`, `.datasetNotAFolder`, `.datasetNotReadable` for the root itself; what is wrong
  ///   further down is listed instead.
  package init(
    root: [UInt8], followLinks: Bool = false, progress: (Int) -> Void = { _ in }
  ) throws(AuditError) {
    var walker = FolderWalker(root: root, followLinks: followLinks)
    try walker.checkRoot()
    walker.run(progress: progress)
    self = walker.found
    samples.sort { $0.path.bytes.precedes($1.path.bytes) }
    unreadableFolders.sort { $0.path < $1.path }
    skippedLinks.sort { $0.path < $1.path }
    progress(samples.count)
  }

  init() {}
}
