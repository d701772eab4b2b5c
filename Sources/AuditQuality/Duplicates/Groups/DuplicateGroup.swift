/// Pictures that are copies of one another, or frames of one scene.
package struct DuplicateGroup: Sendable, Equatable {
  /// How far the members differ. The raw values are `near_group.kind`: users write SQL on them.
  package enum Kind: String, Sendable, CaseIterable {
    /// One file under several names.
    case sameFile = "same_file"
    /// Files of equal bytes.
    case exact
    /// Equal pixels in files that differ.
    case pixels
    /// Encoded anew, of another size or brightness, or cropped a little.
    case near
    /// The same with left and right exchanged.
    case mirrored
    /// Frames that follow one another: alike, but each a picture of its own.
    case run

    /// From the closest copy to frames of a run.
    var order: Int { Kind.allCases.firstIndex(of: self) ?? 0 }
  }

  package struct Member: Sendable, Equatable {
    /// Number of the row in the order in which rows were added.
    package let row: Int
    /// How it relates to `original`; `run` for a frame of a run, and for the best member the kind of the group.
    package let kind: Kind
    /// The row that it is a copy of; nil for the best member and for frames of a run.
    package let original: Int?
  }

  package let kind: Kind
  /// Best first, then in the order of paths.
  package let members: [Member]
  /// Why the first member is the best, in words.
  package let reason: String

  package var best: Int { members[0].row }
}

/// Two copies in two parts of a set, so that what is trained on is tested on.
package struct SplitLeak: Sendable, Equatable {
  /// In the later part.
  package let row: Int
  /// In the earlier one.
  package let other: Int
  package let kind: DuplicateGroup.Kind
}
