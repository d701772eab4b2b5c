import AuditCore
import AuditStore

/// Which address gives what.
final class WebRoutes: Sendable {
  private typealias View = @Sendable (WebRequest) async throws -> WebResponse

  private let overview: OverviewView
  private let samples: SamplesView
  private let pictures: PictureDesk
  private let effect: EffectDesk
  /// Pages of the app: each is the same shell, which looks at its own address.
  private static let pages: Set<String> = [
    "/", "/samples", "/sample", "/groups", "/compare", "/failed", "/sql", "/decisions",
  ]
  /// As many as are decoded at a time: what decodes them is there when a page asks.
  private static let firstPictures = 2
  private let questions: [String: View]
  private let deeds: [String: View]

  init(_ database: ServedDatabase, _ request: ServeRequest, isWritable: Bool) {
    let reading = WorkRoom(places: 2)
    let overview = OverviewView(database, reading: reading, isWritable: isWritable)
    let samples = SamplesView(
      database: database, reading: reading, ordering: WorkRoom(places: 1))
    let pictures = PictureDesk(database, dataset: request.dataset, decoding: request.decoding)
    let decisions = DecisionDesk(
      database, samples: samples, who: request.who, isReadOnly: request.isReadOnly)
    let effect = EffectDesk(database, reading: reading)
    let sample = SampleView(database: database, reading: reading, pictures: pictures)
    let lists = ListViews(database: database, reading: reading)
    let question = QuestionView(database, reading: reading)
    let comparison = ComparisonView(database, reading: reading)
    (self.overview, self.samples, self.pictures, self.effect) = (overview, samples, pictures, effect)
    questions = [
      "/overview.json": { try await overview.json($0.query) },
      "/overview.csv": { try await overview.csv($0.query) },
      "/samples.json": { try await samples.json($0.query) },
      "/samples.csv": { try await samples.csv($0.query) },
      "/sample.json": { try await sample.json($0.query) },
      "/sample.csv": { try await sample.csv($0.query) },
      "/groups.json": { try await lists.groups($0.query) },
      "/groups.csv": { try await lists.groupsCSV($0.query) },
      "/compare.json": { try await comparison.json($0.query) },
      "/compare.csv": { try await comparison.csv($0.query) },
      "/failed.json": { try await lists.failed($0.query) },
      "/failed.csv": { try await lists.failedCSV($0.query) },
      "/sql.json": { try await question.json($0.query) },
      "/sql.csv": { try await question.csv($0.query) },
      "/decisions.json": { try await lists.decisions($0.query) },
      "/decisions.csv": { try await lists.decisionsCSV($0.query) },
      "/effect.json": { try await effect.json($0.query, serial: decisions.serial) },
    ]
    deeds = [
      "/decide": { try await decisions.decide($0) },
      "/undo": { try await decisions.undo($0.query) },
    ]
  }

  /// Makes what the first page asks for, before it does.
  func warm() async {
    let first = (try? await samples.beginning(count: WebRoutes.firstPictures)) ?? []
    await pictures.warm(first)
    await overview.warm()
  }

  /// Ends what works in the background.
  func end() { effect.end() }

  func answer(_ request: WebRequest) async -> WebResponse {
    do {
      return try await route(request)
    } catch {
      return .refusal(WebRefusal(of: error))
    }
  }

  private func route(_ request: WebRequest) async throws -> WebResponse {
    if request.method == .post {
      guard let deed = deeds[request.path] else { throw unknown(request.path, isKnown: isQuestion(request.path)) }
      return try await deed(request)
    }
    if WebRoutes.pages.contains(request.path) { return AppFiles.shell }
    if request.path.hasPrefix("/app/") {
      guard let file = AppFiles.answer(request) else { throw unknown(request.path, isKnown: false) }
      return file
    }
    if request.path.hasPrefix("/picture/") {
      return try await pictures.answer(request, sample: request.path.dropFirst("/picture/".count))
    }
    guard let question = questions[request.path] else {
      throw unknown(request.path, isKnown: deeds[request.path] != nil)
    }
    return try await question(request)
  }

  private func isQuestion(_ path: String) -> Bool { WebRoutes.pages.contains(path) || questions[path] != nil }

  private func unknown(_ path: String, isKnown: Bool) -> WebRefusal {
    isKnown
      ? WebRefusal(.methodNotAllowed, "this address is not asked in that way")
      : WebRefusal(.notFound, "there is nothing at this address")
  }
}

extension WebRefusal {
  /// Whatever went wrong, for a page.
  init(of error: any Error) {
    switch error {
    case let refusal as WebRefusal: self = refusal
    case let late as QuestionTimeout:
      self.init(
        .tooSlow, "the question took longer than \(Int(late.seconds)) s and was stopped",
        hint: "ask for less, or with `audit sql`, which has no limit")
    case is Deadline.Passed: self.init(.tooSlow, "the answer took too long")
    case is WorkRoom.NobodyWaits: self.init(.unavailable, "nobody waits for this any more")
    case is CancellationError: self.init(.unavailable, "the server is ending")
    case let error as AuditError: self.init(error.status, error.sentence.problem, hint: error.sentence.remedy)
    default: self.init(.ourMistake, "no answer: \(SamplePath("\(error)").printable)")
    }
  }
}

extension AuditError {
  fileprivate var status: WebStatus {
    switch self {
    case .question, .usage: .badRequest
    case .unknownName, .lacking, .wrongFile: .notFound
    case .databaseLocked, .unreadable, .databaseNotFound, .diskFull: .conflict
    default: .ourMistake
    }
  }
}
