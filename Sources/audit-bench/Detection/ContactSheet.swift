import AuditCore
import AuditImages

/// Pictures side by side in rows, to be looked at.
struct ContactSheet {
  private static let side = 112
  private let columns: Int
  private var pictures: [RGBImage] = []
  private var resizer = ImageResizer()

  init(columns: Int) { self.columns = columns }

  mutating func add(_ picture: RGBImage) {
    let longer = max(picture.width, picture.height)
    pictures.append(
      resizer.resize(
        picture, width: max(1, picture.width * ContactSheet.side / longer),
        height: max(1, picture.height * ContactSheet.side / longer)))
  }

  /// White between the pictures.
  var image: RGBImage {
    let cell = ContactSheet.side + 4
    let rows = max(1, (pictures.count + columns - 1) / columns)
    var sheet = RGBImage(width: columns * cell, height: rows * cell, red: 255, green: 255, blue: 255)
    for (number, picture) in pictures.enumerated() {
      for row in 0..<picture.height {
        let place = 3 * ((number / columns * cell + row) * sheet.width + number % columns * cell)
        let line = picture.pixels[3 * picture.width * row..<3 * picture.width * (row + 1)]
        sheet.pixels.replaceSubrange(place..<place + line.count, with: line)
      }
    }
    return sheet
  }
}

extension RGBImage {
  /// The picture with at most so many pixels along its longer side.
  func atMost(_ side: Int) -> RGBImage {
    let longer = max(width, height)
    guard longer > side else { return self }
    var resizer = ImageResizer()
    return resizer.resize(self, width: max(1, width * side / longer), height: max(1, height * side / longer))
  }
}
