import LarderCore
import LarderRuntime
import Synchronization

/// CLIENT PAUSE: who waits, for what, and until when. One for all loops.
///
/// A client that has to wait is not read from until its loop is told to go on; what it sent stays
/// where it is. So it costs nothing while it waits, and nothing is lost.
final class ClientPause: Sendable {
    /// What a pause holds back.
    enum Kind: UInt8, Comparable {
        /// Commands that write, or publish.
        case writes = 1
        case all = 2

        static func < (left: Kind, right: Kind) -> Bool { left.rawValue < right.rawValue }
    }

    private struct State {
        var kind: Kind?
        var end = Tick(nanoseconds: 0)
        var waiting: [UInt64: Client] = [:]

        mutating func takeWaiting() -> [UInt64: Client] {
            let all = waiting
            waiting = [:]
            return all
        }
    }

    private let state = Guarded(State())
    /// Relaxed: whether the state is worth a look. Loops ask it once per batch.
    private let isSet = Atomic<Bool>(false)

    @inline(__always) var isOn: Bool { isSet.load(ordering: .relaxed) }

    /// Begins a pause, or makes one longer and stricter.
    func begin(_ kind: Kind, from now: Tick, until end: Tick) {
        state.withLock { state in
            if now >= state.end { state.kind = nil }
            state.end = state.kind == nil ? end : max(state.end, end)
            state.kind = max(state.kind ?? kind, kind)
        }
        isSet.store(true, ordering: .relaxed)
    }

    /// What is held back now; nil when nothing is.
    func kind(at now: Tick) -> Kind? {
        state.withLock { now < $0.end ? $0.kind : nil }
    }

    /// Whether `client` has to wait for the end. If so, it is told.
    func postpones(_ client: Client, writes: Bool, at now: Tick) -> Bool {
        state.withLock { state in
            guard let kind = state.kind, now < state.end, writes || kind == .all else {
                return false
            }
            state.waiting[client.id.serial] = client
            client.isPostponed.store(true, ordering: .relaxed)
            return true
        }
    }

    /// Ends the pause, and lets go on who has waited.
    func end(_ traffic: Traffic) {
        let waiting = state.withLock { state in
            state.kind = nil
            isSet.store(false, ordering: .relaxed)
            return state.takeWaiting()
        }
        resume(waiting, traffic)
    }

    /// Ends the pause if its time is over. Called now and then by every loop.
    func keepHouse(at now: Tick, _ traffic: Traffic) {
        let waiting = state.withLock { state -> [UInt64: Client] in
            if state.kind != nil, now < state.end { return [:] }
            state.kind = nil
            isSet.store(false, ordering: .relaxed)
            return state.takeWaiting()
        }
        if !waiting.isEmpty { resume(waiting, traffic) }
    }

    private func resume(_ waiting: [UInt64: Client], _ traffic: Traffic) {
        for client in waiting.values {
            client.isPostponed.store(false, ordering: .relaxed)
            traffic.resume(client.id)
        }
    }

    /// A client is gone.
    func forget(_ client: Client) {
        state.withLock { _ = $0.waiting.removeValue(forKey: client.id.serial) }
    }
}
