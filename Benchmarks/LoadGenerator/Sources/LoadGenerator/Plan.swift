/// What to send, to whom, how often.
struct Plan: Sendable, Equatable {
    enum Dialect: String, Sendable {
        case resp, memcached
    }

    enum KeyOrder: String, Sendable {
        /// Every key is as likely as another.
        case random
        /// Each key once, in order: `requests` then counts from the first key on, and wraps.
        case sequential
    }

    /// An IPv4 address.
    var host = "127.0.0.1"
    var port: UInt16 = 6379
    var dialect = Dialect.resp
    /// How many of a million requests are gets; the rest are sets.
    var getsPerMillion = 1_000_000
    var firstKey = 0
    var keys = 100_000
    var order = KeyOrder.random
    /// Bytes of a value. Values repeat their key, so that a wrong one is seen at any size.
    var valueSize = 64
    /// SETs of different keys in a MULTI and EXEC, which then are one request; 0: each SET alone.
    var transaction = 0
    /// Life of what is set, in milliseconds (memcached: rounded up to seconds). 0: for ever.
    var timeToLive = 0
    var requests = 100_000
    /// Requests before the measured ones, on the same connections.
    var warmup = 0
    var connections = 50
    var threads = 2
    var pipeline = 1
    var seed: UInt64 = 1
    /// Say `warm` after the warm-up and `done` after the load, and wait for a line on the standard
    /// input after each: so that someone else can measure between them while connections stay open.
    var hold = false
}

extension Plan {
    /// The same plan with a part of the requests, keys in order and seed for one thread.
    func share(_ index: Int, of count: Int) -> Plan {
        var part = self
        part.connections = Plan.part(connections, index, count)
        part.requests = Plan.part(requests, index, count)
        part.warmup = Plan.part(warmup, index, count)
        part.seed = seed &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(index)
        if order == .sequential {
            part.firstKey = firstKey + (0..<index).reduce(0) { $0 + Plan.part(keys, $1, count) }
            part.keys = Plan.part(keys, index, count)
        }
        return part
    }

    private static func part(_ total: Int, _ index: Int, _ count: Int) -> Int {
        total / count + (index < total % count ? 1 : 0)
    }
}
