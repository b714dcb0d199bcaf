import LarderCore
import LarderTesting

@testable import LarderResilience

/// One history of one key.
struct LeaseScenario: Scenario {
    typealias Event = LeaseTableTests.Event
    typealias Table = LeaseTable<Int, Int>

    struct Broken: Error {
        let promise: String
        let history: [Event]
    }

    private var table: Table
    private var clock = ManualClock()
    private var random = SeededRandom(seed: 1)
    /// All tokens that were ever given, the last one is the holder's.
    private var tokens: [UInt64] = []
    /// Who waits, in order.
    private var waiting: [(waiter: Int, id: Table.WaiterID)] = []
    private var clients = 0
    private var wakes: [Table.Wake] = []
    private var history: [Event] = []

    init() throws { table = try Table() }

    private func check(_ holds: Bool, _ promise: StaticString) throws {
        if !holds { throw Broken(promise: "\(promise)", history: history) }
    }

    mutating func apply(_ event: Event) throws -> Bool {
        history.append(event)
        wakes = []
        let couldLoad = table.leaseCount == 1
        switch event {
        case .acquire:
            try acquire()
        case .set:
            guard couldLoad else { return false }
            try set()
        case .delete:
            guard couldLoad else { return false }
            try delete()
        case .cancel, .renew:
            guard let last = tokens.last else { return false }
            try event == .cancel ? cancel(last) : renew(last)
        case .waiterLeaves:
            guard !waiting.isEmpty else { return false }
            let gone = waiting.removeFirst()
            try check(table.cancelWaiter(gone.id) == gone.waiter, "another waiter left")
        case .timePasses:
            clock.advance(by: .seconds(1))
            table.expire(at: clock.now, wakes: &wakes, using: &random)
            try noteWakes(expectGrant: nil)
        }
        try checkState()
        return true
    }

    private mutating func set() throws {
        table.noteSet(0, wakes: &wakes)
        let woken = wakes.compactMap { if case .filled(let one) = $0 { one } else { nil } }
        try check(woken == waiting.map(\.waiter), "not all were woken by the set, in order")
        waiting = []
        try check(table.leaseCount == 0, "a lease of a key that was set")
    }

    private mutating func delete() throws {
        table.noteDelete(0, at: clock.now, wakes: &wakes, using: &random)
        let last = tokens.last ?? 0
        try check(!table.isHeld(0, by: last, at: clock.now), "a token outlives a delete")
        try noteWakes(expectGrant: !waiting.isEmpty)
    }

    private mutating func cancel(_ token: UInt64) throws {
        let wasHeld = table.isHeld(0, by: token, at: clock.now)
        let did = table.cancel(0, by: token, at: clock.now, wakes: &wakes, using: &random)
        try check(did == wasHeld, "cancelled without the right to")
        try noteWakes(expectGrant: did && !waiting.isEmpty)
    }

    private mutating func renew(_ token: UInt64) throws {
        let wasHeld = table.isHeld(0, by: token, at: clock.now)
        let lease = table.renew(0, by: token, for: .seconds(2), at: clock.now)
        try check((lease != nil) == wasHeld, "renewed without the right to")
    }

    private mutating func acquire() throws {
        clients += 1
        let request = Table.Request(
            clients, for: .seconds(2), waitingUntil: clock.now.advanced(by: .seconds(3)))
        let wasFree = table.leaseCount == 0
        switch table.acquire(0, request, at: clock.now, using: &random) {
        case .granted(let lease):
            try check(wasFree, "granted while another holds it")
            tokens.append(lease.token)
        case .wait(let id):
            try check(!wasFree, "waits for nobody")
            waiting.append((clients, id))
        case .refused:
            try check(false, "refused within the bounds")
        }
    }

    private mutating func noteWakes(expectGrant: Bool?) throws {
        var granted = false
        for wake in wakes {
            switch wake {
            case .filled:
                try check(false, "woken by a set that was none")
            case .timedOut(let one):
                try check(waiting.contains { $0.waiter == one }, "woken twice")
                waiting.removeAll { $0.waiter == one }
            case .granted(let one, _, let lease):
                try check(waiting.first?.waiter == one, "not who waited longest")
                waiting.removeFirst()
                tokens.append(lease.token)
                granted = true
            }
        }
        try check(expectGrant.map { $0 == granted } ?? true, "the lease was not passed on")
    }

    private func checkState() throws {
        try table.checkInvariants()
        let holders = tokens.count { table.isHeld(0, by: $0, at: clock.now) }
        try check(holders <= 1, "two holders")
        try check(table.waiterCount == waiting.count, "a waiter was lost")
        try check(waiting.isEmpty || holders == 1, "somebody waits for nobody")
        try check(table.nextDeadline.map { $0 > clock.now } ?? (holders == 0), "no timer")
    }
}
