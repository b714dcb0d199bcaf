import CFuzzer
import LarderWire
import Synchronization

/// Hands the process over to libFuzzer.
public enum Fuzzer {
    /// Kept in a struct: a bare closure behind a generic lock gets one more wrapper at each look.
    private struct Test {
        let run: @Sendable (Pieces) -> Void
    }

    /// A C function takes no context, so what it calls lies here.
    private static let test = Mutex<Test?>(nil)

    /// Calls `body` with inputs, until the time that the command line allows is over.
    public static func run(_ body: @escaping @Sendable (Pieces) -> Void) {
        test.withLock { $0 = Test(run: body) }
        var count = CommandLine.argc
        var arguments = unsafe Optional(CommandLine.unsafeArgv)
        _ = unsafe LLVMFuzzerRunDriver(&count, &arguments) { start, count in
            guard let start = unsafe start else { return 0 }
            let input = unsafe RawSpan(
                _unsafeStart: UnsafeRawPointer(start), byteCount: count)
            Fuzzer.test.withLock { $0 }?.run(Pieces(input))
            return 0
        }
    }
}
