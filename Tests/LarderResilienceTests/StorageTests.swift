import LarderCore
import LarderTesting
import Testing

@testable import LarderResilience

@Suite struct StorageTests {
    @Test(arguments: UInt64(0)..<1000)
    func `a waiting room agrees with arrays`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var room = WaitingRoom<Int>()
        var queues = [WaitingRoom<Int>.Queue](repeating: .init(), count: 3)
        var model: [[(id: Int, ticket: Ticket, deadline: Tick)]] = [[], [], []]
        var gone: [Ticket] = []
        for step in 0..<60 {
            let place = Int.random(in: 0..<3, using: &random)
            if random.happens(0.55) {
                let deadline = Tick(nanoseconds: .random(in: 0..<50, using: &random))
                let ticket = room.append(step, deadline: deadline, to: &queues[place])
                model[place].append((step, ticket, deadline))
            } else if let index = model[place].indices.randomElement(using: &random) {
                let one = model[place].remove(at: index)
                #expect(room.remove(one.ticket, from: &queues[place]) == one.id)
                gone.append(one.ticket)
            }
            if let old = gone.randomElement(using: &random) {
                #expect(room.waiter(old) == nil)
                #expect(room.remove(old, from: &queues[place]) == nil)
            }
            try room.checkInvariants(queues)
            #expect(room.nextDeadline?.deadline == model.joined().map(\.deadline).min())
            #expect(room.first(of: queues[place]) == model[place].first?.ticket)
            #expect(room.last(of: queues[place]) == model[place].last?.ticket)
        }
    }

    @Test func `storage is given back when the last of many leaves, and tickets stay dead`() {
        var pool = Pool<Int>()
        let tickets = (0..<5000).map { pool.insert($0) }
        #expect(pool.storageBytes > 5000)
        for ticket in tickets { _ = pool.remove(ticket) }
        #expect(pool.storageBytes == 0)
        _ = pool.insert(1)
        #expect(pool.element(tickets[0]) == nil)
    }

    @Test(arguments: UInt64(0)..<1000)
    func `a memory of keys keeps the ones that end last`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var table = ExpiringTable<Int, Int>(capacity: 5)
        var model: [Int: (value: Int, end: Tick)] = [:]
        var clock = ManualClock()
        for step in 0..<60 {
            let key = Int.random(in: 0..<9, using: &random)
            if random.happens(0.6) {
                let end = Tick(nanoseconds: clock.now.nanoseconds + UInt64(step * 7 % 40 + 1) * 64)
                model = model.filter { $0.key == key || $0.value.end > clock.now }
                if model[key] == nil, model.count == 5,
                    let first = model.min(by: { $0.1.1 < $1.1.1 })
                {
                    let isUnique = model.count { $0.value.end == first.value.end } == 1
                    if !isUnique { return }
                    model[first.key] = nil
                }
                model[key] = (step, end)
                table.set(key, step, until: end, at: clock.now)
            } else if random.happens(0.3) {
                model[key] = nil
                table.remove(key)
            }
            clock.advance(by: .nanoseconds(Int.random(in: 0..<100, using: &random)))
            try table.checkInvariants()
            for key in 0..<9 {
                let known = model[key].flatMap { clock.now < $0.end ? $0.value : nil }
                #expect(table.value(of: key, at: clock.now)?.value == known)
            }
        }
    }
}
