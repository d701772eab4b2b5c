import AuditCore

/// Where the lists of well-known sets lie.
enum KnownLists {
  /// CelebA's, as it was published (in `Anno/` and `Eval/`) and as others pass it on, and FFHQ's.
  private static let names = [
    "identity_CelebA.txt", "Anno/identity_CelebA.txt", "identity_CelebA.csv", "list_eval_partition.txt",
    "Eval/list_eval_partition.txt", "list_eval_partition.csv", "ffhq-dataset-v2.json",
  ]

  /// What the names of these sets' folders of pictures, and of the containers of them, begin with: their lists lie above.
  private static let pictures = [
    "img_align_celeba", "img_celeba", "images1024x1024", "thumbnails128x128", "in-the-wild-images",
  ]

  /// Paths that may lead to lists of a dataset's pictures.
  static func beside(_ root: String) -> [String] {
    var folders = [root]
    if pictures.contains(where: { FilePath.name(of: root).hasPrefix($0) }) {
      let above = FilePath.folder(of: root)
      folders += [above, FilePath.folder(of: above)]
    }
    return folders.flatMap { folder in names.map { FilePath.joined(folder, $0) } }
  }
}
