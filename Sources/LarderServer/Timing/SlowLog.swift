import LarderCore

/// The slow commands of late, for SLOWLOG.
final class SlowLog: Sendable {
    /// A command that was slow.
    struct Entry: Sendable {
        var id: Int64 = 0
        let seconds: Int64
        let microseconds: Int64
        let arguments: [[UInt8]]
        let address: String
        let name: String
    }

    /// Bytes of entries that are kept, however many those may be: `slowlog-max-len` has no bound.
    static var bytesMax: Int { 16 << 20 }

    /// Entries in a ring, so that the oldest goes without moving the others.
    private struct State {
        private var ring: [Entry?] = []
        private var first = 0
        private(set) var count = 0
        private(set) var byteCount = 0
        var next: Int64 = 0

        subscript(index: Int) -> Entry? { ring[(first + index) % ring.count] }

        mutating func append(_ entry: Entry) {
            if count == ring.count { grow() }
            ring[(first + count) % ring.count] = entry
            count += 1
            byteCount += entry.byteCount
        }

        mutating func removeFirst() {
            byteCount -= ring[first]?.byteCount ?? 0
            ring[first] = nil
            first = (first + 1) % ring.count
            count -= 1
        }

        mutating func removeAll() {
            (ring, first, count, byteCount) = ([], 0, 0, 0)
        }

        private mutating func grow() {
            let entries = (0..<count).map { self[$0] }
            ring = entries + [Entry?](repeating: nil, count: max(16, count))
            first = 0
        }
    }

    private let state = Guarded(State())

    /// Adds a command, and forgets the oldest beyond `limit`, or when they take too much memory.
    ///
    /// - Complexity: O(1), amortised.
    func add(_ entry: Entry, limit: Int) {
        state.withLock { state in
            var entry = entry
            entry.id = state.next
            state.next += 1
            state.append(entry)
            while state.count > max(0, limit)
                || (state.byteCount > Self.bytesMax && state.count > 1)
            { state.removeFirst() }
        }
    }

    /// The last `count` entries, the newest first.
    func last(_ count: Int) -> [Entry] {
        state.withLock { state in
            (0..<min(max(0, count), state.count)).compactMap { state[state.count - 1 - $0] }
        }
    }

    var count: Int { state.withLock { $0.count } }
    /// Memory that the entries take, about.
    var byteCount: Int { state.withLock { $0.byteCount } }

    func reset() {
        state.withLock { $0.removeAll() }
    }
}

extension SlowLog.Entry {
    /// Memory that it takes, about.
    fileprivate var byteCount: Int {
        arguments.reduce(160 + address.utf8.count + name.utf8.count) { $0 + 48 + $1.count }
    }
}

/// How redis shortens the arguments of a slow command.
enum SlowArguments {
    private static var countMax: Int { 32 }
    private static var byteMax: Int { 128 }

    /// At most 32 arguments of 128 bytes; what follows `hidden` is not told.
    static func shortened(_ words: [[UInt8]]) -> [[UInt8]] {
        let isLong = words.count > countMax
        var shown = words.prefix(isLong ? countMax - 1 : countMax).map(shortened)
        if isLong {
            shown.append(Array("... (\(words.count - countMax + 1) more arguments)".utf8))
        }
        return shown
    }

    private static func shortened(_ word: [UInt8]) -> [UInt8] {
        guard word.count > byteMax else { return word }
        return word[..<byteMax] + Array("... (\(word.count - byteMax) more bytes)".utf8)
    }
}
