import Glibc
import LarderCore
import LarderHierarchy
import LarderResilience

/// What a waiter costs: thread CPU time to enter a flight, to need a key of a source, and bytes.
///
///     swift run -c release larder-flights
@main struct FlightLoop {
    /// As large as the server's.
    private struct Waiter: Sendable {
        let number: UInt64
        let loop: UInt64
        let name: UInt64
    }

    private struct Token: Hashable, Sendable {
        let generation: UInt64
        let epoch: UInt64
    }

    private static let waiterCount = 2_000
    private static let roundCount = 200
    private static let key = Key(Array("product:42:description".utf8))

    static func main() throws {
        var table: [Double] = []
        var core: [Double] = []
        var shell: [Double] = []
        for _ in 0..<9 {
            table.append(try timeTable())
            core.append(try timeCore())
            shell.append(try timeShell())
        }
        print("enter and leave a flight: \(text(table)) ns a waiter")
        print("need of a source:         \(text(core)) ns a waiter")
        print("the same with its lock:   \(text(shell)) ns a waiter")
        try printBytes()
        try printLeaseBytes()
    }

    private static func text(_ runs: [Double]) -> String {
        "\(Int(runs.sorted()[runs.count / 2]))"
    }

    private static func seconds() -> Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private static func waiter(_ number: Int) -> Waiter {
        Waiter(number: UInt64(number), loop: 1, name: 2)
    }

    private static func timeTable() throws -> Double {
        var table = try FlightTable<Key, Token, Waiter>()
        let token = Token(generation: 1, epoch: 1)
        var landed: [Waiter] = []
        landed.reserveCapacity(waiterCount)
        let begin = seconds()
        for round in 0..<roundCount {
            var flight: FlightTable<Key, Token, Waiter>.FlightID?
            for number in 0..<waiterCount {
                let end = Tick(nanoseconds: UInt64(round * waiterCount + number))
                let entrance = table.enter(key, token, waiter(number), until: end)
                if case .started(let id, _) = entrance { flight = id }
            }
            landed.removeAll(keepingCapacity: true)
            if let flight { _ = table.land(flight, waiters: &landed) }
            precondition(landed.count == waiterCount)
        }
        return (seconds() - begin) * 1e9 / Double(roundCount * waiterCount)
    }

    private static func makeCore() throws -> SourceCore<Token, Waiter> {
        var rules = SourceRules()
        rules.negativeTTL = .zero
        return try SourceCore(
            SourceConfiguration(name: "catalog", rules: [rules]), seed: 1,
            at: Tick(nanoseconds: 0))
    }

    private static func timeCore() throws -> Double {
        var core = try makeCore()
        let token = Token(generation: 1, epoch: 1)
        let begin = seconds()
        for round in 0..<roundCount {
            let now = Tick(nanoseconds: UInt64(round) * 1_000_000)
            for number in 0..<waiterCount {
                _ = core.need(Need(key, at: token, binding: 0), for: waiter(number), at: now) {
                    false
                }
            }
            var actions: [SourceAction<Token, Waiter>] = []
            core.begin(at: now, &actions)
            guard case .askOrigin(let id, _, _) = actions.first else {
                preconditionFailure("The first action asks the origin.")
            }
            core.loaded([.absent], by: id, at: now, &actions)
        }
        return (seconds() - begin) * 1e9 / Double(roundCount * waiterCount)
    }

    private struct Nowhere: SourceMemory, SourceObserver, Origin {
        typealias Token = FlightLoop.Token
        typealias Waiter = FlightLoop.Waiter

        let name = "catalog"

        func holds(_ need: Need<Token>) -> Bool { false }
        func store(_ fill: Fill<Token>) -> Fill<Token>.Outcome { .refused }
        func announceWrite(of key: Key) -> Token { Token(generation: 1, epoch: 1) }
        func settle(_ settlement: Settlement<Token>) {}
        func landed(_ landing: Landing, for waiters: [Waiter]) {}
        func bypassed(_ waiter: Waiter, _ outcome: LoadOutcome) {}
        func timedOut(_ waiters: [Waiter], _ failure: SourceFailure) {}

        func load(_ requests: [LoadRequest]) async -> [LoadOutcome] {
            try? await Task.sleep(for: .seconds(1))
            return requests.map { _ in .absent }
        }

        func write(_ entries: [Entry]) async -> [WriteOutcome] { [] }
        func remove(_ keys: [Key]) async -> [WriteOutcome] { [] }
    }

    private static func timeShell() throws -> Double {
        let core = try SourceCore<Token, Waiter>(
            SourceConfiguration(name: "catalog", rules: [SourceRules()]), seed: 1,
            at: MonotonicClock.now())
        let source = Source(core, origins: [Nowhere()], memory: Nowhere(), observer: Nowhere())
        let need = Need(key, at: Token(generation: 1, epoch: 1), binding: 0)
        let count = 8_000
        let begin = seconds()
        for number in 0..<count { _ = source.need([(need, waiter(number))]) }
        return (seconds() - begin) * 1e9 / Double(count)
    }

    private static func printBytes() throws {
        var core = try makeCore()
        let token = Token(generation: 1, epoch: 1)
        let now = Tick(nanoseconds: 0)
        for number in 0..<10_000 {
            _ = core.need(Need(key, at: token, binding: 0), for: waiter(number), at: now) { false }
        }
        print("storage:                  \(core.waiterBytes / core.waiterCount) bytes a waiter")
    }

    private static func printLeaseBytes() throws {
        var table = try LeaseTable<Key, Waiter>()
        var random = SeededRandom(seed: 1)
        let now = Tick(nanoseconds: 0)
        for number in 0..<10_000 {
            let request = LeaseTable<Key, Waiter>.Request(
                waiter(number), for: .seconds(30), waitingUntil: Tick(nanoseconds: 5_000_000_000))
            _ = table.acquire(key, request, at: now, using: &random)
        }
        print("storage of leases:        \(table.waiterBytes / table.waiterCount) bytes a waiter")
    }
}
