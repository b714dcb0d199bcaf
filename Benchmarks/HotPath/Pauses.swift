import LarderCore
import LarderMemory

/// The longest steps while a store grows, evicts, expires, changes sizes and is flushed.
///
/// A virtual machine that loses its processor for some milliseconds counts them as CPU time; so the
/// same steps are done three times, and each counts as its shortest.
struct Pauses {
    private var taken: [String: [UInt64]] = [:]
    private var round = 0
    private var step: [String: Int] = [:]

    static func run(_ count: Int) {
        var pauses = Pauses()
        for round in 0..<3 {
            (pauses.round, pauses.step) = (round, [:])
            pauses.work(count, isLast: round == 2)
        }
        for (name, times) in pauses.taken.sorted(by: { $0.key < $1.key }) {
            let longest = times.sorted(by: >).prefix(8)
            let list = longest.map { String($0 / 1000) }.joined(separator: " ")
            print("longest \(name): \(list) µs of CPU, of \(times.count)")
        }
    }

    private mutating func work(_ count: Int, isLast: Bool) {
        var configuration = MemoryConfiguration()
        configuration.limit = MemoryConfiguration.Limit(bytes: 256 << 20)
        configuration.hashSeed = 5
        let store = ByteStore(configuration, at: Moment(milliseconds: 0))
        var now = Moment(milliseconds: 0)
        for number in 0..<count {
            if number % 1000 == 0 { now = Moment(milliseconds: now.milliseconds + 10) }
            let expiry = number % 4 == 0 ? now.milliseconds + 500 : nil
            // The last tenth has sizes that the store has not met.
            let words = number > count / 10 * 9 ? 100 + number % 70 : number % 17
            time("put") { Self.put(store, number, words: words, expiry, at: now) }
            if number % 100 == 0 {
                let shard = number / 100 % store.shardCount
                time("housekeep") { _ = store.housekeep(shard: shard, at: now) }
            }
        }
        let statistics = store.statistics
        time("flush") { store.flush(0..<16) }
        var isMore = true
        while isMore {
            isMore = false
            for shard in 0..<store.shardCount {
                time("sweep") { if store.housekeep(shard: shard, at: now) { isMore = true } }
            }
        }
        guard isLast else { return }
        print(
            "\(statistics.evictions) evictions, \(statistics.expirations) expirations,",
            "\(statistics.compactions) compactions, \(store.heldCount) left")
    }

    private static func put(
        _ store: ByteStore, _ number: Int, words: Int, _ expiry: UInt64?, at now: Moment
    ) {
        let key = [UInt64(number), 1]
        let value = [UInt64](repeating: 5, count: words)
        let deadline = expiry.map { Moment(milliseconds: $0) } ?? .never
        let bytes = unsafe key.span.bytes
        store.withKey(bytes, store.hash(bytes), database: 0, at: now) {
            unsafe $0.put(value.span.bytes, expiry: deadline)
        }
    }

    private mutating func time(_ name: String, _ body: () -> Void) {
        let start = HotPath.cpuNanoseconds()
        body()
        let time = HotPath.cpuNanoseconds() - start
        let number = step[name, default: 0]
        step[name] = number + 1
        if round == 0 {
            taken[name, default: []].append(time)
        } else if number < taken[name]?.count ?? 0, time < taken[name]?[number] ?? 0 {
            taken[name]?[number] = time
        }
    }
}
