/// 0.3194 as `31.9 %`.
package func percent(_ share: Double) -> String { figure(share) + " %" }

/// 0.3194 as `31.9`.
package func figure(_ share: Double) -> String { fixed(100 * share, 1) }

/// A number with a fixed count of decimals, the same in every locale.
package func fixed(_ value: Double, _ decimals: Int) -> String {
  guard value.isFinite else { return "-" }
  var scale = 1.0
  for _ in 0..<decimals { scale *= 10 }
  let scaled = (abs(value) * scale).rounded()
  guard scaled < 9e15 else { return "\(value)" }
  let whole = Int(scaled)
  let divisor = Int(scale)
  let sign = value < 0 && whole > 0 ? "-" : ""
  if decimals == 0 { return sign + "\(whole)" }
  let digits = String(whole % divisor)
  return sign + "\(whole / divisor)." + String(repeating: "0", count: decimals - digits.count) + digits
}

/// A number with so many significant digits, without trailing zeros.
package func significant(_ value: Double, _ digits: Int) -> String {
  guard value.isFinite, value != 0 else { return value == 0 ? "0" : "\(value)" }
  var magnitude = 0
  var rest = abs(value)
  while rest >= 10 { (rest, magnitude) = (rest / 10, magnitude + 1) }
  while rest < 1 { (rest, magnitude) = (rest * 10, magnitude - 1) }
  // Digits before the point are never rounded away.
  let decimals = max(0, digits - 1 - magnitude)
  guard decimals <= 15 else { return "\(value)" }
  var text = fixed(value, decimals)
  if text.contains(".") {
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
  }
  return text
}

/// 1 image, 2 images.
package func counted(_ count: Int, _ word: String) -> String { "\(count.formattedWithCommas) \(plural(count, word))" }

/// A word in the number that a count asks for.
package func plural(_ count: Int, _ word: String) -> String {
  if count == 1 { return word }
  return word.hasSuffix("s") ? word + "es" : word + "s"
}
