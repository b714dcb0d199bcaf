import Glibc
import LarderCore
import LarderMemory
import LarderWire

/// Parser, store and reply in one thread and one process, without sockets: what a request costs
/// beside the kernel's part.
///
///     larder-hotpath get|set|insert|grow|entries|stalls|match [operations] [keys]
@main struct HotPath {
    static func main() {
        let arguments = CommandLine.arguments
        let count = arguments.count > 2 ? Int(arguments[2]) ?? 4_000_000 : 4_000_000
        let keys = arguments.count > 3 ? Int(arguments[3]) ?? 100_000 : 100_000
        switch arguments.count > 1 ? arguments[1] : "" {
        case "get": loop("get", count, keys: keys, isRead: true, limit: 512 << 20)
        case "set": loop("set", count, keys: keys, isRead: false, limit: 512 << 20)
        case "insert": insertions(count, limit: 64 << 20)
        case "grow": Pauses.run(count)
        case "entries": BytesPerEntry.run(count)
        case "stalls": Stalls.run(count)
        case "match": NamespaceMatches.run(count)
        default: print("larder-hotpath get|set|insert|grow|entries|stalls|match [count] [keys]")
        }
    }

    private static func loop(
        _ name: String, _ count: Int, keys: Int, isRead: Bool, limit: Int
    ) {
        var server = Server(limit: limit)
        let fill = Requests(keys: keys, isRead: false, seed: 1)
        server.run(fill, count: keys)
        let requests = Requests(keys: keys, isRead: isRead, seed: 2)
        server.run(requests, count: keys)
        var best = Double.infinity
        for _ in 0..<5 {
            let start = cpuNanoseconds()
            server.run(requests, count: count / 5)
            best = min(best, Double(cpuNanoseconds() - start) / Double(count / 5))
        }
        print("\(name): \(rounded(best)) ns of CPU per request, \(keys) keys")
    }

    /// New keys into a full store: each evicts another.
    private static func insertions(_ count: Int, limit: Int) {
        var server = Server(limit: limit)
        let requests = Requests(keys: 2_000_000, isRead: false, seed: 3)
        server.run(requests, count: 2_000_000)
        let start = cpuNanoseconds()
        server.run(requests, count: count)
        let each = Double(cpuNanoseconds() - start) / Double(count)
        let evicted = server.store.statistics.evictions
        print("insert: \(rounded(each)) ns of CPU per SET at full memory, \(evicted) evicted")
    }

    static func rounded(_ value: Double) -> Double { (value * 10).rounded() / 10 }

    /// CPU time of this thread.
    static func cpuNanoseconds() -> UInt64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}

/// Requests for random keys of 16 bytes, encoded one behind the other.
struct Requests {
    var bytes: [UInt8] = []

    init(keys: Int, isRead: Bool, seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let value = String(repeating: "v", count: 64)
        // A fill writes each key once; other requests take them in random order.
        var order = Array(0..<keys)
        if seed != 1 { order.shuffle(using: &random) }
        bytes.reserveCapacity(keys * (isRead ? 40 : 120))
        for number in order {
            let digits = String(number)
            let key = "key:" + String(repeating: "0", count: 12 - digits.count) + digits
            bytes += Array(
                (isRead
                    ? "*2\r\n$3\r\nGET\r\n$16\r\n\(key)\r\n"
                    : "*3\r\n$3\r\nSET\r\n$16\r\n\(key)\r\n$64\r\n\(value)\r\n").utf8)
        }
    }
}

/// What a loop does with a request, less the sockets.
struct Server: ~Copyable {
    let store: ByteStore
    private var parser = RequestParser()
    private var arguments = ArgumentList()
    private var output = OutputBuffer(capacity: 256 << 10, limit: 1 << 20)
    private let limits = RequestLimits()
    private var replies = 0

    init(limit: Int) {
        var configuration = MemoryConfiguration()
        configuration.limit = MemoryConfiguration.Limit(bytes: limit)
        configuration.hashSeed = 7
        store = ByteStore(configuration, at: Moment(milliseconds: 1000))
    }

    /// Works off `count` requests, from the first one on and round.
    mutating func run(_ requests: borrowing Requests, count: Int) {
        let bytes = unsafe requests.bytes.span.bytes
        // A copy of the reference: one that is read from the struct is counted each time.
        let store = store
        let now = Moment(milliseconds: 1000)
        var position = 0
        for _ in 0..<count {
            if position == bytes.byteCount { position = 0 }
            guard
                case .request(let end)? = try? parser.parse(
                    bytes, from: position, limits: limits, into: &arguments)
            else { preconditionFailure("The requests are well-formed.") }
            serve(store, bytes, at: now)
            position = end
            if output.isFull { output.removeAll() }
        }
    }

    @inline(__always)
    private mutating func serve(_ store: ByteStore, _ bytes: RawSpan, at now: Moment) {
        let key = bytes.extracting(arguments[1])
        let hash = store.hash(key)
        if arguments.count == 2 {
            let outcome = store.read(key, hash, database: 0, at: now) { value, _ in
                output.appendBulk(value)
            }
            guard case .hit = outcome else { return output.append("$-1\r\n") }
        } else {
            let value = bytes.extracting(arguments[2])
            store.withKey(key, hash, database: 0, at: now) { access in
                access.put(value)
            }
            output.append("+OK\r\n")
        }
    }
}
