import Glibc
public import LarderCore
public import Synchronization

/// Keys that have changed.
private struct MarkedChanges {
    /// More are not told one by one.
    static let countMax = 1 << 16

    var keys: [Key] = []
    var areAll = false

    mutating func add(_ key: Key) {
        guard keys.count < Self.countMax else { return areAll = true }
        keys.append(key)
    }
}

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
    /// Keys under a `KeyMark` that have changed and were not told yet.
    private let changes = Guarded(MarkedChanges())
    private let markCount = Atomic<Int>(0)

    init() {
        stripes = (0..<Self.stripeCount).map { _ in Guarded(Stripe()) }
    }

    /// The kinds that somebody wants. Relaxed: who has just begun to want them misses what happens
    /// at the same time.
    public var wanted: KeyEventKinds {
        get { KeyEventKinds(rawValue: bits.load(ordering: .relaxed) & ~Self.changedBit) }
        set {
            bits.bitwiseOr(newValue.rawValue, ordering: .relaxed)
            bits.bitwiseAnd(newValue.rawValue | Self.changedBit, ordering: .relaxed)
        }
    }

    /// Whether anything is wanted: one load on the way of every command.
    public var isActive: Bool {
        @inlinable @inline(__always) get { bits.load(ordering: .relaxed) != 0 }
    }

    /// Events that were not noted since nobody took those before.
    public var lostCount: UInt64 { lost.load(ordering: .relaxed) }

    /// Counts events that somebody who took them could not keep.
    public func noteLost(_ count: Int) { lost.add(UInt64(count), ordering: .relaxed) }

    /// Beside the bits of kinds: keys under a mark have changed. So who looks whether anything is
    /// wanted sees it, and nobody has to look twice.
    private static var changedBit: UInt32 { 1 << 31 }

    /// Whether keys under a mark have changed.
    public var hasChanges: Bool { bits.load(ordering: .relaxed) & Self.changedBit != 0 }

    /// The keys under a mark that have changed since somebody last asked, by whichever thread; nil
    /// when any may have.
    public func takeChanges() -> [Key]? {
        changes.withLock { changes in
            bits.bitwiseAnd(~Self.changedBit, ordering: .relaxed)
            defer { changes = MarkedChanges() }
            return changes.areAll ? nil : changes.keys
        }
    }

    func noteChange(of key: Key) {
        changes.withLock { changes in
            changes.add(key)
            bits.bitwiseOr(Self.changedBit, ordering: .relaxed)
        }
    }

    /// All keys may have changed at once.
    func noteChangeOfAll() {
        guard markCount.load(ordering: .relaxed) > 0 else { return }
        changes.withLock { changes in
            changes.areAll = true
            bits.bitwiseOr(Self.changedBit, ordering: .relaxed)
        }
    }

    func noteMark(begins: Bool) {
        markCount.add(begins ? 1 : -1, ordering: .relaxed)
    }

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
