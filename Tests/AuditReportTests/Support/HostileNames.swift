import AuditCore
import AuditReport
import AuditStore
import Foundation

/// A run whose files have the worst names.
enum HostileNames {
  static let all: [SamplePath] = [
    SamplePath("a/<script>document.documentElement.dataset.owned=1<\u{2215}script>.jpg"),
    SamplePath("a/<img src=x onerror=document.documentElement.dataset.owned=1>.jpg"),
    SamplePath("a/\" onmouseover=\"document.documentElement.dataset.owned=1\" x=\".jpg"),
    // Signs that make one `Character` with what stands beside them.
    SamplePath("a/\u{600}</script><img src=x onerror=document.documentElement.dataset.owned=1>.jpg"),
    SamplePath("a/\u{600}<script src=x\u{301}>\u{110BD}<b\u{301}>.jpg"),
    SamplePath("a/\"\u{301} onmouseover=\"\u{301}document.documentElement.dataset.owned=1\" x=\"\u{301}.jpg"),
    SamplePath("a/' or 1=1; --.jpg"), SamplePath("a/</script><b>.jpg"), SamplePath("b/new\nline.jpg"),
    SamplePath("b/tab\tand\u{1B}[31mescape.jpg"), SamplePath("b/pipe|star*back`tick.jpg"),
    SamplePath("-x.jpg"), SamplePath("=ls.jpg"), SamplePath("b/\u{202E}gpj.exe.jpg"),
    SamplePath("b/${HOME} $(id) `id`.jpg"),
    SamplePath(bytes: Array("b/bad".utf8) + [0xE9] + Array("name.jpg".utf8)),
  ]

  static func database(in scratch: Scratch) throws -> String {
    let database = scratch.path + "/hostile.db"
    try SyntheticRun(at: database, count: 150, unreadable: 13) { position in
      let path = all[position % all.count]
      return SamplePath(bytes: path.bytes.dropLast(4) + Array("-\(position).jpg".utf8))
    }
    return database
  }

  static func page(in scratch: Scratch) throws -> String {
    let page = scratch.path + "/hostile.html"
    try ReportWriter(try Store(reading: try database(in: scratch)), run: nil).write([try ReportFile(path: page)])
    return page
  }
}
