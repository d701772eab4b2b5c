import AuditCore
import AuditDemo
import AuditImages
import AuditStore
import Foundation
import Testing

/// Pictures that are made in the tests.
enum Picture {
  /// Smooth coloured patches with a little noise, another picture for every seed.
  static func rgb(_ seed: UInt64, width: Int = 24, height: Int = 24) -> RGBImage {
    var generator = SplitMix64(seed: seed, keys: 77)
    let corners = (0..<12).map { _ in Double(30 + generator.integer(below: 170)) }
    var image = RGBImage(width: width, height: height)
    for y in 0..<height {
      for x in 0..<width {
        let (u, v) = (Double(x) / Double(width), Double(y) / Double(height))
        for channel in 0..<3 {
          let top = corners[channel] * (1 - u) + corners[channel + 3] * u
          let bottom = corners[channel + 6] * (1 - u) + corners[channel + 9] * u
          image.pixels[3 * (y * width + x) + channel] = UInt8(
            top * (1 - v) + bottom * v + Double(generator.integer(below: 12)))
        }
      }
    }
    return image
  }

  /// Every code value at random: like no other picture.
  static func noise(_ seed: UInt64, width: Int = 24, height: Int = 24) -> RGBImage {
    var generator = SplitMix64(seed: seed, keys: 78)
    var image = RGBImage(width: width, height: height)
    for index in image.pixels.indices { image.pixels[index] = generator.integer(below: 2) == 0 ? 0 : 255 }
    return image
  }

  static func ppm(_ image: RGBImage) -> [UInt8] {
    Array("P6 \(image.width) \(image.height) 255\n".utf8) + image.pixels
  }

  static func ppm(_ seed: UInt64, width: Int = 24, height: Int = 24) -> [UInt8] {
    ppm(rgb(seed, width: width, height: height))
  }
}

/// Files and folders under names of any bytes, which Foundation cannot make.
enum Files {
  static func write(_ bytes: [UInt8], to path: String) throws {
    let url = URL(fileURLWithPath: path)
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: url)
  }

  static func write(_ bytes: [UInt8], toRawPath path: [UInt8]) throws {
    let name = path.map { CChar(bitPattern: $0) } + [0]
    let descriptor = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    try #require(descriptor >= 0, "cannot make \(path)")
    defer { close(descriptor) }
    #expect(Foundation.write(descriptor, bytes, bytes.count) == bytes.count)
  }

  /// `count` different pictures of 24 x 24 pixels in a folder, the first of them `0000.ppm`.
  static func writePictures(_ count: Int, to folder: String, from first: UInt64 = 0) throws {
    for number in 0..<count {
      try write(Picture.ppm(first + UInt64(number)), to: folder + "/" + name(number))
    }
  }

  static func name(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits + ".ppm"
  }

  /// Every name below a folder with its kind, mode, size and modification time: what a scan must leave as it is.
  static func listing(_ folder: String) throws -> String {
    let found = try Command.run(
      "/usr/bin/find", [folder, "-printf", "%P %y %m %s %T@ %n\n"])
    #expect(found.status == 0, "\(found.err)")
    return found.out.split(separator: "\n").sorted().joined(separator: "\n")
  }

  static func names(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }
}

extension Command {
  /// What a test that is not about metrics computes.
  static let quick = ["--size", "64", "--metrics", "mse,mae"]

  /// A quick scan, in a working directory of its own.
  static func scan(
    _ folder: String, _ more: [String] = [], in working: String? = nil, environment: [String: String] = [:]
  ) throws -> Command {
    try audit(["scan", folder] + quick + more, in: working, environment: environment)
  }

  /// A script of the shell, in which `$audit` is the program and `$1` ... are the arguments.
  static func shell(
    _ script: String, _ arguments: [String] = [], in working: String? = nil, environment: [String: String] = [:]
  ) throws -> Command {
    try run(
      "/bin/sh", ["-c", script, "sh"] + arguments, in: working,
      environment: environment.merging(["audit": binary]) { $1 })
  }

  /// The program under another user; only where the tests run as root.
  static func asNobody(_ arguments: [String], in working: String) throws -> Command {
    try run(
      "/usr/bin/setpriv", ["--reuid", "65534", "--regid", "65534", "--clear-groups", binary] + arguments, in: working)
  }

  /// Why a test of permissions cannot run; nil where it can. Root may read everything, so a child of another user asks.
  static let nobodyIsMissing: String? = {
    guard getuid() == 0 else { return "the tests do not run as root: no other user to ask as" }
    guard FileManager.default.isExecutableFile(atPath: "/usr/bin/setpriv") else { return "no setpriv here" }
    let asked = try? run("/usr/bin/setpriv", ["--reuid", "65534", "--clear-groups", binary, "--version"], in: "/")
    return asked?.status == 0 ? nil : "another user may not run \(binary): \(asked?.err ?? "")"
  }()
}

extension Store {
  /// The first column of an answer as text; NULL as `-`.
  static func column(_ sql: String, in database: String) throws -> [String] {
    try Store(reading: database).rows(sql).map { row in
      switch row.values[0] {
      case .null: "-"
      case .integer(let value): "\(value)"
      case .real(let value): "\(value)"
      case .text(let value): value
      case .blob(let value): String(decoding: value, as: UTF8.self)
      }
    }
  }

  static func value(_ sql: String, in database: String) throws -> String {
    try #require(try column(sql, in: database).first, "no row: \(sql)")
  }

  /// The digest of the newest run's results.
  static func digest(_ database: String) throws -> String {
    try value("SELECT digest FROM run ORDER BY id DESC LIMIT 1", in: database)
  }
}

extension Scratch {
  /// A folder of its own that holds a folder of drawn pictures.
  static func withFaces(_ count: Int) throws -> (scratch: Scratch, faces: String) {
    let scratch = try Scratch()
    let faces = try scratch.folder("faces")
    try Files.writePictures(count, to: faces)
    return (scratch, faces)
  }
}
