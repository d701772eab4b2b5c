import AuditCore
import AuditStore

/// Finds the files that go with an image, in its folder.
///
/// A file goes with the image whose stem is the longest that begins the file's name, where `Sidecars.takes` what follows
/// the stem: `a_flux.npz` goes with `a.png`, but not where there is an image `a_flux.png`.
struct SidecarFinder {
  /// The folders of the last images; paths in order of their bytes leave a folder and come back to it.
  private static let mostFolders = 8

  private let rule: Sidecars
  private let dataset: RootFolder
  private let isImage: (SamplePath) throws -> Bool
  private var folders: [(path: [UInt8], names: FolderNames)] = []

  /// - Parameter isImage: whether a path is an image of the run.
  init(_ rule: Sidecars, dataset: String, isImage: @escaping (SamplePath) throws -> Bool) {
    self.rule = rule
    self.dataset = RootFolder(dataset)
    self.isImage = isImage
  }

  /// Files and links to them that go with an image, in the order of their names.
  mutating func sidecars(of image: SamplePath) throws -> [SamplePath] {
    guard !rule.isEmpty, FilePath.staysInside(image.bytes) else { return [] }
    let (folder, stem) = SidecarFinder.parts(image)
    let names = self.names(in: folder)
    return try names.beginning(with: stem, where: rule.takes).compactMap { name in
      let path = SamplePath(bytes: FilePath.joined(folder, name))
      guard path != image, try !belongsToALongerStem(name, folder, names, than: stem.count) else { return nil }
      let file = FilePath.joined(dataset.path, path.bytes)
      return FileFactsOnDisk(following: file)?.isRegular ?? false ? path : nil
    }
  }

  /// The other images of the run that have the same stem, and so the same sidecars.
  mutating func twins(of image: SamplePath) throws -> [SamplePath] {
    let (folder, stem) = SidecarFinder.parts(image)
    return try images(of: stem, in: folder, self.names(in: folder)).filter { $0 != image }
  }

  /// Names in a folder of the dataset; kept for the last few folders.
  mutating func names(in folder: [UInt8]) -> FolderNames {
    if let known = folders.firstIndex(where: { $0.path == folder }) {
      folders.append(folders.remove(at: known))
    } else {
      if folders.count == SidecarFinder.mostFolders { folders.removeFirst() }
      folders.append((folder, FolderNames(FilePath.joined(dataset.path, folder))))
    }
    return folders[folders.count - 1].names
  }

  private func belongsToALongerStem(
    _ name: [UInt8], _ folder: [UInt8], _ names: FolderNames, than length: Int
  ) throws -> Bool {
    let own = SamplePath(bytes: FilePath.joined(folder, name))
    return try name.indices.dropFirst(length + 1).contains { end in
      try rule.takes(name[end...]) && images(of: name[..<end], in: folder, names).contains { $0 != own }
    }
  }

  private func images(of stem: ArraySlice<UInt8>, in folder: [UInt8], _ names: FolderNames) throws -> [SamplePath] {
    let named = names.beginning(with: stem) { $0.first == UInt8(ascii: ".") || $0.isEmpty }
    return try named.filter { FilePath.stem(of: $0).elementsEqual(stem) }
      .map { SamplePath(bytes: FilePath.joined(folder, $0)) }.filter(isImage)
  }

  private static func parts(_ image: SamplePath) -> (folder: [UInt8], stem: ArraySlice<UInt8>) {
    let folder = FilePath.folder(of: image.bytes)
    return (folder, FilePath.stem(of: image.bytes)[(folder.isEmpty ? 0 : folder.count + 1)...])
  }
}
