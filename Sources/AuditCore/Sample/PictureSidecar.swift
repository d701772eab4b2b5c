/// Pictures that lie beside an image and are about it: masks, mattes, maps. They are no samples, and go where their image
/// goes.
package enum PictureSidecar {
  /// What follows the stem of the image: of trainers' masks (`X_mask.png`, `X-masklabel.png`, `X-condlabel.png`), of
  /// mattes, and of maps that preprocessors draw. Lower case.
  package static let suffixes = [
    "_mask", "-mask", ".mask", "_masks", "-masklabel", "_masklabel", "-condlabel", "_matte", "-matte", "_seg",
    "_segmentation", "_parsing", "_depth", "_canny", "_openpose", "_landmarks", "_lmks", "_debug",
  ]

  /// The stem of the image that a picture would belong to, and the suffix that says so; nil where its name says nothing.
  ///
  /// - Parameter stem: of the picture's name, without its ending; raw bytes. Capitals of ASCII make no difference.
  package static func owner(of stem: [UInt8]) -> (stem: [UInt8], suffix: String)? {
    guard let (rest, suffix) = withoutSuffix(stem[...]), !rest.isEmpty else { return nil }
    return (Array(rest), suffix)
  }

  /// Whether what stands between an image's stem and a file's ending says that the file is about the image: a suffix, or
  /// some in a row (`_depth_debug`).
  package static func says(_ infix: ArraySlice<UInt8>) -> Bool {
    guard let (rest, _) = withoutSuffix(infix) else { return false }
    return rest.isEmpty || says(rest)
  }

  private static func withoutSuffix(_ stem: ArraySlice<UInt8>) -> (rest: ArraySlice<UInt8>, suffix: String)? {
    for suffix in suffixes where stem.count >= suffix.utf8.count {
      let tail = stem.suffix(suffix.utf8.count).map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
      if tail.elementsEqual(suffix.utf8) { return (stem.dropLast(tail.count), suffix) }
    }
    return nil
  }
}
