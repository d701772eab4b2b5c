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
  package internal(set) var samples = SampleList()
  /// What was met and is no sample.
  package internal(set) var leftOut = LeftOut()
  /// How many samples lie in folders that look like masks or debug pictures, by the folder's name.
  package internal(set) var derivedFolders: [SamplePath: Int] = [:]
  package internal(set) var unreadableFolders: [UnreadableFolder] = []
  package internal(set) var skippedLinks: [SkippedLink] = []
  /// Containers that were not looked into, since there are pictures beside them.
  package internal(set) var containersLeft = 0
  /// StyleGAN's lists of labels in the containers that were looked into, relative to the dataset.
  package internal(set) var documents: [[UInt8]] = []
  /// Folders listed, the dataset's own included.
  package internal(set) var folders = 0

  /// Walks a folder. Files and folders whose names begin with a dot are passed over, but for those that an include asks
  /// for.
  ///
  /// A file is a sample if its extension promises a picture, or if its extension says nothing and its first bytes are a
  /// picture's; see `SampleFile`. A container (tar, zip) is walked like a folder where it was named, or where the dataset
  /// holds no pictures beside such. Links to files are followed; a link that leads nowhere stays a sample, which then
  /// cannot be read. Masks beside their images are none; see `PictureSidecar`.
  ///
  /// The result depends on names and contents alone, not on the order in which the system lists a folder.
  ///
  /// - Parameters:
  ///   - root: the folder, raw bytes.
  ///   - followLinks: whether to enter links to folders. Each folder is entered once, real folders before links, so
  ///     that loops end and a file keeps its real path.
  ///   - rules: which of the files are wanted.
  ///   - containers: keeps what was read of them for who reads their files.
  ///   - progress: told the number of samples so far, every few thousand files and at the end.
  /// - Throws: `.datasetNotFound`, `.datasetNotAFolder`, `.datasetNotReadable` for the root itself; what is wrong
  ///   further down is listed instead.
  package init(
    root: [UInt8], followLinks: Bool = false, rules: WalkRules = WalkRules(),
    containers: OpenContainers = OpenContainers(), progress: (Int) -> Void = { _ in }
  ) throws(AuditError) {
    var walker = FolderWalker(root: root, followLinks: followLinks, rules: rules, containers: containers)
    try walker.checkRoot()
    walker.run(progress: progress)
    self = walker.found
    samples.sort()
    unreadableFolders.sort { $0.path < $1.path }
    skippedLinks.sort { $0.path < $1.path }
    progress(samples.count)
  }

  init() {}

  /// What a feeder lists: pictures by its word, whatever their names say.
  init(fed: [Sample], rules: WalkRules) {
    for sample in fed {
      if let reason = rules.filter.reason(againstListed: sample.path.bytes) {
        leaveOut(sample.path.bytes, .excluded, reason)
      } else {
        samples.append(sample)
      }
    }
  }

  /// What an earlier walk found, as far as it is about samples.
  init(samples: SampleList) { self.samples = samples }

  /// Files that are no samples, by extension in lower case; "" where they have none.
  package var otherFiles: [String: Int] { leftOut.files(.other) }

  mutating func leaveOut(_ path: [UInt8], _ kind: LeftOut.Kind, _ name: String = "", isFolder: Bool = false) {
    if isFolder { leftOut.add(kind, name, folder: path) } else { leftOut.add(kind, name, file: path) }
  }

  mutating func leaveOut(_ path: [UInt8], _ kind: LeftOut.Kind, _ name: String, times count: Int) {
    for _ in 0..<count { leaveOut(path, kind, name) }
  }

  /// Looks at the pictures that were taken last: those that belong to another of them are no samples.
  ///
  /// - Parameter start: how many samples there were before, of other folders.
  mutating func settle(from start: Int, withSidecars: Bool) {
    if !withSidecars { leaveOutSidecars(from: start) }
    for (folder, count) in samples.folderCounts(from: start) {
      guard let name = DerivedFolders.name(in: folder) else { continue }
      derivedFolders[SamplePath(bytes: name), default: 0] += count
    }
  }

  private mutating func leaveOutSidecars(from start: Int) {
    guard let found = OwnedPictures(among: samples, from: start) else { return }
    for (place, suffix) in found.owned { leaveOut(found.pictures[place].path.bytes, .sidecar, suffix) }
    samples.truncate(to: start)
    for picture in found.others { samples.append(picture) }
  }
}
