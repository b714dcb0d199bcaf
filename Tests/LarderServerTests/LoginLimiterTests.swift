import LarderCore
import LarderRuntime
import LarderTesting
import Testing

@testable import LarderServer

@Suite(.onOwnThread) struct LoginLimiterTests {
    private static func address(_ number: Int) -> NetworkAddress {
        NetworkAddress(forTesting: UInt64(number))
    }

    @Test func `some failures cost nothing, then each doubles the wait up to a bound`() {
        var limiter = LoginLimiter()
        var clock = ManualClock()
        var waits: [Duration] = []
        for _ in 0..<30 {
            limiter.noteFailure(from: Self.address(1), at: clock.now)
            let wait = limiter.wait(for: Self.address(1), at: clock.now) ?? .zero
            waits.append(wait)
            clock.advance(by: wait)
            #expect(limiter.wait(for: Self.address(1), at: clock.now) == nil)
        }
        let free = LoginLimiter.freeFailures
        #expect(waits.prefix(free).allSatisfy { $0 == .zero })
        #expect(Array(waits[free..<free + 3]) == [1, 2, 4].map { .milliseconds(100 * $0) })
        #expect(waits.last == LoginLimiter.waitMax)
    }

    @Test func `others do not wait`() {
        var limiter = LoginLimiter()
        let now = ManualClock().now
        for _ in 0..<20 { limiter.noteFailure(from: Self.address(1), at: now) }
        #expect(limiter.wait(for: Self.address(1), at: now) != nil)
        #expect(limiter.wait(for: Self.address(2), at: now) == nil)
    }

    @Test func `what is long ago is forgotten`() {
        var limiter = LoginLimiter()
        var clock = ManualClock()
        for _ in 0..<20 { limiter.noteFailure(from: Self.address(1), at: clock.now) }
        clock.advance(by: LoginLimiter.memory)
        limiter.noteFailure(from: Self.address(1), at: clock.now)
        #expect(limiter.wait(for: Self.address(1), at: clock.now) == nil)
    }

    @Test func `the table is bounded, and keeps those who fail most`() {
        var limiter = LoginLimiter()
        var clock = ManualClock()
        for _ in 0..<20 { limiter.noteFailure(from: Self.address(0), at: clock.now) }
        for number in 1...3 * LoginLimiter.addressesMax {
            clock.advance(by: .nanoseconds(1))
            limiter.noteFailure(from: Self.address(number), at: clock.now)
        }
        #expect(limiter.count == LoginLimiter.addressesMax)
        #expect(limiter.wait(for: Self.address(0), at: clock.now) != nil)
    }
}

@Suite(.onOwnThread) struct AccessLogTests {
    private static func entry(_ user: String, at seconds: UInt64 = 0) -> AccessLog.Entry {
        AccessLog.Entry(
            reason: .auth, isInTransaction: false, object: Array("AUTH".utf8), user: user,
            at: Tick(nanoseconds: seconds * 1_000_000_000), client: "")
    }

    @Test func `the same refusal is counted, and comes to the front`() {
        let log = AccessLog()
        for user in ["a", "b", "a"] { log.add(Self.entry(user)) }
        #expect(log.first(10).map(\.user) == ["a", "b"])
        #expect(log.first(10).map(\.count) == [2, 1])
        log.add(Self.entry("b", at: 61))
        #expect(log.first(10).map(\.count) == [1, 2, 1])
    }

    @Test func `it is bounded`() {
        let log = AccessLog()
        for number in 0..<1000 { log.add(Self.entry("\(number)")) }
        #expect(log.first(.max).count == AccessLog.entriesMax)
        #expect(log.first(1).map(\.user) == ["999"])
        log.removeAll()
        #expect(log.first(-1).isEmpty && log.first(1).isEmpty)
    }
}
