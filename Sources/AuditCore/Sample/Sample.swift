/// One item of the dataset: an image file as the walk found it. No pixels, nothing read yet.
package struct Sample: Sendable, Hashable, Codable {
  package let path: SamplePath
  /// Size of the file.
  package let bytes: Int64
  /// Modification time, nanoseconds since 1970; see `FileTime`.
  package let modified: Int64
  /// Change time of the inode, nanoseconds since 1970: also moves where a file is edited under its old size and time.
  /// nil where it is not known.
  package let changed: Int64?
  /// Device and inode: equal for hard links.
  package let device: UInt64
  package let inode: UInt64
  /// Who is in the picture, by its place in the dataset as `SamplePath.distinctText`, or by a list; set by the plan, nil
  /// where nobody is named.
  package var identity: ByteKey?
  /// Which part of the set the picture is for, by a list; nil where none says so.
  package var split: SplitName?

  package init(
    path: SamplePath, bytes: Int64, modified: Int64, changed: Int64? = nil, device: UInt64 = 0, inode: UInt64 = 0
  ) {
    self.path = path
    self.bytes = bytes
    self.modified = modified
    self.changed = changed
    self.device = device
    self.inode = inode
  }
}

/// What the decoder learned about a file beside its pixels.
package struct FileFacts: Sendable, Equatable, Codable {
  package enum Format: String, Sendable, Codable, CaseIterable {
    case jpeg, png, pnm, webp, bmp, gif, tiff
  }

  /// How the file stores colour, before the conversion to RGB.
  package enum Colour: String, Sendable, Codable {
    case rgb, gray, cmyk, palette
  }

  package let format: Format
  /// Size of the picture as a viewer shows it, after the EXIF orientation.
  package let width: Int
  package let height: Int
  package let colour: Colour
  package let bitsPerChannel: Int
  package let hasAlpha: Bool
  /// EXIF orientation 1...8; 1 where none is stored.
  package let orientation: Int

  package init(
    format: Format, width: Int, height: Int, colour: Colour = .rgb, bitsPerChannel: Int = 8, hasAlpha: Bool = false,
    orientation: Int = 1
  ) {
    self.format = format
    self.width = width
    self.height = height
    self.colour = colour
    self.bitsPerChannel = bitsPerChannel
    self.hasAlpha = hasAlpha
    self.orientation = orientation
  }
}

/// How far a sample moves what is fitted to it, in the reference model's own space (`docs/statistic.md`, 3 and 4).
///
/// With other references only residuals are known (section 9): the orthogonal distance is the root mean square
/// residual, the leverage 1.
package struct Influence: Sendable, Equatable, Codable {
  /// Orthogonal distance |x - reconstruction| in the model's 0...1 pixel space.
  package let orthogonalDistance: Double
  /// Score distance: how far out inside the subspace; nil where there is none.
  package let scoreDistance: Double?
  /// Leverage factor c: how strongly a residual of length 1 turns the fit.
  package let leverage: Double
  /// Distance to the nearest image of the subsample that is not the same picture again; nil where it was not needed.
  package let nearestDistance: Double?

  package init(orthogonalDistance: Double, scoreDistance: Double?, leverage: Double, nearestDistance: Double?) {
    self.orthogonalDistance = orthogonalDistance
    self.scoreDistance = scoreDistance
    self.leverage = leverage
    self.nearestDistance = nearestDistance
  }
}

/// What audit proposes for a sample. A person's decision outranks it.
package enum Verdict: String, Sendable, Codable, CaseIterable {
  case drop, review, keep
}
