import LarderCore
import LarderResilience
import Testing

@testable import LarderHierarchy

/// Leases of clients, with real tasks and a clock that is moved by hand.
@Suite(.timeLimit(.minutes(1))) struct LeaseDeskTests {
    final class Inbox: LeaseObserver {
        private let wakes = Guarded<[Int: LeaseTable<Key, Int>.Wake]>([:])
        let tally = Tally()

        func woken(_ new: [LeaseTable<Key, Int>.Wake]) {
            wakes.withLock { wakes in
                for wake in new {
                    switch wake {
                    case .filled(let waiter), .timedOut(let waiter): wakes[waiter] = wake
                    case .granted(let waiter, _, _): wakes[waiter] = wake
                    }
                }
            }
            tally.add(new.count)
        }

        func lease(of waiter: Int) -> UInt64? {
            wakes.withLock { wakes in
                if case .granted(_, _, let lease) = wakes[waiter] { lease.token } else { nil }
            }
        }

        func isFilled(_ waiter: Int) -> Bool {
            wakes.withLock { wakes in
                if case .filled = wakes[waiter] { true } else { false }
            }
        }
    }

    typealias Desk = LeaseDesk<TestMemory, Inbox>

    private let key = Key(Array("report:1".utf8))
    private let time = ManualTime()
    private let memory: TestMemory
    private let inbox = Inbox()
    private let desk: Desk

    init() throws {
        memory = TestMemory(time)
        var bounds = Desk.Table.Bounds()
        bounds.waiters = 150
        desk = try Desk(bounds, memory: memory, observer: inbox, seed: 1, clock: time.clock)
    }

    private func acquire(_ waiter: Int, waiting: Duration = .seconds(60)) -> Desk.Answer {
        desk.acquire(
            key, at: memory.token(of: key), for: waiter, duration: .seconds(10),
            waiting: waiting)
    }

    private func lease(_ waiter: Int) throws -> UInt64 {
        guard case .granted(let lease) = acquire(waiter) else {
            throw Missing(what: "a lease for \(waiter)")
        }
        return lease.token
    }

    private struct Missing: Error {
        let what: String
    }

    /// Sets the key as the holder of `lease`, unless the key has moved.
    private func set(by lease: UInt64) -> Bool? {
        desk.set(key, by: lease) { token in
            guard token == memory.token(of: key) else { return false }
            memory.write(key, Entry(key: key, value: [1], created: time.now))
            return true
        }
    }

    @Test func `one of many loads, and its set wakes the others`() async throws {
        let lease = try lease(0)
        await withTaskGroup { group in
            for waiter in 1...100 {
                group.addTask {
                    guard case .waits = self.acquire(waiter) else {
                        Issue.record("\(waiter) does not wait")
                        return
                    }
                }
            }
        }
        #expect(desk.counts == (1, 100))
        #expect(set(by: lease) == true)
        await inbox.tally.reach(100)
        #expect((1...100).allSatisfy { inbox.isFilled($0) })
        #expect(desk.counts == (0, 0))
        guard case .held = acquire(101) else {
            Issue.record("what is set is loaded again")
            return
        }
    }

    @Test func `what was read before a delete is not set`() throws {
        let lease = try lease(0)
        memory.write(key, nil)
        #expect(set(by: lease) == false, "the generation moved, whoever has told the desk")
        #expect(memory.entry(key) == nil)
        let next = try self.lease(1)
        memory.write(key, nil)
        desk.noteDelete(key)
        #expect(set(by: next) == nil, "the lease is over")
    }

    @Test func `a silent holder's lease goes to who waits, with a token of now`() async throws {
        let lease = try lease(0)
        guard case .waits = acquire(1) else { throw Missing(what: "a wait") }
        memory.write(key, nil)
        time.advance(by: .seconds(11))
        await inbox.tally.reach(1)
        #expect(set(by: lease) == nil)
        let next = try #require(inbox.lease(of: 1))
        #expect(set(by: next) == true)
    }

    @Test func `a renewed lease lasts, and one that is given up passes on`() async throws {
        let lease = try lease(0)
        time.advance(by: .seconds(8))
        #expect(desk.renew(key, by: lease, for: .seconds(10)) != nil)
        time.advance(by: .seconds(8))
        guard case .waits = acquire(1) else { throw Missing(what: "a wait") }
        #expect(desk.giveUp(key, by: lease))
        await inbox.tally.reach(1)
        #expect(inbox.lease(of: 1) != nil)
        #expect(desk.renew(key, by: lease, for: .seconds(10)) == nil)
    }

    @Test func `waiters leave, time out and are bounded`() async throws {
        _ = try lease(0)
        var ids: [Desk.Table.WaiterID] = []
        for waiter in 1...150 {
            guard case .waits(let id) = acquire(waiter, waiting: .seconds(2)) else {
                throw Missing(what: "a wait")
            }
            ids.append(id)
        }
        guard case .refused = acquire(151) else { throw Missing(what: "a bound") }
        #expect(desk.cancel(ids[0]) && !desk.cancel(ids[0]))
        time.advance(by: .seconds(3))
        await inbox.tally.reach(149)
        #expect(desk.counts == (1, 0))
    }

    @Test func `memory of leases that are over is bounded`() throws {
        for number in 0..<1000 {
            let key = Key(Array("\(number)".utf8))
            guard
                case .granted(let lease) = desk.acquire(
                    key, at: 0, for: 1, duration: .seconds(10), waiting: .seconds(1))
            else { throw Missing(what: "a lease") }
            #expect(desk.giveUp(key, by: lease.token))
        }
        #expect(desk.standingCount <= 17)
    }
}
