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

/// SHA-256 of bytes that lie in memory: 32 bytes.
package func sha256(_ bytes: [UInt8]) -> [UInt8] {
  bytes.withUnsafeBytes { sha256($0) }
}
