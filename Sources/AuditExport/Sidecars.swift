/// Which files belong to an image by what follows its stem: captions, cached latents, masks.
package struct Sidecars: Sendable, Equatable {
  /// What trainers of faces put beside an image.
  package static let usual = [".txt", ".caption", ".npz", "_mask.png", "-mask.png", "-masklabel.png", "-condlabel.png"]

  /// Endings of caches, which trainers write with the size or the model's name before them: `_0512x0512_sdxl.npz`,
  /// `_flux.npz`, `_te_outputs.npz`.
  private static let caches = [".npz", ".npy", ".safetensors", ".pt"]

  /// What follows the image's stem.
  package let endings: [String]
  /// The same in lower case, each with whether something may stand before it.
  private let tails: [(bytes: [UInt8], isCache: Bool)]

  package init(endings: [String]) {
    self.endings = endings
    tails = endings.map { ending in
      let bytes = Sidecars.lowered(Array(ending.utf8)[...])
      return (bytes, Sidecars.caches.contains { $0.utf8.elementsEqual(bytes) })
    }
  }

  package static func == (left: Sidecars, right: Sidecars) -> Bool { left.endings == right.endings }

  /// Endings with commas; `usual` for the usual ones, `none` for none. A dot is put before a bare word.
  package static func endings(_ list: String) -> [String] {
    list.split(separator: ",").flatMap { part -> [String] in
      let text = part.filter { $0 != " " }
      if text == "usual" { return usual }
      if text == "none" || text.isEmpty { return [] }
      return [".", "_", "-"].contains { text.hasPrefix($0) } ? [text] : ["." + text]
    }
  }

  /// Whether what follows an image's stem in a file's name makes the file go with the image. Capitals of ASCII make no
  /// difference.
  package func takes(_ tail: ArraySlice<UInt8>) -> Bool {
    guard let first = tail.first, [UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-")].contains(first) else {
      return false
    }
    let tail = Sidecars.lowered(tail)
    return tails.contains { ending, isCache in
      guard tail.count >= ending.count, tail.suffix(ending.count).elementsEqual(ending) else { return false }
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
