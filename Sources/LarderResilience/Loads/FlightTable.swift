public import LarderCore

/// Which keys are being loaded, and who waits for them: one load per key and generation.
///
/// A flight is one load of one key at one generation, which its token names. Who comes with the
/// same token joins it; who comes after a write has another, and starts a flight of its own beside
/// the old one, whose result it must not see. (Singleflight, as groupcache [1] has it, with the
/// generation as part of the key.)
///
/// Waiters come and go without touching the load: a flight that all of them left goes on and fills,
/// and a refresh has none from the beginning. All is bounded, and what is refused is counted.
///
/// The storage of a waiter is at most 200 bytes while the arrays grow; 127 for 10,000 waiters of 24
/// bytes. To enter and leave costs 160 ns of CPU time in a release build, where it was 1,386 before
/// this and what it is made of were `@inlinable`: over the border of a target they are not
/// specialised otherwise. (`swift run -c release larder-flights`)
///
/// [1] groupcache, singleflight, https://github.com/golang/groupcache
public struct FlightTable<
    Key: Hashable & Sendable, Token: Hashable & Sendable, Waiter: Sendable
>: Sendable {
    /// What a bound refused, how often.
    public struct Refusals: Hashable, Sendable {
        /// New flights.
        public var flights = 0
        /// Waiters of a flight that had its fill.
        public var waitersPerFlight = 0
        /// Waiters, because all flights together had theirs.
        public var waiters = 0
    }

    /// A flight. `index` is below `FlightBounds.flights` and free again once it has landed.
    public struct FlightID: Hashable, Sendable, BitwiseCopyable {
        @usableFromInline let ticket: Ticket
        /// For what the shell keeps beside each flight.
        public var index: Int { Int(ticket.index) }

        @usableFromInline init(ticket: Ticket) {
            self.ticket = ticket
        }
    }

    /// A waiter of a flight.
    public struct WaiterID: Hashable, Sendable, BitwiseCopyable {
        @usableFromInline let ticket: Ticket

        @usableFromInline init(ticket: Ticket) {
            self.ticket = ticket
        }
    }

    /// What becomes of who needs a key.
    public enum Entrance: Hashable, Sendable {
        /// It is the first: the load is to be started.
        case started(FlightID, WaiterID?)
        /// The load is under way.
        case joined(FlightID, WaiterID?)
        /// A bound was reached. The key may be under way all the same.
        case refused
    }

    @usableFromInline struct Name: Hashable, Sendable {
        @usableFromInline let key: Key
        @usableFromInline let token: Token

        @inlinable init(key: Key, token: Token) {
            self.key = key
            self.token = token
        }
    }

    @usableFromInline struct Flight: Sendable {
        @usableFromInline let name: Name
        @usableFromInline var waiters = WaitingRoom<Waiting>.Queue()

        @inlinable init(name: Name) {
            self.name = name
        }
    }

    @usableFromInline struct Waiting: Sendable {
        @usableFromInline let waiter: Waiter
        @usableFromInline let flight: Ticket

        @inlinable init(waiter: Waiter, flight: Ticket) {
            self.waiter = waiter
            self.flight = flight
        }
    }

    @usableFromInline let bounds: FlightBounds
    @usableFromInline var names: [Name: Ticket] = [:]
    @usableFromInline var flights = Pool<Flight>()
    @usableFromInline var room = WaitingRoom<Waiting>()

    /// What was refused so far.
    @inlinable public var refusals: Refusals { refused }
    @usableFromInline var refused = Refusals()
    /// How many waiters gave up at their deadline.
    @inlinable public var timeoutCount: Int { timeouts }
    @usableFromInline var timeouts = 0

    /// A table without flights.
    ///
    /// - Throws: `OutOfBounds`.
    @inlinable public init(_ bounds: FlightBounds = .init()) throws(OutOfBounds) {
        try bounds.validate()
        self.bounds = bounds
    }

    /// Loads under way.
    @inlinable public var flightCount: Int { flights.count }

    /// Waiters of all flights.
    @inlinable public var waiterCount: Int { room.count }

    /// Bytes that the storage of waiters holds.
    @inlinable public var waiterBytes: Int { room.storageBytes }

    /// The earliest deadline of a waiter.
    @inlinable public var nextDeadline: Tick? { room.nextDeadline?.deadline }

    /// The flight of `key` at the generation of `token`, if there is one.
    ///
    /// - Complexity: O(1).
    @inlinable public func flight(of key: Key, _ token: Token) -> FlightID? {
        names[Name(key: key, token: token)].map(FlightID.init)
    }

    /// The key that `flight` loads and its token, until it lands.
    ///
    /// - Complexity: O(1).
    @inlinable public func name(of flight: FlightID) -> (key: Key, token: Token)? {
        flights.element(flight.ticket).map { ($0.name.key, $0.name.token) }
    }

    /// How many wait for `flight`.
    ///
    /// - Complexity: O(1).
    @inlinable public func waiterCount(of flight: FlightID) -> Int {
        flights.element(flight.ticket).map { Int($0.waiters.count) } ?? 0
    }

    /// Starts or joins the flight of `key` for `waiter`, who waits until `deadline`.
    ///
    /// - Complexity: O(log waiters).
    @inlinable public mutating func enter(
        _ key: Key, _ token: Token, _ waiter: Waiter, until deadline: Tick
    ) -> Entrance {
        guard room.count < bounds.waiters else {
            refused.waiters += 1
            return .refused
        }
        let (flight, isNew) = flight(named: Name(key: key, token: token))
        guard let flight else { return .refused }
        guard waiterCount(of: FlightID(ticket: flight)) < bounds.waitersPerFlight else {
            refused.waitersPerFlight += 1
            return .refused
        }
        var queue = flights.element(flight)?.waiters ?? .init()
        let waiting = Waiting(waiter: waiter, flight: flight)
        let place = room.append(waiting, deadline: deadline, to: &queue)
        flights.change(flight) { $0.waiters = queue }
        let (id, waiterID) = (FlightID(ticket: flight), WaiterID(ticket: place))
        return isNew ? .started(id, waiterID) : .joined(id, waiterID)
    }

    /// Starts or joins the flight of `key` for nobody: a refresh.
    ///
    /// - Complexity: O(1).
    @inlinable public mutating func enter(_ key: Key, _ token: Token) -> Entrance {
        let (flight, isNew) = flight(named: Name(key: key, token: token))
        guard let flight else { return .refused }
        let id = FlightID(ticket: flight)
        return isNew ? .started(id, nil) : .joined(id, nil)
    }

    @inlinable mutating func flight(named name: Name) -> (Ticket?, isNew: Bool) {
        if let flight = names[name] { return (flight, false) }
        guard flights.count < bounds.flights else {
            refused.flights += 1
            return (nil, false)
        }
        let flight = flights.insert(Flight(name: name))
        names[name] = flight
        return (flight, true)
    }

    /// Ends `flight`, and appends those who waited, in the order in which they came. False if it
    /// has landed before.
    ///
    /// - Complexity: O(k log waiters), for k waiters of this flight.
    @inlinable public mutating func land(_ flight: FlightID, waiters: inout [Waiter]) -> Bool {
        guard var ended = flights.remove(flight.ticket) else { return false }
        names[ended.name] = nil
        while let first = room.first(of: ended.waiters),
            let waiting = room.remove(first, from: &ended.waiters)
        {
            waiters.append(waiting.waiter)
        }
        return true
    }

    /// Takes a waiter out: its client is gone. Nothing else changes; `nil` if it left before.
    ///
    /// - Complexity: O(log waiters).
    @discardableResult
    @inlinable public mutating func cancel(_ waiter: WaiterID) -> Waiter? {
        guard let waiting = room.waiter(waiter.ticket),
            var queue = flights.element(waiting.flight)?.waiters
        else { return nil }
        _ = room.remove(waiter.ticket, from: &queue)
        flights.change(waiting.flight) { $0.waiters = queue }
        return waiting.waiter
    }

    /// Takes those out whose deadline is not after `now`. Their loads go on.
    ///
    /// - Complexity: O(log waiters) for each.
    @inlinable public mutating func expire(at now: Tick, waiters: inout [Waiter]) {
        while let next = room.nextDeadline, next.deadline <= now,
            let waiter = cancel(WaiterID(ticket: next.ticket))
        {
            timeouts += 1
            waiters.append(waiter)
        }
    }

    /// - Throws: `InvariantViolation` if its parts disagree.
    func checkInvariants() throws(InvariantViolation) {
        try InvariantViolation.check(names.count == flights.count, "a flight without name")
        try InvariantViolation.check(flights.count <= bounds.flights, "too many flights")
        try InvariantViolation.check(room.count <= bounds.waiters, "too many waiters")
        var queues: [WaitingRoom<Waiting>.Queue] = []
        for (name, ticket) in names {
            let flight = flights.element(ticket)
            try InvariantViolation.check(flight?.name == name, "a name leads to another flight")
            if let flight { queues.append(flight.waiters) }
        }
        try room.checkInvariants(queues)
    }
}

/// How many flights and waiters there may be.
public struct FlightBounds: Hashable, Sendable {
    /// Flights at once. 10,000: more than all origins bear.
    public var flights = 10_000
    /// Waiters of one flight.
    public var waitersPerFlight = 10_000
    /// Waiters of all flights: a connection waits for a few keys at most.
    public var waiters = 100_000

    /// The defaults.
    @inlinable public init() {}

    /// - Throws: `OutOfBounds` for the first property that is.
    @inlinable public func validate() throws(OutOfBounds) {
        try OutOfBounds.check("flights", flights, in: 1...10_000_000)
        try OutOfBounds.check("waitersPerFlight", waitersPerFlight, in: 1...10_000_000)
        try OutOfBounds.check("waiters", waiters, in: 1...10_000_000)
    }
}
