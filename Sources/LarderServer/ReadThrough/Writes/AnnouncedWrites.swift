import LarderCore
import LarderHierarchy
import LarderWire

/// Writes to memory that the sources of their keys were told of, until memory has them.
struct AnnouncedWrites {
    private var writes: [(source: ReadThrough.ServerSource, id: ReadThrough.ServerSource.WriteID)] =
        []

    /// Tells a source that `key` is about to be written. Not under a shard's lock.
    mutating func begin(_ key: Key, _ source: ReadThrough.ServerSource, binding: Int) {
        writes.append((source, source.beginWrite(of: [key], binding: binding)))
    }

    /// Memory has them, or they did not come about. Before they are acknowledged, and not under a
    /// shard's lock.
    func end() {
        for (source, id) in writes { source.endWrite(id) }
    }
}

extension CommandLoop {
    /// Tells the source of `key`, if it has one, that it is about to be written.
    func announce(_ key: RawSpan, in writes: inout AnnouncedWrites) {
        guard let reads, let plan = reads.plan(for: key), let source = reads.source(of: plan)
        else { return }
        writes.begin(Key(key.bytes), source, binding: plan.binding)
    }

    /// The same for all keys that a command may change.
    func announceWrites(
        of command: Command, _ call: borrowing Call, in writes: inout AnnouncedWrites
    ) {
        guard command.changesValues else { return }
        for place in command.writtenPlaces(call) { announce(call[place], in: &writes) }
    }

    /// Tells the sources what a transaction is about to write, and to ban. Of whatever database it
    /// is: to be told in vain does no harm.
    func announceWrites(
        of transaction: Transaction, _ connection: ClientConnection
    ) -> AnnouncedWrites {
        var writes = AnnouncedWrites()
        // What has to be loaded first may be in a level that would drop it.
        guard reads != nil, look(for: transaction, connection).isNothing else { return writes }
        var place = transaction.queue.first
        for _ in 0..<transaction.queue.count {
            transaction.queue.withRequest(at: &place) { command, bytes, lengths, count in
                guard command.changesValues || command == .larder else { return }
                _ = queuedArguments.refill(bytes, lengthsAt: lengths, count: count)
                let call = queuedArguments.call(in: bytes)
                guard denialNow(of: command, call, connection) == nil else { return }
                announceWrites(of: command, call, in: &writes)
                guard command == .larder else { return }
                switch table.subcommand(call[1], of: .larder)?.page.name {
                case "larder|ban": announceBan(call, connection)
                case "larder|set": announce(call[2], in: &writes)
                default: break
                }
            }
        }
        return writes
    }
}

extension Command {
    /// Whether it may change values.
    var changesValues: Bool { originUse == .writes || originUse == .modifies }
}
