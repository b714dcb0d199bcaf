public import LarderCore
import LarderResilience

/// What a `SourceCore` wants done, in this order, outside of its lock.
public enum SourceAction<Token: Hashable & Sendable, Waiter: Sendable>: Sendable {
    /// Ask a level. The answers go to `answered(_:by:at:_:)`.
    case askLevel(AskID, level: Int, [Key])
    /// Ask the origin for needs of one binding. The answers go to `loaded(_:by:at:_:)`.
    case askOrigin(AskID, binding: Int, [Key])
    /// Nobody waits for the answer to this question any more.
    case cancel(AskID)
    /// Store what came in memory, unless the key's generation has moved; then call
    /// `filled(_:_:at:_:)`.
    case fill(Fill<Token>)
    /// Tell those who wait.
    case land([Waiter], Landing)
    /// Their time is over. Their loads go on.
    case timeOut([Waiter], SourceFailure)
}

/// A question to a level or to the origin.
public struct AskID: Hashable, Sendable, BitwiseCopyable {
    let ticket: Ticket
}

/// A load under way, for the one who stores what came of it.
public struct LoadID: Hashable, Sendable, BitwiseCopyable {
    let ticket: Ticket
}

/// What is to be stored in memory for a key.
public struct Fill<Token: Hashable & Sendable>: Hashable, Sendable {
    /// Whose result it is.
    public let load: LoadID
    /// The key, and where it stood.
    public let need: Need<Token>
    /// The value; `nil` to remember that there is none.
    public let entry: Entry?
    /// Until when it is remembered that there is none.
    public let negativeUntil: Tick

    /// What became of a fill.
    public enum Outcome: Hashable, Sendable {
        case stored
        /// The key was written, deleted or banned since the load began.
        case moved
        /// It may not be kept, or there is no room for it.
        case refused
    }
}
