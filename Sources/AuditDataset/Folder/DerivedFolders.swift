/// Folders whose names say that they hold pictures made from the images: masks, maps, previews, debug drawings.
///
/// They stay samples, since somebody may want to audit just those; a person is told, with the pattern that leaves them
/// out.
package enum DerivedFolders {
  /// In lower case: face parsing, masks and maps of avatar and restoration sets, DeepFaceLab's debug and trash folders,
  /// thumbnails that file servers and archives add.
  static let names: Set<String> = [
    "parsing", "parsings", "parse", "mask", "masks", "seg", "segs", "segmentation", "segmentations", "matte", "mattes",
    "alpha", "depth", "depths", "normals", "landmarks", "landmark", "lmks", "lmk", "aligned_debug", "debug",
    "celebamask-hq-mask-anno", "torso_imgs", "thumbnails", "thumbs", "@eadir", "__macosx", "aligned_trash",
    "data_src_trash", "data_dst_trash", "latents", "cache",
  ]

  /// The first part of a folder's path with such a name, as it is written.
  static func name(in folder: [UInt8]) -> [UInt8]? {
    folder.split(separator: UInt8(ascii: "/")).first { part in
      part.count <= 32 && names.contains(String(decoding: part, as: UTF8.self).lowercased())
    }.map { Array($0) }
  }
}
