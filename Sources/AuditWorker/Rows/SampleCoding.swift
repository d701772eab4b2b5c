import AuditCore

extension ByteWriter {
  mutating func put(_ sample: Sample) {
    put(sample.path.bytes)
    put(sample.bytes)
    put(sample.modified)
    put(sample.changed) { $0.put($1) }
    put(sample.device)
    put(sample.inode)
    put(sample.identity) { $0.put($1.text) }
    put(sample.split) { $0.put(Int64($1.rawValue)) }
  }

  mutating func put(_ issue: SampleIssue) {
    put(issue.code.rawValue)
    put(issue.detail)
  }
}

extension ByteTaker {
  mutating func sample() throws(ByteFault) -> Sample {
    var sample = Sample(
      path: SamplePath(bytes: try bytes()), bytes: try number(), modified: try number(),
      changed: try optional { taker throws(ByteFault) in try taker.number() }, device: try number(),
      inode: try number())
    sample.identity = try optional { taker throws(ByteFault) in ByteKey(try taker.text()) }
    let split: Int64? = try optional { taker throws(ByteFault) in try taker.number() }
    sample.split = split.flatMap { Int(exactly: $0) }.flatMap { SplitName(rawValue: $0) }
    return sample
  }

  mutating func issue() throws(ByteFault) -> SampleIssue { SampleIssue(try word(), try text()) }
}
