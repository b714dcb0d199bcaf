import LarderCore
import LarderTesting
import Testing

@testable import LarderResilience

/// The table against arrays, with bounds that are small enough to be hit often.
@Suite struct FlightTableModelTests {
    typealias Table = FlightTable<Int, Int, Int>

    struct Model {
        struct Waiting {
            let id: Table.WaiterID
            let waiter: Int
            let deadline: Tick
        }

        struct Flight {
            let key: Int
            let token: Int
            let id: Table.FlightID
            var waiters: [Waiting] = []
        }

        var flights: [Flight] = []
        var refusals = Table.Refusals()
        var waiterCount: Int { flights.map(\.waiters.count).reduce(0, +) }
    }

    private static let bounds = {
        var bounds = FlightBounds()
        (bounds.flights, bounds.waitersPerFlight, bounds.waiters) = (4, 3, 7)
        return bounds
    }()

    private func enter(
        _ table: inout Table, _ model: inout Model, _ waiter: Int?, random: inout SeededRandom,
        now: Tick
    ) {
        let key = Int.random(in: 0..<3, using: &random)
        let token = Int.random(in: 0..<3, using: &random)
        let deadline = now.advanced(by: .nanoseconds(Int.random(in: 1...40, using: &random)))
        let entrance =
            waiter.map { table.enter(key, token, $0, until: deadline) } ?? table.enter(key, token)
        let place = model.flights.firstIndex { $0.key == key && $0.token == token }
        switch entrance {
        case .refused:
            if waiter != nil, model.waiterCount == 7 {
                model.refusals.waiters += 1
            } else if let place {
                #expect(waiter != nil && model.flights[place].waiters.count == 3)
                model.refusals.waitersPerFlight += 1
            } else {
                #expect(model.flights.count == 4)
                model.refusals.flights += 1
            }
        case .started(let flight, let id):
            #expect(place == nil && model.flights.count < 4)
            model.flights.append(Model.Flight(key: key, token: token, id: flight))
            add(id, waiter, deadline, to: &model.flights[model.flights.count - 1])
        case .joined(let flight, let id):
            guard let place else { break }
            #expect(model.flights[place].id == flight)
            add(id, waiter, deadline, to: &model.flights[place])
        }
    }

    private func add(
        _ id: Table.WaiterID?, _ waiter: Int?, _ deadline: Tick, to flight: inout Model.Flight
    ) {
        #expect((id == nil) == (waiter == nil))
        guard let id, let waiter else { return }
        flight.waiters.append(Model.Waiting(id: id, waiter: waiter, deadline: deadline))
    }

    @Test(arguments: UInt64(0)..<1000)
    func `agrees with the model`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var table = try Table(Self.bounds)
        var model = Model()
        var clock = ManualClock()
        for step in 0..<70 {
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<5: enter(&table, &model, step, random: &random, now: clock.now)
            case 5: enter(&table, &model, nil, random: &random, now: clock.now)
            case 6, 7: land(&table, &model, random: &random)
            case 8: cancel(&table, &model, random: &random)
            default:
                clock.advance(by: .nanoseconds(Int.random(in: 0...20, using: &random)))
                expire(&table, &model, now: clock.now)
            }
            try table.checkInvariants()
            #expect(table.flightCount == model.flights.count)
            #expect(table.waiterCount == model.waiterCount)
            #expect(table.refusals == model.refusals)
            let deadlines = model.flights.flatMap(\.waiters).map(\.deadline)
            #expect(table.nextDeadline == deadlines.min())
        }
    }

    private func land(_ table: inout Table, _ model: inout Model, random: inout SeededRandom) {
        guard let place = model.flights.indices.randomElement(using: &random) else { return }
        let flight = model.flights.remove(at: place)
        var waiters: [Int] = []
        let name = table.name(of: flight.id)
        #expect(name?.key == flight.key && name?.token == flight.token)
        #expect(table.land(flight.id, waiters: &waiters))
        #expect(waiters == flight.waiters.map(\.waiter))
        #expect(table.land(flight.id, waiters: &waiters) == false)
        for gone in flight.waiters { #expect(table.cancel(gone.id) == nil) }
    }

    private func cancel(_ table: inout Table, _ model: inout Model, random: inout SeededRandom) {
        guard let place = model.flights.indices.randomElement(using: &random),
            let index = model.flights[place].waiters.indices.randomElement(using: &random)
        else { return }
        let gone = model.flights[place].waiters.remove(at: index)
        #expect(table.cancel(gone.id) == gone.waiter)
        #expect(table.cancel(gone.id) == nil)
        #expect(table.name(of: model.flights[place].id) != nil, "the load was cancelled too")
    }

    private func expire(_ table: inout Table, _ model: inout Model, now: Tick) {
        var expected: [Int] = []
        for place in model.flights.indices {
            let late = model.flights[place].waiters.filter { $0.deadline <= now }
            expected += late.map(\.waiter)
            model.flights[place].waiters.removeAll { $0.deadline <= now }
        }
        var waiters: [Int] = []
        table.expire(at: now, waiters: &waiters)
        #expect(waiters.sorted() == expected.sorted())
    }
}
