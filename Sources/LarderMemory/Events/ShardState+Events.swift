import LarderCore

// What is told of a shard. Every place where something happens to an entry asks first whether
// anybody wants to know.
extension ShardState {
    @inline(__always)
    var tells: Bool { events.isActive }

    /// Notes what happened to a key of a database.
    @inline(never)
    func tell(
        _ kind: KeyEvent.Kind, _ key: RawSpan, _ space: UInt16, hasExpiry: Bool = false,
        evicted: EvictedEntry? = nil
    ) {
        guard events.wanted.contains(KeyEventKinds(kind)) else { return }
        // What is in a flushed key space was gone before.
        guard let database = (0..<spaces.count).first(where: { spaces[$0] == space }) else {
            return
        }
        let bytes = unsafe key.withUnsafeBytes { unsafe Array($0) }
        events.add(
            KeyEvent(
                kind, database: database, key: bytes, hasExpiry: hasExpiry, evicted: evicted))
    }

    /// The entry in a block is about to go.
    @inline(never)
    func tell(_ kind: KeyEvent.Kind, _ block: Block) {
        tell(kind, block.key, block.header.space)
    }

    /// The entry in a block is about to leave to make room.
    @inline(never)
    func tellEvicted(_ block: Block) {
        let header = block.header
        let length =
            header.shape.contains(.large) ? largeValue(of: block).byteCount : header.valueLength
        let entry = EvictedEntry(valueLength: length, expiry: block.expiry, header: header)
        tell(.evicted, block.key, header.space, evicted: entry)
    }

    /// Notes a write that went well. The policy may have refused the entry at once.
    @inline(never)
    func tellPut(
        _ key: RawSpan, _ hash: UInt64, _ space: UInt16, _ entry: EvictedEntry, wasThere: Bool
    ) {
        tell(wasThere ? .replaced : .created, key, space, hasExpiry: entry.expiry != .never)
        if lookUp(key, hash, space) == nil { tell(.evicted, key, space, evicted: entry) }
    }

    /// Notes a change of an expiry, for which the entry may have had to go.
    @inline(never)
    func tellExpiry(
        _ entry: EvictedEntry, _ isDone: Bool, _ key: RawSpan, _ hash: UInt64, _ space: UInt16
    ) {
        if isDone {
            tell(entry.expiry == .never ? .expiryCleared : .expirySet, key, space)
        } else if lookUp(key, hash, space) == nil {
            tell(.evicted, key, space, evicted: entry)
        }
    }
}
