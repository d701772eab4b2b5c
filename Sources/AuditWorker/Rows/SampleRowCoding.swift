package import AuditCore

/// A row on its way from the child that scored the sample: every number bit for bit. The sample itself stays behind,
/// for whoever asked has it.
extension SampleRow {
  package func encoded() -> [UInt8] {
    var out = ByteWriter()
    out.put(sha256) { $0.put($1) }
    out.put(facts) { $0.put($1) }
    out.put(each: scores) { $0.put($1) }
    out.put(influence) { $0.put($1) }
    out.put(regions)
    out.put(each: issues) { $0.put($1) }
    out.put(quality) { $0.put($1) }
    out.put(origin) { $0.put($1) }
    out.put(pairedPath) { $0.put($1) }
    out.put(reference) { out, reference in
      out.put(reference.file)
      out.put(reference.sha256) { $0.put($1) }
    }
    return out.bytes
  }

  /// - Throws: where the bytes are no row.
  package init(decoding bytes: [UInt8], of sample: Sample) throws(ByteFault) {
    var taker = ByteTaker(bytes)
    self.init(sample: sample)
    sha256 = try taker.optional { taker throws(ByteFault) in try taker.bytes() }
    facts = try taker.optional { taker throws(ByteFault) in try taker.facts() }
    scores = try taker.each { taker throws(ByteFault) in try taker.optionalDouble() }
    influence = try taker.optional { taker throws(ByteFault) in
      Influence(
        orthogonalDistance: try taker.double(), scoreDistance: try taker.optionalDouble(),
        leverage: try taker.double(), nearestDistance: try taker.optionalDouble())
    }
    regions = try taker.doubles()
    guard regions.allSatisfy({ (0...1).contains($0) }) else { throw ByteFault() }
    issues = try taker.each { taker throws(ByteFault) in try taker.issue() }
    quality = try taker.optional { taker throws(ByteFault) in try taker.quality() }
    origin = try taker.optional { taker throws(ByteFault) in try taker.origin() }
    pairedPath = try taker.optional { taker throws(ByteFault) in try taker.text() }
    reference = try taker.optional { taker throws(ByteFault) in
      ReferenceFile(
        file: try taker.sample(), sha256: try taker.optional { taker throws(ByteFault) in try taker.bytes() })
    }
    try taker.end()
  }
}

extension ByteWriter {
  fileprivate mutating func put(_ influence: Influence) {
    put(influence.orthogonalDistance)
    put(influence.scoreDistance)
    put(influence.leverage)
    put(influence.nearestDistance)
  }

  mutating func put(_ facts: FileFacts) {
    put(facts.format.rawValue)
    put(facts.width)
    put(facts.height)
    put(facts.colour.rawValue)
    put(facts.bitsPerChannel)
    put(facts.hasAlpha)
    put(facts.orientation)
  }

  fileprivate mutating func put(_ quality: PictureQuality) {
    put(each: quality.statistics) { $0.put($1) }
    put(quality.judgement) { out, judgement in
      out.put(judgement.votes)
      out.put(judgement.oddness)
      out.put(judgement.turned)
      out.put(judgement.parts)
    }
    put(quality.fingerprint) { out, fingerprint in
      out.put(fingerprint.pixels)
      out.put(fingerprint.hashes)
      out.put(fingerprint.contrast)
      out.put(fingerprint.small)
    }
  }

  mutating func put(_ origin: FaceOrigin) {
    put(origin.tool.rawValue)
    put(origin.sourceFile) { $0.put($1) }
    put(origin.faceIndex) { $0.put($1) }
    put(origin.pose) { out, pose in
      out.put(pose.yaw)
      out.put(pose.pitch)
      out.put(pose.roll)
    }
    put(origin.size)
  }
}

extension ByteTaker {
  mutating func facts() throws(ByteFault) -> FileFacts {
    FileFacts(
      format: try word(), width: try number(), height: try number(), colour: try word(),
      bitsPerChannel: try number(), hasAlpha: try flag(), orientation: try number())
  }

  fileprivate mutating func quality() throws(ByteFault) -> PictureQuality {
    PictureQuality(
      statistics: try each { taker throws(ByteFault) in try taker.optionalDouble() },
      judgement: try optional { taker throws(ByteFault) in
        PictureJudgement(
          votes: try taker.doubles(), oddness: try taker.double(), turned: try taker.doubles(),
          parts: try taker.doubles())
      },
      fingerprint: try optional { taker throws(ByteFault) in
        StoredFingerprint(
          pixels: try taker.bytes(), hashes: try taker.bytes(), contrast: try taker.double(),
          small: try taker.bytes())
      })
  }

  mutating func origin() throws(ByteFault) -> FaceOrigin {
    var origin = FaceOrigin(tool: try word())
    origin.sourceFile = try optional { taker throws(ByteFault) in try taker.text() }
    origin.faceIndex = try optional { taker throws(ByteFault) in try taker.number() }
    origin.pose = try optional { taker throws(ByteFault) in
      FacePose(yaw: try taker.double(), pitch: try taker.double(), roll: try taker.double())
    }
    origin.size = try optionalDouble()
    return origin
  }
}
