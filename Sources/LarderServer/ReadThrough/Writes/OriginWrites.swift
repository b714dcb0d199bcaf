import LarderCore
import LarderHierarchy
import LarderMemory

/// What a command does to one key whose writes go to its origin.
struct OriginWrite: Sendable {
    let change: OriginChange
    let source: ReadThrough.ServerSource
    /// Place of the rules of its namespace in the source.
    let binding: Int
    /// Nil for all but a deletion that the origin is not told of: memory, which drops the key.
    let store: ByteStore?
}

/// Writes to origins, for each key one after the other.
final class OriginWrites: Sendable {
    typealias LaneID = WriteLanes<LoadWaiter>.LaneID

    private let lanes = Guarded(WriteLanes<LoadWaiter>())
    private let post: LandingPost

    init(post: LandingPost) {
        self.post = post
    }

    func enter(_ keys: [Key], _ waiter: LoadWaiter) -> (id: LaneID, mayGo: Bool)? {
        lanes.withLock { $0.enter(keys, waiter) }
    }

    /// A write that no origin was asked for yet does not come about.
    func end(of wait: ConnectionWait) {
        defer { wait.write = nil }
        switch wait.write?.state {
        case .queues, .held: if let lane = wait.write?.lane { leave(lane) }
        case .asked, .done, nil: return
        }
    }

    /// Lets the next ones write.
    func leave(_ lane: LaneID) {
        post.granted(lanes.withLock { $0.leave(lane) })
    }

    /// Has the origins take `writes`, one after the other up to the first that fails, then tells
    /// `waiter`. Nobody sees before what the origin has not.
    func start(_ writes: [OriginWrite], _ lane: LaneID, for waiter: LoadWaiter) {
        Task(name: "write to an origin", executorPreference: WorkerExecutor.shared) { [self] in
            var failure: SourceFailure?
            for write in writes where failure == nil {
                switch await write.outcome() {
                case .applied: continue
                case .refused(let reason), .unknown(let reason): failure = reason
                }
            }
            leave(lane)
            post.written(waiter, failure)
        }
    }
}

extension OriginWrite {
    /// What became of it, when memory knows too.
    fileprivate func outcome() async -> WriteOutcome {
        guard let store else { return await source.write(change, binding: binding) }
        let announced = source.beginWrite(of: [change.key], binding: binding)
        let key = unsafe change.key.bytes.span.bytes
        let now = Moment(MonotonicClock.now())
        store.withKey(key, store.hash(key), database: 0, at: now) { $0.remove() }
        store.moveGeneration(of: store.hash(key))
        source.endWrite(announced)
        return .applied
    }
}
