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

    private struct State {
        var entries: [Entry] = []
        var next: Int64 = 0
    }

    private let state = Guarded(State())

    /// Adds a command, and forgets the oldest beyond `limit`.
    func add(_ entry: Entry, limit: Int) {
        state.withLock { state in
            var entry = entry
            entry.id = state.next
            state.next += 1
            state.entries.append(entry)
            state.entries.removeFirst(max(0, state.entries.count - limit))
        }
    }

    /// The last `count` entries, the newest first.
    func last(_ count: Int) -> [Entry] {
        state.withLock { Array($0.entries.suffix(max(0, count)).reversed()) }
    }

    var count: Int { state.withLock { $0.entries.count } }

    func reset() {
        state.withLock { $0.entries = [] }
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
