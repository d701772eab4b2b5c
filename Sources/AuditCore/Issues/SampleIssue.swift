/// What is wrong with, or worth knowing about, one sample.
///
/// The raw values are `issue.code`: users write SQL on them, so they never change. Thrown by a decoder it means that
/// there are no pixels to score; listed beside pixels it is a notice.
package struct SampleIssue: Error, Sendable, Equatable, Codable {
  package enum Code: String, Sendable, Codable, CaseIterable {
    // The file could not be scored.
    case open
    case permission
    case gone
    case empty
    case notImage = "not_image"
    case unsupported
    case truncated
    case corrupt
    case tooLarge = "too_large"
    case bomb
    case timeout
    case crash
    case oom
    // The picture was scored; the notice says what to know about it.
    case extensionMismatch = "extension_mismatch"
    case multiFrame = "multi_frame"
    case padding
    case oddShape = "odd_shape"
    case linkLoop = "link_loop"
    case pairMissing = "pair_missing"
    case pairScaled = "pair_scaled"
    case pairSize = "pair_size"
    case pairShifted = "pair_shifted"
    case pairMismatch = "pair_mismatch"
    case modelNonfinite = "model_nonfinite"
    case metricFailed = "metric_failed"
  }

  package enum Severity: String, Sendable, Codable {
    /// The sample has no scores.
    case error
    /// The sample has scores; a person should look.
    case warning
    /// The sample has scores; nothing to do.
    case notice
  }

  package let code: Code
  package let detail: String

  package init(_ code: Code, _ detail: String = "") {
    self.code = code
    self.detail = detail
  }

  package var severity: Severity { code.severity }
}

extension SampleIssue.Code {
  package var severity: SampleIssue.Severity {
    switch self {
    case .open, .permission, .gone, .empty, .notImage, .unsupported, .truncated, .corrupt, .tooLarge, .bomb,
      .timeout, .crash, .oom, .modelNonfinite, .pairMissing, .pairSize:
      .error
    case .pairShifted, .pairMismatch, .oddShape, .metricFailed: .warning
    case .extensionMismatch, .multiFrame, .padding, .linkLoop, .pairScaled: .notice
    }
  }

  /// What the code means, for `audit explain CODE`, the report and the docs.
  package var meaning: String {
    switch self {
    case .open: "the file could not be opened or read"
    case .permission: "the file may not be read by this user"
    case .gone: "the file was there when the scan listed the folder and has vanished since"
    case .empty: "the file holds no bytes"
    case .notImage: "the file's content is not a picture, whatever its name says"
    case .unsupported: "a picture in a format that audit does not read"
    case .truncated: "the file ends early: decoders would fill the missing part with grey"
    case .corrupt: "the file is damaged and cannot be decoded"
    case .tooLarge: "the file is larger than --max-bytes allows; it was not read"
    case .bomb:
      "the header claims more pixels than --max-pixels allows, or decoding needs memory or passes beyond reason"
    case .timeout: "decoding took longer than --timeout"
    case .crash: "a native library ended its process on this file"
    case .oom: "working on this file took more memory than a process may have, and was ended"
    case .extensionMismatch: "the name says one format, the content is another; it was decoded by content"
    case .multiFrame: "the file holds several frames; the first was scored"
    case .padding: "bytes of padding stand in the JPEG's pixel data; every block of the picture is there"
    case .oddShape: "the aspect ratio differs from what most of the set has"
    case .linkLoop: "a link leads back to a folder above it and was not followed"
    case .pairMissing: "no reference belongs to this sample"
    case .pairScaled: "sample and reference were scaled to one size before they were compared"
    case .pairSize: "sample and reference differ in size, and --strict-pairs refuses that"
    case .pairShifted: "the sample is its reference moved by some pixels"
    case .pairMismatch: "the sample and its reference show different things: it fits nowhere on it"
    case .modelNonfinite: "the model gave values that are not numbers"
    case .metricFailed: "a network that measures could not be run on this pair; the other scores are there"
    }
  }

  /// What to do about it.
  package var remedy: String {
    switch self {
    case .open: "check the disk or the network mount, then run the same command again"
    case .permission: "run audit as the owner, or chmod the file"
    case .gone: "run the same command again when nothing else changes the folder"
    case .empty, .truncated, .corrupt: "fetch or extract the file again, or leave it out of training"
    case .notImage: "remove it from the dataset, or give it the name of what it is"
    case .unsupported: "convert it to PNG or JPEG"
    case .tooLarge: "raise --max-bytes if the picture is meant to be that large"
    case .bomb: "raise --max-pixels if the picture is meant to be that large; else save it smaller, or as baseline JPEG"
    case .timeout: "look at the file alone; raise --timeout if it is only slow"
    case .crash: "convert the file with another tool, or leave it out"
    case .oom: "save the picture smaller, or leave it out"
    case .extensionMismatch: "rename it if your trainer trusts names"
    case .multiFrame: "extract the frames if more than the first is wanted"
    case .oddShape: "crop it like the others, or leave it out"
    case .padding: "nothing; save it again if another program refuses it"
    case .linkLoop: "nothing, unless the folder was meant to be scanned elsewhere"
    case .pairMissing: "add the reference or drop the sample"
    case .pairScaled: "make both sides equal in size where scaling could hide a difference"
    case .pairSize: "make both sides equal in size, or scan without --strict-pairs"
    case .pairShifted: "align the pair again"
    case .pairMismatch: "look at both; give the sample the reference that belongs to it, or leave the pair out"
    case .modelNonfinite: "check the model's input range (--onnx-range) and this picture"
    case .metricFailed: "run `audit models verify`; leave the metric out if it goes on"
    }
  }
}
