package import Foundation

/// Why a child gave no answer.
package enum ChildFailure: Error, Equatable {
  /// It could not be started; a sentence for a person.
  case notStarted(String)
  /// It ended; the signal or the exit status.
  case died(String)
  /// It took longer than so many seconds, and was ended.
  case timedOut(Double)
}

/// A child process that answers frames over a socket which is its standard input and output.
///
/// Started when the first frame is sent, and anew after it ended. It ends when this object does.
package final class ChildProcess {
  private let launch: ChildLaunch
  private var child: (identifier: pid_t, socket: Int32)?
  private var room = [UInt8](repeating: 0, count: 1 << 18)

  package init(_ launch: ChildLaunch) { self.launch = launch }

  deinit { end() }

  /// Ids of processes are reused, so only a child that still runs has one here.
  package var identifier: pid_t? { child?.identifier }

  /// Sends a frame and waits for the answer.
  package func exchange(_ frame: WireFrame, within seconds: Double) throws(ChildFailure) -> WireFrame {
    let socket = try running()
    let deadline = Deadline(seconds: seconds)
    guard try send(frame.encoded(), to: socket, deadline: deadline),
      let answer = try receive(from: socket, deadline: deadline)
    else { throw .died(end(kill: false)) }
    return answer
  }

  private func running() throws(ChildFailure) -> Int32 {
    if let child { return child.socket }
    let started = try start()
    child = started
    return started.socket
  }

  private func start() throws(ChildFailure) -> (identifier: pid_t, socket: Int32) {
    let ends = try socketPair()
    defer { close(ends.child) }
    do {
      // Its last words would tear the progress line; how it ended is in its status.
      return (try launch.start(input: ends.child, output: ends.child, words: nil), ends.own)
    } catch {
      close(ends.own)
      throw error
    }
  }

  /// - Returns: false where the child is gone.
  private func send(_ bytes: [UInt8], to socket: Int32, deadline: Deadline) throws(ChildFailure) -> Bool {
    var sent = 0
    while sent < bytes.count {
      try wait(for: POLLOUT, on: socket, deadline: deadline)
      let put = bytes.withUnsafeBytes {
        Foundation.send(
          socket, $0.baseAddress?.advanced(by: sent), bytes.count - sent,
          Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
      }
      if put < 0, errno == EINTR || errno == EAGAIN { continue }
      guard put > 0 else { return false }
      sent += put
    }
    return true
  }

  /// - Returns: nil where the child is gone.
  private func receive(from socket: Int32, deadline: Deadline) throws(ChildFailure) -> WireFrame? {
    var parser = FrameParser(accepting: WireFrame.fromChildren, mostBody: WireFrame.mostOfChild)
    while true {
      try wait(for: POLLIN, on: socket, deadline: deadline)
      let got = room.withUnsafeMutableBytes { recv(socket, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT)) }
      if got < 0, errno == EINTR || errno == EAGAIN { continue }
      guard got > 0 else { return nil }
      room.withUnsafeBytes { parser.take(UnsafeRawBufferPointer(rebasing: $0.prefix(got))) }
      do throws(FrameFault) {
        if let frame = try parser.next() { return frame }
      } catch {
        // What a child sends that something wrote over is worth nothing.
        end()
        throw .died("\(error)")
      }
    }
  }

  private func wait(for event: Int32, on socket: Int32, deadline: Deadline) throws(ChildFailure) {
    while true {
      var entry = pollfd(fd: socket, events: Int16(event), revents: 0)
      let ready = poll(&entry, 1, deadline.milliseconds)
      if ready > 0 { return }
      if ready < 0, errno == EINTR { continue }
      if ready == 0, !deadline.isOver { continue }
      end()
      throw .timedOut(deadline.seconds)
    }
  }

  /// Ends the child where it still runs and takes its status.
  ///
  /// - Parameter kill: false where it has just closed its end: then its own way of ending is what counts.
  /// - Returns: how it ended.
  @discardableResult
  private func end(kill: Bool = true) -> String {
    guard let (identifier, socket) = child else { return "not started" }
    child = nil
    close(socket)
    return ChildEnding.of(identifier, grace: kill ? 0 : 200).description
  }
}
