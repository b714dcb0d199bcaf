import Testing

@testable import LarderCommand

/// What `larder explain` makes of a server's bytes.
@Suite struct ExplainReplyTests {
    @Test func `is whole at its last byte, and not before`() {
        let bytes = Array("+OK\r\n*2\r\n$3\r\nget\r\n$4\r\nnull\r\n".utf8)
        for end in 0...bytes.count {
            var reply = ExplainReply(expecting: 2)
            reply.bytes = Array(bytes[..<end])
            #expect(
                reply.state()
                    == (end == bytes.count ? .strings(["get", "null"]) : .incomplete))
        }
    }

    @Test func `an error is told`() {
        var reply = ExplainReply(expecting: 2)
        reply.bytes = Array("-WRONGPASS no\r\n-NOAUTH no\r\n".utf8)
        #expect(reply.state() == .failure("WRONGPASS no"))
    }
}
