import Glibc
import LarderCore
public import Synchronization

/// What happened in a store and was not told yet, by the thread that did it.
///
/// Nothing is noted unless somebody wants it. Who runs an operation takes what it caused when no
/// shard is locked any more: entries that left to make room, in other shards too, are part of it.
/// So the order is that in which one thread did things, and each knows which command it ran.
public final class KeyEventLog: Sendable {
    /// A few threads share a stripe, should there be more threads than stripes.
    private static let stripeCount = 16
    /// Most bytes of the events of a stripe that nobody took. A command that is slower to take them
    /// than others to cause them loses some, and so does one that removes millions of keys at once.
    public static let bytesMax = 64 << 20

    private struct Noted {
        let thread: UInt
        let event: KeyEvent
    }

    private struct Stripe {
        var noted: [Noted] = []
        var byteCount = 0
    }

    @usableFromInline let bits = Atomic<UInt32>(0)
    private let stripes: [Guarded<Stripe>]
    private let lost = Atomic<UInt64>(0)

    init() {
        stripes = (0..<Self.stripeCount).map { _ in Guarded(Stripe()) }
    }

    /// The kinds that somebody wants. Relaxed: who has just begun to want them misses what happens
    /// at the same time.
    public var wanted: KeyEventKinds {
        get { KeyEventKinds(rawValue: bits.load(ordering: .relaxed)) }
        set { bits.store(newValue.rawValue, ordering: .relaxed) }
    }

    /// Whether anything is wanted: one load on the way of every command.
    public var isActive: Bool {
        @inlinable @inline(__always) get { bits.load(ordering: .relaxed) != 0 }
    }

    /// Events that were not noted since nobody took those before.
    public var lostCount: UInt64 { lost.load(ordering: .relaxed) }

    /// Counts events that somebody who took them could not keep.
    public func noteLost(_ count: Int) { lost.add(UInt64(count), ordering: .relaxed) }

    func add(_ event: KeyEvent) {
        let thread = UInt(pthread_self())
        let isNoted = stripe(thread).withLock { stripe in
            guard stripe.byteCount < Self.bytesMax else { return false }
            stripe.noted.append(Noted(thread: thread, event: event))
            stripe.byteCount += event.byteCount
            return true
        }
        if !isNoted { noteLost(1) }
    }

    /// Takes what this thread has caused since it last asked, in order.
    public func takeAll() -> [KeyEvent] {
        let thread = UInt(pthread_self())
        return stripe(thread).withLock { stripe in
            guard !stripe.noted.isEmpty else { return [] }
            let mine = stripe.noted.filter { $0.thread == thread }.map(\.event)
            if mine.count == stripe.noted.count {
                stripe.noted.removeAll(keepingCapacity: stripe.noted.count < 64)
                stripe.byteCount = 0
            } else if !mine.isEmpty {
                stripe.noted.removeAll { $0.thread == thread }
                stripe.byteCount -= mine.reduce(0) { $0 + $1.byteCount }
            }
            return mine
        }
    }

    /// Addresses of threads differ in the bits above a page.
    private func stripe(_ thread: UInt) -> Guarded<Stripe> {
        let mixed = UInt64(thread >> 12) &* 0x9E37_79B9_7F4A_7C15
        return stripes[Int(mixed >> 60)]
    }
}
