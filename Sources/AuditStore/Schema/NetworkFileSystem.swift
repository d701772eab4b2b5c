import AuditCore
import Foundation

/// File systems of other machines: their locks and their shared memory need not reach from one machine to the next, so
/// that nothing here can see a writer elsewhere.
package enum NetworkFileSystem {
  private static let kinds: Set<String> = [
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "ceph", "lustre", "gpfs", "afs", "beegfs", "ocfs2", "gfs2",
    "fuse.sshfs", "fuse.glusterfs", "fuse.s3fs", "fuse.rclone", "fuse.ceph", "fuse.gcsfuse", "fuse.davfs",
  ]

  private static let mostBytes = 1 << 24

  /// The kind of network file system that a file lies on; nil where it lies on a disk of this machine.
  package static func kind(at path: String) -> String? {
    var info = stat()
    // Foundation's way to read a whole file ends after the first page of one that the kernel makes up.
    guard stat(path, &info) == 0, let mounts = try? InputFile.contents(of: "/proc/self/mountinfo", mostBytes: mostBytes)
    else { return nil }
    return kind(
      major: major(info.st_dev), minor: minor(info.st_dev), mounts: String(decoding: mounts, as: UTF8.self))
  }

  /// - Parameter mounts: as proc(5) describes /proc/pid/mountinfo.
  static func kind(major: UInt64, minor: UInt64, mounts: String) -> String? {
    for line in mounts.split(separator: "\n") {
      let fields = line.split(separator: " ")
      guard fields.count > 3, fields[2] == "\(major):\(minor)", let dash = fields.lastIndex(of: "-"),
        dash + 1 < fields.count
      else { continue }
      let kind = String(fields[dash + 1])
      return kinds.contains(kind) ? kind : nil
    }
    return nil
  }

  // As gnu_dev_major(3) takes a device number apart.
  private static func major(_ device: dev_t) -> UInt64 {
    UInt64(device) >> 8 & 0xFFF | UInt64(device) >> 32 & ~0xFFF
  }

  private static func minor(_ device: dev_t) -> UInt64 {
    UInt64(device) & 0xFF | UInt64(device) >> 12 & ~0xFF & 0xFFFF_FFFF
  }
}
