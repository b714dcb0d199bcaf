import LarderMemory
import LarderWire

/// What a client has queued since MULTI.
final class Transaction {
    private(set) var queue = RequestQueue()
    /// Shards of the keys.
    private(set) var shards = ShardSet()
    /// Whether a command was queued that has no keys of its own, and may look at all.
    private(set) var needsAll = false
    /// Whether a command was refused, so that EXEC runs none.
    private(set) var isAborted = false

    /// Bytes of memory held for it.
    var heldBytes: Int { queue.heldBytes }

    /// Queues a command.
    func append(
        _ command: Command, _ call: borrowing Call, byteCount: Int, _ store: ByteStore
    ) {
        queue.append(command, call, byteCount: byteCount)
        let row = command.specification
        guard row.firstKey > 0 else {
            needsAll = needsAll || command.looksAtKeys
            return
        }
        let last = row.lastKey < 0 ? call.count + row.lastKey : row.lastKey
        for index in stride(from: row.firstKey, through: min(last, call.count - 1), by: row.keyStep)
        {
            store.insertShard(of: store.hash(call[index]), into: &shards)
        }
    }

    /// Runs nothing at EXEC, and so keeps nothing until then.
    func abort() {
        isAborted = true
        queue.removeAll()
    }

    /// Makes it ready for the next MULTI.
    func reset() {
        queue.removeAll()
        shards = ShardSet()
        (needsAll, isAborted) = (false, false)
    }
}

extension Command {
    /// Whether a command without keys of its own asks the store all the same. Those that do not
    /// need no lock in a transaction.
    fileprivate var looksAtKeys: Bool {
        switch self {
        case .ping, .echo, .select, .time, .unwatch: false
        default: true
        }
    }
}
