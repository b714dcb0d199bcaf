import LarderPolicy
import Testing

extension Belady: CheckedPolicy {}
extension BeladySize: CheckedPolicy {}

/// The policies that know the future.
@Suite struct FuturePolicyTests {
    @Test(arguments: UInt64(0)..<64)
    func `Belady agrees with the model after every operation`(seed: UInt64) throws {
        let policy = Belady(slotCapacity: PolicyOperation.slotCapacity)
        try expectAgreement(of: policy, with: BeladyModel(), seed: seed)
    }

    @Test(arguments: UInt64(0)..<64)
    func `BeladySize agrees with the model after every operation`(seed: UInt64) throws {
        let policy = BeladySize(slotCapacity: PolicyOperation.slotCapacity)
        try expectAgreement(of: policy, with: BeladySizeModel(), seed: seed)
    }

    /// A loop over one key more than fits: LRU always throws away what comes next.
    @Test func `Belady keeps most of a loop that does not fit`() {
        let requests = (0..<1100).map { (hash: KeyHasherForTests.hash($0 % 11), size: UInt32(1)) }
        let lru = PolicyName.lru.missCount(capacity: .entries(10), requests: requests)
        let belady = PolicyName.belady.missCount(capacity: .entries(10), requests: requests)
        #expect(lru == 1100)
        #expect(belady == 11 + (1100 - 11) / 10)
    }

    /// A heavy entry, ten light ones and another; then all of them again, but one does not fit.
    @Test func `BeladySize keeps many light entries rather than a heavy one that is used sooner`() {
        let sizes: [UInt32] = [20] + [UInt32](repeating: 1, count: 10) + [10]
        let round = sizes.enumerated().map { (KeyHasherForTests.hash(UInt64($0)), $1) }
        let requests = (round + round).map { (hash: $0, size: $1) }
        let belady = PolicyName.belady.missCount(capacity: .bytes(35), requests: requests)
        let beladySize = PolicyName.beladysize.missCount(capacity: .bytes(35), requests: requests)
        #expect(belady == 17)
        #expect(beladySize == 13)
    }
}
