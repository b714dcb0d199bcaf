import FuzzSupport
import LarderWire

@main struct RESPFuzz {
    static func main() {
        Fuzzer.run(test)
    }

    /// Reads the input as requests, as replies, or as text, and compares what must be equal.
    @Sendable static func test(_ pieces: Pieces) {
        switch pieces.choice >> 5 {
        case 0...3: requests(pieces)
        case 4, 5: replies(pieces)
        case 6: Texts.test(pieces.bytes)
        default: Writing.test(pieces)
        }
    }

    private static func requests(_ pieces: Pieces) {
        var whole = RequestReader(choice: pieces.choice & ~4)
        var split = RequestReader(choice: pieces.choice)
        for piece in pieces.whole { whole.receive(piece) }
        for piece in pieces.parts { split.receive(piece) }
        // Whether a line is too long is asked when bytes come, and so depends on the pieces.
        if whole.dependsOnPieces || split.dependsOnPieces { return }
        require(whole.transcript == split.transcript, "split requests differ from whole ones")
        require(whole.consumed == split.consumed, "split requests end elsewhere")
    }

    private static func replies(_ pieces: Pieces) {
        var whole = ReplyReader()
        var split = ReplyReader()
        for piece in pieces.whole { whole.receive(piece) }
        for piece in pieces.parts { split.receive(piece) }
        require(whole.replies == split.replies, "split replies differ from whole ones")
        // One that ends in the middle of what is wrong may have to wait for it.
        require(whole.failure == split.failure, "split replies fail differently")
    }
}
