import Synchronization

/// What one loop has counted since its start. Any thread may read it.
///
/// One thread writes, so a plain load and store add up; readers see each count late, never torn.
/// The counters share cache lines among themselves only.
public final class LoopStatistics: Sendable {
    /// A count that its loop alone changes.
    public struct Counter: ~Copyable, Sendable {
        private let bits = Atomic<UInt64>(0)

        /// The value now.
        public var value: UInt64 { bits.load(ordering: .relaxed) }

        func add(_ amount: Int = 1) {
            let sum = bits.load(ordering: .relaxed) &+ UInt64(truncatingIfNeeded: amount)
            bits.store(sum, ordering: .relaxed)
        }

        func raise(to amount: Int) {
            let amount = UInt64(truncatingIfNeeded: amount)
            if amount > bits.load(ordering: .relaxed) { bits.store(amount, ordering: .relaxed) }
        }
    }

    /// Keeps the counters off the lines of whatever lies before them.
    private let pad: [8 of UInt64] = .init(repeating: 0)
    /// Connections taken over from `accept`.
    public let accepted = Counter()
    /// Bytes read from clients.
    public let bytesIn = Counter()
    /// Bytes that the system took for clients.
    public let bytesOut = Counter()
    /// Calls of the handler with bytes.
    public let batches = Counter()
    /// Rounds of the loop: waits for events.
    public let turns = Counter()
    /// The largest pending output of one connection.
    public let pendingPeak = Counter()
    /// Times a connection was no longer read since its output was pending.
    public let slowReaderStops = Counter()
    /// Times there was no descriptor for a client.
    public let descriptorsExhausted = Counter()
    /// TLS handshakes that were done.
    public let handshakes = Counter()
    private let refusals = Atomic<UInt64>(0)
    private let closedBy: [10 of Counter] = [
        Counter(), Counter(), Counter(), Counter(), Counter(), Counter(), Counter(), Counter(),
        Counter(), Counter(),
    ]
    private let open = Atomic<Int>(0)

    init() {}

    /// Connections that are open now.
    public var connections: Int { open.load(ordering: .relaxed) }

    /// Connections that ended for `reason`.
    public func closed(by reason: CloseReason) -> UInt64 {
        closedBy[reason.rawValue].value
    }

    /// Messages refused since the mailbox was full.
    public var mailboxRefusals: UInt64 { refusals.load(ordering: .relaxed) }

    /// Any thread may be refused.
    func countRefusal() {
        refusals.wrappingAdd(1, ordering: .relaxed)
    }

    func countClose(_ reason: CloseReason) {
        closedBy[reason.rawValue].add()
    }

    /// The acceptor counts a connection before its loop has it, so that it deals evenly.
    @discardableResult
    func changeOpen(by amount: Int) -> Int {
        open.wrappingAdd(amount, ordering: .relaxed).newValue
    }
}
