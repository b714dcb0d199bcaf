import LarderCore
import Synchronization

/// Pieces of large values whose last reader is gone, on their way back to their shard.
///
/// The last reader may be any thread, one that holds the shard's lock included; so it leaves the
/// pieces here, under a lock that is never held while another is taken.
final class PieceReturns: Sendable {
    private let pieces = Guarded<[BlockRef]>([])
    /// Relaxed: a hint that saves the lock; what it announces is read under the lock.
    private let isFilled = Atomic<Bool>(false)

    var isEmpty: Bool { !isFilled.load(ordering: .relaxed) }

    func add(_ returned: [BlockRef]) {
        pieces.withLock { $0.append(contentsOf: returned) }
        isFilled.store(true, ordering: .relaxed)
    }

    /// Takes out up to `limit` pieces.
    func take(limit: Int) -> [BlockRef] {
        pieces.withLock { pieces in
            let count = min(limit, pieces.count)
            let taken = Array(pieces.suffix(count))
            pieces.removeLast(count)
            isFilled.store(!pieces.isEmpty, ordering: .relaxed)
            return taken
        }
    }
}
