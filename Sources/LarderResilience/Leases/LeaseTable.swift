public import LarderCore

/// Leases of clients that load by themselves: one at a time has the right to load a key, the others
/// wait to be woken. After Facebook's memcache leases [1].
///
/// The holder has a token, without which it can neither renew, end, nor set. A delete takes the
/// token away, so that what was read before it is not stored after it. When a holder gives up, or
/// its time ends, who waited longest becomes the holder. Nobody polls: each waiter gets exactly one
/// `Wake`.
///
/// Where we differ: the paper tells waiters to try again after a while.
///
/// Ends of time are acted on by `expire`; before it ran, an ended lease still keeps newcomers in
/// line behind those who wait, but its token is worth nothing.
///
/// [1] R. Nishtala et al., Scaling Memcache at Facebook, NSDI 2013, section 3.2.1,
///     https://www.usenix.org/conference/nsdi13/technical-sessions/presentation/nishtala
public struct LeaseTable<Key: Hashable & Sendable, Waiter: Sendable>: Sendable {
    /// How many leases and waiters there may be, and how long they last.
    public struct Bounds: Hashable, Sendable {
        /// Leases at once.
        public var leases = 100_000
        /// Waiters of one key.
        public var waitersPerLease = 10_000
        /// Waiters of all keys.
        public var waiters = 100_000
        /// A lease asked for longer lasts this long; renewal extends it. 30 s: what a dead holder
        /// costs at most.
        public var longest = Duration.seconds(30)

        /// The defaults.
        public init() {}

        /// - Throws: `OutOfBounds` for the first property that is.
        public func validate() throws(OutOfBounds) {
            try OutOfBounds.check("leases", leases, in: 1...10_000_000)
            try OutOfBounds.check("waitersPerLease", waitersPerLease, in: 1...10_000_000)
            try OutOfBounds.check("waiters", waiters, in: 1...10_000_000)
            try OutOfBounds.check("longest", longest, in: .milliseconds(1) ... .seconds(86_400))
        }
    }

    private struct Waiting {
        let waiter: Waiter
        /// How long its lease is to last; half the bytes of a `Duration`.
        let nanoseconds: Int64
        let lease: Ticket
    }

    private struct Held {
        let key: Key
        var lease: Lease
        var waiters = WaitingRoom<Waiting>.Queue()
    }

    private let bounds: Bounds
    private var tickets: [Key: Ticket] = [:]
    private var held = Pool<Held>()
    private var ends = DeadlineHeap()
    private var room = WaitingRoom<Waiting>()

    /// How many leases were given, to newcomers and to those who waited.
    public private(set) var grantedCount = 0
    /// How many requests a bound refused.
    public private(set) var refusedCount = 0
    /// How many leases ended by time, their holder silent.
    public private(set) var expiredCount = 0

    /// A table without leases.
    ///
    /// - Throws: `OutOfBounds`.
    public init(_ bounds: Bounds = .init()) throws(OutOfBounds) {
        try bounds.validate()
        self.bounds = bounds
    }

    /// Leases that are held.
    public var leaseCount: Int { held.count }

    /// Waiters of all keys.
    public var waiterCount: Int { room.count }

    /// Bytes that the storage of all waiters holds.
    public var waiterBytes: Int { room.storageBytes }

    /// When `expire` has something to do next.
    public var nextDeadline: Tick? {
        guard let end = ends.first?.deadline else { return nil }
        return min(end, room.nextDeadline?.deadline ?? end)
    }

    /// Grants the lease of `key`, which is absent, or puts the request in line.
    ///
    /// - Complexity: O(log n).
    public mutating func acquire(
        _ key: Key, _ request: Request, at now: Tick,
        using random: inout some RandomNumberGenerator
    ) -> Answer {
        if let ticket = tickets[key], let current = held.element(ticket) {
            if current.waiters.count == 0 && current.lease.end <= now {
                expiredCount += 1
                return .granted(grant(ticket, for: request.duration, at: now, using: &random))
            }
            return wait(for: ticket, current, request)
        }
        guard held.count < bounds.leases else {
            refusedCount += 1
            return .refused
        }
        let ticket = held.insert(Held(key: key, lease: Lease(token: 0, end: now)))
        tickets[key] = ticket
        return .granted(grant(ticket, for: request.duration, at: now, using: &random))
    }

    private mutating func wait(for ticket: Ticket, _ current: Held, _ request: Request) -> Answer {
        guard room.count < bounds.waiters, current.waiters.count < bounds.waitersPerLease else {
            refusedCount += 1
            return .refused
        }
        let duration = min(request.duration, bounds.longest).components
        let nanoseconds = duration.seconds * 1_000_000_000 + duration.attoseconds / 1_000_000_000
        let waiting = Waiting(waiter: request.waiter, nanoseconds: nanoseconds, lease: ticket)
        var queue = current.waiters
        let place = room.append(waiting, deadline: request.deadline, to: &queue)
        held.change(ticket) { $0.waiters = queue }
        return .wait(WaiterID(ticket: place))
    }

    /// Gives the lease a new holder.
    private mutating func grant(
        _ ticket: Ticket, for duration: Duration, at now: Tick,
        using random: inout some RandomNumberGenerator
    ) -> Lease {
        let lease = Lease(
            token: .random(in: 1 ... .max, using: &random),
            end: now.advanced(by: min(duration, bounds.longest)))
        setLease(ticket, lease)
        grantedCount += 1
        return lease
    }

