import Testing

@testable import LoadGenerator

@Suite struct ConversationTests {
    private func judge(
        _ reply: String, to request: Request, in dialect: Plan.Dialect, valueSize: Int = 20
    ) -> Conversation.Judgement {
        var plan = Plan()
        (plan.dialect, plan.valueSize) = (dialect, valueSize)
        let conversation = Conversation(plan)
        return unsafe Array(reply.utf8).withUnsafeBytes { unsafe conversation.judge(request, $0) }
    }

    private static let get = Request(key: 42, isGet: true)
    private static let set = Request(key: 42, isGet: false)
    private static let value = "key:000000000042key:"

    @Test(arguments: [
        (Plan.Dialect.resp, "$20\r\n\(value)\r\n"),
        (.memcached, "VALUE key:000000000042 0 20\r\n\(value)\r\nEND\r\n"),
    ])
    func `the stored value is a hit, and each part of it needs more`(
        dialect: Plan.Dialect, reply: String
    ) {
        let whole = judge(reply, to: Self.get, in: dialect)
        #expect(whole == .hit(byteCount: reply.utf8.count))
        for length in 0..<reply.utf8.count {
            let part = String(decoding: reply.utf8.prefix(length), as: UTF8.self)
            #expect(judge(part, to: Self.get, in: dialect) == .needsMore)
        }
    }

    @Test(arguments: [
        (Plan.Dialect.resp, "$20\r\nkey:000000000042kEy:\r\n"),
        (.resp, "$20\r\nkey:000000000043key:\r\n"),
        (.resp, "$19\r\nkey:000000000042key\r\n"),
        (.resp, "+OK\r\n"),
        (.memcached, "VALUE key:000000000043 0 20\r\n\(value)\r\nEND\r\n"),
        (.memcached, "VALUE key:000000000042 1 20\r\n\(value)\r\nEND\r\n"),
        (.memcached, "VALUE key:000000000042 0 20\r\n\(value)\r\nEND!\r\n"),
    ])
    func `any other value is wrong`(dialect: Plan.Dialect, reply: String) {
        #expect(judge(reply, to: Self.get, in: dialect) == .wrong)
    }

    @Test(arguments: [(Plan.Dialect.resp, "$-1\r\n"), (.memcached, "END\r\n")])
    func `an absent key is a miss of a get, and no answer to a set`(
        dialect: Plan.Dialect, reply: String
    ) {
        #expect(judge(reply, to: Self.get, in: dialect) == .miss(byteCount: reply.utf8.count))
        #expect(judge(reply, to: Self.set, in: dialect) == .wrong)
    }

    @Test(arguments: [
        (Plan.Dialect.resp, "-OOM no memory\r\n"), (.memcached, "SERVER_ERROR out of memory\r\n"),
    ])
    func `a refusal ends with its line`(dialect: Plan.Dialect, reply: String) {
        let judged = judge(reply + "+OK\r\n", to: Self.set, in: dialect)
        #expect(judged == .refused(byteCount: reply.utf8.count))
    }

    @Test func `requests carry the key, the value and its life`() {
        var plan = Plan()
        (plan.valueSize, plan.timeToLive) = (20, 1500)
        let bytes = written(Conversation(plan).set)
        let head = "*5\r\n$3\r\nSET\r\n$16\r\nkey:000000000042\r\n$20\r\n"
        #expect(bytes == head + "\(Self.value)\r\n$2\r\nPX\r\n$4\r\n1500\r\n")
        plan.dialect = .memcached
        let text = written(Conversation(plan).set)
        #expect(text == "set key:000000000042 0 2 20\r\n\(Self.value)\r\n")
    }

    @Test func `a transaction is one request with one reply`() {
        var plan = Plan()
        (plan.valueSize, plan.transaction) = (2, 2)
        let conversation = Conversation(plan)
        #expect(
            written(conversation.set)
                == "*1\r\n$5\r\nMULTI\r\n"
                + "*3\r\n$3\r\nSET\r\n$17\r\nkey:0000000000420\r\n$2\r\nke\r\n"
                + "*3\r\n$3\r\nSET\r\n$17\r\nkey:0000000000421\r\n$2\r\nke\r\n"
                + "*1\r\n$4\r\nEXEC\r\n")
        let reply = "+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n+OK\r\n+OK\r\n"
        let judged = unsafe Array(reply.utf8).withUnsafeBytes {
            unsafe conversation.judge(Self.set, $0)
        }
        #expect(judged == .hit(byteCount: reply.utf8.count))
    }

    private func written(_ template: Template) -> String {
        let memory = Memory(byteCount: template.byteCount)
        unsafe template.write(Key.text(42), to: memory.address(at: 0))
        return unsafe String(decoding: memory.bytes(0..<template.byteCount), as: UTF8.self)
    }
}
