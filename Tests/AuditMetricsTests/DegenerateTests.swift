import AuditCore
import AuditMetrics
import Testing

private let black = RGBImage(width: 24, height: 20)
private let flat = RGBImage(width: 24, height: 20, red: 90, green: 90, blue: 90)
private let brighter = RGBImage(width: 24, height: 20, red: 120, green: 120, blue: 120)

@Test func twoBlackImagesHaveNoRelativeError() throws {
  for name in ["mpe", "mape", "smape", "mase", "gmsd", "flip", "ffl"] {
    #expect(try value(name, black, black) == 0, "\(name)")
  }
  #expect(try value("psnr", black, black) == nil)
  #expect(try value("charbonnier", black, black) == 1e-3)
  #expect(try value("ssim", black, black) == 1)
  #expect(try value("ms_ssim", black, black) == 1)
}

@Test func aBlackReferenceCountsAsOneCode() throws {
  let mae = try #require(try value("mae", flat, black))
  let mape = try #require(try value("mape", flat, black))
  #expect(abs(mape - 25500 * mae) <= 1e-9 * mape)
  #expect(try value("mpe", flat, black) == -mape)
  #expect(try value("smape", flat, black) == 200)
  #expect(try value("mase", flat, black) == nil)
}

@Test func twoFlatImagesDifferInLuminanceAlone() throws {
  let mse = try #require(try value("mse", brighter, flat))
  let ffl = try #require(try value("ffl", brighter, flat))
  #expect(abs(ffl - mse) <= 1e-12 * mse, "a flat offset has one frequency")
  #expect(try value("pixel_gradient_diff", brighter, flat) == 0)
  #expect(try value("mase", brighter, flat) == nil)
  #expect(try #require(try value("gmsd", brighter, flat)) > 0, "by its border of zeros")
  let (r, s) = (90.0 / 255, 120.0 / 255)
  let luminance = (2 * r * s + 1e-4) / (r * r + s * s + 1e-4)
  let ssim = try #require(try value("ssim", brighter, flat))
  #expect(abs(ssim - luminance) <= 1e-9)
}

@Test func aConstantOffsetDoesNotChangeGradients() throws {
  let pictures = Pictures(width: 19, height: 23, seed: 3)
  let raised = RGBImage(width: 19, height: 23, pixels: pictures.reference.pixels.map { $0 + 11 })
  #expect(try value("pixel_gradient_diff", raised, pictures.reference) == 0)
}

@Test(arguments: [
  (10, 40, 0.0), (40, 10, 0), (11, 11, 1), (21, 40, 2), (41, 44, 3), (81, 90, 4), (160, 170, 4), (161, 161, 5),
])
func smallImagesHaveFewerScales(width: Int, height: Int, scales: Double) throws {
  let pictures = Pictures(width: width, height: height, seed: 0)
  #expect(try value("ms_ssim_scales", pictures.image, pictures.reference) == scales)
  for name in ["ssim", "dssim", "ssim_y", "ms_ssim"] {
    #expect((try value(name, pictures.image, pictures.reference) == nil) == (scales == 0), "\(name)")
  }
}

@Test func oneScaleIsTheClampedMeanOfTheChannels() throws {
  let pictures = Pictures(width: 15, height: 13, seed: 0)
  let ssim = try #require(try value("ssim", pictures.image, pictures.reference))
  let multi = try #require(try value("ms_ssim", pictures.image, pictures.reference))
  #expect(ssim > 0.2 && abs(ssim - multi) <= 1e-14)
}

@Test(arguments: [(6, 7, true), (7, 7, false), (7, 6, true)])
func theSevenPixelBoxNeedsSevenPixels(width: Int, height: Int, isMissing: Bool) throws {
  let pictures = Pictures(width: width, height: height, seed: 2)
  #expect((try value("ssim_uniform7", pictures.image, pictures.reference) == nil) == isMissing)
}

@Test(arguments: [(1, 1), (1, 30), (30, 1)]) func imagesOnePixelWideHavePixelMetrics(width: Int, height: Int) throws {
  let pictures = Pictures(width: width, height: height, seed: 0)
  let all = try values(image: pictures.image, reference: pictures.reference)
  let mae = try #require(all["mae"] ?? nil)
  let pyramid = try #require(all["laplacian_pyramid"] ?? nil)
  #expect(abs(pyramid - mae) <= 1e-14)
  #expect(all["laplacian_pyramid_levels"] ?? nil == 0)
  for name in ["sse", "mse", "mae", "imae", "mbe", "mape", "ffl", "pixel_gradient_diff", "flip", "gmsd"] {
    #expect(all[name] ?? nil != nil, "\(name)")
  }
  #expect((all["mase"] ?? nil == nil) == (width * height == 1), "one pixel has no neighbours")
}

@Test func anInvertedTextureIsNegativelySimilar() throws {
  let picture = Pictures(width: 40, height: 40, seed: 1).image
  let inverted = RGBImage(width: 40, height: 40, pixels: picture.pixels.map { 255 - $0 })
  #expect(try #require(try value("ssim", inverted, picture)) < -0.5)
  #expect(try value("ms_ssim", inverted, picture) == 0)
}

@Test func tilesThatDoNotDivideTheImageHaveNoValue() throws {
  let pictures = Pictures(width: 12, height: 9, seed: 0)
  #expect(try value("ffl:patch=2", pictures.image, pictures.reference) == nil)
  #expect(try value("ffl:patch=3", pictures.image, pictures.reference) != nil)
}
