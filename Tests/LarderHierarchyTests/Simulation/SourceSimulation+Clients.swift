import LarderCore
import LarderResilience
import LarderTesting

@testable import LarderHierarchy

// Clients: they read, write, delete, ban, load by lease, and go away.
extension SourceSimulation {
    mutating func request(_ actions: inout Actions) throws {
        requestsLeft -= 1
        if requestsLeft > 0 {
            schedule(.request, after: .random(in: 0...12, using: &dice))
        } else {
            for level in levels.indices { levels[level].health = .well }
        }
        switch Int.random(in: 0..<40, using: &dice) {
        case 13...16 where writesThrough: startAtOrigin(&actions)
        case 0, 1: startWrite(isDelete: false, &actions)
        case 2: startWrite(isDelete: true, &actions)
        case 3: announceBan(of: pickKey())
        case 4 where faultInterval == 8:
            isDownUntil = now.advanced(by: .milliseconds(Int.random(in: 1...400, using: &dice)))
        case 5...11: memory.evict(pickKey())
        case 12 where !levels.isEmpty: changeLevel()
        default: break
        }
        for _ in 0..<Int.random(in: 1...3, using: &dice) { try get(pickKey()) }
        core.begin(at: now, &actions)
    }

    private mutating func changeLevel() {
        let level = Int.random(in: 0..<levels.count, using: &dice)
        levels[level].evict(pickKey())
        guard requestsLeft > 0 else { return }
        levels[level].questions = []
        levels[level].health = [.well, .slow, .failing, .dead][.random(in: 0..<4, using: &dice)]
    }

    private mutating func get(_ key: Key) throws {
        let stored = memory.entries[key]
        if let stored, now < stored.freshUntil {
            try serve(key, stored, within: .zero)
            if stored.freshUntil < now.advanced(by: .milliseconds(40)) {
                try need(key, refreshing: stored)
            }
            return
        }
        if let stored, stored.entry != nil, now < stored.end,
            now < stored.freshUntil.advanced(by: Self.stale)
        {
            try serve(key, stored, within: Self.stale)
            return try need(key, for: nil, validator: stored.entry?.validator)
        }
        if Int.random(in: 0..<10, using: &dice) == 0 { return lease(key) }
        try need(key, for: nextWaiter, validator: stored?.entry?.validator)
    }

    private mutating func need(_ key: Key, refreshing stored: SimulatedMemory.Stored) throws {
        try need(
            key, for: nil, refreshing: stored.created, validator: stored.entry?.validator)
    }

    private mutating func need(
        _ key: Key, for waiter: Int?, refreshing created: Tick? = nil, validator: Validator?
    ) throws {
        let token = plant == .joinsOldLoads ? Token() : memory.token(of: key)
        let need = Need(
            key, at: token, binding: 0, refreshing: created, validator: validator)
        let isHeld = memory.holds(need, at: now)
        let (joined, wait) = core.need(need, for: waiter, at: now) { isHeld }
        guard let waiter else { return }
        nextWaiter += 1
        switch joined {
        case .waits:
            waiting[waiter] = wait
            watched[waiter] = Watched(
                key: key, known: acknowledged[key, default: 0],
                knownAbsent: knownAbsent[key, default: 0])
            if Int.random(in: 0..<8, using: &dice) == 0 {
                schedule(.cancel(waiter), after: .random(in: 0...100, using: &dice))
            }
        case .held: throw Violation(description: "memory was looked at before")
        case .failed: failedCount += 1
        }
    }

    mutating func cancel(_ waiter: Int, _ actions: inout Actions) {
        guard let wait = waiting.removeValue(forKey: waiter) else { return }
        core.cancel(wait)
        guard let key = watched.removeValue(forKey: waiter)?.key, plant == .cancelEndsLoad else {
            return
        }
        let failure = SourceFailure(source: "catalog", cause: .refused)
        for (id, names) in asks where names.contains(where: { $0.key == key }) {
            asks[id] = nil
            core.loaded(names.map { _ in .failed(failure) }, by: id, at: now, &actions)
        }
    }

    // MARK: What they are given

    mutating func serve(
        _ key: Key, _ stored: SimulatedMemory.Stored, within window: Duration
    ) throws {
        guard let entry = stored.entry else {
            return try serveNothing(key, stored.version, since: knownAbsent[key, default: 0])
        }
        try serve(entry, within: window, since: acknowledged[key, default: 0])
    }

    /// A client is given a value; it must be one that was current after it had asked, and not have
    /// ended.
    mutating func serve(_ entry: Entry, within window: Duration, since known: Int) throws {
        servedCount += 1
        let version = Int(entry.flags)
        guard Array("\(version)".utf8) == entry.value else {
            throw Violation(description: "flags and value were parted")
        }
        guard version >= known else {
            throw Violation(
                description: "P2: \(entry.key) has \(version) after \(known) was acknowledged")
        }
        guard let last = confirmed[version],
            now < last.advanced(by: Self.ttl).advanced(by: window)
        else { throw Violation(description: "P10: version \(version) of \(entry.key) is over") }
    }

    mutating func serveNothing(_ key: Key, _ version: Int, since known: Int) throws {
        servedCount += 1
        guard version >= known else {
            throw Violation(
                description: "P2: \(key) is absent as of \(version) after \(known)")
        }
    }

    // MARK: Writes

    private mutating func startWrite(isDelete: Bool, _ actions: inout Actions) {
        let key = pickKey()
        guard busy.insert(key).inserted else { return }
        var write: Core.WriteID?
        if plant != .removesTooLate { write = core.beginWrite(of: [key], at: now, &actions) }
        if plant == .putsAfterRemoval, let early = write {
            core.endWrite(early)
            write = nil
        }
        schedule(
            .apply(key, write, isDelete: isDelete), after: .random(in: 0...20, using: &dice))
    }

