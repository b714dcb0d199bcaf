import LarderCore
import Testing

@testable import LarderServer

@Suite(.onOwnThread) struct TimingTests {
    private func timing(_ change: (inout TimingSettings.Values) -> Void) -> CommandTiming {
        let settings = TimingSettings()
        settings.change { values in
            values.slowMicroseconds = 10_000
            change(&values)
        }
        var timing = CommandTiming(seed: 1)
        timing.follow(settings)
        return timing
    }

    @Test func `about one small command in 64 is timed`() {
        var timing = timing { _ in }
        var counts: [CommandTiming.Kind: Int] = [:]
        for _ in 0..<64_000 { counts[timing.next(isSmall: true, isFirst: false), default: 0] += 1 }
        #expect((900...1_100).contains(counts[.precisely, default: 0]))
        #expect(counts[.not] == nil)
        timing.isInGroup = true
        let kinds = [
            timing.next(isSmall: false, isFirst: false), timing.next(isSmall: true, isFirst: true),
        ]
        #expect(kinds == [.precisely, .precisely])
    }

    @Test func `without anybody who wants to know, no clock is read for small commands`() {
        var timing = timing { $0.slowMicroseconds = nil }
        let kinds = (0..<640).map { _ in timing.next(isSmall: true, isFirst: false) }
        #expect(!kinds.contains(.roughly) && kinds.count { $0 == .precisely } < 100)
    }

    @Test func `a low threshold, or a reader, has every command timed`() {
        for change: (inout TimingSettings.Values) -> Void in [
            { $0.slowMicroseconds = 0 }, { $0.latencyMilliseconds = 1 }, { $0.watchers = 1 },
        ] {
            var timing = timing(change)
            let kinds = (0..<1_000).map { _ in timing.next(isSmall: true, isFirst: false) }
            #expect(kinds.allSatisfy { $0 == .precisely })
        }
    }

    @Test func `after half the threshold all are timed for a while`() {
        var timing = timing { _ in }
        let noticed = [timing.isNoticeable(5_000_000), timing.isNoticeable(5_000_001)]
        #expect(noticed == [false, true])
        let first = (0..<1_024).map { _ in timing.next(isSmall: true, isFirst: false) }
        #expect(first.allSatisfy { $0 == .precisely })
        let kinds = (0..<640).map { _ in timing.next(isSmall: true, isFirst: false) }
        #expect(kinds.count { $0 == .precisely } < 100)
    }

    @Test func `buckets are narrow and in order`() {
        var last = -1
        for exponent in 0..<40 {
            for offset: UInt64 in [0, 1, 3, 7] {
                let time = 1 << UInt64(exponent) + offset << UInt64(max(0, exponent - 3))
                let bucket = LatencyHistogram.bucket(of: time)
                let end = LatencyHistogram.upperBound(of: bucket)
                #expect(end >= time && end - time <= time / 32, "\(time)")
                #expect(bucket >= last)
                last = offset == 0 ? bucket : last
            }
        }
        #expect(LatencyHistogram.bucket(of: .max) == LatencyHistogram.bucket(of: .max - 1))
    }

    @Test func `percentiles and doublings tell what was counted`() {
        var histogram = LatencyHistogram()
        for time: UInt64 in 1...100 { histogram.add(nanoseconds: time * 1_000, weight: 1) }
        #expect((50_000...51_600).contains(histogram.percentile(50)))
        #expect((99_000...102_200).contains(histogram.percentile(99)))
        let rows = histogram.doublings
        #expect(rows.map(\.microseconds) == [1, 2, 4, 8, 16, 32, 65, 131])
        #expect(rows.map(\.count) == rows.map(\.count).sorted() && rows.last?.count == 100)
        var sum = LatencyHistogram()
        sum.merge(histogram)
        sum.merge(histogram)
        #expect(sum.total == 200 && sum.percentile(50) == histogram.percentile(50))
        #expect(LatencyHistogram().percentile(99) == 0)
    }

    @Test func `a timed command stands for those since the last one`() {
        let times = CommandTimes(count: 2)
        times.note(1, nanoseconds: 1_000, calls: 1)
        times.note(1, nanoseconds: 3_000, calls: 101)
        #expect(times[1].calls == 101 && times[1].histogram.total == 101)
        #expect(times[1].microseconds(of: 202) == 602)
        #expect(times[0].microseconds(of: 5) == 0)
        times.reset()
        times.note(1, nanoseconds: 2_000, calls: 111)
        #expect(times[1].calls == 10 && times[1].microseconds(of: 10) == 20)
    }

