/// The requests of a plan and the only replies that are right for them.
struct Conversation {
    enum Judgement: Equatable {
        case hit(byteCount: Int)
        case miss(byteCount: Int)
        /// The server said no, in a line that the protocol allows.
        case refused(byteCount: Int)
        /// Not what was stored, or not the protocol: what follows cannot be trusted either.
        case wrong
        case needsMore
    }

    let get: Template
    let set: Template
    private let found: Template
    private let absent: Template
    private let stored: Template
    private let refusals: [[UInt8]]

    init(_ plan: Plan) {
        switch plan.dialect {
        case .resp:
            get = Conversation.respGet()
            set =
                plan.transaction > 0
                ? Conversation.respTransaction(plan) : Conversation.respSet(plan)
            found = Conversation.respFound(plan)
            absent = Conversation.fixed("$-1\r\n")
            stored = Conversation.respStored(plan)
            refusals = [Array("-".utf8)]
        case .memcached:
            (get, set) = (Conversation.memcachedGet(), Conversation.memcachedSet(plan))
            found = Conversation.memcachedFound(plan)
            absent = Conversation.fixed("END\r\n")
            stored = Conversation.fixed("STORED\r\n")
            refusals = ["SERVER_ERROR", "CLIENT_ERROR", "ERROR", "NOT_STORED"]
                .map { Array($0.utf8) }
        }
    }

    /// Bytes that one request and one reply can take at most.
    var requestBytesMax: Int { max(get.byteCount, set.byteCount) }
    var replyBytesMax: Int { max(found.byteCount, stored.byteCount) }

    func template(for request: Request) -> Template { request.isGet ? get : set }

    func judge(_ request: Request, _ reply: UnsafeRawBufferPointer) -> Judgement {
        let key = Key.text(request.key)
        let right = request.isGet ? found : stored
        let first = unsafe right.match(key, reply)
        if first == .whole { return .hit(byteCount: right.byteCount) }
        if request.isGet {
            switch unsafe absent.match(key, reply) {
            case .whole: return .miss(byteCount: absent.byteCount)
            case .needsMore: return .needsMore
            case .differs: break
            }
        }
        return first == .needsMore ? .needsMore : unsafe judgeRefusal(reply)
    }

    private func judgeRefusal(_ reply: UnsafeRawBufferPointer) -> Judgement {
        let isRefusal = refusals.contains { unsafe reply.starts(with: $0) }
        let isBeginning = refusals.contains { unsafe $0.starts(with: reply) }
        guard isRefusal || isBeginning else { return .wrong }
        guard let end = unsafe reply.firstIndex(of: UInt8(ascii: "\n")) else { return .needsMore }
        return .refused(byteCount: end + 1)
    }

    private static func fixed(_ text: String) -> Template {
        var template = Template()
        template.append(text)
        return template
    }

    private static func respGet() -> Template {
        var template = fixed("*2\r\n$3\r\nGET\r\n$16\r\n")
        template.appendKey()
        template.append("\r\n")
        return template
    }

    private static func respSet(_ plan: Plan) -> Template {
        let life = String(plan.timeToLive)
        var template = fixed("*\(plan.timeToLive > 0 ? 5 : 3)\r\n$3\r\nSET\r\n$16\r\n")
        template.appendKey()
        template.append("\r\n$\(plan.valueSize)\r\n")
        template.appendValue(size: plan.valueSize)
        let tail = "$2\r\nPX\r\n$\(life.utf8.count)\r\n\(life)\r\n"
        template.append("\r\n" + (plan.timeToLive > 0 ? tail : ""))
        return template
    }

    /// MULTI, a SET for each of some keys, which are the key and a digit, and EXEC.
    private static func respTransaction(_ plan: Plan) -> Template {
        var template = fixed("*1\r\n$5\r\nMULTI\r\n")
        for digit in 0..<plan.transaction {
            template.append("*3\r\n$3\r\nSET\r\n$17\r\n")
            template.appendKey()
            template.append("\(digit)\r\n$\(plan.valueSize)\r\n")
            template.appendValue(size: plan.valueSize)
            template.append("\r\n")
        }
        template.append("*1\r\n$4\r\nEXEC\r\n")
        return template
    }

    private static func respStored(_ plan: Plan) -> Template {
        let count = plan.transaction
        guard count > 0 else { return fixed("+OK\r\n") }
        let queued = String(repeating: "+QUEUED\r\n", count: count)
        let done = String(repeating: "+OK\r\n", count: count)
        return fixed("+OK\r\n\(queued)*\(count)\r\n\(done)")
    }

    private static func respFound(_ plan: Plan) -> Template {
        var template = fixed("$\(plan.valueSize)\r\n")
        template.appendValue(size: plan.valueSize)
        template.append("\r\n")
        return template
    }

    private static func memcachedGet() -> Template {
        var template = fixed("get ")
        template.appendKey()
        template.append("\r\n")
        return template
    }

    private static func memcachedSet(_ plan: Plan) -> Template {
        var template = fixed("set ")
        template.appendKey()
        template.append(" 0 \((plan.timeToLive + 999) / 1000) \(plan.valueSize)\r\n")
        template.appendValue(size: plan.valueSize)
        template.append("\r\n")
        return template
    }

    private static func memcachedFound(_ plan: Plan) -> Template {
        var template = fixed("VALUE ")
        template.appendKey()
        template.append(" 0 \(plan.valueSize)\r\n")
        template.appendValue(size: plan.valueSize)
        template.append("\r\nEND\r\n")
        return template
    }
}
