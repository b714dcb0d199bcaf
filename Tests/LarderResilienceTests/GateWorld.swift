import LarderCore
import LarderTesting
import Testing

@testable import LarderResilience

/// A gate, an origin behind it, and clients that ask for more than it bears.
///
/// Up to `bears` loads at once take about 100 ms each. Above, they take longer by the square of the
/// excess, so that the origin does less the more is asked of it.
struct GateWorld {
    private enum Event {
        case arrival, answer(start: Tick), timer
    }

    var gate: LoadGate<Int>
    private(set) var (arrived, answered, dropped, full) = (0, 0, 0, 0)
    private(set) var mostAtOnce = 0
    /// In the first tenth of a second.
    private(set) var mostAtOnceEarly = 0
    /// Nanoseconds that a load waited before it was let in.
    private(set) var worstWait: UInt64 = 0

    private let bears: Int
    private var random: SeededRandom
    private var timeline = Timeline<Event>()
    private var since: [Int: Tick] = [:]

    init(
        seed: UInt64, bears: Int, limit: ConcurrencyLimit.Configuration, slowStart: Duration
    ) throws {
        let start = Tick(nanoseconds: 0)
        gate = LoadGate(
            limit: try ConcurrencyLimit(limit, at: start), queue: try LoadQueue(),
            slowStart: SlowStart(first: Ratio(millionths: 250_000), duration: slowStart, at: start))
        self.bears = bears
        random = SeededRandom(seed: seed)
    }

    /// Lets `offered` times as much come in as the origin bears.
    mutating func run(for duration: Duration, offered: Int) throws {
        let gap = Duration.milliseconds(100) / bears / offered
        timeline.add(.arrival, at: Tick(nanoseconds: 0))
        timeline.add(.timer, at: Tick(nanoseconds: 0))
        while let (now, event) = timeline.next(until: .at(duration)) {
            var step = LoadGate<Int>.Step()
            switch event {
            case .arrival:
                arrive(at: now)
                let jitter = Double.random(in: 0.5...1.5, using: &random)
                timeline.add(.arrival, at: now.advanced(by: gap * jitter))
            case .answer(let start):
                answered += 1
                let took = Duration(tickNanoseconds: now.nanoseconds(since: start))
                gate.leave(.answered(after: took), at: now, &step)
            case .timer:
                gate.advance(at: now, &step)
                let next = gate.nextStep(at: now) ?? now.advanced(by: .milliseconds(50))
                timeline.add(.timer, at: max(next, now.advanced(by: .milliseconds(5))))
            }
            dropped += step.dropped.count
            for load in step.started {
                worstWait = max(worstWait, now.nanoseconds(since: since[load] ?? now))
                start(at: now)
            }
            try gate.queue.checkInvariantsNowAndThen(arrived)
        }
    }

    private mutating func arrive(at now: Tick) {
        arrived += 1
        since[arrived] = now
        switch gate.enter(arrived, deadline: now.advanced(by: .seconds(5)), at: now) {
        case .go: start(at: now)
        case .wait: break
        case .full: full += 1
        }
    }

    private mutating func start(at now: Tick) {
        let load = gate.limit.inFlight
        mostAtOnce = max(mostAtOnce, load)
        if now < .at(.milliseconds(100)) { mostAtOnceEarly = max(mostAtOnceEarly, load) }
        let excess = max(1, Double(load) / Double(bears))
        let time = 0.1 * excess * excess * Double.random(in: 0.8...1.2, using: &random)
        timeline.add(.answer(start: now), at: now.advanced(by: .seconds(time)))
    }
}

extension LoadQueue {
    /// Each time would be quadratic.
    fileprivate func checkInvariantsNowAndThen(_ count: Int) throws {
        if count % 500 == 0 { try checkInvariants() }
    }
}
