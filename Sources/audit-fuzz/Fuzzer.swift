#if FUZZING
  import Glibc
  import Synchronization

  /// libFuzzer's loop, which `.ci/fuzz` links in.
  @_silgen_name("LLVMFuzzerRunDriver")
  private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ callback: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
  ) -> CInt

  // A C callback carries no context: the target is handed to it here, before the loop begins.
  private let chosen = Mutex<FuzzTarget?>(nil)

  /// Fuzzes one target until a limit in the arguments ends it; the name of the target is not an argument of libFuzzer.
  func fuzz(_ target: FuzzTarget) -> CInt {
    chosen.withLock { $0 = target }
    var arguments = CommandLine.unsafeArgv
    var count = CommandLine.argc - 1
    arguments[1] = arguments[0]
    arguments += 1
    var start: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = arguments
    return runDriver(&count, &start) { bytes, length in
      let target = chosen.withLock { $0 }
      target?.read(Array(UnsafeBufferPointer(start: bytes, count: length)))
      return 0
    }
  }
#endif
