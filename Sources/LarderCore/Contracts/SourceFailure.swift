/// Why a level or an origin gave no answer. Never to be taken for "there is no such key".
public struct SourceFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// The word that clients see in `-ORIGIN <name> <cause>`.
    public enum Cause: String, Hashable, Sendable {
        /// No answer in time. Whether a write happened is unknown.
        case timeout
        /// Not asked: its circuit breaker is open.
        case open
        /// It answered that it will not.
        case refused
        /// It cannot be reached.
        case unreachable
        /// Its answer or its data makes no sense.
        case corrupt
        /// Not asked: too many wait for it already.
        case overloaded
    }

    /// The configured name of the level or origin.
    public let source: String
    /// What went wrong.
    public let cause: Cause
    /// What the source said, for the log.
    public let detail: String
    /// Whether it is about this key alone, so that it says nothing about the source's health.
    public let isKeys: Bool

    /// A failure of the level or origin named `source`.
    public init(source: String, cause: Cause, detail: String = "", isKeys: Bool = false) {
        self.source = source
        self.cause = cause
        self.detail = detail
        self.isKeys = isKeys
    }

    /// One line for the log.
    public var description: String {
        detail.isEmpty ? "\(source) \(cause.rawValue)" : "\(source) \(cause.rawValue): \(detail)"
    }
}

/// The answer for one key.
public enum Lookup<Value: Sendable>: Sendable {
    case found(Value)
    /// The source is sure that there is none.
    case absent
    /// Nobody knows.
    case failed(SourceFailure)
}

extension Lookup: Equatable where Value: Equatable {}
