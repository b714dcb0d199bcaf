public import LarderCore
import LarderResilience

/// What is to be changed in the origin, and then in memory.
public struct OriginChange: Hashable, Sendable {
    /// Whose value it is.
    public let key: Key
    /// What is stored, until when memory may have it; `nil`: the key is deleted.
    public let entry: Entry?
    /// Whether memory keeps it when the origin has it.
    public let isKept: Bool

    /// Stores `entry`, or deletes `key` if there is none.
    public init(_ key: Key, _ entry: Entry?, isKept: Bool) {
        (self.key, self.entry) = (key, entry)
        self.isKept = isKept && entry != nil
    }
}

/// A write or a load past memory that is under way, for the one who does what came of it.
public struct ErrandID: Hashable, Sendable, BitwiseCopyable {
    let ticket: Ticket
}

/// What memory is to do about a change that the origin has taken, or may have.
public struct Settlement<Token: Hashable & Sendable>: Hashable, Sendable {
    /// What memory does.
    public enum Step: Hashable, Sendable {
        /// It forgets the key, whatever it has.
        case drop
        /// It takes the entry of the change if the key stands where it stood when the origin was
        /// asked. If not, somebody has banned or flushed it since, perhaps for a change in the
        /// origin that came after this one: then it forgets the key.
        case store(ifAt: Token)
    }

    /// Whose result it is.
    public let errand: ErrandID
    /// What was asked for.
    public let change: OriginChange
    /// Place of its namespace's rules in the source.
    public let binding: Int
    /// What memory does. Either way the key's generation moves.
    public let step: Step
}

extension WriteOutcome {
    /// Whether the origin was well enough to decide.
    var isAnswer: Bool {
        switch self {
        case .applied: true
        case .refused(let failure): failure.cause == .refused
        case .unknown: false
        }
    }

    /// Whether the origin has surely not seen the write, so that it may be sent again.
    var isUnseen: Bool {
        if case .refused(let failure) = self { failure.cause == .unreachable } else { false }
    }

    var failure: SourceFailure? {
        switch self {
        case .applied: nil
        case .refused(let failure), .unknown(let failure): failure
        }
    }
}
