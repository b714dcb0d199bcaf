import LarderCore

/// The certificates that new connections are shown. They may be exchanged at any time, on any
/// thread; connections keep those that they began with.
public final class TLSIdentity: Sendable {
    private let current: Guarded<TLSContext>

    /// An identity that begins with `context`.
    public init(_ context: TLSContext) {
        current = Guarded(context)
    }

    /// What new connections are shown now.
    public var context: TLSContext { current.withLock { $0 } }

    /// Shows `context` to all connections that begin from now on. A session resumed from before
    /// is not taken; its client begins anew.
    public func replace(by context: TLSContext) {
        current.withLock { $0 = context }
    }
}
