import FuzzSupport
import LarderWire

@main struct MemcachedFuzz {
    static func main() {
        Fuzzer.run(test)
    }

    /// Reads the input as commands or as replies, and compares what must be equal.
    @Sendable static func test(_ pieces: Pieces) {
        if pieces.choice >> 6 == 3 { return replies(pieces) }
        var whole = CommandReader(choice: pieces.choice)
        var split = CommandReader(choice: pieces.choice)
        for piece in pieces.whole { whole.receive(piece) }
        for piece in pieces.parts { split.receive(piece) }
        require(whole.transcript == split.transcript, "split commands differ from whole ones")
        require(whole.consumed == split.consumed, "split commands end elsewhere")
        readBack(whole.output)
    }

    /// What the writers write, the reply parser reads.
    private static func readBack(_ output: [UInt8]) {
        withRaw(output) { bytes in
            var start = 0
            while start < bytes.byteCount {
                guard let found = try? MemcachedReplyParser.parse(bytes, from: start) else {
                    fatalError("a written reply is read")
                }
                start = found.end
            }
        }
    }

    private static func replies(_ pieces: Pieces) {
        var whole = MemcachedReplyReader()
        var split = MemcachedReplyReader()
        for piece in pieces.whole { whole.receive(piece) }
        for piece in pieces.parts { split.receive(piece) }
        require(whole.replies == split.replies, "split replies differ from whole ones")
        require(whole.failure == split.failure, "split replies fail differently")
    }
}
