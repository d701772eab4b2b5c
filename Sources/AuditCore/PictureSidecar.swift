/// Pictures that lie beside an image and are about it: masks, mattes, maps. They are no samples.
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
    for suffix in suffixes where stem.count > suffix.utf8.count {
      let tail = stem.suffix(suffix.utf8.count).map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
      if tail.elementsEqual(suffix.utf8) { return (Array(stem.dropLast(tail.count)), suffix) }
    }
    return nil
  }
}
