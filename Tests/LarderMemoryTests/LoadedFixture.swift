import LarderCore
import LarderMemory

/// How a read ended, to compare with what was expected.
enum Seen: Equatable {
    case nothing
    case plain([UInt8])
    case fresh([UInt8])
    case stale([UInt8], since: UInt64)
    case negative(isFresh: Bool)
    /// There is a stale value, and nobody wanted it.
    case withheld
}

extension StoreFixture {
    /// What was loaded now, is fresh for `fresh` milliseconds and stale for `stale` more.
    func provenance(
        fresh: UInt64? = 1000, stale: UInt64 = 0, namespace: UInt16 = 0, tags: [String] = [],
        cost: UInt32 = 0
    ) -> Provenance {
        let until = fresh.map { later($0) } ?? .never
        var provenance = Provenance(
            loaded: now, freshUntil: until, end: fresh.map { later($0 + stale) } ?? .never)
        provenance.namespace = namespace
        provenance.cost = cost
        provenance.tags = EntryTags(tags.map(Self.bytes)) ?? EntryTags()
        return provenance
    }

    func later(_ milliseconds: UInt64) -> Moment {
        Moment(milliseconds: now.milliseconds + milliseconds)
    }

    mutating func advance(_ milliseconds: UInt64) {
        now = later(milliseconds)
    }

    @discardableResult
    func load(
        _ key: String, _ value: [UInt8], _ provenance: Provenance, version: UInt64? = nil,
        token: FillToken? = nil
    ) -> FillOutcome {
        let bytes = Self.bytes(key)
        return unsafe store.fill(
            value.span.bytes, for: bytes.span.bytes, store.hash(bytes.span.bytes), database: 0,
            at: now, provenance: provenance, version: version,
            ifGeneration: token ?? self.token(key))
    }

    @discardableResult
    func load(_ key: String, _ value: String, _ provenance: Provenance) -> FillOutcome {
        load(key, Self.bytes(value), provenance)
    }

    @discardableResult
    func loadAbsent(
        _ key: String, _ provenance: Provenance, token: FillToken? = nil
    ) -> FillOutcome {
        let bytes = Self.bytes(key)
        return unsafe store.fillAbsent(
            bytes.span.bytes, store.hash(bytes.span.bytes), database: 0, at: now,
            provenance: provenance, ifGeneration: token ?? self.token(key))
    }

    func standing(_ key: String) -> Standing {
        let bytes = Self.bytes(key)
        return unsafe store.standing(
            of: bytes.span.bytes, store.hash(bytes.span.bytes), database: 0, at: now)
    }

    func describe(_ key: String) -> EntryDescription? {
        let bytes = Self.bytes(key)
        return unsafe store.describe(
            bytes.span.bytes, store.hash(bytes.span.bytes), database: 0, at: now)
    }

    /// What a read gets that takes everything, or nothing stale.
    func see(_ key: String, takesStale: Bool = true, database: Int = 0) -> Seen {
        let bytes = Self.bytes(key)
        var given: [UInt8] = []
        let reader = LoadedReader { _ in takesStale }
        let outcome = unsafe store.read(
            bytes.span.bytes, store.hash(bytes.span.bytes), database: database, at: now,
            by: reader, { value, _ in given = unsafe value.withUnsafeBytes { unsafe Array($0) } })
        switch outcome {
        case .miss: return .nothing
        case .hit: return .plain(given)
        case .large(let value, _): return .plain(Self.bytes(of: value))
        case .loaded:
            guard let read = reader.last else { return .nothing }
            guard !read.isNegative else { return .negative(isFresh: read.isFresh) }
            guard reader.isGiven else { return .withheld }
            if let large = reader.large { given = Self.bytes(of: large) }
            return read.isFresh ? .fresh(given) : .stale(given, since: read.staleMilliseconds)
        }
    }

    static func bytes(of value: LargeValue) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < value.byteCount {
            value.withSegment(at: bytes.count) { piece in
                unsafe piece.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
            }
        }
        return bytes
    }

    @discardableResult
    func ban(_ scope: BanScope, _ strength: Ban.Strength = .hard, within: UInt16 = 0) -> UInt32 {
        store.ban(scope, strength, at: now, within: within)
    }

    static func prefix(_ pattern: String) -> BanScope {
        guard let prefix = KeyPrefix(pattern: bytes(pattern)) else {
            preconditionFailure("The test's pattern is one.")
        }
        return .prefix(prefix)
    }
}
