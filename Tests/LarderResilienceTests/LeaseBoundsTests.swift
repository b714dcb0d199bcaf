import LarderCore
import LarderTesting
import Testing

@testable import LarderResilience

/// Many keys and small bounds, in random order.
@Suite struct LeaseBoundsTests {
    @Test(arguments: UInt64(0)..<1000)
    func `keeps its bounds and its parts together`(seed: UInt64) throws {
        var run = try LeaseRun(seed: seed)
        for client in 0..<80 { try run.step(client) }
        #expect(Set(run.tokens).count == run.tokens.count && !run.tokens.contains(0))
    }
}

private struct LeaseRun {
    typealias Table = LeaseTable<Int, Int>

    private(set) var tokens: [UInt64] = []
    private var table: Table
    private var random: SeededRandom
    private var clock = ManualClock()
    private var waiting: [Int: Table.WaiterID] = [:]
    private var wakes: [Table.Wake] = []
    private var refused = 0

    init(seed: UInt64) throws {
        var bounds = Table.Bounds()
        (bounds.leases, bounds.waitersPerLease, bounds.waiters) = (3, 3, 5)
        table = try Table(bounds)
        random = SeededRandom(seed: seed)
    }

    mutating func step(_ client: Int) throws {
        let key = Int.random(in: 0..<5, using: &random)
        wakes = []
        switch Int.random(in: 0..<9, using: &random) {
        case 0..<4: acquire(key, client)
        case 4: table.noteSet(key, wakes: &wakes)
        case 5: table.noteDelete(key, at: clock.now, wakes: &wakes, using: &random)
        case 6: cancel(key)
        case 7: waiterLeaves()
        default:
            clock.advance(by: .seconds(Int.random(in: 0...15, using: &random)))
            table.expire(at: clock.now, wakes: &wakes, using: &random)
            #expect(table.nextDeadline.map { $0 > clock.now } ?? true)
        }
        noteWakes()
        try table.checkInvariants()
        #expect(table.waiterCount == waiting.count && table.waiterCount <= 5)
        #expect(table.leaseCount <= 3 && table.refusedCount == refused)
    }

    private mutating func acquire(_ key: Int, _ client: Int) {
        let end = clock.now.advanced(by: .seconds(Int.random(in: 1...60, using: &random)))
        let request = Table.Request(client, for: .seconds(10), waitingUntil: end)
        switch table.acquire(key, request, at: clock.now, using: &random) {
        case .granted(let lease): tokens.append(lease.token)
        case .wait(let id): waiting[client] = id
        case .refused: refused += 1
        }
    }

    private mutating func cancel(_ key: Int) {
        let token = tokens.randomElement(using: &random) ?? 0
        let isHeld = table.isHeld(key, by: token, at: clock.now)
        let did = table.cancel(key, by: token, at: clock.now, wakes: &wakes, using: &random)
        #expect(did == isHeld)
    }

    private mutating func waiterLeaves() {
        guard let one = waiting.keys.sorted().randomElement(using: &random),
            let id = waiting.removeValue(forKey: one)
        else { return }
        #expect(table.cancelWaiter(id) == one)
    }

    private mutating func noteWakes() {
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
    }
}
