import LarderCore
import LarderTesting
import Testing

@testable import LarderMemory

@Suite struct RefreshLeadTests {
    @Test func `each code is a longer time than the one before, and its own`() {
        for code in UInt8(0)..<254 {
            let (one, next) = (RefreshLead(code: code), RefreshLead(code: code + 1))
            #expect(one.milliseconds < next.milliseconds)
            #expect(RefreshLead(milliseconds: one.milliseconds) == one)
        }
    }

    @Test func `a time is rounded up, by an eighth at the most`() {
        var random = SeededRandom(seed: 3)
        for bits in UInt64(0)..<64 {
            for _ in 0..<200 {
                let time = random.next() >> bits
                let lead = RefreshLead(milliseconds: time)
                #expect(lead.milliseconds >= time)
                #expect(lead == .always || lead.milliseconds <= time + time / 8)
                #expect(lead != .always || time > 15_000_000_000)
            }
        }
    }

    @Test(arguments: [
        (begin: 0, end: 0, now: 0, isQuiet: false), (begin: 0, end: 100, now: 0, isQuiet: false),
        (begin: 90, end: 100, now: 89, isQuiet: true),
        (begin: 90, end: 100, now: 90, isQuiet: false),
        (begin: 200, end: 100, now: 99, isQuiet: true),
        (begin: 200, end: 100, now: 100, isQuiet: false),
    ])
    func `quiet is what comes before its begin`(begin: Int, end: Int, now: Int, isQuiet: Bool) {
        let end = Moment(milliseconds: UInt64(end))
        let lead = RefreshLead(from: Moment(milliseconds: UInt64(begin)), to: end)
        #expect((lead.begin(before: end) > Moment(milliseconds: UInt64(now))) == isQuiet)
    }

    /// Fails when each hit of an entry that was loaded is looked at, or when its begin is missed.
    @Test func `a reader hears of an entry from its begin on`() {
        var fixture = StoreFixture()
        let value = Array("value".utf8)
        var provenance = fixture.provenance(fresh: 1000)
        provenance.consideredFrom = fixture.later(896)
        fixture.load("key", value, provenance)
        #expect(fixture.see("key") == .plain(value))
        fixture.advance(895)
        #expect(fixture.see("key") == .plain(value))
        fixture.advance(1)
        #expect(fixture.see("key") == .fresh(value))
    }
}
