import AuditCore
import Foundation

/// The process of a feeder, started anew where it ended before its time. For one thread at a time.
final class FeederLink: @unchecked Sendable {
  private let command: String
  private let limits: FeederLimits
  private var process: (identifier: pid_t, socket: Int32)?
  private var parser: FrameParser
  private var starts = 0

  init(_ command: String, limits: FeederLimits) {
    (self.command, self.limits) = (command, limits)
    parser = FeederLink.parser(limits)
  }

  deinit { end() }

  private static func parser(_ limits: FeederLimits) -> FrameParser {
    FrameParser(accepting: [.path, .image, .end], mostBody: limits.mostBytes)
  }

  /// Starts the program and takes its list.
  func start(progress: (Int) -> Void = { _ in }) throws(FeederFault) -> FeederListing {
    starts += 1
    parser = FeederLink.parser(limits)
    do throws(ChildFailure) {
      let ends = try socketPair()
      defer { close(ends.child) }
      do throws(ChildFailure) {
        // What it has to say to a person goes to that person.
        let launch = ChildLaunch(executable: "/bin/sh", arguments: ["-c", command])
        process = (try launch.start(input: ends.child, output: ends.child, words: STDERR_FILENO), ends.own)
      } catch {
        close(ends.own)
        throw error
      }
    } catch {
      throw .broken("cannot be started: \(error)")
    }
    return try listing(progress)
  }

  private func listing(_ progress: (Int) -> Void) throws(FeederFault) -> FeederListing {
    var listing = FeederListing()
    let decoder = JSONDecoder()
    while true {
      let frame = try frame()
      guard let header = try? decoder.decode(Header.self, from: Data(frame.header)) else {
        throw broken("sends a header that is no JSON with the fields of its kind")
      }
      switch frame.kind {
      case .end:
        listing.end = header.root ?? ""
        progress(listing.samples.count)
        return listing
      case .path:
        guard let sample = header.sample else { throw broken("lists a picture without a key that is a path") }
        listing.length += sample.path.bytes.count
        guard listing.length <= limits.mostListed else { throw broken("lists more than is taken") }
        listing.samples.append(sample)
        if listing.samples.count % 4096 == 0 { progress(listing.samples.count) }
      default: throw broken("sends pictures before anybody asked")
      }
    }
  }

  /// The bytes of a picture, from a process that is started anew where the last one ended.
  func bytes(of path: SamplePath) throws(FeederFault) -> [UInt8] {
    if process == nil {
      guard starts <= limits.restarts else { throw .broken("ended \(starts) times and is not started again") }
      _ = try start()
    }
    try send(path)
    let answer = try frame()
    guard answer.kind == .image, let header = try? JSONDecoder().decode(Header.self, from: Data(answer.header)),
      header.path == path
    else { throw broken("answers with another picture than the one that was asked for") }
    if let words = header.error { throw .refused(String(words.prefix(200))) }
    return answer.body
  }

  private struct Header: Codable {
    var key: String?
    var bytes: Int64?
    /// Nanoseconds since 1970.
    var modified: Int64?
    var root: String?
    var error: String?

    var path: SamplePath? { key.map { SamplePath(bytes: PathText.bytes(of: $0)) } }

    /// nil where the key is no path that stays inside, or a number is none.
    var sample: Sample? {
      guard let path, !path.bytes.isEmpty, !path.bytes.contains(0), FilePath.staysInside(path.bytes),
        let bytes, bytes >= 0
      else { return nil }
      // Another one for every picture, which is no link to another.
      let number = path.bytes.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
      return Sample(path: path, bytes: bytes, modified: modified ?? 0, device: .max, inode: number)
    }
  }

  private func send(_ path: SamplePath) throws(FeederFault) {
    guard let header = try? JSONEncoder().encode(Header(key: PathText.text(of: path.bytes))) else {
      throw .refused("no such key")
    }
    let bytes = WireFrame(.path, header: Array(header)).encoded()
    let deadline = Deadline(seconds: limits.patience)
    var sent = 0
    while sent < bytes.count {
      let socket = try wait(for: POLLOUT, until: deadline)
      let put = bytes.withUnsafeBytes {
        Foundation.send(
          socket, $0.baseAddress?.advanced(by: sent), bytes.count - sent, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
      }
      if put < 0, errno == EINTR || errno == EAGAIN { continue }
      guard put > 0 else { throw broken(ended()) }
      sent += put
    }
  }

  /// The next frame, however long it is, as long as something comes.
  private func frame() throws(FeederFault) -> WireFrame {
    while true {
      do throws(FrameFault) {
        if let frame = try parser.next() { return frame }
      } catch {
        throw broken("speaks no frames: \(error)")
      }
      let socket = try wait(for: POLLIN, until: Deadline(seconds: limits.patience))
      let got = withUnsafeTemporaryAllocation(byteCount: 1 << 18, alignment: 16) { buffer in
        let got = recv(socket, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT))
        if got > 0 { parser.take(UnsafeRawBufferPointer(rebasing: buffer[..<got])) }
        return got
      }
      if got < 0, errno == EINTR || errno == EAGAIN { continue }
      guard got > 0 else { throw broken(ended()) }
    }
  }

  private func wait(for event: Int32, until deadline: Deadline) throws(FeederFault) -> Int32 {
    guard let socket = process?.socket else { throw .broken("has ended") }
    while true {
      var entry = pollfd(fd: socket, events: Int16(event), revents: 0)
      let ready = poll(&entry, 1, deadline.milliseconds)
      if ready > 0 { return socket }
      if ready < 0, errno == EINTR { continue }
      if ready == 0, !deadline.isOver { continue }
      throw broken("has said nothing for \(Int(deadline.seconds)) seconds")
    }
  }

  /// Ends a process that cannot be relied on any more.
  private func broken(_ words: String) -> FeederFault {
    end()
    return .broken(words)
  }

  private func ended() -> String { "ended early (\(end(grace: 200)))" }

  @discardableResult
  private func end(grace: Int = 0) -> String {
    guard let (identifier, socket) = process else { return "not started" }
    process = nil
    close(socket)
    return ChildEnding.of(identifier, grace: grace).description
  }
}
