import CSocket
import Glibc
import LarderCore
import Synchronization

/// A bounded queue into a loop, from any thread. An eventfd wakes the loop, once per batch.
final class Mailbox: Sendable {
    /// Read by the loop: readable while messages wait.
    let descriptor: Int32
    private let limit: Int
    private let messages = Guarded<[Message]>([])
    /// Whether the loop knows already. Set under the lock that guards the messages.
    private let isSignalled = Atomic<Bool>(false)

    init(limit: Int) throws(RuntimeError) {
        self.limit = limit
        descriptor = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
        guard descriptor >= 0 else {
            throw .cannotStart(what: "the event loop", cause: Sockets.errorText())
        }
    }

    deinit {
        Glibc.close(descriptor)
    }

    /// Whether something waits. Cheap enough for every turn: one relaxed load.
    var hasMessages: Bool { isSignalled.load(ordering: .relaxed) }

    /// False when it is full. What must not be lost is `urgent`, and rare.
    func put(_ message: Message, isUrgent: Bool = false) -> Bool {
        let wasPut = messages.withLock { waiting in
            guard isUrgent || waiting.count < limit else { return false }
            waiting.append(message)
            return true
        }
        if wasPut, !isSignalled.exchange(true, ordering: .acquiringAndReleasing) {
            _ = eventfd_write(descriptor, 1)
        }
        return wasPut
    }

    /// All that waits, in order.
    func takeAll() -> [Message] {
        var count: eventfd_t = 0
        _ = unsafe eventfd_read(descriptor, &count)
        // The flag first: whoever puts after this signals again.
        isSignalled.store(false, ordering: .sequentiallyConsistent)
        return messages.withLock { waiting in
            let taken = waiting
            waiting = []
            return taken
        }
    }
}
