import LarderCore
import Testing

@testable import LarderResilience

/// All interleavings of reads, refreshes, expiry, writes, loads, cancelled and late waiters of one
/// key, over a store and an origin that are one number each.
@Suite struct FlightInterleavingTests {
    enum Event: CaseIterable {
        case read, refresh, expiry, write, originAnswersOldest, originAnswersNewest, waiterLeaves
        case waitersTimeOut
    }

    @Test func `one load per generation, and nobody sees what is older than his request`() throws {
        #expect(try World().countOfHistories(of: 7) > 10_000)
    }

    struct World: Scenario {
        struct Broken: Error {
            let promise: String
            let history: [Event]
        }

        /// The origin's value grows with each write; a load reads it when it starts, which is the
        /// oldest that it can return.
        private var version = 0
        private var generation = 0
        private var stored: Int?
        private var loads: [(id: FlightTable<Int, Int, Int>.FlightID, value: Int)] = []
        private var waiters: [FlightTable<Int, Int, Int>.WaiterID] = []
        private var flights: FlightTable<Int, Int, Int>
        private var history: [Event] = []

        init() throws { flights = try .init() }

        private func check(_ holds: Bool, _ promise: StaticString) throws {
            if !holds { throw Broken(promise: "\(promise)", history: history) }
        }

        mutating func apply(_ event: Event) throws -> Bool {
            history.append(event)
            switch event {
            case .read:
                guard stored == nil else { return false }
                // A waiter is the version that it must see at least.
                let end = Tick(nanoseconds: 1)
                try note(flights.enter(0, generation, version, until: end))
            case .refresh:
                guard stored != nil else { return false }
                try note(flights.enter(0, generation))
            case .expiry:
                guard stored != nil else { return false }
                stored = nil
            case .write:
                version += 1
                generation += 1
                stored = nil
            case .originAnswersOldest, .originAnswersNewest:
                guard !loads.isEmpty else { return false }
                if event == .originAnswersNewest && loads.count == 1 { return false }
                try land(event == .originAnswersOldest ? loads.removeFirst() : loads.removeLast())
            case .waiterLeaves:
                guard !waiters.isEmpty else { return false }
                let before = flights.flightCount
                flights.cancel(waiters.removeFirst())
                try check(flights.flightCount == before, "a waiter took its load along")
            case .waitersTimeOut:
                var late: [Int] = []
                let before = flights.flightCount
                flights.expire(at: Tick(nanoseconds: 1), waiters: &late)
                guard !late.isEmpty else { return false }
                try check(flights.flightCount == before, "a late waiter took its load along")
                try check(flights.waiterCount == 0, "a late waiter stays")
            }
            return true
        }

        private mutating func note(_ entrance: FlightTable<Int, Int, Int>.Entrance) throws {
            switch entrance {
            case .refused:
                try check(false, "refused")
            case .joined(_, let waiter):
                waiters += waiter.map { [$0] } ?? []
            case .started(let flight, let waiter):
                waiters += waiter.map { [$0] } ?? []
                loads.append((flight, version))
                let same = loads.count { flights.name(of: $0.id)?.token == generation }
                try check(same == 1, "two loads of one generation at once")
            }
        }

        private mutating func land(
            _ load: (id: FlightTable<Int, Int, Int>.FlightID, value: Int)
        ) throws {
            let name = flights.name(of: load.id)
            if name?.token == generation { stored = load.value }
            try check(stored.map { $0 == version } ?? true, "an old value was stored")
            var landed: [Int] = []
            try check(flights.land(load.id, waiters: &landed), "a flight landed twice")
            try check(landed.allSatisfy { load.value >= $0 }, "a waiter got an old value")
        }
    }
}
