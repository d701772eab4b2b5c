import AuditCore
import AuditDemo
import Dispatch
import Testing

@testable import AuditQuality

private let faces = (0..<12).map { FaceArtist(seed: 8, width: 72, height: 64).draw($0) }
private let keys = faces.indices.map { SplitMix64.mixed(UInt64($0)) }

/// A job by what it is about, wherever its pictures stand.
private struct Meaning: Hashable {
  let treatment: CopyPlan.Treatment
  let source: UInt64
  let other: UInt64
  let seed: UInt64

  init(_ job: CopyPlan.Job, _ keys: [UInt64]) {
    (treatment, source, other, seed) = (job.treatment, keys[job.source], keys[job.other], job.seed)
  }
}

@Test func thePlanHoldsAsManyCopiesAsAskedOfEachKind() {
  let plan = CopyPlan(keys: keys, seed: 1, amounts: .init(perKind: 30, harmless: 40, reencoded: 50))
  #expect(plan.jobs.count == 30 * DamageKinds.all.count + 90)
  for place in DamageKinds.all.indices { #expect(plan.jobs.count { $0.treatment == .damaged(place) } == 30) }
  #expect(plan.jobs.count { $0.treatment == .harmless } == 40)
  #expect(plan.jobs.count { $0.treatment == .reencoded } == 50)
  #expect(Set(plan.jobs.map(\.seed)).count == plan.jobs.count)
  #expect(plan.jobs.allSatisfy { $0.other != $0.source })
}

@Test func noOrderOfThePicturesChangesThePlan() {
  let plan = CopyPlan(keys: keys, seed: 1, amounts: .init(sources: 7)).jobs.map { Meaning($0, keys) }
  for shift in [1, 5, 11] {
    let turned = Array((keys[shift...] + keys[..<shift]).reversed())
    #expect(CopyPlan(keys: turned, seed: 1, amounts: .init(sources: 7)).jobs.map { Meaning($0, turned) } == plan)
  }
  #expect(Set(plan.map(\.source)).count == 7)
  #expect(CopyPlan(keys: keys, seed: 2).jobs.map { Meaning($0, keys) } != plan)
}

/// With more sources than copies of a kind no picture is copied twice for it.
@Test func copiesOfAKindComeFromDifferentPictures() {
  let many = (0..<600).map { SplitMix64.mixed(UInt64($0)) }
  let plan = CopyPlan(keys: many, seed: 3)
  for place in DamageKinds.all.indices {
    let copies = plan.jobs.filter { $0.treatment == .damaged(place) }
    #expect(!copies.isEmpty && Set(copies.map(\.source)).count == copies.count)
  }
  #expect(Set(plan.jobs.map(\.source)).count <= 500)
}

@Test func leavingKindsOutLeavesTheOtherCopiesAsTheyAre() {
  let all = CopyPlan(keys: keys, seed: 1).jobs
  let some = CopyPlan(keys: keys, seed: 1, kinds: [3, 5]).jobs
  #expect(
    some
      == all.filter {
        if case .damaged(let place) = $0.treatment { [3, 5].contains(place) } else { true }
      })
}

@Test func onePictureIsItsOwnOtherAndNoneMakesNoCopies() throws {
  #expect(CopyPlan(keys: [], seed: 1).jobs.isEmpty)
  let plan = CopyPlan(keys: [9], seed: 1, amounts: .init(perKind: 1, harmless: 1, reencoded: 1))
  #expect(plan.jobs.count == DamageKinds.all.count + 2)
  for job in plan.jobs {
    #expect(job.source == 0 && job.other == 0)
    for size in [(1, 1), (3, 200)] {
      let image = FaceArtist(seed: 2, width: size.0, height: size.1).draw(0)
      // Next to nothing of what is done shows on a single pixel.
      guard let copy = try CopyPlan.make(job, from: image, other: image) else { continue }
      #expect(copy.image.width == size.0 && copy.image.height == size.1)
    }
  }
}

@Test func noNumberOfThreadsAndNoOrderChangesACopy() throws {
  let plan = CopyPlan(keys: keys, seed: 4, amounts: .init(perKind: 3, harmless: 4, reencoded: 4))
  @Sendable func make(_ job: CopyPlan.Job) throws -> CopyPlan.Copy? {
    try CopyPlan.make(job, from: faces[job.source], other: faces[job.other])
  }
  let serial = try plan.jobs.map(make)
  let backwards = try plan.jobs.reversed().map(make)
  #expect(backwards.reversed() == serial)
  nonisolated(unsafe) var parallel = [CopyPlan.Copy??](repeating: nil, count: serial.count)
  let lock = DispatchQueue(label: "copies")
  DispatchQueue.concurrentPerform(iterations: serial.count) { number in
    let copy = try? make(plan.jobs[number])
    lock.sync { parallel[number] = copy }
  }
  #expect(parallel == serial.map { .some($0) })
}

@Test func soundCopiesStayNearAndDamagedOnesHaveAStrength() throws {
  let plan = CopyPlan(keys: keys, seed: 5, amounts: .init(perKind: 2, harmless: 40, reencoded: 40))
  for job in plan.jobs {
    let source = faces[job.source]
    let copy = try #require(try CopyPlan.make(job, from: source, other: faces[job.other]))
    switch job.treatment {
    case .damaged: #expect((0...1).contains(try #require(copy.strength)))
    case .harmless:
      #expect(copy.strength == nil)
      #expect(
        min(change(source, copy.image), change(source.rearranged(mirrored: true, flipped: false), copy.image)) < 16)
    case .reencoded:
      #expect(copy.strength == nil && copy.image != source)
      #expect(change(source, copy.image) < 6)
    }
  }
}

/// Nobody can tell a gray picture from one whose colours were taken away or exchanged.
@Test func whatDoesNotShowOnAPictureIsNotPlanted() throws {
  let gray = faces.map { face in
    RGBImage(
      width: face.width, height: face.height,
      pixels: (0..<face.width * face.height).flatMap { [UInt8](repeating: face.pixels[3 * $0], count: 3) })
  }
  let plan = CopyPlan(keys: keys, seed: 5, amounts: .init(perKind: 6, harmless: 2, reencoded: 2))
  for job in plan.jobs {
    let name = job.kind.map { DamageKinds.all[$0].name } ?? "sound"
    let copy = try CopyPlan.make(job, from: gray[job.source], other: gray[job.other])
    #expect((copy == nil) == ["gray", "channels"].contains(name), "\(name)")
    let ofColour = try CopyPlan.make(job, from: faces[job.source], other: faces[job.other])
    #expect(ofColour != nil, "\(name)")
  }
}

private func change(_ image: RGBImage, _ copy: RGBImage) -> Double {
  zip(image.pixels, copy.pixels).reduce(0.0) { $0 + abs(Double($1.0) - Double($1.1)) } / Double(image.pixels.count)
}
