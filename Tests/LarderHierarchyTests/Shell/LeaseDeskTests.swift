import LarderCore
import LarderResilience
import Testing

@testable import LarderHierarchy

/// Leases of clients, with real tasks and a clock that is moved by hand.
@Suite(.timeLimit(.minutes(1))) struct LeaseDeskTests {
    final class Inbox: LeaseObserver {
        private let wakes = Guarded<[Int: LeaseTable<Key, Int>.Wake]>([:])
        let tally = Tally()

        /// Waiters that are gone when they are woken.
        let gone = Guarded<Set<Int>>([])

        func woken(_ new: [LeaseTable<Key, Int>.Wake]) -> [LeaseTable<Key, Int>.Wake] {
            wakes.withLock { wakes in
                for wake in new {
                    switch wake {
                    case .filled(let waiter), .timedOut(let waiter): wakes[waiter] = wake
                    case .granted(let waiter, _, _): wakes[waiter] = wake
                    }
                }
            }
            tally.add(new.count)
            let gone = gone.withLock { $0 }
            return new.filter { wake in
                if case .granted(let waiter, _, _) = wake { gone.contains(waiter) } else { false }
            }
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

    private func acquire(_ waiter: Int, waiting: Duration? = .seconds(60)) -> Desk.Answer {
        desk.acquire(key, for: waiter, duration: .seconds(10), waiting: waiting)
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
    private func set(by lease: UInt64) -> Result<Bool, LeaseLoss> {
        desk.set(key, by: lease) { grant in
            guard memory.isCurrent(grant.mark) else { return false }
            memory.write(key, Entry(key: key, value: [1], created: time.now))
            return true
        }
    }

    private func isCounted(leases: Int, waiters: Int) -> Bool {
        (desk.counts.leases, desk.counts.waiters) == (leases, waiters)
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
        #expect(isCounted(leases: 1, waiters: 100))
        #expect(set(by: lease) == .success(true))
        await inbox.tally.reach(100)
        #expect((1...100).allSatisfy { inbox.isFilled($0) })
        #expect(isCounted(leases: 0, waiters: 0))
        guard case .held = acquire(101) else {
            Issue.record("what is set is loaded again")
            return
        }
    }

    @Test func `what was read before a delete is not set`() throws {
        let lease = try lease(0)
        memory.write(key, nil)
        #expect(set(by: lease) == .success(false), "the key has moved, untold")
        #expect(memory.entry(key) == nil)
        let next = try self.lease(1)
        memory.write(key, nil)
        desk.review([key])
        #expect(set(by: next) == .failure(.outdated), "the lease is over")
        #expect(set(by: lease) == .failure(.ended))
    }

    @Test func `a silent holder's lease goes to who waits, with a token of now`() async throws {
        let lease = try lease(0)
        guard case .waits = acquire(1) else { throw Missing(what: "a wait") }
        memory.write(key, nil)
        time.advance(by: .seconds(11))
        await inbox.tally.reach(1)
        #expect(set(by: lease) == .failure(.ended))
        let next = try #require(inbox.lease(of: 1))
        #expect(set(by: next) == .success(true))
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
        #expect(desk.counts.refused == 1)
        #expect(desk.counts.waiterBytes <= 200 * 150)
        #expect(desk.cancel(ids[0]) && !desk.cancel(ids[0]))
        time.advance(by: .seconds(3))
        await inbox.tally.reach(149)
        #expect(isCounted(leases: 1, waiters: 0))
    }

    @Test func `memory of leases that are over is bounded`() throws {
        for number in 0..<1000 {
            let key = Key(Array("\(number)".utf8))
            guard
                case .granted(let lease) = desk.acquire(
                    key, for: 1, duration: .seconds(10), waiting: .seconds(1))
            else { throw Missing(what: "a lease") }
            #expect(desk.giveUp(key, by: lease.token))
        }
        #expect(desk.standingCount <= 17)
        #expect(memory.marks.value == desk.standingCount, "each mark is ended once")
    }

    @Test func `who does not wait is told that another loads`() throws {
        let lease = try lease(0)
        guard case .taken = acquire(1, waiting: nil) else { throw Missing(what: "a refusal") }
        #expect(isCounted(leases: 1, waiters: 0))
        #expect(desk.giveUp(key, by: lease))
        guard case .granted = acquire(1, waiting: nil) else { throw Missing(what: "a lease") }
    }

    @Test func `a set wakes those who wait, a ban passes the lease on`() async throws {
        let first = try lease(0)
        for waiter in 1...3 {
            guard case .waits = acquire(waiter) else { throw Missing(what: "a wait") }
        }
        desk.review([key])
        #expect(isCounted(leases: 1, waiters: 3), "nothing has happened")
        memory.ban()
        desk.review()
        await inbox.tally.reach(1)
        #expect(set(by: first) == .failure(.ended))
        #expect(inbox.lease(of: 1) != nil)
        memory.write(key, Entry(key: key, value: [1], created: time.now))
        desk.review([key])
        await inbox.tally.reach(3)
        #expect(inbox.isFilled(2) && inbox.isFilled(3))
    }

    @Test func `a lease for a waiter who is gone goes to the next`() async throws {
        let first = try lease(0)
        for waiter in 1...3 {
            guard case .waits = acquire(waiter) else { throw Missing(what: "a wait") }
        }
        inbox.gone.withLock { $0 = [1, 2] }
        #expect(desk.giveUp(key, by: first))
        await inbox.tally.reach(3)
        let last = try #require(inbox.lease(of: 3))
        #expect(set(by: last) == .success(true))
    }

    /// Fails when the end of a lease that passed on from who is gone starts no timer.
    @Test func `the end of a lease that went to the next is not missed`() async throws {
        let first = try lease(0)
        for (waiter, duration) in [(1, 10), (2, 1), (3, 10)] {
            let answer = desk.acquire(
                key, for: waiter, duration: .seconds(duration), waiting: .seconds(60))
            guard case .waits = answer else { throw Missing(what: "a wait") }
        }
        inbox.gone.withLock { $0 = [1] }
        #expect(desk.giveUp(key, by: first))
        await inbox.tally.reach(2)
        time.advance(by: .seconds(2))
        await inbox.tally.reach(3)
        #expect(inbox.lease(of: 3) != nil)
    }
}
