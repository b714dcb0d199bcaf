import LarderAssembly
import LarderCore
import LarderHierarchy
import LarderMemory

/// What a command does to one key whose writes go to its origin.
struct OriginWrite: Sendable {
    let key: Key
    /// What is stored; nil: the key is deleted.
    let entry: Entry?
    let expiry: Moment
    let plan: NamespacePlan
    /// Nil for a deletion that the origin is not told of.
    let origin: (any Origin)?
}

/// Writes to origins, for each key one after the other.
final class OriginWrites: Sendable {
    typealias LaneID = WriteLanes<LoadWaiter>.LaneID

    private let lanes = Guarded(WriteLanes<LoadWaiter>())
    private let store: ByteStore
    private let post: LandingPost

    init(store: ByteStore, post: LandingPost) {
        self.store = store
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

    /// Has the origins take `writes`, does the same in memory, then tells `waiter`. Nobody sees
    /// before what the origin has not.
    func start(_ writes: [OriginWrite], _ lane: LaneID, for waiter: LoadWaiter) {
        // What loads have read so far may be out of date when this is done.
        for write in writes { bump(write.key) }
        Task(name: "write to an origin", executorPreference: WorkerExecutor.shared) { [self] in
            var failure: SourceFailure?
            for write in writes {
                let outcome = await Self.ask(write)
                apply(write, outcome)
                switch outcome {
                case .applied: continue
                case .refused(let reason), .unknown(let reason): failure = failure ?? reason
                }
            }
            leave(lane)
            post.written(waiter, failure)
        }
    }

    private static func ask(_ write: OriginWrite) async -> WriteOutcome {
        guard let origin = write.origin else { return .applied }
        let outcomes =
            if let entry = write.entry {
                await origin.write([entry])
            } else {
                await origin.remove([write.key])
            }
        let silent = SourceFailure(source: origin.name, cause: .corrupt, detail: "no outcome")
        return outcomes.first ?? .unknown(silent)
    }

    /// Does in memory what became of a write. What may have happened or not is dropped.
    private func apply(_ write: OriginWrite, _ outcome: WriteOutcome) {
        let now = Moment(MonotonicClock.now())
        let key = unsafe write.key.bytes.span.bytes
        if case .refused = outcome { return }
        store.withKey(key, store.hash(key), database: 0, at: now) { access in
            guard outcome == .applied, write.plan.write == .through, let entry = write.entry,
                write.expiry > now,
                unsafe access.put(
                    entry.value.span.bytes, expiry: write.expiry, flags: entry.flags,
                    version: entry.version) == .stored
            else { return access.remove() }
        }
        bump(write.key)
    }

    private func bump(_ key: Key) {
        unsafe store.moveGeneration(of: store.hash(key.bytes.span.bytes))
    }
}
