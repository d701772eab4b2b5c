import CChild
import Glibc

/// What the child's end of the connection receives: frames, and the open files that came with them. For one thread.
final class FrameInbox {
  private let socket: Int32
  private var parser = FrameParser(accepting: WireFrame.forChildren, mostBody: WireFrame.mostOfChild)
  private var files: [HandedFile] = []
  private let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
  private var found = [Int32](repeating: -1, count: Int(AUDIT_MOST_FILES))

  init(socket: Int32) { self.socket = socket }

  deinit { room.deallocate() }

  /// Waits for the next frame; nil where the other end is closed, or no frames come from there.
  func next() -> WireFrame? {
    while true {
      do throws(FrameFault) {
        if let frame = try parser.next() { return frame }
      } catch {
        return nil
      }
      guard receive() else { return nil }
    }
  }

  /// The oldest file that came and was not taken yet.
  func takeFile() -> HandedFile? { files.isEmpty ? nil : files.removeFirst() }

  private func receive() -> Bool {
    guard let base = room.baseAddress else { return false }
    var count: Int32 = 0
    var got = 0
    repeat { got = audit_receive(socket, base, room.count, &found, &count, 1) } while got < 0 && errno == EINTR
    files += found.prefix(Int(count)).map(HandedFile.init)
    guard got > 0 else { return false }
    parser.take(UnsafeRawBufferPointer(start: base, count: got))
    return true
  }
}
