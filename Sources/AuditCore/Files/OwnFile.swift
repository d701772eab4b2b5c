/// Names of files that audit itself puts where it will look later.
package enum OwnFile {
  /// In the top folder of a demo set. No dataset of a user has one, so that a walk need not speak of it.
  package static let demoMarker = ".audit-demo"
}
