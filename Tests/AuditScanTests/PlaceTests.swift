import AuditCore
import AuditDataset
import Foundation
import Testing

@testable import AuditScan

/// Where databases lie and folders are found.
@Suite struct PlaceTests {
  @Test func theDatabaseLiesBesideTheDataset() throws {
    let set = try SyntheticSet(count: 0)
    let place = try DatabasePlace.resolve(dataset: set.faces, explicit: nil)
    #expect(place.path == set.folder + "/faces.audit.db")
    #expect(!place.isFallback)
  }

  @Test func whatTheUserNamesIsTakenAsItStands() throws {
    let set = try SyntheticSet(count: 0)
    #expect(try DatabasePlace.resolve(dataset: set.faces, explicit: "own.db").path == "own.db")
    #expect(throws: AuditError.databaseInDataset(path: set.faces + "/a.db")) {
      try DatabasePlace.resolve(dataset: set.faces, explicit: set.faces + "/a.db")
    }
    #expect(throws: Never.self) {
      try DatabasePlace.resolve(dataset: set.faces, explicit: set.faces + "-more/a.db")
    }
  }

  @Test(arguments: [("a/../b", "b"), ("./b", "b"), ("b/", "b")]) func pathsAreMadeAbsolute(path: String, name: String)
    throws
  {
    let set = try SyntheticSet(count: 0)
    try FileManager.default.createDirectory(atPath: set.folder + "/a", withIntermediateDirectories: true)
    try FileManager.default.createDirectory(atPath: set.folder + "/b", withIntermediateDirectories: true)
    #expect(FilePath.resolved(set.folder + "/" + path) == set.folder + "/" + name)
  }

  @Test func aLinkToAFileThatIsNotThereYetLeadsWhereItWouldBeMade() throws {
    let set = try SyntheticSet(count: 0)
    try FileManager.default.createSymbolicLink(atPath: set.folder + "/to.db", withDestinationPath: "faces/a.db")
    #expect(FilePath.resolved(set.folder + "/to.db") == set.faces + "/a.db")
    try FileManager.default.createSymbolicLink(atPath: set.folder + "/round.db", withDestinationPath: "round.db")
    #expect(FilePath.resolved(set.folder + "/round.db") == set.folder + "/round.db")
  }

  @Test func theNearestFolderIsOffered() throws {
    let set = try SyntheticSet(count: 0)
    #expect(throws: AuditError.datasetNotFound(path: set.folder + "/face", near: set.folder + "/faces")) {
      try DatasetFolder.resolve(set.folder + "/face")
    }
    #expect(throws: AuditError.datasetNotFound(path: set.folder + "/zebra", near: nil)) {
      try DatasetFolder.resolve(set.folder + "/zebra")
    }
  }
}
