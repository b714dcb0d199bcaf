import LarderCore
import LarderTesting
import Testing

@testable import LarderResilience

@Suite struct LoadQueueTests {
    private struct Waiting {
        let load: Int
        let ticket: Ticket
        let since: Tick
        let deadline: Tick
    }

    private static let configuration = {
        var configuration = LoadQueue<Int>.Configuration()
        configuration.capacity = 6
        configuration.target = .milliseconds(100)
        configuration.interval = .milliseconds(400)
        return configuration
    }()

    @Test(arguments: UInt64(0)..<1000)
    func `agrees with the model`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var queue = try LoadQueue<Int>(Self.configuration)
        var (model, clock, emptyAt) = ([Waiting](), ManualClock(), Tick.at(.zero))
        var (full, dropCount) = (0, 0)
        for step in 0..<80 {
            var (dropped, expected) = ([Int](), [Int]())
            switch Int.random(in: 0..<8, using: &random) {
            case 0..<4:
                let deadline = clock.now.advanced(
                    by: .milliseconds(Int.random(in: 1...900, using: &random)))
                if model.isEmpty { emptyAt = clock.now }
                let ticket = queue.append(step, deadline: deadline, at: clock.now)
                #expect((ticket == nil) == (model.count == 6))
                full += ticket == nil ? 1 : 0
                if let ticket {
                    model.append(
                        .init(load: step, ticket: ticket, since: clock.now, deadline: deadline))
                }
            case 4:
                if let index = model.indices.randomElement(using: &random) {
                    let gone = model.remove(at: index)
                    #expect(queue.remove(gone.ticket) == gone.load)
                    #expect(queue.remove(gone.ticket) == nil)
                }
            case 5:
                expected = drop(&model, at: clock.now, standsSince: emptyAt)
                let isOverloaded =
                    clock.now.nanoseconds(since: emptyAt) >= 400_000_000 && !model.isEmpty
                let next =
                    model.isEmpty ? nil : model.remove(at: isOverloaded ? model.count - 1 : 0)
                #expect(queue.next(at: clock.now, dropped: &dropped) == next?.load)
            default:
                checkTimer(queue, model, at: clock.now, standsSince: emptyAt)
                clock.advance(by: .milliseconds(Int.random(in: 0...90, using: &random)))
                expected = drop(&model, at: clock.now, standsSince: emptyAt)
                queue.dropLate(at: clock.now, dropped: &dropped)
            }
            #expect(dropped.sorted() == expected.sorted())
            dropCount += expected.count
            #expect(queue.count == model.count && queue.fullCount == full)
            #expect(queue.droppedCount == dropCount)
            try queue.checkInvariants()
        }
    }

    /// Takes out who waited in vain, by the rules as they are written down.
    private func drop(_ model: inout [Waiting], at now: Tick, standsSince: Tick) -> [Int] {
        let late = model.filter { $0.deadline <= now }
        model.removeAll { $0.deadline <= now }
        let stands = !model.isEmpty && now.nanoseconds(since: standsSince) >= 400_000_000
        let patience: UInt64 = stands ? 100_000_000 : 400_000_000
        let old = model.filter { now.nanoseconds(since: $0.since) >= patience }
        model.removeAll { now.nanoseconds(since: $0.since) >= patience }
        return (late + old).map(\.load)
    }

    /// The timer is neither late nor early.
    private func checkTimer(
        _ queue: LoadQueue<Int>, _ model: [Waiting], at now: Tick, standsSince: Tick
    ) {
        guard let next = queue.nextDrop(at: now), next > now else {
            #expect(model.isEmpty || !drops(model, at: now, standsSince).isEmpty)
            return
        }
        #expect(drops(model, at: Tick(nanoseconds: next.nanoseconds - 1), standsSince).isEmpty)
        #expect(!drops(model, at: next, standsSince).isEmpty)
    }

    private func drops(_ model: [Waiting], at now: Tick, _ standsSince: Tick) -> [Int] {
        var model = model
        return drop(&model, at: now, standsSince: standsSince)
    }

    @Test(arguments: UInt64(0)..<1000)
    func `the budget of misses keeps its total, and places for each origin`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let origins = Int.random(in: 1...6, using: &random)
        let total = Int.random(in: origins...40, using: &random)
        var budget = try MissBudget(total: total, originCount: origins)
        let own = max(total / (2 * origins), 1)
        var used = [Int](repeating: 0, count: origins)
        for _ in 0..<300 {
            let origin = Int.random(in: 0..<origins, using: &random)
            if random.happens(0.7) {
                let shared = used.map { max($0 - own, 0) }.reduce(0, +)
                let hasRoom = used[origin] < own || shared < total - own * origins
                #expect(budget.hasRoom(for: origin) == hasRoom)
                #expect(budget.take(origin) == hasRoom)
                if hasRoom { used[origin] += 1 }
            } else if used[origin] > 0 {
                used[origin] -= 1
                budget.giveBack(origin)
            }
            #expect(budget.inUse == used.reduce(0, +) && budget.inUse <= total)
        }
    }
}
