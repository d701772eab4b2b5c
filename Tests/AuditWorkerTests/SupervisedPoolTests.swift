import AuditCore
import Glibc
import Testing

@testable import AuditWorker

/// What the pool keeps whatever becomes of its children, with children that answer everything by one row and do what the
/// name of a sample says.
@Suite struct SupervisedPoolTests {
  private static let child = """
    import os, signal, socket, struct, sys, time
    link = socket.socket(fileno=0)
    def exactly(count):
      data = b''
      while len(data) < count:
        piece = link.recv(count - len(data))
        if not piece: os._exit(0)
        data += piece
      return data
    def send(kind, header=b'', body=b''):
      link.sendall(b'AUF1' + struct.pack('<HHIQ', kind, 0, len(header), len(body)) + header + body)
    row = held = b''
    while True:
      kind, _, header, body = struct.unpack('<HHIQ', exactly(20)[4:])
      header, body = exactly(header), exactly(body)
      if kind == 64:
        row = header
        send(65, b'\\0')
        continue
      if b'crash' in header: os.kill(os.getpid(), signal.SIGKILL)
      if b'hang' in header: time.sleep(600)
      if b'grow' in header:
        held = b'x' * (300 << 20)
        time.sleep(600)
      if b'leave' in header: os._exit(3)
      if b'slow' in header: time.sleep(0.004)
      send(68, body=b'no row' if b'nonsense' in header else row)
    """

  private static func limits(timeout: Double = 60) -> SupervisionLimits {
    var limits = SupervisionLimits()
    (limits.timeout, limits.megabytes, limits.recycleAfter) = (timeout, 200, 50)
    return limits
  }

  private static let order: ChildOrder = {
    var row = SampleRow(sample: Sample(path: SamplePath("any"), bytes: 0, modified: 0))
    row.scores = [0.5, nil]
    row.facts = FileFacts(
      format: .png, width: 1, height: 1, colour: .rgb, bitsPerChannel: 8, hasAlpha: false, orientation: 1)
    return ChildOrder(header: row.encoded())
  }()

  private static func supervisor(_ limits: SupervisionLimits, program: String = "/usr/bin/env") -> Supervisor {
    Supervisor(
      ChildLaunch(executable: program, arguments: ["python3", "-c", child]), order: order, limits: limits)
  }

  private static func pool(
    jobs: Int, _ limits: SupervisionLimits = limits(), program: String = "/usr/bin/env"
  ) -> SupervisedPool {
    SupervisedPool(
      jobs: jobs, piece: 4, window: 32, makeSupervisor: { supervisor(limits, program: program) },
      work: { (ChildWork(WorkRequest(.score, WorkRequest.File($0, .bytes(0)))), known) })
  }

  private static let known = PictureQuality(statistics: [7], judgement: nil)

  private static func samples(_ names: some Sequence<String>) -> [Sample] {
    names.map { Sample(path: SamplePath($0), bytes: 0, modified: 0) }
  }

