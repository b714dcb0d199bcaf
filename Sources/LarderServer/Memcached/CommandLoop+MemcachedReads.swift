import LarderCore
import LarderMemory
import LarderWire

extension CommandLoop {
    /// `get`: each key for itself. `mutating` so that the loop is not copied, as in RESP's `get`.
    mutating func get(_ call: borrowing Call, _ output: inout OutputBuffer) {
        guard wantedKinds.isEmpty else { return getWatched(call, &output) }
        for index in 0..<call.count {
            let key = call[index]
            let outcome = store.read(key, store.hash(key), database: 0, at: now) { value, flags in
                output.appendValue(key: key, flags: flags, value: value)
            }
            switch outcome {
            case .hit: count(.getHits)
            case .miss, .loaded: count(.getMisses)
            case .large(let value, let flags):
                count(.getHits)
                output.appendValueHeader(key: key, flags: flags, count: value.byteCount)
                output.append(shared: value)
                output.appendLineEnd()
            }
        }
        output.append(.end)
    }

    @inline(never)
    private mutating func getWatched(_ call: borrowing Call, _ output: inout OutputBuffer) {
        for index in 0..<call.count { get(call[index], isVersioned: false, &output) }
        output.append(.end)
    }

    /// `gets`.
    func gets(_ call: borrowing Call, _ output: inout OutputBuffer) {
        for index in 0..<call.count { get(call[index], isVersioned: true, &output) }
        output.append(.end)
    }

    private func get(_ key: RawSpan, isVersioned: Bool, _ output: inout OutputBuffer) {
        let hash = store.hash(key)
        var isHit = false
        withEntry(key, hash) { access in
            access.countRead()
            appendEntry(key, hash, &access, isVersioned: isVersioned, &output)
            isHit = access.exists
        }
        count(isHit ? .getHits : .getMisses)
        if !wantedKinds.isEmpty { noteGet(key, isHit: isHit) }
    }

    /// `gat` and `gats`.
    func getAndTouch(
        _ command: MemcachedCommand, _ call: borrowing Call, _ output: inout OutputBuffer
    ) {
        let expiry = MemcachedExpiry.moment(command.expiry, now: now)
        for index in 0..<call.count {
            let key = call[index]
            let hash = store.hash(key)
            var isHit = false
            withEntry(key, hash) { access in
                access.countRead()
                appendEntry(
                    key, hash, &access, isVersioned: command.verb == .gats, &output)
                isHit = access.exists
                access.setExpiry(orRemove: expiry)
            }
            count(isHit ? .touchHits : .touchMisses)
            if !wantedKinds.isEmpty { noteGet(key, isHit: isHit) }
        }
        output.append(.end)
    }

    /// Appends the entry, if there is one.
    private func appendEntry(
        _ key: RawSpan, _ hash: UInt64, _ access: inout KeyAccess, isVersioned: Bool,
        _ output: inout OutputBuffer
    ) {
        let version = isVersioned ? cas(&access, hash) : nil
        guard access.exists else { return }
        output.appendValueHeader(
            key: key, flags: access.flags, count: access.valueLength, version: version)
        output.appendValue(of: access)
        output.appendLineEnd()
    }

    /// The number by which memcached clients know this state of an entry; `nil` when there is none,
    /// or no memory to note it.
    ///
    /// Versions are counted by each shard for itself. With the shard in the lowest bits, no two
    /// keys ever have the same number, as in memcached.
    func cas(_ access: inout KeyAccess, _ hash: UInt64) -> UInt64? {
        guard let version = access.version() else { return nil }
        if let rehearsedShard { return Self.cas(version: version, shard: UInt64(rehearsedShard)) }
        var shard = ShardSet()
        store.insertShard(of: hash, into: &shard)
        var numbers = shard.makeIterator()
        return Self.cas(version: version, shard: UInt64(numbers.next() ?? 0))
    }

    static func cas(version: UInt64, shard: UInt64) -> UInt64 {
        version << 6 | shard
    }
}

extension KeyAccess {
    /// Changes when the entry, if there is one, expires. `nil`: at once.
    mutating func setExpiry(orRemove expiry: Moment?) {
        guard exists else { return }
        if let expiry { setExpiry(expiry) } else { remove() }
    }
}

extension OutputBuffer {
    /// Appends the value of an entry, or a reference to it, without a line end.
    mutating func appendValue(of access: borrowing KeyAccess) {
        if let large = access.largeValue {
            append(shared: large)
        } else {
            append(access.value)
        }
    }
}
