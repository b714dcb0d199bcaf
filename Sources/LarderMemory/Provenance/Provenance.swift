public import LarderCore

/// Where an entry came from and how long it is good: what is stored beside a value that a load
/// brought, or a client with tags, cost or priority.
public struct Provenance: Hashable, Sendable {
    /// When the value was loaded or written.
    public var loaded: Moment
    /// From when on it is stale.
    public var freshUntil: Moment
    /// From when on nobody gets it: the end of its last window, no earlier than `freshUntil`. The
    /// entry is removed then.
    public var end: Moment
    /// From when on who reads it may have it loaded again. Before that a read is like one of a
    /// plain entry, of which a `LoadedReader` hears nothing. Kept with a grain of an eighth of the
    /// time from there to `freshUntil`. From the beginning unless set.
    public var consideredFrom = Moment(milliseconds: 0)
    /// Microseconds that loading it took.
    public var cost: UInt32 = 0
    /// The number of its namespace; 0 if it has none.
    public var namespace: UInt16 = 0
    /// The namespace's.
    public var priority = Priority.normal
    /// It says that there is no such key, and has no value.
    public internal(set) var isNegative = false
    /// A soft ban ended its freshness.
    public internal(set) var isSoftlyBanned = false
    /// The ban epoch at which it was last found alive. The store sets it.
    public internal(set) var banEpoch: UInt32 = 0
    /// Names by which it can be banned.
    public var tags = EntryTags()
    /// By what its origin recognises the value.
    public var validator: Validator?

    /// What was loaded at `loaded` and is good until `freshUntil`, and until `end` for those who
    /// take stale values.
    public init(loaded: Moment, freshUntil: Moment = .never, end: Moment? = nil) {
        self.loaded = loaded
        self.freshUntil = freshUntil
        self.end = max(freshUntil, end ?? freshUntil)
    }
}

/// A provenance on its way into an entry. A class, so that the writes that have none hand one word
/// on that is `nil`.
final class ProvenancePart {
    private(set) var provenance: Provenance
    /// Its end moves with each read.
    private(set) var isSliding = false
    /// It only shows the entry to be younger than a ban.
    let isDate: Bool

    init(_ provenance: Provenance) {
        self.provenance = provenance
        isDate = false
    }

    /// The date of a plain entry.
    init(written now: Moment, expiry: Moment, namespace: UInt16 = 0) {
        provenance = Provenance(loaded: now, freshUntil: expiry)
        provenance.namespace = namespace
        isDate = true
    }

    /// Lets its end slide, by the rule of its namespace.
    func slide(by rule: IdleRule, from now: Moment) {
        guard !provenance.isNegative else { return }
        isSliding = true
        provenance.end = min(provenance.end, rule.end(from: now))
    }

    /// What lies behind the value: the tags, then the validator.
    var tail: (tags: [UInt8], validator: [UInt8]) {
        (provenance.tags.packed, provenance.validator?.packed ?? [])
    }
}

/// How a provenance lies in its 32 bytes.
///
///     0   fresh until      16   cost             24   namespace    28   traits
///     8   loaded           20   ban epoch        26   tag bytes    29   refresh lead
///                                                                  30   validator bytes
enum ProvenanceLayout {
    static var byteCount: Int { 32 }
    static var freshUntil: Int { 0 }
    static var loaded: Int { 8 }
    static var cost: Int { 16 }
    static var banEpoch: Int { 20 }
    static var namespace: Int { 24 }
    static var tagBytes: Int { 26 }
    static var traits: Int { 28 }
    static var refreshLead: Int { 29 }
    static var validatorBytes: Int { 30 }

    static var priorityMask: UInt8 { 3 }
    static var negative: UInt8 { 4 }
    static var softlyBanned: UInt8 { 8 }
    /// A plain entry that is younger than a ban which means it. It has no windows.
    static var dated: UInt8 { 16 }
    /// The value was changed where it lies, and is no longer the one of the validator.
    static var edited: UInt8 { 32 }
    /// Its end moves with each read, no further than its windows do.
    static var sliding: UInt8 { 64 }
}

// Only of blocks whose shape has a provenance.
extension Block {
    private func part<Value: BitwiseCopyable>(_ offset: Int, as type: Value.Type) -> Value {
        load(header.shape.provenanceOffset + offset, as: type)
    }

    private func setPart<Value: BitwiseCopyable>(_ value: Value, _ offset: Int) {
        store(value, at: header.shape.provenanceOffset + offset)
    }

    var freshUntil: Moment {
        get { Moment(milliseconds: part(ProvenanceLayout.freshUntil, as: UInt64.self)) }
        nonmutating set { setPart(newValue.milliseconds, ProvenanceLayout.freshUntil) }
    }
    var loaded: Moment {
        get { Moment(milliseconds: part(ProvenanceLayout.loaded, as: UInt64.self)) }
        nonmutating set { setPart(newValue.milliseconds, ProvenanceLayout.loaded) }
    }
    var cost: UInt32 { part(ProvenanceLayout.cost, as: UInt32.self) }
    var namespace: UInt16 { part(ProvenanceLayout.namespace, as: UInt16.self) }
    var tagByteCount: Int { Int(part(ProvenanceLayout.tagBytes, as: UInt16.self)) }
    private var validatorByteCount: Int {
        Int(part(ProvenanceLayout.validatorBytes, as: UInt16.self))
    }
    /// Bytes behind the value that are not its own.
    var tailByteCount: Int { tagByteCount + validatorByteCount }
    var banEpoch: UInt32 {
        get { part(ProvenanceLayout.banEpoch, as: UInt32.self) }
        nonmutating set { setPart(newValue, ProvenanceLayout.banEpoch) }
    }
    private var traits: UInt8 { part(ProvenanceLayout.traits, as: UInt8.self) }
    var priority: Priority {
        Priority(rawValue: traits & ProvenanceLayout.priorityMask) ?? .normal
    }
    var isNegative: Bool { traits & ProvenanceLayout.negative != 0 }
    var isSoftlyBanned: Bool { traits & ProvenanceLayout.softlyBanned != 0 }