    @Test func `arguments are shortened as redis does`() {
        let long = SlowArguments.shortened([Array(repeating: 97, count: 130)])
        #expect(
            String(decoding: long[0].suffix(22), as: UTF8.self) == "aa... (2 more bytes)".padded)
        let many = SlowArguments.shortened(Array(repeating: [97], count: 40))
        #expect(many.count == 32)
        #expect(String(decoding: many[31], as: UTF8.self) == "... (9 more arguments)")
        #expect(SlowArguments.shortened(Array(repeating: [97], count: 32)).last == [97])
    }

    private func entry(_ byteCount: Int) -> SlowLog.Entry {
        SlowLog.Entry(
            seconds: 0, microseconds: 0, arguments: [[UInt8](repeating: 0, count: byteCount)],
            address: "", name: "")
    }

    @Test func `the slow log forgets the oldest, also when the bound is lowered`() {
        let log = SlowLog()
        for number in 0..<100 { log.add(entry(number), limit: 10) }
        #expect(log.last(.max).map(\.id) == (90..<100).reversed().map { Int64($0) })
        #expect(log.last(2).map { $0.arguments[0].count } == [99, 98])
        log.add(entry(0), limit: 3)
        #expect(log.last(.max).map(\.id) == [100, 99, 98])
        log.add(entry(0), limit: 0)
        #expect(log.count == 0 && log.byteCount == 0)
        log.reset()
        log.add(entry(0), limit: 3)
        #expect(log.last(5).map(\.id) == [102])
    }

    @Test func `the slow log is bounded in bytes, whatever its length`() {
        let log = SlowLog()
        for _ in 0..<10_000 { log.add(entry(4000), limit: .max) }
        #expect(log.byteCount <= SlowLog.bytesMax && log.byteCount > SlowLog.bytesMax - 5000)
        #expect(log.last(1).map(\.id) == [9_999])
        #expect(log.count == log.last(.max).count)
    }

    /// Fails when the oldest goes by moving all others.
    @Test func `a long slow log is as quick as a short one`() {
        let entry = entry(1)
        func threadTime(limit: Int) -> Duration {
            let log = SlowLog()
            for _ in 0..<limit { log.add(entry, limit: limit) }
            let begin = MonotonicClock.threadTime()
            for _ in 0..<10_000 { log.add(entry, limit: limit) }
            #expect(log.count == limit)
            return MonotonicClock.threadTime() - begin
        }
        let (short, long) = (threadTime(limit: 50), threadTime(limit: 50_000))
        #expect(long < short * 10, "\(long) instead of \(short)")
    }

    @Test func `an event keeps the longest of each second, at most 160`() throws {
        let monitor = LatencyMonitor()
        for second: Int64 in 0..<200 {
            monitor.note("command", milliseconds: second, at: second)
            monitor.note("command", milliseconds: 5, at: second)
        }
        let event = try #require(monitor.event("command"))
        #expect(event.longest == 199 && event.samples.count == LatencyMonitor.sampleMax)
        #expect(event.samples.last == .init(seconds: 199, milliseconds: 199))
        #expect(monitor.reset(["none"]) == 0 && monitor.reset([]) == 1 && monitor.all.isEmpty)
    }

    @Test func `a graph has a column for each second`() throws {
        let monitor = LatencyMonitor()
        for (second, time) in [(10, 1), (20, 2), (70, 13)] as [(Int64, Int64)] {
            monitor.note("e", milliseconds: time, at: second)
        }
        let event = try #require(monitor.event("e"))
        let lines = LatencyGraph(event, named: "e", now: 80).text.split(
            separator: "\n", omittingEmptySubsequences: false)
        #expect(lines[0] == "e - high 13 ms, low 1 ms (all time high 13 ms)")
        #expect(lines[2...5] == ["  #", "  |", "  |", "_o|"])
        #expect(lines[6...9] == ["   ", "111", "mm0", "  s"])
    }
}

extension String {
    /// What stands before it of a word of the letter a.
    fileprivate var padded: String { String(repeating: "a", count: 22 - count) + self }
}
