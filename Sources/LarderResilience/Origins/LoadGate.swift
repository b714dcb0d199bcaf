public import LarderCore

/// The way to one origin: limit, slow start and queue in one. Each load goes at once, waits, or is
/// turned away; who leaves lets the next ones in.
///
/// The gate asks its caller last whether a load may go (the budget of all origins). When that says
/// no, the load waits, and `advance` is to be called when there may be room again.
public struct LoadGate<Load: Sendable>: Sendable {
    /// What becomes of a load that comes.
    public enum Entrance: Hashable, Sendable {
        /// It has a place, which `leave` gives back.
        case go
        /// It will be in `started` or `dropped` of a later step.
        case wait(Ticket)
        /// Too many wait.
        case full
    }

    /// What a step let happen to loads that waited.
    public struct Step: Sendable {
        /// These have a place now, each to be given back by `leave`.
        public var started: [Load] = []
        /// These waited in vain.
        public var dropped: [Load] = []

        /// Nothing yet.
        public init() {}
    }

    /// The limit, to be read only.
    public private(set) var limit: ConcurrencyLimit
    /// The queue, to be read only.
    public private(set) var queue: LoadQueue<Load>
    private var slowStart: SlowStart

    /// A gate of these parts.
    public init(limit: ConcurrencyLimit, queue: LoadQueue<Load>, slowStart: SlowStart) {
        self.limit = limit
        self.queue = queue
        self.slowStart = slowStart
    }

    /// Begins slowly again: the origin is back after an outage.
    public mutating func restart(at now: Tick) { slowStart.restart(at: now) }

    /// Whether a load that comes now would find a place.
    public func hasRoom(at now: Tick) -> Bool {
        limit.hasRoom(atMost: slowStart.cap(of: limit.most, at: now))
    }

    /// Lets `load` in, or lets it wait until `deadline`.
    ///
    /// - Complexity: O(log n).
    public mutating func enter(
        _ load: Load, deadline: Tick, at now: Tick, ifAllowed mayGo: () -> Bool = { true }
    ) -> Entrance {
        if queue.count == 0, hasRoom(at: now), mayGo() {
            limit.enter()
            return .go
        }
        guard let ticket = queue.append(load, deadline: deadline, at: now) else { return .full }
        return .wait(ticket)
    }

    /// Takes a load out of the queue that nobody wants any more.
    ///
    /// - Complexity: O(log n).
    public mutating func cancel(_ ticket: Ticket) -> Load? { queue.remove(ticket) }

    /// Takes the place of a load back, and lets the next ones in.
    ///
    /// - Complexity: O(log n) for each that is let in or dropped.
    public mutating func leave(
        _ outcome: ConcurrencyLimit.Outcome, at now: Tick, _ step: inout Step,
        ifAllowed mayGo: () -> Bool = { true }
    ) {
        limit.leave(outcome, at: now)
        advance(at: now, &step, ifAllowed: mayGo)
    }

    /// Lets in whom there is room for, and drops whom it is too late for. To be called at
    /// `nextStep`.
    ///
    /// - Complexity: O(log n) for each that is let in or dropped.
    public mutating func advance(
        at now: Tick, _ step: inout Step, ifAllowed mayGo: () -> Bool = { true }
    ) {
        queue.dropLate(at: now, dropped: &step.dropped)
        while queue.count > 0, hasRoom(at: now), mayGo() {
            guard let load = queue.next(at: now, dropped: &step.dropped) else { return }
            limit.enter()
            step.started.append(load)
        }
    }

    /// When time alone changes something for those who wait.
    ///
    /// - Complexity: O(1).
    public func nextStep(at now: Tick) -> Tick? {
        guard let drop = queue.nextDrop(at: now) else { return nil }
        guard let growth = slowStart.nextGrowth(of: limit.most, at: now) else { return drop }
        return min(drop, growth)
    }
}
