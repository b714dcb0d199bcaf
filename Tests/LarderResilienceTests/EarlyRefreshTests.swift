import Glibc
import LarderCore
import LarderTesting
import Testing

@testable import LarderResilience

@Suite struct EarlyRefreshTests {
    private let created = Tick.at(.seconds(100))
    private let expires = Tick.at(.seconds(160))

    /// Share of 4,000 reads at `now` that refresh.
    private func share(
        _ refresh: EarlyRefresh, at now: Tick, cost: Duration, seed: UInt64 = 1
    ) -> Double {
        var random = SeededRandom(seed: seed)
        let hits = (0..<4000).count { _ in
            refresh.isDue(
                at: now, created: created, expires: expires, cost: cost, using: &random)
        }
        return Double(hits) / 4000
    }

    @Test(arguments: [0.5, 1, 2], [1, 3, 7])
    func `the chance grows to the end as the paper says`(beta: Double, costs: Int) {
        let refresh = EarlyRefresh(beta: beta, refreshAt: Ratio(millionths: 1_000_000))
        let cost = Duration.seconds(1)
        let now = Tick.at(.seconds(160 - costs))
        let expected = exp(-Double(costs) / beta)
        #expect(abs(share(refresh, at: now, cost: cost) - expected) < 0.03)
        #expect(share(refresh, at: expires, cost: cost) == 1)
    }

    @Test func `what loads fast is refreshed late, what is free only at its share`() {
        let refresh = EarlyRefresh(refreshAt: Ratio(millionths: 900_000))
        let now = Tick.at(.milliseconds(153_900))
        #expect(share(refresh, at: now, cost: .milliseconds(5)) == 0)
        #expect(share(refresh, at: now, cost: .seconds(10)) > 0.4)
        #expect(share(refresh, at: .at(.seconds(154)), cost: .zero) == 1)
    }

    @Test(arguments: UInt64(0)..<1000)
    func `nothing is due before it begins, and all from the share on`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let refresh = EarlyRefresh(
            beta: .random(in: 0...3, using: &random),
            refreshAt: Ratio(millionths: .random(in: 0...1_000_000, using: &random)))
        let cost = Duration.milliseconds(Int.random(in: 0...20_000, using: &random))
        let begin = refresh.begin(created: created, expires: expires, cost: cost)
        #expect(begin >= created && begin <= expires)
        let share = created.advanced(by: .seconds(60) * refresh.refreshAt.fraction)
        for _ in 0..<50 {
            let now = Tick.at(.milliseconds(Int.random(in: 100_000..<160_000, using: &random)))
            let isDue = refresh.isDue(
                at: now, created: created, expires: expires, cost: cost, using: &random)
            if now < begin { #expect(!isDue) }
            if now > share { #expect(isDue) }
        }
    }

    /// What the whole is for: no reader ever finds the entry expired, and few refresh in vain.
    @Test(arguments: UInt64(0)..<1000)
    func `a key that is read often never expires, and is loaded about once per TTL`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let refresh = EarlyRefresh(refreshAt: Ratio(millionths: 950_000))
        let (ttl, cost) = (Duration.seconds(10), Duration.milliseconds(100))
        var (created, loads, expired, now) = (Tick.at(.zero), 0, 0, Tick.at(.zero))
        var landing: Tick?
        while now < .at(.seconds(30)) {
            now = now.advanced(by: .milliseconds(Int.random(in: 1...60, using: &random)))
            if let end = landing, end <= now { (created, landing) = (end, nil) }
            let expires = created.advanced(by: ttl)
            if now >= expires { expired += 1 }
            if landing == nil,
                refresh.isDue(
                    at: now, created: created, expires: expires, cost: cost, using: &random)
            {
                loads += 1
                landing = now.advanced(by: cost)
            }
        }
        #expect(expired == 0)
        #expect((3...4).contains(loads))
    }

    @Test func `jitter only shortens, and spreads over its whole share`() {
        var random = SeededRandom(seed: 8)
        let jitter = TTLJitter(share: Ratio(millionths: 100_000))
        let ttls = (0..<10_000).map { _ in jitter.applied(to: .seconds(100), using: &random) }
        #expect(ttls.allSatisfy { $0 >= .seconds(90) && $0 <= .seconds(100) })
        for tenth in 0..<10 {
            let band = ttls.count { $0 >= .seconds(90 + tenth) && $0 < .seconds(91 + tenth) }
            #expect(abs(band - 1000) < 150)
        }
        let none = TTLJitter(share: Ratio(millionths: 0))
        #expect(none.applied(to: .seconds(5), using: &random) == .seconds(5))
    }
}
