import LarderAssembly
import LarderCore
import LarderHierarchy
import LarderMemory
import LarderWire

// Writes that the origin takes first.
extension CommandLoop {
    /// Where a command writes to.
    enum WriteRoute {
        case memory, origin
        case refused(String)
    }

    /// Where a command writes to that has keys in a namespace with an origin.
    func writeRoute(of command: Command, _ call: borrowing Call) -> WriteRoute {
        guard command.originUse == .writes || command.originUse == .modifies else { return .memory }
        var (count, others) = (0, 0)
        for place in command.writtenPlaces(call) {
            if reads?.plan(for: call[place])?.writesOrigin == true {
                count += 1
            } else {
                others += 1
            }
        }
        guard count > 0 else { return .memory }
        let name = "\(command.specification.name)".uppercased()
        switch command {
        case .rename, .renamenx, .copy, .move:
            return .refused("\(name) writes no keys whose writes go to an origin")
        default:
            guard others == 0 else {
                return .refused(
                    "\(name) of keys whose writes go to an origin, and of others")
            }
            return .origin
        }
    }

    /// Runs a command that writes keys of `places`, all of which go to their origin: on a scratch
    /// store, while nobody else may write these keys; then has the origin take what it changed.
    @inline(never)
    mutating func writeThrough(
        _ command: Command, _ call: borrowing Call, _ connection: inout ClientConnection,
        _ output: inout OutputBuffer
    ) {
        let keys = command.keyPlaces(call).map { Key(call[$0].bytes) }
        switch lane(for: keys, &connection) {
        case .held(let lane):
            write(command, call, keys, lane, &connection, &output)
        case .waits: counters.uncountCall(Int(command.rawValue))
        case .full: output.appendError("ERR too many writes wait for their origins")
        case .failed(let failure): output.append(failure)
        case .done(let reply): reply?.move(into: &output)
        }
    }

    private mutating func write(
        _ command: Command, _ call: borrowing Call, _ keys: [Key], _ lane: OriginWrites.LaneID,
        _ connection: inout ClientConnection, _ output: inout OutputBuffer
    ) {
        var missing = Missing()
        let rehearsal = rehearse(keys, isVersioned: false, &missing) { loop, missing in
            for place in command.loadedPlaces(call) {
                loop.look(for: call[place], connection.wait, &missing)
            }
        }
        guard let rehearsal else {
            if let failure = missing.failure ?? want(missing.keys, &connection) {
                leave(lane, connection)
                return output.append(failure)
            }
            return counters.uncountCall(Int(command.rawValue))
        }
        let reply = KeptReply()
        runHot(command, call, on: &connection, into: &reply.output)
        // What memory has not, the origin may have.
        let isDeletion = command == .del || command == .unlink
        let writes = end(rehearsal, isDeletion: isDeletion)
        guard !writes.isEmpty, !reply.isError else {
            leave(lane, connection)
            return reply.move(into: &output)
        }
        ask(writes, keys, lane, reply, &connection)
        counters.uncountCall(Int(command.rawValue))
    }

    /// How a command stands that wants to write to an origin.
    enum LaneAnswer {
        /// Nobody else writes its keys.
        case held(OriginWrites.LaneID)
        /// It is run again.
        case waits
        /// Too many wait.
        case full
        case failed(SourceFailure)
        case done(KeptReply?)
    }

    /// Lets the command at hand take its turn to write `keys`.
    mutating func lane(for keys: [Key], _ connection: inout ClientConnection) -> LaneAnswer {
        guard let reads else { return .full }
        let wait = wait(of: &connection)
        if let write = wait.write, write.keys == keys {
            switch write.state {
            case .held: return .held(write.lane)
            case .queues, .asked:
                (connection.isWaiting, breaksAhead) = (true, true)
                return .waits
            case .done(let failure):
                wait.write = nil
                return failure.map { .failed($0) } ?? .done(write.reply)
            }
        }
        reads.endWrite(of: wait)
        let waiter = wait.nextWaiter()
        guard let (id, mayGo) = reads.writes.enter(keys, waiter) else { return .full }
        wait.write = .init(keys: keys, lane: id, state: mayGo ? .held : .queues(waiter.number))
        if mayGo { return .held(id) }
        (connection.isWaiting, breaksAhead) = (true, true)
        return .waits
    }

    /// Has the origins take `writes`; the command at hand is run again when they have.
    mutating func ask(
        _ writes: [OriginWrite], _ keys: [Key], _ lane: OriginWrites.LaneID, _ reply: KeptReply,
        _ connection: inout ClientConnection
    ) {
        guard let wait = connection.wait, let reads else { return }
        let waiter = wait.nextWaiter()
        wait.write = .init(keys: keys, lane: lane, state: .asked(waiter.number), reply: reply)
        (connection.isWaiting, breaksAhead) = (true, true)
        reads.writes.start(writes, lane, for: waiter)
    }

    /// The command at hand writes nothing after all.
    func leave(_ lane: OriginWrites.LaneID, _ connection: ClientConnection) {
        connection.wait?.write = nil
        reads?.writes.leave(lane)
    }

    /// What `end` compares with.
    struct Rehearsal {
        fileprivate let keys: [Key]
        fileprivate let generations: [FillToken]
        fileprivate let real: ByteStore
        fileprivate let isVersioned: Bool
    }

