import AuditCore

/// Which files belong to an image by what follows its stem: captions, cached latents, and the pictures about it that a
/// scan leaves out (`PictureSidecar`).
package struct Sidecars: Sendable, Equatable {
  package static let none = Sidecars()
  /// What trainers of faces put beside an image.
  package static let usual = Sidecars("usual")
  /// The usual ones in words, for help.
  package static let usualWords =
    usual.endings.joined(separator: ", ") + " and pictures about it ("
    + PictureSidecar.suffixes.joined(separator: ", ") + " before any ending)"

  /// Endings of caches, which trainers write with the size or the model's name before them: `_0512x0512_sdxl.npz`,
  /// `_flux.npz`, `_te_outputs.npz`.
  private static let caches = [".npz", ".npy", ".safetensors", ".pt"]

  /// What follows the image's stem.
  package private(set) var endings: [String] = []
  private var takesPictures = false

  package var isEmpty: Bool { self == .none }

  private init() {}

  /// - Parameter list: endings with commas; `usual` for the usual ones, `none` for none. A dot is put before a bare word.
  package init(_ list: String) {
    for part in list.split(separator: ",") {
      let text = part.filter { $0 != " " }
      if text == "usual" {
        endings += [".txt", ".caption", ".npz"]
        takesPictures = true
      } else if text != "none", !text.isEmpty {
        endings.append([".", "_", "-"].contains { text.hasPrefix($0) } ? text : "." + text)
      }
    }
  }

  /// Whether what follows an image's stem in a file's name makes the file go with the image. Capitals of ASCII make no
  /// difference.
  package func takes(_ tail: ArraySlice<UInt8>) -> Bool {
    guard let first = tail.first, [UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-")].contains(first) else {
      return false
    }
    if takesPictures, PictureSidecar.says(FilePath.stem(of: Array(tail))[...]) { return true }
    let tail = Sidecars.lowered(tail)
    return endings.contains { ending in
      let ending = Sidecars.lowered(Array(ending.utf8)[...])
      guard tail.count >= ending.count, tail.suffix(ending.count).elementsEqual(ending) else { return false }
      let isCache = Sidecars.caches.contains { $0.utf8.elementsEqual(ending) }
      return tail.count == ending.count || isCache && Sidecars.saysWhatItCaches(tail.dropLast(ending.count))
    }
  }

  /// `_0512x0512_sdxl`, `_flux`, `-te_outputs`: words that begin with a letter, and sizes. A mere number is more likely
  /// another image's.
  private static func saysWhatItCaches(_ infix: ArraySlice<UInt8>) -> Bool {
    let words = infix.dropFirst().split(omittingEmptySubsequences: false) {
      $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
    }
    return words.allSatisfy { word in
      if let first = word.first, isLetter(first) { return !word.contains(UInt8(ascii: ".")) }
      let sides = word.split(separator: UInt8(ascii: "x"), omittingEmptySubsequences: false)
      return sides.count == 2 && sides.allSatisfy { !$0.isEmpty && $0.allSatisfy(isDigit) }
    }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
  private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) }

  private static func lowered(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    bytes.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
  }
}