    private mutating func setLease(_ ticket: Ticket, _ lease: Lease) {
        held.change(ticket) { $0.lease = lease }
        ends.remove(ticket.index)
        ends.insert(ticket.index, deadline: lease.end)
    }

    /// Whether `acquire` would not make anybody wait for `key`.
    ///
    /// - Complexity: O(1).
    public func isFree(_ key: Key, at now: Tick) -> Bool {
        guard let ticket = tickets[key], let current = held.element(ticket) else { return true }
        return current.waiters.count == 0 && current.lease.end <= now
    }

    /// Whether `token` is the right to load `key` now.
    ///
    /// - Complexity: O(1).
    public func isHeld(_ key: Key, by token: UInt64, at now: Tick) -> Bool {
        holding(key, by: token, at: now) != nil
    }

    private func holding(_ key: Key, by token: UInt64, at now: Tick) -> Ticket? {
        guard let ticket = tickets[key], let lease = held.element(ticket)?.lease,
            lease.token == token, now < lease.end
        else { return nil }
        return ticket
    }

    /// Extends the lease to `duration` from now; `nil` if `token` does not hold it.
    ///
    /// - Complexity: O(log n).
    public mutating func renew(
        _ key: Key, by token: UInt64, for duration: Duration, at now: Tick
    ) -> Lease? {
        guard let ticket = holding(key, by: token, at: now) else { return nil }
        let lease = Lease(token: token, end: now.advanced(by: min(duration, bounds.longest)))
        setLease(ticket, lease)
        return lease
    }

    /// Ends the lease because its holder gives up. False if `token` does not hold it.
    ///
    /// - Complexity: O(log n).
    public mutating func cancel(
        _ key: Key, by token: UInt64, at now: Tick, wakes: inout [Wake],
        using random: inout some RandomNumberGenerator
    ) -> Bool {
        guard let ticket = holding(key, by: token, at: now) else { return false }
        passOn(ticket, at: now, wakes: &wakes, using: &random)
        return true
    }

    /// Ends the lease because `key` was set, by its holder or by anybody else. (Whether a holder
    /// may set it, `isHeld` says, under the same lock.)
    ///
    /// - Complexity: O(k log n), for k waiters.
    public mutating func noteSet(_ key: Key, wakes: inout [Wake]) {
        guard let ticket = tickets[key], var ended = remove(ticket) else { return }
        while let first = room.first(of: ended.waiters),
            let waiting = room.remove(first, from: &ended.waiters)
        {
            wakes.append(.filled(waiting.waiter))
        }
    }

    /// Ends the lease because `key` was deleted or banned: what its holder has read may be older.
    ///
    /// - Complexity: O(log n).
    public mutating func noteDelete(
        _ key: Key, at now: Tick, wakes: inout [Wake],
        using random: inout some RandomNumberGenerator
    ) {
        guard let ticket = tickets[key] else { return }
        passOn(ticket, at: now, wakes: &wakes, using: &random)
    }

    /// Takes a waiter out: its client is gone. `nil` if it left before.
    ///
    /// - Complexity: O(log n).
    @discardableResult
    public mutating func cancelWaiter(_ waiter: WaiterID) -> Waiter? {
        guard let waiting = room.waiter(waiter.ticket),
            var queue = held.element(waiting.lease)?.waiters
        else { return nil }
        _ = room.remove(waiter.ticket, from: &queue)
        held.change(waiting.lease) { $0.waiters = queue }
        return waiting.waiter
    }

    /// Ends what ends by `now`: first waiters' patience, then leases, which pass on.
    ///
    /// - Complexity: O(log n) for each.
    public mutating func expire(
        at now: Tick, wakes: inout [Wake], using random: inout some RandomNumberGenerator
    ) {
        while let next = room.nextDeadline, next.deadline <= now,
            let waiter = cancelWaiter(WaiterID(ticket: next.ticket))
        {
            wakes.append(.timedOut(waiter))
        }
        while let end = ends.first, end.deadline <= now, let ticket = held.ticket(at: end.index) {
            expiredCount += 1
            passOn(ticket, at: now, wakes: &wakes, using: &random)
        }
    }

    /// Makes who waited longest the holder, or ends the lease if nobody waits.
    private mutating func passOn(
        _ ticket: Ticket, at now: Tick, wakes: inout [Wake],
        using random: inout some RandomNumberGenerator
    ) {
        guard let current = held.element(ticket) else { return }
        var queue = current.waiters
        guard let first = room.first(of: queue), let next = room.remove(first, from: &queue) else {
            _ = remove(ticket)
            return
        }
        held.change(ticket) { $0.waiters = queue }
        let lease = grant(
            ticket, for: .nanoseconds(next.nanoseconds), at: now, using: &random)
        wakes.append(.granted(next.waiter, current.key, lease))
    }

    private mutating func remove(_ ticket: Ticket) -> Held? {
        guard let ended = held.remove(ticket) else { return nil }
        tickets[ended.key] = nil
        ends.remove(ticket.index)
        return ended
    }

    /// - Throws: `InvariantViolation` if its parts disagree.
    func checkInvariants() throws(InvariantViolation) {
        try ends.checkInvariants()
        try InvariantViolation.check(held.count == tickets.count, "a lease without key")
        try InvariantViolation.check(held.count == ends.count, "a lease without end")
        try InvariantViolation.check(held.count <= bounds.leases, "too many leases")
        try room.checkInvariants(tickets.values.compactMap { held.element($0)?.waiters })
    }
}
