import AuditCore
import FlyingSocks
import Foundation
import Synchronization

/// Listens on this machine alone, and lends each connection a task of its own.
final class WebListener: Sendable {
  /// The port, also where any was asked for.
  let port: UInt16
  private let socket: Socket
  /// Of those that wait or are answered; more are closed at once.
  private static let mostConnections = 512
  private let connections = Atomic<Int>(0)

  /// - Parameter port: 0 takes any that is free.
  /// - Throws: `AuditError` where it is taken, or may not be had.
  init(port: UInt16) throws(AuditError) {
    do {
      socket = try Socket(domain: AF_INET, type: .stream)
      _ = fcntl(socket.file.rawValue, F_SETFD, FD_CLOEXEC)
      try socket.setValue(true, for: .localAddressReuse)
      try socket.bind(to: .inet(ip4: "127.0.0.1", port: port))
      try socket.listen()
      guard case .ip4(_, let given) = try socket.sockname() else { throw SocketError.unsupportedAddress }
      self.port = given
    } catch {
      throw WebListener.explained(error, port: port)
    }
  }

  private static func explained(_ error: any Error, port: UInt16) -> AuditError {
    guard case SocketError.failed(_, let code, let message)? = error as? SocketError else {
      return .lacking("no connection can be listened for: \(error)")
    }
    return switch code {
    case EADDRINUSE:
      .lacking("port \(port) is taken by another program", remedy: "give another --port, or none for any that is free")
    case EACCES, EPERM:
      .lacking("port \(port) may not be used by this user", remedy: "give a --port from 1024, or none")
    default: .lacking("port \(port) cannot be listened on: \(message)", remedy: "give another --port, or none")
    }
  }

  /// Answers until the task is cancelled.
  func run(_ answer: @escaping @Sendable (WebRequest) async -> WebResponse) async {
    let pool = SocketPool.make(maxEvents: 64)
    do { try await pool.prepare() } catch { return }
    await withTaskGroup(of: Void.self) { group in
      group.addTask { try? await pool.run() }
      group.addTask { await self.accept(pool, answer) }
      await group.next()
      group.cancelAll()
    }
    try? socket.close()
  }

  private func accept(
    _ pool: some AsyncSocketPool, _ answer: @escaping @Sendable (WebRequest) async -> WebResponse
  ) async {
    guard let listening = try? AsyncSocket(socket: socket, pool: pool) else { return }
    await withDiscardingTaskGroup { group in
      while !Task.isCancelled {
        let connection: AsyncSocket
        do {
          connection = try await listening.accept()
        } catch is CancellationError {
          break
        } catch {
          // No descriptor is free for a moment, or the other side is gone already: neither ends the server.
          try? await Task.sleep(for: .milliseconds(50))
          continue
        }
        _ = fcntl(connection.socket.file.rawValue, F_SETFD, FD_CLOEXEC)
        guard connections.add(1, ordering: .relaxed).newValue <= WebListener.mostConnections else {
          connections.subtract(1, ordering: .relaxed)
          try? connection.close()
          continue
        }
        group.addTask {
          var served = WebConnection(connection)
          try? await served.serve(answer)
          try? connection.close()
          self.connections.subtract(1, ordering: .relaxed)
        }
      }
      group.cancelAll()
    }
  }
}
