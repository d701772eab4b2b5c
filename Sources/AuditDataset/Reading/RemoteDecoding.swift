package import AuditCore

/// Reads and decodes samples in another process: what a file does there costs that process.
package protocol SampleDecoding: AnyObject {
  /// - Parameter demand: what the picture is needed for.
  /// - Throws: as `SampleReader.read`, and `.crash`, `.timeout` or `.oom` for a file that ended its process.
  func read(
    _ sample: Sample, in source: FolderSource, demand: PictureDemand
  ) throws(SampleIssue) -> ReadSample
}

/// Makes a pool by the settings of a run, which say how large and slow its files may be.
package typealias DecodingChoice = @Sendable (ScanSettings) throws -> any DecodingPool

/// Gives one of these to each worker.
package protocol DecodingPool: Sendable {
  /// - Parameter stop: ends the wait for a file that is in work.
  func decoder(stop: StopRequest) -> any SampleDecoding
}
