import LarderCore

/// What was refused to whom, for ACL LOG: the newest first, bounded.
final class AccessLog: Sendable {
    /// Entries kept, as redis keeps them (`acllog-max-len`).
    static let entriesMax = 128
    /// Bytes kept of a key or a channel, which may be as long as an argument.
    static let objectBytesMax = 1024
    /// The same refusal within so long is counted with the one before.
    static let groupingTime = Duration.seconds(60)

    enum Reason: String {
        case auth, command, key, channel
    }

    /// One refusal, and how often it came.
    struct Entry {
        var count = 1
        let reason: Reason
        /// Whether it was queued in, or run by, a transaction.
        let isInTransaction: Bool
        /// The command, key or channel.
        let object: [UInt8]
        let user: String
        var at: Tick
        /// The line of CLIENT LIST.
        var client: String

        func isLike(_ other: Entry) -> Bool {
            reason == other.reason && isInTransaction == other.isInTransaction
                && object == other.object && user == other.user
        }
    }

    private let entries = Guarded<[Entry]>([])

    func add(_ new: Entry) {
        entries.withLock { entries in
            // Redis looks at no more of them either: a flood finds its entry near the front.
            let recent = entries.prefix(10).indices.first { index in
                entries[index].isLike(new)
                    && new.at < entries[index].at.advanced(by: Self.groupingTime)
            }
            var entry = new
            if let recent { entry.count += entries.remove(at: recent).count }
            entries.insert(entry, at: 0)
            if entries.count > Self.entriesMax { entries.removeLast() }
        }
    }

    func first(_ count: Int) -> [Entry] {
        entries.withLock { Array($0.prefix(max(0, count))) }
    }

    func removeAll() {
        entries.withLock { $0 = [] }
    }
}
