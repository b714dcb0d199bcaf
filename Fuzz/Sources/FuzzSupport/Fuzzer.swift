import CFuzzer
import LarderWire
import Synchronization

/// Hands the process over to libFuzzer.
public enum Fuzzer {
    /// A C function takes no context, so what it calls lies here.
    private static let test = Mutex<(@Sendable (Pieces) -> Void)?>(nil)

    /// Calls `body` with inputs, until the time that the command line allows is over.
    public static func run(_ body: @escaping @Sendable (Pieces) -> Void) {
        test.withLock { $0 = body }
        var count = CommandLine.argc
        var arguments = unsafe Optional(CommandLine.unsafeArgv)
        _ = unsafe LLVMFuzzerRunDriver(&count, &arguments) { start, count in
            guard let start = unsafe start else { return 0 }
            let input = unsafe RawSpan(
                _unsafeStart: UnsafeRawPointer(start), byteCount: count)
            Fuzzer.test.withLock { $0 }?(Pieces(input))
            return 0
        }
    }
}