    /// Lets the commands that follow run on a store of its own that has what memory has of `keys`,
    /// until `end`, if nothing is missing.
    ///
    /// The keys are locked from the look at them until they are copied: a ban or an expiry between
    /// the two would show the command a key that there is as one that there is not.
    ///
    /// - Parameters:
    ///   - keys: What they read and write.
    ///   - isVersioned: They compare or show versions. Then there is one key.
    ///   - missing: What has to be loaded before.
    ///   - look: Finds that out.
    /// - Returns: What `end` wants; nil if something is missing.
    mutating func rehearse(
        _ keys: [Key], isVersioned: Bool, _ missing: inout Missing,
        _ look: (borrowing CommandLoop, inout Missing) -> Void
    ) -> Rehearsal? {
        var shards = ShardSet()
        for key in keys {
            unsafe store.insertShard(of: store.hash(key.bytes.span.bytes), into: &shards)
        }
        var rehearsal: Rehearsal?
        store.withTransaction(shards) {
            look(self, &missing)
            if missing.isNothing { rehearsal = beginRehearsal(keys, isVersioned: isVersioned) }
        }
        return rehearsal
    }

    private mutating func beginRehearsal(_ keys: [Key], isVersioned: Bool) -> Rehearsal {
        // Once each, in the command's order.
        var seen: Set<Key> = []
        let keys = keys.filter { seen.insert($0).inserted }
        let scratch = scratch ?? shared.makeScratch(at: now)
        self.scratch = scratch
        for key in keys { copy(key, to: scratch, isVersioned: isVersioned) }
        if isVersioned, let key = keys.first { rehearseVersions(of: key, in: scratch) }
        defer { store = scratch }
        return Rehearsal(
            keys: keys, generations: keys.map { scratch.generation(of: $0, in: scratch) },
            real: store, isVersioned: isVersioned)
    }

    /// What the command writes there gets versions that memory gives to nothing else.
    private mutating func rehearseVersions(of key: Key, in scratch: ByteStore) {
        let hash = unsafe store.hash(key.bytes.span.bytes)
        scratch.countVersions(from: store.reserveVersions(Self.rehearsedWritesMax, of: hash))
        var shards = ShardSet()
        store.insertShard(of: hash, into: &shards)
        var numbers = shards.makeIterator()
        rehearsedShard = numbers.next()
    }

    /// Versions that one command may give one key.
    private static var rehearsedWritesMax: UInt64 { 16 }

    /// Goes back to the real store, and tells what was changed.
    mutating func end(_ rehearsal: Rehearsal, isDeletion: Bool) -> [OriginWrite] {
        let scratch = store
        (store, rehearsedShard) = (rehearsal.real, nil)
        var writes: [OriginWrite] = []
        for (key, generation) in zip(rehearsal.keys, rehearsal.generations)
        where isDeletion || scratch.generation(of: key, in: scratch) != generation {
            let write = change(of: key, in: scratch, isVersioned: rehearsal.isVersioned)
            if let write { writes.append(write) }
        }
        for key in rehearsal.keys {
            let bytes = unsafe key.bytes.span.bytes
            scratch.withKey(bytes, scratch.hash(bytes), database: 0, at: now) { $0.remove() }
        }
        return writes
    }

    private func copy(_ key: Key, to scratch: ByteStore, isVersioned: Bool) {
        let bytes = unsafe key.bytes.span.bytes
        var found: (value: [UInt8], expiry: Moment, flags: UInt32)?
        var version: UInt64 = 0
        store.withKey(bytes, store.hash(bytes), database: 0, at: now) { access in
            if isVersioned { version = access.version() ?? 0 }
            if access.exists { found = (access.allBytes, access.expiry, access.flags) }
        }
        guard let found else { return }
        scratch.withKey(bytes, scratch.hash(bytes), database: 0, at: now) { access in
            _ = unsafe access.put(
                found.value.span.bytes, expiry: found.expiry, flags: found.flags,
                version: version)
        }
    }

    private func change(
        of key: Key, in scratch: ByteStore, isVersioned: Bool
    ) -> OriginWrite? {
        let bytes = unsafe key.bytes.span.bytes
        guard let reads, let plan = reads.plan(for: bytes), let source = reads.source(of: plan)
        else { return nil }
        var entry: Entry?
        scratch.withKey(bytes, scratch.hash(bytes), database: 0, at: now) { access in
            guard access.exists else { return }
            var written = Entry(key: key, value: access.allBytes, created: tick)
            written.flags = access.flags
            let stored = access.expiry
            if isVersioned { written.version = access.version() ?? 0 }
            let expiry = stored == .never ? plan.expiry(from: now) : stored
            written.expires = expiry == .never ? nil : Tick(expiry)
            entry = written
        }
        return OriginWrite(
            change: OriginChange(key, entry, isKept: plan.keepsWrites), source: source,
            binding: plan.binding, store: entry == nil && !plan.canDelete ? store : nil)
    }
}

extension ByteStore {
    fileprivate func generation(of key: Key, in store: ByteStore) -> FillToken {
        unsafe store.generation(of: store.hash(key.bytes.span.bytes))
    }
}

extension KeyAccess {
    /// The value in one piece.
    fileprivate var allBytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(valueLength)
        copyValue(into: &bytes)
        return bytes
    }
}
