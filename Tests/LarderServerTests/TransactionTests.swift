import LarderServer
import Testing

@Suite(.onOwnThread) struct TransactionTests {
    private func exchange(_ requests: [[String]]) throws -> String {
        let fixture = try ServerFixture()
        let client = try fixture.client()
        var replies = ""
        for request in requests { replies += try client.ask(request) }
        return replies
    }

    @Test func `runs what was queued, in order`() throws {
        let replies = try exchange([
            ["MULTI"], ["SET", "a", "1"], ["INCR", "a"], ["MGET", "a", "b"], ["DBSIZE"], ["EXEC"],
        ])
        #expect(
            replies
                == "+OK\r\n+QUEUED\r\n+QUEUED\r\n+QUEUED\r\n+QUEUED\r\n"
                + "*4\r\n+OK\r\n:2\r\n*2\r\n$1\r\n2\r\n$-1\r\n:1\r\n")
    }

    @Test func `a refused command forbids the rest`() throws {
        let replies = try exchange([
            ["MULTI"], ["SET", "a", "1"], ["GET"], ["EXEC"], ["GET", "a"], ["EXEC"],
        ])
        #expect(
            replies
                == "+OK\r\n+QUEUED\r\n-ERR wrong number of arguments for 'get' command\r\n"
                + "-EXECABORT Transaction discarded because of previous errors.\r\n$-1\r\n"
                + "-ERR EXEC without MULTI\r\n")
    }

    @Test func `an error while it runs stops nothing`() throws {
        let replies = try exchange([
            ["MULTI"], ["SET", "a", "x"], ["INCR", "a"], ["FLUSHALL"], ["SET", "b", "2"], ["EXEC"],
            ["MGET", "a", "b"],
        ])
        #expect(
            replies.hasSuffix(
                "*4\r\n+OK\r\n-ERR value is not an integer or out of range\r\n+OK\r\n+OK\r\n"
                    + "*2\r\n$-1\r\n$1\r\n2\r\n"))
    }

    @Test func `DISCARD and RESET forget what was queued`() throws {
        let replies = try exchange([
            ["MULTI"], ["SET", "a", "1"], ["MULTI"], ["DISCARD"], ["GET", "a"], ["MULTI"],
            ["RESET"], ["DISCARD"],
        ])
        #expect(
            replies
                == "+OK\r\n+QUEUED\r\n-ERR MULTI calls can not be nested\r\n+OK\r\n$-1\r\n+OK\r\n"
                + "+RESET\r\n-ERR DISCARD without MULTI\r\n")
    }

    @Test func `a large value is queued whole`() throws {
        let value = String(repeating: "v", count: 200_000)
        let replies = try exchange([
            ["MULTI"], ["SET", "a", value], ["STRLEN", "a"], ["EXEC"],
        ])
        #expect(replies == "+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n+OK\r\n:200000\r\n")
    }
}
