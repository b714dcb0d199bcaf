public import LarderCore
import LarderResilience

/// What a `SourceCore` wants done, in this order, outside of its lock.
public enum SourceAction<Token: Hashable & Sendable, Waiter: Sendable>: Sendable {
    /// Ask a level. The answers go to `answered(_:by:at:_:)`.
    case askLevel(AskID, level: Int, [Key])
    /// Ask the origin for needs of one binding. The answers go to `loaded(_:by:at:_:)`.
    case askOrigin(AskID, binding: Int, [LoadRequest])
    /// Move the key's generation in memory, then have the origin take the change. What came of it
    /// goes to `written(_:since:by:at:_:)`.
    case writeOrigin(AskID, binding: Int, OriginChange)
    /// Do in memory what became of a change, then call `settled(_:_:)`.
    case settle(Settlement<Token>)
    /// The change of the writer with this number has ended: memory and marks are as they are to be.
    case finish(UInt64, WriteOutcome)
    /// Tell who wanted it what the origin has, past memory.
    case bypassed(Waiter, LoadOutcome)
    /// Write to a level. What came of it goes to `wrote(_:by:at:_:)`.
    case write(AskID, level: Int, LevelChange)
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
    /// What is to be stored.
    public let content: Content

    /// What a load brought.
    public enum Content: Hashable, Sendable {
        case value(Entry)
        /// That there is no such key, remembered until then.
        case absent(until: Tick)
        /// The value that memory has, whose validator the need had, is good again: it was loaded
        /// at `created` and ends anew.
        case renewed(created: Tick, expires: Tick?, staleUntil: Tick?)
    }

    /// What became of a fill.
    public enum Outcome: Hashable, Sendable {
        /// It is there, with this version; 0 where there are no versions.
        case stored(version: UInt64)
        /// The key was written, deleted or banned since the load began.
        case moved
        /// It may not be kept, or there is no room for it.
        case refused
        /// There is no value to renew any more.
        case gone
    }
}
