public import LarderCore

/// Loads that wait for a place at an origin: bounded in number, and in how long they wait.
///
/// Controlled delay and adaptive LIFO as at Facebook [1], after CoDel [2]. A queue is good when it
/// evens out a burst and bad when it stands: then all wait, and most in vain. So
///
///     overloaded = the queue has not been empty for `interval`
///     patience   = overloaded ? target : interval
///     who waited longer than `patience` is dropped
///     next       = overloaded ? the last that came : the first
///
/// The last that came is the one whose client still waits. Each also has a deadline of its own.
///
/// [1] B. Maurer, Fail at Scale, ACM Queue 13(8), 2015, https://doi.org/10.1145/2838344.2839461
/// [2] K. Nichols, V. Jacobson, Controlling Queue Delay, ACM Queue 10(5), 2012,
///     https://doi.org/10.1145/2208917.2209336
public struct LoadQueue<Load: Sendable>: Sendable {
    private struct Waiting {
        let load: Load
        let since: Tick
    }

    private let configuration: LoadQueueConfiguration
    private var room = WaitingRoom<Waiting>()
    private var queue = WaitingRoom<Waiting>.Queue()
    /// When the queue that stands now began.
    private var standsSince = Tick(nanoseconds: 0)

    /// How many were turned away because the queue was full.
    public private(set) var fullCount = 0
    /// How many were dropped after waiting in vain.
    public private(set) var droppedCount = 0

    /// An empty queue.
    ///
    /// - Throws: `OutOfBounds`.
    public init(_ configuration: LoadQueueConfiguration = .init()) throws(OutOfBounds) {
        try configuration.validate()
        self.configuration = configuration
    }

    /// How many wait.
    public var count: Int { room.count }

    /// Bytes that its storage holds.
    public var storageBytes: Int { room.storageBytes }

    /// Whether it is a standing queue, which serves the last first.
    public func isOverloaded(at now: Tick) -> Bool {
        room.count > 0
            && now.nanoseconds(since: standsSince) >= configuration.interval.tickNanoseconds
    }

    /// Puts `load` in the queue, unless that is full.
    ///
    /// - Complexity: O(log n).
    public mutating func append(_ load: Load, deadline: Tick, at now: Tick) -> Ticket? {
        guard room.count < configuration.capacity else {
            fullCount += 1
            return nil
        }
        if room.count == 0 { standsSince = now }
        return room.append(Waiting(load: load, since: now), deadline: deadline, to: &queue)
    }

    /// Takes a load out whose waiters are gone.
    ///
    /// - Complexity: O(log n).
    public mutating func remove(_ ticket: Ticket) -> Load? {
        room.remove(ticket, from: &queue)?.load
    }

    /// Takes out whose turn it is. Those who waited in vain go to `dropped`.
    ///
    /// - Complexity: O(log n), and as much for each that is dropped.
    public mutating func next(at now: Tick, dropped: inout [Load]) -> Load? {
        dropLate(at: now, dropped: &dropped)
        let isOverloaded = isOverloaded(at: now)
        guard let ticket = isOverloaded ? room.last(of: queue) : room.first(of: queue) else {
            return nil
        }
        return room.remove(ticket, from: &queue)?.load
    }

    /// Takes out those who waited in vain. To be called at `nextDrop`.
    ///
    /// - Complexity: O(log n) for each that is dropped.
    public mutating func dropLate(at now: Tick, dropped: inout [Load]) {
        while let next = room.nextDeadline, next.deadline <= now {
            drop(next.ticket, dropped: &dropped)
        }
        let patience = patience(at: now).tickNanoseconds
        while let first = room.first(of: queue), let waiting = room.waiter(first),
            now.nanoseconds(since: waiting.since) >= patience
        {
            drop(first, dropped: &dropped)
        }
    }

    /// When the next one is dropped, if nothing else happens.
    ///
    /// - Complexity: O(1).
    public func nextDrop(at now: Tick) -> Tick? {
        guard let deadline = room.nextDeadline?.deadline, let first = room.first(of: queue),
            let waiting = room.waiter(first)
        else { return nil }
        let stands = standsSince.advanced(by: configuration.interval)
        let calm = waiting.since.advanced(by: configuration.interval)
        let impatient = max(waiting.since.advanced(by: configuration.target), stands)
        return min(deadline, calm, impatient)
    }

    private func patience(at now: Tick) -> Duration {
        isOverloaded(at: now) ? configuration.target : configuration.interval
    }

    private mutating func drop(_ ticket: Ticket, dropped: inout [Load]) {
        guard let waiting = room.remove(ticket, from: &queue) else { return }
        droppedCount += 1
        dropped.append(waiting.load)
    }

    /// - Throws: `InvariantViolation` if its parts disagree.
    func checkInvariants() throws(InvariantViolation) {
        try InvariantViolation.check(
            room.count <= configuration.capacity, "\(room.count) wait, too many")
        try room.checkInvariants([queue])
    }
}

/// How many wait, and how long.
public struct LoadQueueConfiguration: Hashable, Sendable {
    /// Loads that may wait. 4096: a few seconds of a database.
    public var capacity = 4096
    /// How long a load waits when the queue stands. 100 ms: a few loads' time.
    public var target = Duration.milliseconds(100)
    /// How long a load waits otherwise, and how long a queue may be a burst.
    public var interval = Duration.seconds(1)

    /// The defaults.
    public init() {}

    /// - Throws: `OutOfBounds` for the first property that is.
    public func validate() throws(OutOfBounds) {
        try OutOfBounds.check("capacity", capacity, in: 1...10_000_000)
        try OutOfBounds.check("target", target, in: .milliseconds(1) ... .seconds(3600))
        try OutOfBounds.check("interval", interval, in: target ... .seconds(3600))
    }
}
