import LarderCore
import LarderPolicy
import Synchronization
import Testing

@testable import LarderMemory

@Suite struct BudgetAndLockTests {
    @Test func `a shard lock lets one thread in at a time`() async {
        let counter = LockedCounter()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<2 {
                group.addTask { counter.count(times: 500_000) }
            }
        }
        #expect(counter.value == 1_000_000)
    }

    @Test func `a lock that is held cannot be tried`() {
        let lock = SpinLock()
        let first = lock.tryLock()
        let second = lock.tryLock()
        lock.unlock()
        let third = lock.tryLock()
        #expect([first, second, third] == [true, false, true])
    }

    /// Fails when `reserve` looks at the sum before it adds, without comparing when it exchanges.
    @Test func `two threads never reserve more than the budget has`() async {
        let budget = PageBudget(limit: 1000)
        await withTaskGroup(of: Void.self) { group in
            for size in [7, 11] {
                group.addTask {
                    for _ in 0..<20_000 where budget.reserve(size * 50) {
                        budget.release(size * 50)
                    }
                }
            }
        }
        #expect(budget.used == 0)
        #expect(budget.peak <= 1000 && budget.peak >= 550)
    }

    @Test func `a budget refuses what it has not, and counts it`() {
        let budget = PageBudget(limit: 100)
        #expect(budget.reserve(100))
        #expect(budget.reserve(1) == false)
        #expect(budget.refusalCount == 1)
        budget.setLimit(50)
        #expect(budget.available == -50)
        budget.release(60)
        #expect(budget.reserve(10))
        #expect(budget.used == 50)
    }

    @Test(arguments: PolicyKind.allCases)
    func `a driver passes everything on to its policy`(kind: PolicyKind) {
        var driver = PolicyDriver(kind)
        var victims: [SlotID] = []
        for slot in 0..<UInt32(10) {
            driver.admit(
                SlotID(rawValue: slot), Access(hash: UInt64(slot) << 32, weight: 10),
                room: max(0, 100 - Int(slot) * 10), evicting: &victims)
        }
        #expect(victims.isEmpty)
        #expect(driver.storageBytes > 0)
        driver.admit(
            SlotID(rawValue: 10), Access(hash: 77, weight: 10), room: 0, evicting: &victims)
        #expect(victims == [SlotID(rawValue: 0)])
        driver.touch(SlotID(rawValue: 1), Access(hash: 1 << 32, weight: 20))
        var left = 0
        while let coldest = driver.coldest() {
            driver.remove(coldest)
            left += 1
        }
        #expect(left == 10)
    }
}

/// A plain counter behind a shard lock.
// Safety: `value` is written between `lock` and `unlock` only, and read when all are done.
private final class LockedCounter: @unchecked Sendable {
    private let lock = SpinLock()
    private(set) var value = 0

    private let ready = Atomic<Int>(0)

    /// Begins when two threads are here, so that they do meet; or after a while.
    func count(times: Int) {
        ready.add(1, ordering: .acquiringAndReleasing)
        for _ in 0..<1_000_000 where ready.load(ordering: .acquiring) < 2 {}
        for _ in 0..<times {
            _ = lock.lock()
            value += 1
            lock.unlock()
        }
    }
}
