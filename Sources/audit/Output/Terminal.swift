import AuditCore
import Foundation

/// What the streams are, and how text gets onto them.
enum Terminal {
  static let outIsTerminal = isatty(STDOUT_FILENO) == 1
  static let errorIsTerminal = isatty(STDERR_FILENO) == 1

  /// A terminal that knows neither colour nor going back in a line.
  static var isDumb: Bool { environment["TERM"] == "dumb" }

  private static let environment = ProcessInfo.processInfo.environment

  /// Puts /dev/null where a stream was handed over closed: the next file to be opened would get its number, and what is
  /// printed would go into that file.
  static func openClosedStreams() {
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 && errno == EBADF {
      _ = open("/dev/null", descriptor == STDIN_FILENO ? O_RDONLY : O_WRONLY)
    }
  }

  /// Colour on a terminal unless NO_COLOR or TERM=dumb say no; CLICOLOR_FORCE says yes to a pipe.
  static func usesColour(_ choice: ColourChoice, isTerminal: Bool) -> Bool {
    switch choice {
    case .always: return true
    case .never: return false
    case .auto:
      if let force = environment["CLICOLOR_FORCE"], force != "0", !force.isEmpty { return true }
      if let no = environment["NO_COLOR"], !no.isEmpty { return false }
      return isTerminal && !isDumb
    }
  }

  /// Columns that notes and progress have; 80 where there is no terminal.
  static var width: Int { columns(of: STDERR_FILENO) ?? 80 }

  /// Columns that results have; 80 where there is no terminal.
  static var outWidth: Int { columns(of: STDOUT_FILENO) ?? 80 }

  /// Columns of a table; nil in a pipe, where nothing is shortened unless COLUMNS asks for it.
  static var tableWidth: Int? { columns(of: STDOUT_FILENO) }

  /// What COLUMNS says, else what the terminal says.
  private static func columns(of descriptor: Int32) -> Int? {
    if let wanted = environment["COLUMNS"].flatMap({ Int($0) }), (20...1000).contains(wanted) { return wanted }
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }

  /// A result, on standard output. A closed pipe ends the command quietly.
  static func print(_ text: String, terminator: String = "\n") { write(text + terminator, to: STDOUT_FILENO) }

  /// Lines on standard error that stay whole, however narrow the terminal is, so that they can be copied.
  static func errorToCopy(_ lines: [String]) { write(lines.joined(separator: "\n") + "\n", to: STDERR_FILENO) }

  /// A note or an error, on standard error; on a terminal it is broken between words.
  static func error(_ text: String) {
    guard errorIsTerminal else { return write(text + "\n", to: STDERR_FILENO) }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let fitted = lines.flatMap { TextLayout.wrapped(String($0), width: width) }
    write(fitted.joined(separator: "\n") + "\n", to: STDERR_FILENO)
  }

  /// Text as it is where only programs read it; for an eye nothing of it but line ends, tabs and colours has an effect,
  /// whatever names it holds.
  ///
  /// - Parameter escaping: `.listing` where names stand as they are, so that no colour in it is the program's.
  static func write(_ text: String, to descriptor: Int32, escaping: Escaping = .screen) {
    let isForAnEye = descriptor == STDERR_FILENO || outIsTerminal
    draw(isForAnEye ? escaping.text(text) : text, to: descriptor)
  }

  /// Text that moves the cursor.
  static func draw(_ text: String, to descriptor: Int32) {
    var text = text
    text.withUTF8 { bytes in
      let code = Descriptors.write(UnsafeRawBufferPointer(bytes), to: descriptor)
      guard code != 0, descriptor == STDOUT_FILENO else { return }
      if code == EPIPE { exit(0) }
      // A result that did not arrive must not look like one that did.
      error("audit: cannot write to standard output: \(String(cString: strerror(code)))")
      exit(2)
    }
  }
}

enum ColourChoice: String, CaseIterable {
  case auto, always, never
}

/// Text in colour, where colour is wanted.
struct Style {
  let isOn: Bool

  func bold(_ text: String) -> String { wrapped(text, "1") }
  func dim(_ text: String) -> String { wrapped(text, "2") }
  func red(_ text: String) -> String { wrapped(text, "31") }
  func yellow(_ text: String) -> String { wrapped(text, "33") }
  func green(_ text: String) -> String { wrapped(text, "32") }

  private func wrapped(_ text: String, _ code: String) -> String {
    isOn ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }
}
