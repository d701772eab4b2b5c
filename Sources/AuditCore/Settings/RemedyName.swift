/// What can be done about images that skew the training.
package enum RemedyName: String, Sendable, Codable, CaseIterable {
  /// Leave out the images marked `drop`.
  case drop
  /// Train with the weights; nothing is left out.
  case weights
  /// Leave out, and train with the weights on the rest.
  case both
}
