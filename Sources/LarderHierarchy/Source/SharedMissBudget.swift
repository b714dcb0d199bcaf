public import LarderResilience
import LarderCore

/// The places for loads that all sources share.
///
/// A source that finds none is woken when there may be one again. Any thread may call it; it is the
/// last lock that is taken, and wakes nobody under it.
public final class SharedMissBudget: Sendable {
    private struct State {
        var budget: MissBudget
        var waiting: Set<Int> = []
        var wakers: [Int: @Sendable () -> Void] = [:]
    }

    private let state: Guarded<State>

    /// Shares `budget` out.
    public init(_ budget: MissBudget) {
        state = Guarded(State(budget: budget))
    }

    /// Loads under way, all origins together.
    public var inUse: Int { state.withLock { $0.budget.inUse } }
    /// How often there was no place.
    public var refusedCount: Int { state.withLock { $0.budget.refusedCount } }

    /// Shares `total` places out anew, as `MissBudget.share` does, and wakes who waits.
    ///
    /// - Throws: `OutOfBounds` if there is not at least a place for each origin.
    public func share(total: Int, originCount: Int) throws(OutOfBounds) {
        try state.withLock { state throws(OutOfBounds) in
            try state.budget.share(total: total, originCount: originCount)
        }
        wakeWaiting()
    }

    /// A part for one more origin.
    public func addShare() -> MissBudgetShare {
        share(of: state.withLock { $0.budget.addOrigin() })
    }

    /// The part of one origin, by its index in the budget.
    public func share(of origin: Int) -> MissBudgetShare {
        MissBudgetShare(budget: self, origin: origin)
    }

    /// Calls `waker` when `origin`, which was refused a place, may have one.
    func onRoom(for origin: Int, _ waker: @escaping @Sendable () -> Void) {
        state.withLock { $0.wakers[origin] = waker }
    }

    fileprivate func take(_ origin: Int) -> Bool {
        state.withLock { state in
            let isTaken = state.budget.take(origin)
            if !isTaken { state.waiting.insert(origin) }
            return isTaken
        }
    }

    fileprivate func giveBack(_ origin: Int) {
        state.withLock { $0.budget.giveBack(origin) }
    }

    /// Wakes those who wait and may have a place now. To be called outside of all locks.
    func wakeWaiting() {
        let wakers = state.withLock { state -> [@Sendable () -> Void] in
            let woken = state.waiting.filter { state.budget.hasRoom(for: $0) }
            state.waiting.subtract(woken)
            return woken.compactMap { state.wakers[$0] }
        }
        for waker in wakers { waker() }
    }
}

/// One source's part of the miss budget.
public struct MissBudgetShare: Sendable {
    let budget: SharedMissBudget
    let origin: Int

    func take() -> Bool { budget.take(origin) }
    func giveBack() { budget.giveBack(origin) }
}
