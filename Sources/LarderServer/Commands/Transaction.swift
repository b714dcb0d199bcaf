import LarderMemory
import LarderWire

/// What a client has queued since MULTI.
final class Transaction {
    /// The queued requests as they would be sent, one behind the other.
    private(set) var bytes: [UInt8] = []
    private(set) var count = 0
    /// Shards of the keys.
    private(set) var shards = ShardSet()
    /// Whether a command was queued that has no keys of its own, and may look at all.
    private(set) var needsAll = false
    /// Whether a command was refused, so that EXEC runs none.
    var isAborted = false

    /// Queues a command.
    func append(_ call: borrowing Call, _ row: CommandSpecification, _ store: ByteStore) {
        bytes.append(contentsOf: "*\(call.count)\r\n".utf8)
        for index in 0..<call.count {
            bytes.append(contentsOf: "$\(call[index].byteCount)\r\n".utf8)
            bytes.append(call[index])
            bytes.append(contentsOf: "\r\n".utf8)
        }
        count += 1
        guard row.firstKey > 0 else {
            needsAll = true
            return
        }
        let last = row.lastKey < 0 ? call.count + row.lastKey : row.lastKey
        for index in stride(from: row.firstKey, through: min(last, call.count - 1), by: row.keyStep)
        {
            store.insertShard(of: store.hash(call[index]), into: &shards)
        }
    }
}
