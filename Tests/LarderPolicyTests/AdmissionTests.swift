import LarderCore
@testable import LarderPolicy
import Testing

extension Admitting: CheckedPolicy where Base: CheckedPolicy & ~Copyable, Filter: ~Copyable {
    func checkInvariants() throws(InvariantViolation) {
        try base.checkInvariants()
    }
}

@Suite struct AdmissionTests {
    @Test(arguments: UInt64(0)..<64)
    func `second hit before LRU agrees with the model`(seed: UInt64) throws {
        let policy = Admitting<SecondHitFilter, Lru>(slotCapacity: PolicyOperation.slotCapacity)
        let model = AdmittingModel(.secondHit(seen: []), ListModel(movesOnTouch: true))
        try expectAgreement(of: policy, with: model, seed: seed)
    }

    @Test(arguments: UInt64(0)..<64)
    func `TinyLFU before FIFO agrees with the model`(seed: UInt64) throws {
        let policy = Admitting<TinyLfuFilter, Fifo>(slotCapacity: PolicyOperation.slotCapacity)
        let model = AdmittingModel(
            .tinyLfu(FrequencySketchModel()), ListModel(movesOnTouch: false))
        try expectAgreement(of: policy, with: model, seed: seed)
    }

    @Test(arguments: [PolicyOptions.Admission.tinylfu, .secondHit])
    func `a filter keeps what comes once from pushing out the rest`(
        admission: PolicyOptions.Admission
    ) {
        // Every second request is for one of 100 keys, all others come once.
        let requests = (0..<20_000).map { number in
            let key = number % 2 == 0 ? number / 2 % 100 : 1000 + number
            return (KeyHasherForTests.hash(UInt64(key)), UInt32(1))
        }
        var options = PolicyOptions()
        options.admission = admission
        let missCount = PolicyName.lru.missCount(
            capacity: .entries(110), options: options, requests: requests)
        #expect(missCount < 10_000 + 500)
        // Without it, each comes too late.
        let plain = PolicyName.lru.missCount(capacity: .entries(110), requests: requests)
        #expect(plain == 20_000)
    }

    @Test(arguments: PolicyOptions.Admission.allCases)
    func `a filter turns nobody away while there is room`(admission: PolicyOptions.Admission) {
        let requests = PolicyLoopTests.requests
        var options = PolicyOptions()
        options.admission = admission
        for name in PolicyName.allCases {
            let missCount = name.missCount(
                capacity: .entries(5000), options: options, requests: requests)
            #expect(missCount == Set(requests.map(\.hash)).count)
        }
    }

    @Test func `the size filter finds that small ones are worth more`() {
        // 400 small keys, and as many that are 100 times as large and asked for as often: there is
        // room for all small ones, or for 5 large ones.
        var random = SeededRandom(seed: 1)
        let requests = (0..<100_000).map { _ in
            let key = random.next() % 800
            return Access(hash: KeyHasherForTests.hash(key), weight: key < 400 ? 10 : 1000)
        }
        let plain = PolicyRun(Lru(slotCapacity: 1000), capacity: .bytes(5000))
        plain.run(requests.span)
        let filtered = PolicyRun(Self.filteredLru(), capacity: .bytes(5000))
        filtered.run(requests.span)
        let hits = (plain.tally(), filtered.tally())
        #expect(hits.0.requestCount - hits.0.missCount < 4000)
        #expect(hits.1.requestCount - hits.1.missCount > 35_000)
    }

    private static func filteredLru() -> Admitting<SizeFilter, Lru> {
        Admitting(
            Lru(slotCapacity: 1000), filter: SizeFilter(sampleLength: 5000))
    }

    @Test func `the size filter lets all in where sizes are alike`() {
        var options = PolicyOptions()
        options.admission = .size
        let requests = Array(repeatElement(PolicyLoopTests.requests, count: 6).joined())
        let filtered = PolicyName.lru.missCount(
            capacity: .entries(500), options: options, requests: requests)
        let plain = PolicyName.lru.missCount(capacity: .entries(500), requests: requests)
        #expect(filtered <= plain + plain / 100)
    }

    @Test func `notes are forgotten after a while, and not before`() {
        var filter = SecondHitFilter(slotCapacity: 0)
        let place = AdmissionPlace(capacity: 10, missing: 1, entryCount: 10, coldest: nil)
        var (admitted, forgotten) = (0, 0)
        for key in UInt64(0)..<10_000 {
            let now = Access(hash: KeyHasherForTests.hash(key), weight: 1)
            if filter.admits(SlotID(rawValue: 0), now, to: place) { admitted += 1 }
            guard key >= 1000 else { continue }
            let recent = Access(hash: KeyHasherForTests.hash(key - 1000), weight: 1)
            if !filter.admits(SlotID(rawValue: 0), recent, to: place) { forgotten += 1 }
        }
        // Who was taken for another at first has no note.
        #expect(admitted < 100)
        #expect(forgotten < 100)
        let first = Access(hash: KeyHasherForTests.hash(0), weight: 1)
        #expect(filter.admits(SlotID(rawValue: 0), first, to: place) == false)
    }
}
