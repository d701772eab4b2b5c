package import AuditCore
import AuditDigest
import AuditImages

/// What reading one sample gave.
package struct ReadSample: Sendable {
  /// Of the file.
  package let sha256: [UInt8]
  /// What the file's own header says about where it was cut from.
  package let origin: FaceOrigin?
  /// The pixels, or the issue that leaves the sample without any.
  package let picture: Result<ReadPicture, SampleIssue>

  package init(sha256: [UInt8], origin: FaceOrigin?, picture: Result<ReadPicture, SampleIssue>) {
    (self.sha256, self.origin, self.picture) = (sha256, origin, picture)
  }
}

/// A decoded picture with what was learned on the way to it.
package struct ReadPicture: Sendable {
  package let image: RGBImage
  package let facts: FileFacts
  package let notices: [SampleIssue]

  package init(image: RGBImage, facts: FileFacts, notices: [SampleIssue]) {
    (self.image, self.facts, self.notices) = (image, facts, notices)
  }

  /// Whether the decoder scaled nothing down: whoever asks for more pixels gets the same.
  package var isWhole: Bool { image.width == facts.width && image.height == facts.height }
}

/// Reads and decodes samples, one after another; uses the memory of the file again. Where the source says so, a process
/// of its own does it.
package final class SampleReader {
  private let files: any SampleReading
  private let watch: DecodeWatch
  private var decoder: ImageDecoder
  /// The picture that was read last, where it is so large that others wait for its memory.
  private var held: DecodedImage?
  /// What decodes in another process, and for what; nil where it is done here.
  private let remote: (decoder: any SampleDecoding, source: FolderSource, demand: PictureDemand)?

  /// - Parameters:
  ///   - demand: what pictures are needed for; never less than `PictureDemand.measuringSide` is decoded.
  ///   - stop: ends the decoding of the file that is in work.
  package init(
    _ source: any SampleSource, maxPixels: Int, demand: PictureDemand, limits: ReadingLimits = ReadingLimits(),
    stop: StopRequest = StopRequest()
  ) {
    let demand = demand.and(.atLeast(side: PictureDemand.measuringSide))
    remote = (source as? FolderSource).flatMap { folder in
      folder.decoding.map { ($0.decoder(stop: stop), folder, demand) }
    }
    files = source.makeReader(limits: limits)
    watch = DecodeWatch(seconds: limits.timeout) { stop.isSet }
    decoder = ImageDecoder(maxPixels: maxPixels, target: demand.side)
  }

  /// Whoever has done with the picture says so by `release()`.
  ///
  /// - Throws: the issue of a file that cannot be opened or read.
  package func read(_ sample: Sample) throws(SampleIssue) -> ReadSample {
    release()
    if let remote { return try remote.decoder.read(sample, in: remote.source, demand: remote.demand) }
    let (digest, origin, decoded) = try files.read(sample) { file throws(SampleIssue) in
      let digest = try SampleReader.sha256(of: file, watch: watch)
      let decoded = Result { () throws(SampleIssue) in try decoder.decode(file, name: sample.path.text, watch: watch) }
      return (digest, FaceHeader.origin(of: file), decoded)
    }
    held = try? decoded.get()
    return ReadSample(
      sha256: digest, origin: origin,
      picture: decoded.map { ReadPicture(image: $0.image, facts: $0.facts, notices: $0.notices) })
  }

  /// Lets another worker have the memory of the picture that was read last.
  package func release() { held = nil }

  /// The picture alone; nil where it cannot be read.
  package func picture(of sample: Sample) -> RGBImage? { (try? read(sample).picture.get())?.image }

  private static func sha256(of file: FileBytes, watch: DecodeWatch) throws(SampleIssue) -> [UInt8] {
    var hash = SHA256Stream()
    try file.forEachPiece(watch: watch) { hash.update($0) }
    return hash.final()
  }
}
