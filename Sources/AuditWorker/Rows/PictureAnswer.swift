package import AuditCore

/// What reading one picture gave, on its way from the child that decoded it.
package struct PictureAnswer: Sendable, Equatable {
  package struct Picture: Sendable, Equatable {
    package let image: RGBImage
    package let facts: FileFacts
    package let notices: [SampleIssue]

    package init(image: RGBImage, facts: FileFacts, notices: [SampleIssue]) {
      (self.image, self.facts, self.notices) = (image, facts, notices)
    }
  }

  /// A file that could be read: SHA-256, what its header says, and its picture or why there is none.
  package struct File: Sendable, Equatable {
    package let sha256: [UInt8]
    package let origin: FaceOrigin?
    package let picture: Result<Picture, SampleIssue>

    package init(sha256: [UInt8], origin: FaceOrigin?, picture: Result<Picture, SampleIssue>) {
      (self.sha256, self.origin, self.picture) = (sha256, origin, picture)
    }
  }

  package let file: Result<File, SampleIssue>

  package init(_ file: Result<File, SampleIssue>) { self.file = file }

  package func encoded() -> [UInt8] {
    var out = ByteWriter()
    switch file {
    case .failure(let issue):
      out.put(false)
      out.put(issue)
    case .success(let file):
      out.put(true)
      out.put(file.sha256)
      out.put(file.origin) { $0.put($1) }
      switch file.picture {
      case .failure(let issue):
        out.put(false)
        out.put(issue)
      case .success(let picture):
        out.put(true)
        out.put(picture.facts)
        out.put(each: picture.notices) { $0.put($1) }
        out.put(picture.image.width)
        out.put(picture.image.height)
        out.put(picture.image.pixels)
      }
    }
    return out.bytes
  }

  /// - Throws: where the bytes are no answer.
  package init(decoding bytes: [UInt8]) throws(ByteFault) {
    var taker = ByteTaker(bytes)
    file =
      try taker.flag()
      ? .success(
        File(
          sha256: try taker.bytes(), origin: try taker.optional { taker throws(ByteFault) in try taker.origin() },
          picture: try taker.picture())) : .failure(try taker.issue())
    try taker.end()
  }
}

extension ByteTaker {
  fileprivate mutating func picture() throws(ByteFault) -> Result<PictureAnswer.Picture, SampleIssue> {
    guard try flag() else { return .failure(try issue()) }
    let facts = try facts()
    let notices = try each { taker throws(ByteFault) in try taker.issue() }
    let (width, height): (Int, Int) = (try number(), try number())
    let pixels = try bytes()
    guard width > 0, height > 0, height <= pixels.count / width / 3, pixels.count == 3 * width * height else {
      throw ByteFault()
    }
    return .success(
      PictureAnswer.Picture(
        image: RGBImage(width: width, height: height, pixels: pixels), facts: facts, notices: notices))
  }
}
