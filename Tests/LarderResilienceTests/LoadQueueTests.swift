import LarderCore
import LarderTesting
import Testing

@testable import LarderResilience

@Suite struct LoadQueueTests {
    @Test(arguments: UInt64(0)..<1000)
    func `agrees with the model`(seed: UInt64) throws {
        var run = try QueueRun(seed: seed)
        for load in 0..<80 { try run.step(load) }
    }
}

/// The queue beside an array that follows the rules as they are written down.
private struct QueueRun {
    private struct Waiting {
        let load: Int
        let ticket: Ticket
        let since: Tick
        let deadline: Tick
    }

    private static let interval: UInt64 = 400_000_000
    private static let target: UInt64 = 100_000_000

    private var queue: LoadQueue<Int>
    private var random: SeededRandom
    private var clock = ManualClock()
    private var model: [Waiting] = []
    private var standsSince = Tick(nanoseconds: 0)
    private var full = 0
    private var dropCount = 0
    private var dropped: [Int] = []
    private var expected: [Int] = []

    init(seed: UInt64) throws {
        var configuration = LoadQueueConfiguration()
        configuration.capacity = 6
        configuration.target = Duration(tickNanoseconds: Self.target)
        configuration.interval = Duration(tickNanoseconds: Self.interval)
        queue = try LoadQueue(configuration)
        random = SeededRandom(seed: seed)
    }

    mutating func step(_ load: Int) throws {
        (dropped, expected) = ([], [])
        switch Int.random(in: 0..<8, using: &random) {
        case 0..<4: append(load)
        case 4: remove()
        case 5: next()
        default: timePasses()
        }
        #expect(dropped.sorted() == expected.sorted())
        dropCount += expected.count
        #expect(queue.count == model.count && queue.fullCount == full)
        #expect(queue.droppedCount == dropCount)
        try queue.checkInvariants()
    }

    private mutating func append(_ load: Int) {
        let wait = Duration.milliseconds(Int.random(in: 1...900, using: &random))
        let end = clock.now.advanced(by: wait)
        if model.isEmpty { standsSince = clock.now }
        let ticket = queue.append(load, deadline: end, at: clock.now)
        #expect((ticket == nil) == (model.count == 6))
        guard let ticket else {
            full += 1
            return
        }
        model.append(Waiting(load: load, ticket: ticket, since: clock.now, deadline: end))
    }

    private mutating func remove() {
        guard let index = model.indices.randomElement(using: &random) else { return }
        let gone = model.remove(at: index)
        #expect(queue.remove(gone.ticket) == gone.load)
        #expect(queue.remove(gone.ticket) == nil)
    }

    private mutating func next() {
        (model, expected) = split(at: clock.now)
        let stands = clock.now.nanoseconds(since: standsSince) >= Self.interval
        let turn = stands ? model.popLast() : model.isEmpty ? nil : model.removeFirst()
        #expect(queue.next(at: clock.now, dropped: &dropped) == turn?.load)
    }

    private mutating func timePasses() {
        checkTimer()
        clock.advance(by: .milliseconds(Int.random(in: 0...90, using: &random)))
        (model, expected) = split(at: clock.now)
        queue.dropLate(at: clock.now, dropped: &dropped)
    }

    /// Who waits on, and who waited in vain.
    private func split(at now: Tick) -> ([Waiting], late: [Int]) {
        let inTime = model.filter { $0.deadline > now }
        let stands = !inTime.isEmpty && now.nanoseconds(since: standsSince) >= Self.interval
        let patience = stands ? Self.target : Self.interval
        let kept = inTime.filter { now.nanoseconds(since: $0.since) < patience }
        let late = model.filter { one in !kept.contains { $0.load == one.load } }
        return (kept, late.map(\.load))
    }

    /// The timer is neither late nor early.
    private func checkTimer() {
        guard let next = queue.nextDrop(at: clock.now) else {
            #expect(model.isEmpty)
            return
        }
        guard next > clock.now else {
            #expect(!split(at: clock.now).late.isEmpty)
            return
        }
        #expect(split(at: Tick(nanoseconds: next.nanoseconds - 1)).late.isEmpty)
        #expect(!split(at: next).late.isEmpty)
    }
}
