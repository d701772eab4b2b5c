package import AuditCore

/// Draws faces that belong to nobody: no photographs, no network, the same pixels from the same seed everywhere.
///
/// Pictures are painted from distance functions with products, quotients and square roots only, all of which IEEE 754
/// defines to the last bit, so that no machine's mathematical library can change a code value.
package struct FaceArtist: Sendable {
  package enum Mode: Sendable {
    /// Every picture shows another person in another place.
    case portraits
    /// Clips of a few people: pose, expression and light change smoothly from frame to frame, as in the sets that
    /// face-swap models are trained on.
    case frames(people: Int, clips: Int)
  }

  package let mode: Mode
  package let width: Int
  package let height: Int
  private let seed: UInt64

  /// Frames per second of a clip.
  private static let rate: Float = 6

  /// - Parameters:
  ///   - width: of the pictures, pixels from 1.
  ///   - height: same.
  package init(seed: UInt64, mode: Mode = .portraits, width: Int = 128, height: Int = 128) {
    precondition(width > 0 && height > 0, "a picture of \(width)x\(height) cannot be drawn")
    self.seed = seed
    self.mode = mode
    self.width = width
    self.height = height
  }

  /// The picture of that number; numbers are independent of each other and of the order of drawing.
  ///
  /// - Parameter number: from 0. In `.frames`, consecutive numbers go through the people in turn.
  package func draw(_ number: Int) -> RGBImage {
    switch mode {
    case .portraits: draw(person: number, clip: 0, frame: 0)
    case .frames(let people, let clips):
      draw(person: number % people, clip: number / people % clips, frame: number / (people * clips))
    }
  }

  /// One frame of one clip of one person.
  ///
  /// - Parameters:
  ///   - person: whose face; any number from 0.
  ///   - clip: which place and light; any number from 0.
  ///   - frame: sixths of a second since the clip began.
  package func draw(person: Int, clip: Int, frame: Int) -> RGBImage {
    let keys = (UInt64(person), UInt64(clip), UInt64(frame))
    var faces = SplitMix64(seed: seed, keys: 1, keys.0)
    var places = SplitMix64(seed: seed, keys: 2, keys.0, keys.1)
    var noise = SplitMix64(seed: seed, keys: 3, keys.0, keys.1, keys.2)
    let who = Person(generator: &faces)
    let scene = Scene(generator: &places)
    let start = Moment(generator: &places)
    let moment =
      switch mode {
      case .portraits: start
      case .frames: start.after(seconds: Float(frame) / Self.rate, clip: places)
      }
    var portrait = Portrait(person: who, moment: moment, scene: scene, width: width, height: height)
    return portrait.developed(generator: &noise)
  }
}
