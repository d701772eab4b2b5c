import CCrypto

/// SHA-256 of bytes that lie in memory: 32 bytes.
package func sha256(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
  var digest = [UInt8](repeating: 0, count: 32)
  let done = digest.withUnsafeMutableBytes { out in
    EVP_Digest(
      bytes.baseAddress, bytes.count, out.bindMemory(to: UInt8.self).baseAddress, nil, EVP_sha256(), nil)
  }
  precondition(done == 1, "libcrypto has no SHA-256")
  return digest
}

/// SHA-256 of bytes that arrive piece by piece: 32 bytes.
///
/// - Parameter eachPiece: hands every piece to the function that it is given.
package func sha256<Failure: Error>(
  _ eachPiece: ((UnsafeRawBufferPointer) -> Void) throws(Failure) -> Void
) throws(Failure) -> [UInt8] {
  var hash = SHA256Stream()
  try eachPiece { hash.update($0) }
  return hash.final()
}

/// SHA-256 of bytes that lie in memory: 32 bytes.
package func sha256(_ bytes: [UInt8]) -> [UInt8] {
  bytes.withUnsafeBytes { sha256($0) }
}