  /// What ends a child is told of its sample alone, and the rows beside it are there.
  @Test(arguments: [1, 2, 3]) func everySampleHasItsRowInOrderWhateverEndsItsChild(jobs: Int) async throws {
    let names = (0..<100).map { $0 % 37 == 5 ? "\($0)-crash" : $0 == 81 ? "leave" : $0 == 90 ? "nonsense" : "\($0)" }
    var rows: [SampleRow] = []
    try await Self.pool(jobs: jobs).score(Self.samples(names), stop: StopRequest(), idle: {}) { rows += $0 }
    #expect(rows.map(\.sample.path.text) == names)
    for row in rows {
      let name = row.sample.path.text
      let isLost = name.contains("crash") || name == "leave" || name == "nonsense"
      #expect(row.scores == (isLost ? [] : [0.5, nil]) && row.quality == (isLost ? nil : Self.known), "\(name)")
      #expect(row.issues.map(\.code) == (isLost ? [.crash] : []), "\(name)")
      if name.contains("crash") { #expect(row.issues[0].detail.contains("SIGKILL")) }
      if name == "leave" { #expect(row.issues[0].detail.contains("exit status 3")) }
    }
  }

  @Test func whatHangsOrGrowsIsEndedAndTold() async throws {
    let names = (0..<24).map { $0 == 6 ? "hang" : $0 == 17 ? "grow" : "\($0)" }
    var codes: [String: SampleIssue.Code] = [:]
    var count = 0
    try await Self.pool(jobs: 2, Self.limits(timeout: 8)).score(Self.samples(names), stop: StopRequest(), idle: {}) {
      count += $0.count
      for row in $0 { codes[row.sample.path.text] = row.issues.first?.code }
    }
    #expect(codes == ["hang": .timeout, "grow": .oom])
    #expect(count == 24)
  }

  /// Rows of what a stop left undone are none, and nobody waits for a child that hangs.
  @Test func aStopEndsItSoon() async throws {
    let stop = StopRequest()
    let names = (0..<400).map { $0 == 60 ? "hang" : "\($0)" }
    var seen: [String] = []
    try await Self.pool(jobs: 2).score(Self.samples(names), stop: stop, idle: {}) {
      seen += $0.map(\.sample.path.text)
      if seen.count >= 40 { stop.set() }
    }
    #expect(seen.starts(with: names.prefix(40)) && seen.count < 120 && !seen.contains("hang"), "\(seen.count)")
  }

  @Test func troubleOfTheConsumerIsThrown() async throws {
    struct Full: Error {}
    await #expect(throws: Full.self) {
      try await Self.pool(jobs: 2).score(Self.samples((0..<40).map { "\($0)" }), stop: StopRequest(), idle: {}) { _ in
        throw Full()
      }
    }
  }

  /// However much waits: whoever feeds an engine never lets a child run dry.
  @Test func aChildGivesWayAfterItsShareThoughMoreWaits() async throws {
    let supervisor = Self.supervisor(Self.limits())
    for sample in Self.samples((0..<120).map { "\($0)" }) {
      supervisor.add(ChildWork(WorkRequest(.score, WorkRequest.File(sample, .bytes(0)))))
    }
    var answersOf: [Int32: Int] = [:]
    while supervisor.waitingCount > 0 {
      let answers = try supervisor.advance(within: 1).answers
      answersOf[try #require(supervisor.process), default: 0] += answers.count
    }
    #expect(answersOf.values.sorted() == [20, 50, 50])
    #expect(supervisor.deaths == 0)
  }

  /// A child that takes 4 ms for each: whoever needs many answers is not woken for every one, and not before there are any.
  @Test func answersThatAreNeededTogetherAreTakenTogether() throws {
    let supervisor = Self.supervisor(Self.limits())
    for sample in Self.samples((0..<48).map { "\($0)-slow" }) {
      supervisor.add(ChildWork(WorkRequest(.score, WorkRequest.File(sample, .bytes(0)))))
    }
    while supervisor.waitingCount > 40 { _ = try supervisor.advance(within: 1) }
    var looks = 0
    while supervisor.waitingCount > 0 {
      _ = try supervisor.advance(awaiting: supervisor.waitingCount, within: 1)
      looks += 1
    }
    #expect(looks <= 20, "\(looks) looks for 40 answers")
  }

  /// Those who take one supervisor after the other go on with the same children.
  @Test func aSupervisorThatWasGivenBackKeepsItsChild() async throws {
    let idle = IdleSupervisors()
    let children = try await withThrowingTaskGroup(of: Set<Int32>.self) { group in
      for taker in 0..<2 {
        group.addTask(executorPreference: BlockingExecutor()) {
          var children: Set<Int32> = []
          for round in 0..<10 {
            let supervisor = idle.take() ?? Self.supervisor(Self.limits())
            let work = Self.samples(["\(taker)-\(round)"]).map {
              ChildWork(WorkRequest(.score, WorkRequest.File($0, .bytes(0))))
            }
            let answers = try supervisor.answers(to: work, stop: StopRequest())
            #expect(answers.count == 1)
            if let child = supervisor.process { children.insert(child) }
            idle.giveBack(supervisor)
          }
          return children
        }
      }
      return try await group.reduce(into: Set<Int32>()) { $0.formUnion($1) }
    }
    #expect((1...2).contains(children.count))
  }

  private static func work(_ name: String) -> ChildWork {
    ChildWork(WorkRequest(.score, WorkRequest.File(samples([name])[0], .bytes(0))))
  }

  private static func isRow(_ answer: ChildAnswer) -> Bool {
    if case .answered(let bytes) = answer { bytes != Array("no row".utf8) } else { false }
  }

  /// Whoever comes with another order while the child still gets ready by the first one is answered by the other.
  @Test(arguments: [false, true]) func aChildThatWasStartedAheadIsTheOneThatWorks(isOrderedAnew: Bool) throws {
    let supervisor = Self.supervisor(Self.limits())
    supervisor.startAhead()
    let child = try #require(supervisor.process)
    let other = Array("another order".utf8)
    if isOrderedAnew { supervisor.follow(ChildOrder(header: other), limits: Self.limits()) }
    let answers = try supervisor.answers(to: [Self.work("0"), Self.work("1")], stop: StopRequest())
    let expected = ChildAnswer.answered(isOrderedAnew ? other : Self.order.header)
    #expect(answers == [expected, expected] && supervisor.process == child && supervisor.deaths == 0)
  }

  @Test func aChildThatDiedBeforeItHadWorkIsMadeUpFor() throws {
    let supervisor = Self.supervisor(Self.limits())
    supervisor.startAhead()
    let first = try #require(supervisor.process)
    kill(first, SIGKILL)
    let answers = try supervisor.answers(to: [Self.work("0")], stop: StopRequest())
    #expect(answers.count == 1 && answers.allSatisfy(Self.isRow) && supervisor.process != first)
    let nowhere = Self.supervisor(Self.limits(), program: "/nowhere/at/all")
    nowhere.startAhead()
    #expect(nowhere.process == nil)
    #expect(throws: SupervisionFault.self) { try nowhere.answers(to: [Self.work("0")], stop: StopRequest()) }
  }

  /// Nobody takes the answers to what one that is given back was asked: the next must not hear them as its own.
  @Test func whatStillWaitsIsForgottenWhenASupervisorIsGivenBack() throws {
    let idle = IdleSupervisors()
    let supervisor = Self.supervisor(Self.limits())
    try supervisor.warmUp()
    for _ in 0..<3 { supervisor.add(Self.work("nonsense")) }
    idle.giveBack(supervisor)
    let taken = try #require(idle.take())
    #expect(taken === supervisor && taken.waitingCount == 0)
    taken.follow(Self.order, limits: Self.limits())
    let answers = try taken.answers(to: [Self.work("0"), Self.work("1")], stop: StopRequest())
    #expect(answers.count == 2 && answers.allSatisfy(Self.isRow))
  }

  @Test func eachPieceHasItsOwnAnswersThoughTheNextBeginsBeforeItEnds() throws {
    let pieces = BegunPieces(Self.supervisor(Self.limits()), stop: StopRequest())
    let names = [["0", "nonsense", "1"], ["crash"], [], ["2", "nonsense"]]
    func begin(_ piece: Int) { pieces.begin(names[piece].count) { Self.work(names[piece][$0]) } }
    begin(0)
    for piece in names.indices {
      if piece + 1 < names.count { begin(piece + 1) }
      let answers = try pieces.finish()
      #expect(answers.map(Self.isRow) == names[piece].map { Int($0) != nil }, "piece \(piece)")
    }
  }

  @Test func whereNoChildWorksNoMoreWorkIsAskedFor() throws {
    let pieces = BegunPieces(Self.supervisor(Self.limits(), program: "/nowhere/at/all"), stop: StopRequest())
    pieces.begin(1) { _ in Self.work("0") }
    #expect(throws: SupervisionFault.self) { try pieces.finish() }
    pieces.begin(1) { _ in
      Issue.record("asked for work that nobody does")
      return Self.work("1")
    }
    #expect(throws: SupervisionFault.self) { try pieces.finish() }
  }

  @Test func whereNoChildStartsNothingIsTakenForAFaultOfAFile() async throws {
    var rows = 0
    await #expect(throws: SupervisionFault.self) {
      try await Self.pool(jobs: 2, program: "/nowhere/at/all").score(
        Self.samples(["a", "b"]), stop: StopRequest(), idle: {}
      ) { rows += $0.count }
    }
    #expect(rows == 0)
  }
}