    /// The origin has the write, and then memory.
    mutating func apply(_ key: Key, _ write: Core.WriteID?, isDelete: Bool) {
        lastVersion += 1
        truth[key] = Truth(version: lastVersion, isLive: !isDelete)
        var stored: SimulatedMemory.Stored?
        if !isDelete, Bool.random(using: &dice) { stored = value(key, lastVersion) }
        memory.write(key, stored)
        endLease(of: key, isSet: stored != nil)
        schedule(
            .acknowledge(key, write, version: lastVersion),
            after: .random(in: 0...5, using: &dice))
    }

    /// What a client sets.
    mutating func value(_ key: Key, _ version: Int) -> SimulatedMemory.Stored {
        confirmed[version] = now
        let fresh = now.advanced(by: Self.ttl)
        return SimulatedMemory.Stored(
            entry: Self.entry(key, version, at: now), created: now, freshUntil: fresh,
            end: fresh.advanced(by: Self.staleIfError))
    }

    private static func entry(_ key: Key, _ version: Int, at now: Tick) -> Entry {
        var entry = Entry(key: key, value: Array("\(version)".utf8), created: now)
        entry.flags = UInt32(version)
        entry.tags = tags(of: key)
        return entry
    }

    static func tags(of key: Key) -> [[UInt8]] {
        [Array("odd".utf8), Array("even".utf8)].filter {
            (key.bytes.last ?? 0) % 2 == 1 ? $0.count == 3 : $0.count == 4
        }
    }

    // MARK: Bans

    /// A program has changed the origin, and will say so.
    mutating func announceBan(of key: Key, within milliseconds: Double = 20) {
        let scope: Ban.Scope =
            switch Int.random(in: 0..<4, using: &dice) {
            case 0: .key(key)
            case 1: .tag(Self.tags(of: key)[0])
            case 2: .prefix(Array("key:".utf8))
            default: .namespace("all")
            }
        var versions: [Key: Int] = [:]
        for key in Self.keys {
            var probe = Entry(key: key, value: [], created: now)
            probe.tags = Self.tags(of: key)
            guard scope.covers(probe, namespace: "all") else { continue }
            lastVersion += 1
            truth[key] = Truth(
                version: lastVersion, isLive: Int.random(in: 0..<5, using: &dice) > 0)
            versions[key] = lastVersion
        }
        let strength: Ban.Strength = Int.random(in: 0..<3, using: &dice) == 0 ? .soft : .hard
        schedule(
            .ban(Ban(scope, strength, before: now), versions),
            after: .random(in: 0...milliseconds, using: &dice))
    }

    mutating func start(_ ban: Ban, _ versions: [Key: Int], _ actions: inout Actions) {
        let strength = plant == .bansSoftly ? .soft : ban.strength
        core.ban(Ban(ban.scope, strength, before: now), at: now, &actions)
        schedule(
            .banMemory(Ban(ban.scope, ban.strength, before: now), versions),
            after: .random(in: 0...2, using: &dice))
    }

    mutating func finish(_ ban: Ban, _ versions: [Key: Int]) {
        memory.ban(ban, movesAbsent: plant != .banForgetsAbsentKeys)
        for (key, version) in versions {
            endLease(of: key, isSet: false)
            guard ban.strength == .hard else { continue }
            acknowledged[key] = max(acknowledged[key, default: 0], version)
            // What is absent has no tags.
            if case .tag = ban.scope { continue }
            knownAbsent[key] = max(knownAbsent[key, default: 0], version)
        }
    }

    // MARK: Leases

    private mutating func lease(_ key: Key) {
        let request = LeaseTable<Key, Int>.Request(
            1, for: .milliseconds(80), waitingUntil: now.advanced(by: .milliseconds(200)))
        guard case .granted(let lease) = leases.acquire(key, request, at: now, using: &dice)
        else { return }
        load(key, lease.token)
    }

    /// The holder of a lease loads.
    private mutating func load(_ key: Key, _ lease: UInt64) {
        let truth = truth[key, default: Truth()]
        guard truth.isLive else { return }
        leaseCount += 1
        schedule(
            .leaseSet(key, lease, memory.token(of: key), version: truth.version),
            after: .random(in: 1...120, using: &dice))
    }

    mutating func endLease(of key: Key, isSet: Bool) {
        var wakes: [LeaseTable<Key, Int>.Wake] = []
        if isSet {
            leases.noteSet(key, wakes: &wakes)
        } else {
            leases.noteDelete(key, at: now, wakes: &wakes, using: &dice)
        }
        follow(wakes)
    }

    private mutating func follow(_ wakes: [LeaseTable<Key, Int>.Wake]) {
        for case .granted(_, let key, let lease) in wakes { load(key, lease.token) }
    }

    mutating func setByLease(
        _ key: Key, _ lease: UInt64, _ token: Token, _ version: Int, _ actions: inout Actions
    ) {
        var wakes: [LeaseTable<Key, Int>.Wake] = []
        leases.expire(at: now, wakes: &wakes, using: &dice)
        let isRight = leases.isHeld(key, by: lease, at: now) && memory.token(of: key) == token
        if isRight || plant == .leaseSetsBlindly {
            let write = core.beginWrite(of: [key], at: now, &actions)
            memory.set(key, value(key, version))
            leases.noteSet(key, wakes: &wakes)
            core.endWrite(write)
        }
        follow(wakes)
    }
}
