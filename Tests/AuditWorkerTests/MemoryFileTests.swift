import AuditWorker
import Glibc
import Testing

struct MemoryFileTests {
  @Test func partsOfItAreReadByThemselves() throws {
    let file = try MemoryFile.holding([[1, 2], [], [3, 4]])
    #expect(MemoryFile.size(of: file.descriptor) == 4 && MemoryFile.contents(of: file.descriptor) == [1, 2, 3, 4])
    #expect(MemoryFile.contents(of: file.descriptor, in: 1..<3) == [2, 3])
    #expect(MemoryFile.contents(of: file.descriptor, in: 4..<4) == [])
    #expect(MemoryFile.contents(of: file.descriptor, in: 2..<5) == nil)
    #expect(MemoryFile.size(of: -1) == nil && MemoryFile.contents(of: -1) == nil)
  }

  /// A child that a picture took over holds it too.
  @Test func whoeverHoldsItCannotChangeIt() throws {
    let file = try MemoryFile.holding([[1, 2, 3]])
    #expect(pwrite(file.descriptor, [9], 1, 0) == -1 && errno == EPERM)
    #expect(write(file.descriptor, [9], 1) == -1 && errno == EPERM)
    #expect(ftruncate(file.descriptor, 0) == -1 && ftruncate(file.descriptor, 9) == -1)
    #expect(mmap(nil, 3, PROT_READ | PROT_WRITE, MAP_SHARED, file.descriptor, 0) == MAP_FAILED)
    #expect(MemoryFile.contents(of: file.descriptor) == [1, 2, 3])
  }
}
