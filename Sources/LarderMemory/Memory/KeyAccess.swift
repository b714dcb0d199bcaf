import LarderCore
import LarderPolicy

/// One key under its shard's lock: what is stored for it, and the ways to change that.
///
/// Only inside the closure that it is given to.
@safe public struct KeyAccess: ~Copyable {
    // Safety: the state and the key outlive the closure that gets this value, which cannot be
    // copied out of it; the shard's lock is held all the time.
    let state: UnsafeMutablePointer<ShardState>
    private let keyStart: UnsafeRawBufferPointer
    let hash: UInt64
    let space: UInt16
    /// The time of the operation.
    public let now: Moment
    /// The entry that there is, also one that is not seen: stale or negative.
    private var lastFound: ShardState.Found?
    /// A change may have moved the entry, or have evicted it at once: it is looked up again, should
    /// anybody ask.
    private var isStale = false

    @unsafe init(
        _ state: UnsafeMutablePointer<ShardState>, _ key: UnsafeRawBufferPointer, _ hash: UInt64,
        _ space: UInt16, _ now: Moment, _ found: ShardState.Found?
    ) {
        unsafe self.state = unsafe state
        unsafe keyStart = unsafe key
        self.hash = hash
        self.space = space
        self.now = now
        lastFound = found
    }

    /// What a write replaces.
    private var stored: ShardState.Found? {
        isStale ? unsafe state.pointee.lookUp(key, hash, space) : lastFound
    }

    /// What is seen of it.
    var found: ShardState.Found? {
        guard let stored, stored.block.header.shape.contains(.provenance) else { return stored }
        return stored.block.isCurrent(at: now) ? stored : nil
    }

    var key: RawSpan {
        @_lifetime(borrow self) borrowing get {
            unsafe _overrideLifetime(RawSpan(_unsafeBytes: keyStart), borrowing: self)
        }
    }

    private func fetch() -> ShardState.Found {
        guard let found else { preconditionFailure("The key has an entry.") }
        return found
    }

    /// Whether the key has a live entry.
    public var exists: Bool { found != nil }

    /// When the entry expires, or ceases to be fresh.
    public var expiry: Moment { found?.block.visibleExpiry ?? .never }

    /// Where the entry came from; `nil` when it is a plain one, or there is none. Without the
    /// validator: that is of this value under this key, and not of what is written by this.
    public var provenance: Provenance? {
        var provenance = found?.block.provenance
        provenance?.validator = nil
        return provenance
    }

    /// The entry's memcached flags.
    public var flags: UInt32 { found?.block.flags ?? 0 }

    /// What is known of the entry besides.
    public var marks: EntryMarks {
        get { found?.block.header.marks ?? [] }
        nonmutating set { found?.block.header.marks = newValue }
    }

    /// Milliseconds since the entry was last used, at least: up to 65.5 s more may have passed, and
    /// what was not used for six days seems younger.
    public var idleMilliseconds: UInt64 { found?.block.header.idleMilliseconds(at: now) ?? 0 }

    /// Bytes of the value; 0 when there is no entry.
    public var valueLength: Int {
        guard let found else { return 0 }
        let header = found.block.header
        return header.shape.contains(.large)
            ? unsafe state.pointee.largeValue(of: found.block).byteCount
            : found.block.plainValueLength
    }

    /// The value, when it is a large one.
    public var largeValue: LargeValue? {
        guard let found, found.block.header.shape.contains(.large) else { return nil }
        return unsafe state.pointee.largeValue(of: found.block)
    }

    /// Bytes that the entry takes in memory, with its share of the tables.
    public var storedBytes: Int {
        guard let found else { return 0 }
        return unsafe state.pointee.weight(of: found.block) + ByteStore.overheadPerEntry
    }

    /// How often the policy has seen the entry hit; `nil` when it does not count, or there is none.
    public var frequency: Int? {
        guard let found else { return nil }
        return unsafe state.pointee.driver.frequency(of: SlotID(rawValue: found.slot))
    }

    /// The value, unless it is a large one or there is none: then an empty span.
    public var value: RawSpan {
        @_lifetime(borrow self) borrowing get {
            guard let found, !found.block.header.shape.contains(.large) else {
                return unsafe _overrideLifetime(
                    RawSpan(_unsafeBytes: UnsafeRawBufferPointer(start: nil, count: 0)),
                    borrowing: self)
            }
            let header = found.block.header
            return unsafe _overrideLifetime(
                RawSpan(
                    _unsafeStart: found.block.start + header.valueOffset,
                    byteCount: found.block.plainValueLength), borrowing: self)
        }
    }

    /// The entry's version, which changes with every write and never repeats; it is given one now
    /// if it has none. `nil` when there is no entry, or no memory to note the version.
    public mutating func version() -> UInt64? {
        guard let found else { return nil }
        let version = unsafe state.pointee.version(of: found, hash)
        isStale = true
        return version
    }

    /// A new version for the entry, whose value stays.
    public mutating func renewVersion() -> UInt64? {
        guard let found else { return nil }
        let version = unsafe state.pointee.renewVersion(of: found, hash)
        isStale = true
        return version
    }

    /// Where the keys with this hash stand: it changes with each write of the value, if not only
    /// with those.
    public var fillToken: FillToken { unsafe state.pointee.fillToken(hash) }

