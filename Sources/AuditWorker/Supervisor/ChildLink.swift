import AuditCore
import CChild
import Foundation

/// Frames on their way to a child, with the files that go with them.
struct Parcel {
  private(set) var bytes: [UInt8]
  private(set) var files: [HandedFile]

  /// Larger ones are not copied behind others.
  private static let most = 1 << 16

  init(_ frame: WireFrame, files: [HandedFile] = []) {
    (bytes, self.files) = (frame.encoded(), files)
  }

  /// Has the frames of another parcel leave with these, behind them.
  ///
  /// - Returns: false where that is too much for one message.
  mutating func join(_ other: Parcel) -> Bool {
    guard bytes.count + other.bytes.count <= Parcel.most, files.count + other.files.count <= Int(AUDIT_MOST_FILES)
    else { return false }
    bytes += other.bytes
    files += other.files
    return true
  }
}

/// One running child and the connection to it. Nothing here waits, but the end.
final class ChildLink {
  let process: pid_t
  let socket: Int32
  /// What it says on standard error.
  private let words: HandedFile?
  private var leaving: [Parcel] = []
  /// Bytes of the first parcel that have left.
  private var left = 0
  private var parser = FrameParser(accepting: WireFrame.fromChildren, mostBody: WireFrame.mostOfChild)
  private var isReaped = false
  /// For what is received: as much memory taken anew each time would be new pages each time.
  private var room = [UInt8](repeating: 0, count: 1 << 18)

  /// - Throws: `.notStarted`.
  init(_ launch: ChildLaunch) throws(ChildFailure) {
    let ends = try socketPair()
    defer { close(ends.child) }
    words = MemoryFile.empty()
    do {
      process = try launch.start(input: ends.child, output: words?.descriptor ?? ends.child, words: words?.descriptor)
    } catch {
      close(ends.own)
      throw error
    }
    socket = ends.own
  }

  deinit { _ = end() }

  var hasToSend: Bool { !leaving.isEmpty }

  func send(_ parcel: Parcel) {
    let isOnItsWay = leaving.count == 1 && left > 0
    if let last = leaving.indices.last, !isOnItsWay, leaving[last].join(parcel) { return }
    leaving.append(parcel)
  }

  /// Sends what the socket takes now.
  ///
  /// - Returns: false where the child is gone.
  func flush() -> Bool {
    while let parcel = leaving.first {
      let files = left == 0 ? parcel.files.map(\.descriptor) : []
      let count = parcel.bytes.withUnsafeBytes { bytes -> Int in
        guard let base = bytes.baseAddress else { return 0 }
        return audit_send(socket, base.advanced(by: left), bytes.count - left, files, Int32(files.count))
      }
      if count < 0, errno == EINTR { continue }
      if count < 0 { return errno == EAGAIN }
      left += count
      if left == parcel.bytes.count {
        leaving.removeFirst()
        left = 0
      }
    }
    return true
  }

  /// Frames that are here.
  ///
  /// - Returns: whether the child is still there, beside them.
  func receive() -> (frames: [WireFrame], isOpen: Bool) {
    var frames: [WireFrame] = []
    // Where there was room for more there is none: what comes later wakes the next poll.
    var isAll = false
    while !isAll {
      let got = room.withUnsafeMutableBytes { recv(socket, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT)) }
      if got < 0, errno == EINTR { continue }
      if got < 0 { return (frames, errno == EAGAIN) }
      if got == 0 { return (frames, false) }
      isAll = got < room.count
      room.withUnsafeBytes { parser.take(UnsafeRawBufferPointer(rebasing: $0.prefix(got))) }
      do throws(FrameFault) {
        while let frame = try parser.next() { frames.append(frame) }
      } catch {
        // What a child sends that something wrote over is worth nothing.
        return (frames, false)
      }
    }
    return (frames, true)
  }

  /// Megabytes that it holds in memory now; nil where it is gone.
  var residentMegabytes: Int? {
    guard let text = try? String(contentsOfFile: "/proc/\(process)/statm", encoding: .utf8) else { return nil }
    let words = text.split(separator: " ")
    guard words.count > 1, let pages = Int(words[1]) else { return nil }
    return (pages * Int(sysconf(Int32(_SC_PAGESIZE)))) >> 20
  }

  /// Ends it where it still runs.
  ///
  /// - Parameter kill: false where it has closed its end: then its own way of ending is what counts.
  func end(kill: Bool = true) -> ChildEnding {
    guard !isReaped else { return ChildEnding(0) }
    isReaped = true
    close(socket)
    return ChildEnding.of(process, grace: kill ? 0 : 200)
  }

  /// What it said on standard error that tells most, a line, shortened: its complaint, else its last words.
  var lastWords: String {
    guard let words, let bytes = MemoryFile.contents(of: words.descriptor) else { return "" }
    let lines = bytes.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
    let line = lines.first { $0.contains("rror") || $0.contains("bad_alloc") } ?? lines.last ?? ""
    return String(Escaping.terminal.text(line).prefix(160))
  }
}
