import CKernels

extension PictureStatistic {
  static let clipping: [PictureStatistic] = ["red", "green", "blue"].enumerated().flatMap { channel, name in
    [
      PictureStatistic("\(name)_p1", range: 0...1, "\(name) that 1 % of the pixels lie below") {
        channelQuantile($0, channel, 0.01)
      },
      PictureStatistic("\(name)_p99", range: 0...1, "\(name) that 99 % of the pixels lie below") {
        channelQuantile($0, channel, 0.99)
      },
      PictureStatistic("\(name)_black", unit: "ln share", "share of pixels with \(name) at 0 or 1 of 255") { picture in
        let low = picture.native.sums.low
        return share([low.0, low.1, low.2][channel], of: picture)
      },
      PictureStatistic("\(name)_white", unit: "ln share", "share of pixels with \(name) at 254 or 255") { picture in
        let high = picture.native.sums.high
        return share([high.0, high.1, high.2][channel], of: picture)
      },
    ]
  }

  private static func share(_ count: Int64, of picture: MeasuredPicture) -> Double {
    audit_log(Double(count) / Double(picture.native.pixels) + 1e-4)
  }

  private static func channelQuantile(_ picture: MeasuredPicture, _ channel: Int, _ share: Double) -> Double {
    let codes = picture.standard.channelCodes[256 * channel..<256 * (channel + 1)]
    return lowerQuantile(share, codes: codes, count: StandardMeasure.count) / 255
  }
}
