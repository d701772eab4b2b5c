import AuditCore

/// Pictures whose stem is that of another one and a suffix that says what they are: `x_mask.png` beside `x.jpg`.
struct OwnedPictures {
  /// All that were looked at, in the order of their paths.
  let pictures: SampleList
  /// For each of them the number of its suffix, from 1; 0 for those that are samples.
  private var marks: [UInt8]

  /// - Parameter start: place of the first picture to look at, of a list that nothing was chosen from.
  /// - Returns: nil where no picture belongs to another.
  init?(among samples: SampleList, from start: Int) {
    let places = start..<samples.endIndex
    guard places.contains(where: { OwnedPictures.owner(of: samples[$0]) != nil }) else { return nil }
    var pictures = samples.chosen(places)
    pictures.sort()
    self.pictures = pictures
    marks = Array(repeating: 0, count: pictures.count)
    // Several sidecars of one image mostly follow one another.
    var last: (stem: [UInt8], isThere: Bool)?
    for (place, picture) in pictures.enumerated() {
      guard let owner = OwnedPictures.owner(of: picture) else { continue }
      // `x_depth_debug.png` is about `x.jpg`, whether or not there is `x_depth.png`.
      let owners = sequence(first: owner) { PictureSidecar.owner(of: $0.stem) }
      let isOwned = owners.contains { owner in
        if let last, last.stem == owner.stem { return last.isThere }
        let isThere = isThere(owner.stem)
        last = (owner.stem, isThere)
        return isThere
      }
      guard isOwned, let number = PictureSidecar.suffixes.firstIndex(of: owner.suffix) else { continue }
      marks[place] = UInt8(number + 1)
    }
    if marks.allSatisfy({ $0 == 0 }) { return nil }
  }

  /// Places of the pictures that belong to others, with their suffixes.
  var owned: some Sequence<(place: Int, suffix: String)> {
    marks.indices.lazy.filter { marks[$0] > 0 }.map { ($0, PictureSidecar.suffixes[Int(marks[$0]) - 1]) }
  }

  /// The samples.
  var others: SampleList { pictures.chosen { marks[$0] == 0 } }

  private static func owner(of picture: Sample) -> (stem: [UInt8], suffix: String)? {
    PictureSidecar.owner(of: FilePath.stem(of: picture.path.bytes))
  }

  /// Whether one of the pictures has this stem.
  private func isThere(_ stem: [UInt8]) -> Bool {
    if pictures.place(of: SamplePath(bytes: stem)) != nil, FilePath.stem(of: stem) == stem { return true }
    let start = stem + [UInt8(ascii: ".")]
    return pictures[pictures.firstPlace(notBefore: start)...].lazy.map(\.path.bytes).prefix { $0.starts(with: start) }
      .contains { FilePath.stem(of: $0) == stem }
  }
}
