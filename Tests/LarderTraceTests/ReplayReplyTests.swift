import LarderTrace
import Testing

@testable import LarderCommand

@Suite struct ReplayReplyTests {
    static let streams: [(ReplayDialect, String, [ReplayReply])] = [
        (
            .resp, "$5\r\nhello\r\n$-1\r\n+OK\r\n-OOM no\r\n$0\r\n\r\n_\r\n$3\r\n\r\nx\r\n",
            [
                .hit(valueBytes: 5), .miss, .stored, .refused("OOM no"), .hit(valueBytes: 0), .miss,
                .hit(valueBytes: 3),
            ]
        ),
        (
            .memcached,
            "VALUE k 0 5\r\nEND\r\n\r\nEND\r\nEND\r\nSTORED\r\nVALUE k 7 0 99\r\n\r\nEND\r\n"
                + "SERVER_ERROR out\r\nERROR\r\n",
            [
                .hit(valueBytes: 5), .miss, .stored, .hit(valueBytes: 0),
                .refused("SERVER_ERROR out"), .refused("ERROR"),
            ]
        ),
    ]

    /// Feeds `parts` one after the other.
    static func replies(
        _ dialect: ReplayDialect, _ parts: [[UInt8]]
    ) throws(ReplayReplyFailure) -> [ReplayReply] {
        var scanner = ReplayReplyScanner(dialect)
        var buffer: [UInt8] = []
        var range = 0..<0
        var replies: [ReplayReply] = []
        for part in parts {
            buffer += part
            range = range.lowerBound..<buffer.count
            while let reply = try scanner.next(in: buffer, &range) { replies.append(reply) }
        }
        return replies
    }

    @Test(arguments: 0..<2)
    func `replies split at any two places are the same`(stream: Int) throws {
        let (dialect, text, expected) = Self.streams[stream]
        let bytes = Array(text.utf8)
        for first in 0...bytes.count {
            for second in first...bytes.count {
                let parts = [bytes[..<first], bytes[first..<second], bytes[second...]]
                #expect(try Self.replies(dialect, parts.map(Array.init)) == expected)
            }
        }
    }

    @Test(arguments: [
        (ReplayDialect.resp, ":1\r\n"), (.resp, "\r\n"), (.resp, "$x\r\n"), (.resp, "$\r\n"),
        (.resp, "$-2\r\n"), (.resp, "$99999999999999999999\r\n"), (.memcached, "OK\r\n"),
        (.memcached, "VALUE k 0\r\n"), (.memcached, "VALUE k 0 x\r\n"), (.memcached, "\r\n"),
        (.memcached, "VALUE k 0 1\r\nab\r\nEND\r\n"),
    ])
    func `what is no reply is refused`(dialect: ReplayDialect, text: String) {
        #expect(throws: ReplayReplyFailure.self) {
            try Self.replies(dialect, [Array(text.utf8)])
        }
    }

    @Test(arguments: UInt64(0)..<200)
    func `random bytes never trap`(seed: UInt64) {
        let letters = Array("$*+-:_019\r\n VALUEND".utf8)
        var generator = TraceGenerator(
            [WorkloadPart(.zipf(objects: letters.count, alpha: 0))], seed: seed)
        let bytes = (0..<200).map { _ in letters[Int(generator.next().key) - 1] }
        for dialect in [ReplayDialect.resp, .memcached] {
            let replies = (try? Self.replies(dialect, [bytes])) ?? []
            #expect(replies.count <= bytes.count)
        }
    }
}
