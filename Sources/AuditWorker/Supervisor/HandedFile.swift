import Glibc

/// An open file that is on its way to another process; closed here when nobody holds this any more.
package final class HandedFile: Sendable {
  package let descriptor: Int32

  /// - Parameter descriptor: belongs to this object from now on.
  package init(_ descriptor: Int32) { self.descriptor = descriptor }

  deinit { close(descriptor) }
}
