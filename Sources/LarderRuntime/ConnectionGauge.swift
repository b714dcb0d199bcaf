import Synchronization

/// What any thread may know of a connection's buffers, and what its loop is asked to mind about it.
///
/// Relaxed: each is a number on its own, written by the connection's loop when it changes.
public final class ConnectionGauge: Sendable {
    private let input = Atomic<Int>(0)
    private let output = Atomic<Int>(0)
    private let held = Atomic<Int>(0)
    private let exempt = Atomic<Bool>(false)

    init() {}

    /// Bytes received that wait for the rest of their request, or for their turn.
    public var inputBytes: Int { input.load(ordering: .relaxed) }
    /// Bytes that the client has not taken yet.
    public var outputBytes: Int { output.load(ordering: .relaxed) }
    /// Memory that the connection holds for both.
    public var heldBytes: Int { held.load(ordering: .relaxed) }

    /// Whether the connection stays when others are closed since the clients hold too much memory.
    public var isExempt: Bool {
        get { exempt.load(ordering: .relaxed) }
        set { exempt.store(newValue, ordering: .relaxed) }
    }

    func note(input: Int, output: Int, held: Int) {
        self.input.store(input, ordering: .relaxed)
        self.output.store(output, ordering: .relaxed)
        self.held.store(held, ordering: .relaxed)
    }
}
