import LarderCore
import LarderTesting
import Testing

@testable import LarderResilience

/// All histories of one key: holders that set, give up, renew or vanish, and those who wait.
@Suite struct LeaseTableTests {
    enum Event: CaseIterable {
        case acquire, set, cancel, renew, delete, waiterLeaves, timePasses
    }

    @Test func `one holder at a time, and each waiter is woken once, in every short history`()
        throws
    {
        var count = 0
        try visit(LeaseScenario(), eventsLeft: 7, &count)
        #expect(count > 20_000)
    }

    private func visit(_ scenario: LeaseScenario, eventsLeft: Int, _ count: inout Int) throws {
        count += 1
        guard eventsLeft > 0 else { return }
        for event in Event.allCases {
            var next = scenario
            guard try next.apply(event) else { continue }
            try visit(next, eventsLeft: eventsLeft - 1, &count)
        }
    }

    @Test(arguments: UInt64(0)..<1000)
    func `keeps its bounds and its parts together`(seed: UInt64) throws {
        typealias Table = LeaseTable<Int, Int>
        var random = SeededRandom(seed: seed)
        var bounds = Table.Bounds()
        (bounds.leases, bounds.waitersPerLease, bounds.waiters) = (3, 3, 5)
        var table = try Table(bounds)
        var clock = ManualClock()
        var (waiting, tokens, wakes, refused) = (
            [Int: Table.WaiterID](), [UInt64](), [Table.Wake](), 0
        )
        for step in 0..<80 {
            let key = Int.random(in: 0..<5, using: &random)
            let token = tokens.randomElement(using: &random) ?? 0
            wakes = []
            switch Int.random(in: 0..<9, using: &random) {
            case 0..<4:
                let end = clock.now.advanced(by: .seconds(Int.random(in: 1...60, using: &random)))
                let request = Table.Request(step, for: .seconds(10), waitingUntil: end)
                switch table.acquire(key, request, at: clock.now, using: &random) {
                case .granted(let lease): tokens.append(lease.token)
                case .wait(let id): waiting[step] = id
                case .refused: refused += 1
                }
            case 4: table.noteSet(key, wakes: &wakes)
            case 5: table.noteDelete(key, at: clock.now, wakes: &wakes, using: &random)
            case 6:
                let isHeld = table.isHeld(key, by: token, at: clock.now)
                #expect(
                    table.cancel(key, by: token, at: clock.now, wakes: &wakes, using: &random)
                        == isHeld)
            case 7:
                if let one = waiting.keys.sorted().randomElement(using: &random) {
                    #expect(table.cancelWaiter(waiting[one]!) == one)
                    waiting[one] = nil
                }
            default:
                clock.advance(by: .seconds(Int.random(in: 0...15, using: &random)))
                table.expire(at: clock.now, wakes: &wakes, using: &random)
                #expect(table.nextDeadline.map { $0 > clock.now } ?? true)
            }
            for wake in wakes {
                switch wake {
                case .filled(let one), .timedOut(let one):
                    #expect(waiting.removeValue(forKey: one) != nil)
                case .granted(let one, let key, let lease):
                    #expect(waiting.removeValue(forKey: one) != nil)
                    #expect(table.isHeld(key, by: lease.token, at: clock.now))
                    tokens.append(lease.token)
                }
            }
            try table.checkInvariants()
            #expect(table.waiterCount == waiting.count && table.waiterCount <= 5)
            #expect(table.leaseCount <= 3 && table.refusedCount == refused)
        }
        #expect(Set(tokens).count == tokens.count && !tokens.contains(0))
    }

    @Test func `a lease lasts no longer than the longest, renewed or not`() throws {
        var random = SeededRandom(seed: 1)
        var table = try LeaseTable<Int, Int>()
        let start = Tick.at(.seconds(1))
        let request = LeaseTable<Int, Int>.Request(0, for: .seconds(90), waitingUntil: start)
        let answer = table.acquire(1, request, at: start, using: &random)
        guard case .granted(let lease) = answer else {
            Issue.record("refused")
            return
        }
        #expect(lease.end == .at(.seconds(31)))
        let renewed = table.renew(1, by: lease.token, for: .seconds(90), at: .at(.seconds(30)))
        #expect(renewed?.end == .at(.seconds(60)))
        #expect(table.isHeld(1, by: lease.token, at: .at(.seconds(59))))
        #expect(table.renew(1, by: lease.token, for: .seconds(9), at: .at(.seconds(60))) == nil)
        #expect(
            table.renew(1, by: lease.token &+ 1, for: .seconds(9), at: .at(.seconds(50))) == nil)
    }
}

/// One history of one key.
struct LeaseScenario {
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

    /// False when the event cannot happen here.
    mutating func apply(_ event: Event) throws -> Bool {
        history.append(event)
        wakes = []
        let last = tokens.last ?? 0
        let wasHeld = table.isHeld(0, by: last, at: clock.now)
        let couldLoad = table.leaseCount == 1
        switch event {
        case .acquire:
            try acquire()
        case .set:
            guard couldLoad else { return false }
            table.noteSet(0, wakes: &wakes)
            let woken = wakes.compactMap { if case .filled(let one) = $0 { one } else { nil } }
            try check(woken == waiting.map(\.waiter), "not all were woken by the set, in order")
            waiting = []
            try check(table.leaseCount == 0, "a lease of a key that was set")
        case .cancel:
            guard !tokens.isEmpty else { return false }
            let did = table.cancel(0, by: last, at: clock.now, wakes: &wakes, using: &random)
            try check(did == wasHeld, "cancelled without the right to")
            try noteWakes(expectGrant: did && !waiting.isEmpty)
        case .renew:
            guard !tokens.isEmpty else { return false }
            let lease = table.renew(0, by: last, for: .seconds(2), at: clock.now)
            try check((lease != nil) == wasHeld, "renewed without the right to")
        case .delete:
            guard couldLoad else { return false }
            table.noteDelete(0, at: clock.now, wakes: &wakes, using: &random)
            try check(!table.isHeld(0, by: last, at: clock.now), "a token outlives a delete")
            try noteWakes(expectGrant: !waiting.isEmpty)
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
