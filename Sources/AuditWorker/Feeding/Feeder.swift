package import AuditCore
import Synchronization

/// A program that lists pictures and hands out their bytes: `--feeder`.
///
/// It is started with a socket as its standard input and output and speaks the frames of `audit worker`. First it sends a
/// frame of kind 3 for each picture (header: key, bytes, modified) and one of kind 6 (header: root). Then it answers each
/// frame of kind 3 (header: key) with one of kind 1, whose body is the picture, or whose header says `error`. It ends when
/// its input does.
package final class Feeder: FileFeeding {
  package let root: String
  package let samples: [Sample]
  private let link: Mutex<FeederLink>

  /// Starts the program and has it list its pictures.
  ///
  /// - Parameters:
  ///   - command: for a shell.
  ///   - limits: what it may take.
  ///   - progress: told how many pictures are listed.
  /// - Throws: `AuditError` where it cannot be started, ends early, or does not speak frames.
  package init(
    _ command: String, limits: FeederLimits = FeederLimits(), progress: (Int) -> Void = { _ in }
  ) throws(AuditError) {
    let link = FeederLink(command, limits: limits)
    let listing: FeederListing
    do throws(FeederFault) {
      listing = try link.start(progress: progress)
    } catch {
      throw .lacking("the feeder '\(command)' \(error.words)", remedy: "try the command by itself")
    }
    (root, samples) = (try listing.root(of: command), try listing.sorted(of: command))
    self.link = Mutex(link)
  }

  package func bytes(of path: SamplePath) throws(SampleIssue) -> [UInt8] {
    try link.withLock { link in
      Result { () throws(SampleIssue) in
        do throws(FeederFault) {
          return try link.bytes(of: path)
        } catch {
          throw SampleIssue(.open, "the feeder \(error.words)")
        }
      }
    }.get()
  }
}

/// What a feeder may take.
package struct FeederLimits: Sendable {
  /// Seconds until it says something.
  package var patience = 120.0
  /// Bytes of one picture.
  package var mostBytes: UInt64 = 1 << 30
  /// Bytes of all keys together.
  package var mostListed = 1 << 33
  /// How often it is started anew after it ended before its time.
  package var restarts = 3

  package init() {}
}

/// Why a feeder gave nothing.
enum FeederFault: Error {
  /// It does not do what it should; what stands behind "the feeder".
  case broken(String)
  /// It says itself why it has no such picture.
  case refused(String)

  var words: String {
    switch self {
    case .broken(let words): words
    case .refused(let words): "says: \(words)"
    }
  }
}

/// What a feeder lists.
struct FeederListing {
  var samples: [Sample] = []
  /// Bytes of all keys.
  var length = 0
  var end: String?

  func root(of command: String) throws(AuditError) -> String {
    guard let end, end.utf8.first == UInt8(ascii: "/"), !PathText.bytes(of: end).contains(0) else {
      throw .lacking("the feeder '\(command)' names no root", remedy: "it is an absolute path in its last frame")
    }
    return FilePath.resolved(end)
  }

  func sorted(of command: String) throws(AuditError) -> [Sample] {
    let sorted = samples.sorted { $0.path < $1.path }
    if let twice = zip(sorted, sorted.dropFirst()).first(where: { $0.path == $1.path }) {
      throw .lacking(
        "the feeder '\(command)' names '\(twice.0.path.printable)' twice", remedy: "each picture needs a key of its own"
      )
    }
    return sorted
  }
}