    var isDated: Bool { traits & ProvenanceLayout.dated != 0 }
    var isSliding: Bool { traits & ProvenanceLayout.sliding != 0 }

    var refreshLead: RefreshLead {
        get { RefreshLead(code: part(ProvenanceLayout.refreshLead, as: UInt8.self)) }
        nonmutating set { setPart(newValue.code, ProvenanceLayout.refreshLead) }
    }

    /// Whether a read needs to look no further: it has a value, is fresh, and it is too early to
    /// load it again.
    @inline(__always) func isQuiet(at now: Moment) -> Bool {
        refreshLead.begin(before: freshUntil) > now
    }

    func markSoftlyBanned() {
        setPart(traits | ProvenanceLayout.softlyBanned, ProvenanceLayout.traits)
    }

    func unmarkSoftlyBanned() {
        setPart(traits & ~ProvenanceLayout.softlyBanned, ProvenanceLayout.traits)
    }

    func markEdited() {
        setPart(traits | ProvenanceLayout.edited, ProvenanceLayout.traits)
    }

    /// The tags, as `EntryTags` packs them.
    var packedTags: RawSpan {
        @_lifetime(borrow self) get {
            let header = header
            return span(
                header.valueOffset + header.valueLength - tailByteCount, tagByteCount)
        }
    }

    /// By what the origin recognises the value.
    var validator: Validator? {
        let (header, count) = (header, validatorByteCount)
        guard count > 0, traits & ProvenanceLayout.edited == 0 else { return nil }
        let packed = span(header.valueOffset + header.valueLength - count, count)
        return Validator(packed: unsafe packed.withUnsafeBytes { unsafe Array($0) })
    }

    /// Writes the part and, behind the value, its tail.
    func writeProvenance(_ part: ProvenancePart, banEpoch: UInt32) {
        let provenance = part.provenance
        var traits = provenance.priority.rawValue
        if provenance.isNegative { traits |= ProvenanceLayout.negative }
        if part.isDate { traits |= ProvenanceLayout.dated }
        if part.isSliding { traits |= ProvenanceLayout.sliding }
        setPart(provenance.freshUntil.milliseconds, ProvenanceLayout.freshUntil)
        setPart(provenance.loaded.milliseconds, ProvenanceLayout.loaded)
        setPart(provenance.cost, ProvenanceLayout.cost)
        setPart(banEpoch, ProvenanceLayout.banEpoch)
        setPart(provenance.namespace, ProvenanceLayout.namespace)
        let tail = part.tail
        setPart(UInt16(tail.tags.count), ProvenanceLayout.tagBytes)
        setPart(traits, ProvenanceLayout.traits)
        refreshLead =
            provenance.isNegative
            ? .always : RefreshLead(from: provenance.consideredFrom, to: provenance.freshUntil)
        setPart(UInt16(tail.validator.count), ProvenanceLayout.validatorBytes)
        let bytes = tail.tags + tail.validator
        let header = header
        unsafe write(
            bytes.span.bytes, at: header.valueOffset + header.valueLength - bytes.count)
    }

    /// All of it; `nil` for a plain entry.
    var provenance: Provenance? {
        guard header.shape.contains(.provenance), !isDated else { return nil }
        var provenance = Provenance(loaded: loaded, freshUntil: freshUntil, end: expiry)
        provenance.consideredFrom = refreshLead.begin(before: freshUntil)
        (provenance.cost, provenance.namespace) = (cost, namespace)
        (provenance.priority, provenance.banEpoch) = (priority, banEpoch)
        (provenance.isNegative, provenance.isSoftlyBanned) = (isNegative, isSoftlyBanned)
        provenance.tags = EntryTags(packed: unsafe packedTags.withUnsafeBytes { unsafe Array($0) })
        provenance.validator = validator
        return provenance
    }
}

extension Block {
    /// Bytes of the value as they are stored, without its tail.
    @inline(__always) var plainValueLength: Int {
        let header = header
        guard header.shape.contains(.provenance) else { return header.valueLength }
        return header.valueLength - tailByteCount
    }

    /// When the value ceases to be the key's for all but those who take stale ones; if it is not
    /// too long without a reader before.
    var visibleExpiry: Moment {
        guard header.shape.contains(.provenance) else { return expiry }
        return isSliding ? freshUntil : min(freshUntil, expiry)
    }

    /// Whether it is there for those who take nothing stale, bans aside.
    func isCurrent(at now: Moment) -> Bool {
        guard expiry > now else { return false }
        return !header.shape.contains(.provenance) || !isNegative && freshUntil > now
    }
}
