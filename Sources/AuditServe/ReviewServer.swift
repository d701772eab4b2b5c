import AuditCore
package import AuditDataset
import AuditImages
import AuditStore
import Foundation

/// What a server is started with.
package struct ServeRequest: Sendable {
  package let database: String
  /// 0 takes any port that is free.
  package var port: UInt16 = 0
  /// Where the files lie; nil looks for them.
  package var dataset: String?
  /// Name of the run that is shown first; nil for the one that the views speak of.
  package var run: String?
  package var isReadOnly = false
  /// Who decides.
  package let who: String
  /// Where pictures are decoded.
  package let decoding: DecodingChoice

  package init(database: String, who: String, decoding: @escaping DecodingChoice) {
    (self.database, self.who, self.decoding) = (database, who, decoding)
  }
}

/// Shows a database in a browser of this machine, and takes decisions from it (ARCHITECTURE.md, Serving).
package final class ReviewServer: Sendable {
  private let listener: WebListener
  private let rule: AccessRule
  private let routes: WebRoutes

  /// What a person opens; holds the key.
  package var address: String { rule.address }
  /// The same, good for one time: for a program that opens it.
  package var addressForOnce: String { rule.addressForOnce }
  package var port: Int { Int(listener.port) }
  /// Whether decisions can be taken.
  package let isWritable: Bool

  /// - Throws: `AuditError` where there is no such database or run, or the port cannot be had.
  package init(_ request: ServeRequest) throws {
    holdLittleMemory()
    let database = try ServedDatabase(request.database, usual: request.run)
    let run = try database.run(nil)
    _ = try database.reading(of: run) { try DatasetPlace($0, run: run.id, given: request.dataset) }
    isWritable = !request.isReadOnly && FilePath.allows(request.database, W_OK)
    listener = try WebListener(port: request.port)
    rule = AccessRule(port: listener.port)
    routes = WebRoutes(database, request, isWritable: isWritable)
  }

  /// Answers until the task is cancelled.
  package func run() async {
    let warming = Task { [routes] in await routes.warm() }
    await listener.run { [rule, routes] request in
      switch rule.answer(to: request) {
      case .refused(let refusal): .text(refusal.what, status: refusal.status)
      case .welcome(let cookie, let location):
        WebResponse(
          .seeOther, type: "text/plain; charset=utf-8", headers: [("Set-Cookie", cookie), ("Location", location)],
          body: .bytes([]))
      case .allowed: await routes.answer(request)
      }
    }
    warming.cancel()
    routes.end()
  }
}
