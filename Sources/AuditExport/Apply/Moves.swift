import AuditCore
import AuditDigest
import Foundation

/// What a copy to another disk is called until it is whole and checked: a short name, since the file's own may be as long
/// as the system allows, with the journal's token, so that a file of anybody else is never taken for a piece of ours.
struct PartialFile: Equatable {
  private let name: [UInt8]

  /// - Parameter token: of a journal; one that `newToken` cannot have made gives a name that nobody has used.
  init(token: String?) {
    let isOurs = token.map { $0.utf8.count == 16 && $0.utf8.allSatisfy(PartialFile.isDigit) } ?? false
    name = Array(".audit-\(isOurs ? token ?? "" : PartialFile.newToken()).partial".utf8)
  }

  /// 16 hexadecimal digits.
  static func newToken() -> String {
    let digits = String(UInt64.random(in: .min ... .max), radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  func place(beside file: [UInt8]) -> [UInt8] { FilePath.joined(FilePath.folder(of: file), name) }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
  }
}

/// Moves that never overwrite, also from one disk to another.
enum Moves {
  /// Gives the file its second name, then takes the first away: a hard link, unlike a rename, never overwrites. Stopped
  /// in between, the file has both names, which `Undo` knows.
  ///
  /// - Parameter sha256: of the file's bytes; a copy to another disk must have it before the original goes.
  /// - Throws: `FileTrouble`; the file is then still at `source`.
  static func move(_ source: [UInt8], to place: [UInt8], sha256: String, _ partial: PartialFile) throws {
    if withCPath(source, { from in withCPath(place) { link(from, $0) } }) == 0 {
      guard withCPath(source, { unlink($0) }) == 0 else {
        let trouble = FileTrouble("cannot be taken out of its folder")
        withCPath(place) { _ = unlink($0) }
        throw trouble
      }
      return
    }
    switch errno {
    case EEXIST: throw FileTrouble(words: "stays: the place is taken, and nothing is overwritten")
    case EXDEV: try moveAcrossDisks(source, to: place, sha256: sha256, partial)
    default:
      // No hard links here (FAT, a file of somebody else): look, then rename.
      guard withCPath(source, { from in withCPath(place) { checkedRename(from, $0) } }) == 0 else {
        throw errno == EEXIST
          ? FileTrouble(words: "stays: the place is taken, and nothing is overwritten") : FileTrouble("cannot be moved")
      }
    }
  }

  /// Copy, sync, verify, give the copy its name, and only then remove the original.
  static func moveAcrossDisks(
    _ source: [UInt8], to place: [UInt8], sha256: String, _ partial: PartialFile
  ) throws {
    let copy = partial.place(beside: place)
    // A piece that an interrupted call has left; it was never given its name.
    withCPath(copy) { _ = unlink($0) }
    _ = try Files.copy(source, to: copy, isDurable: true)
    guard hexadecimal(try Files.sha256(of: copy)) == sha256 else {
      withCPath(copy) { _ = unlink($0) }
      throw FileTrouble(words: "did not arrive whole on the other disk; left where it is")
    }
    guard withCPath(copy, { from in withCPath(place) { linkOrRename(from, $0) } }) == 0 else {
      let trouble = FileTrouble("cannot be moved")
      withCPath(copy) { _ = unlink($0) }
      throw trouble
    }
    Files.sync(folder: FilePath.folder(of: place))
    guard withCPath(source, { unlink($0) }) == 0 else {
      let trouble = FileTrouble("cannot be taken out of its folder")
      withCPath(place) { _ = unlink($0) }
      throw trouble
    }
  }

  private static func linkOrRename(_ from: UnsafePointer<CChar>, _ to: UnsafePointer<CChar>) -> Int32 {
    if link(from, to) == 0 { return unlink(from) }
    return errno == EEXIST ? -1 : checkedRename(from, to)
  }

  private static func checkedRename(_ from: UnsafePointer<CChar>, _ to: UnsafePointer<CChar>) -> Int32 {
    var info = stat()
    if lstat(to, &info) == 0 {
      errno = EEXIST
      return -1
    }
    return rename(from, to)
  }
}