    /// Stores `value`, which must not lie in the store: room may be made by moving what does. What
    /// was stored before is gone, whatever the outcome but `.tooLarge` and `.outOfMemory`.
    ///
    /// - Parameters:
    ///   - value: The bytes to store.
    ///   - expiry: When the entry expires; nil: as its namespace says, or never.
    ///   - flags: A number that memcached clients store beside the value.
    ///   - marks: What is to be known of it besides.
    ///   - isVersioned: Note a version at once, since the client will ask for it.
    /// - Returns: `.stored` also when the policy refused the value at once.
    @discardableResult
    public mutating func put(
        _ value: RawSpan, expiry: Moment? = nil, flags: UInt32 = 0, marks: EntryMarks = [],
        isVersioned: Bool = false
    ) -> PutOutcome {
        let attributes = EntryAttributes(
            expiry: expiry ?? unsaidExpiry, flags: flags, marks: marks, written: now,
            isVersioned: isVersioned)
        return put(value, attributes)
    }

    @inline(__always)
    mutating func put(_ value: RawSpan, _ attributes: EntryAttributes) -> PutOutcome {
        let tells = unsafe state.pointee.tells
        let wasThere = tells && found != nil
        let outcome = unsafe state.pointee.put(
            value, for: key, hash, space, over: stored, attributes)
        if outcome != .tooLarge { unsafe state.pointee.bumpGeneration(hash) }
        if tells, outcome == .stored { tellPut(value.byteCount, attributes.expiry, wasThere) }
        isStale = true
        return outcome
    }

    /// Stores a value that was built piece by piece. `nil` stands for one that found no memory:
    /// what was stored before is gone then too, unless nothing may be evicted.
    @discardableResult
    public mutating func put(
        large value: LargeValue?, expiry: Moment? = nil, flags: UInt32 = 0,
        marks: EntryMarks = [], isVersioned: Bool = false
    ) -> PutOutcome {
        let attributes = EntryAttributes(
            expiry: expiry ?? unsaidExpiry, flags: flags, marks: marks, written: now,
            isVersioned: isVersioned)
        return put(large: value, attributes)
    }

    mutating func put(large value: LargeValue?, _ attributes: EntryAttributes) -> PutOutcome {
        let tells = unsafe state.pointee.tells
        let wasThere = tells && found != nil
        let outcome = unsafe state.pointee.put(value, for: key, hash, space, attributes)
        if outcome != .tooLarge { unsafe state.pointee.bumpGeneration(hash) }
        if tells, outcome == .stored { tellPut(value?.byteCount ?? 0, attributes.expiry, wasThere) }
        isStale = true
        return outcome
    }

    /// Changes when the entry, which there must be, expires.
    ///
    /// - Returns: `false` when there was no memory for a longer entry.
    @discardableResult
    public mutating func setExpiry(_ expiry: Moment) -> Bool {
        let tells = unsafe state.pointee.tells
        let isChange = tells && (expiry != .never || self.expiry != .never)
        let entry = EvictedEntry(valueLength: isChange ? valueLength : 0, expiry: expiry)
        let isDone = unsafe state.pointee.setExpiry(expiry, of: fetch(), hash)
        isStale = true
        if isChange { unsafe state.pointee.tellExpiry(entry, isDone, key, hash, space) }
        return isDone
    }

    /// Changes bytes of the value, which there must be, where they are.
    ///
    /// - Returns: `false` when that cannot be done; the entry may have left then.
    mutating func editInPlace(
        to length: Int, _ change: (borrowing ValueBytes) -> Bool
    ) -> Bool {
        let expiry = expiry
        let isChanged = unsafe state.pointee.edit(
            fetch(), hash, length: length, at: now, change)
        if isChanged == true, unsafe state.pointee.tells { tellPut(length, expiry, true) }
        isStale = true
        return isChanged != nil
    }

    /// Gives the entry, which there must be, to another database, where the key is free.
    ///
    /// - Complexity: O(1).
    public mutating func move(toDatabase database: Int) {
        let target = unsafe state.pointee.spaces[database]
        let hasExpiry = expiry != .never
        unsafe state.pointee.move(fetch(), hash, to: target, at: now)
        isStale = true
        guard unsafe state.pointee.tells else { return }
        unsafe state.pointee.tell(.created, key, target, hasExpiry: hasExpiry)
        unsafe state.pointee.tell(.removed, key, space)
    }

    /// Removes the entry. Fills that began before fail even if there is none.
    public mutating func remove() {
        unsafe state.pointee.bumpGeneration(hash)
        guard let stored else { return unsafe state.pointee.noteAbsence(hash, space) }
        if unsafe state.pointee.tells, exists { unsafe state.pointee.tell(.removed, key, space) }
        unsafe state.pointee.remove(stored, hash)
        (lastFound, isStale) = (nil, false)
    }

    /// Gives the write that follows at once a provenance.
    mutating func attach(_ provenance: Provenance?, to attributes: inout EntryAttributes) {
        guard let provenance else { return }
        unsafe state.pointee.attach(ProvenancePart(provenance), to: &attributes)
    }

    /// The entry that a write replaces, for `promise`.
    var currentEntry: ShardState.Found? { stored }

    mutating func promise(
        _ byteCount: Int, _ isLarge: Bool, over found: ShardState.Found?
    ) -> PromiseOutcome {
        defer { isStale = true }
        return unsafe state.pointee.promise(
            key: key, in: space, valueLength: byteCount, isLarge: isLarge, over: found)
    }

    mutating func redeem(_ promise: PutPromise) {
        unsafe state.pointee.redeem(promise)
    }

    mutating func returnPrepaid() {
        unsafe state.pointee.returnPrepaid()
    }

    @inline(never)
    private func tellPut(_ byteCount: Int, _ expiry: Moment, _ wasThere: Bool) {
        let entry = EvictedEntry(valueLength: byteCount, expiry: expiry)
        unsafe state.pointee.tellPut(key, hash, space, entry, wasThere: wasThere)
    }
}
