public import LarderCore

/// One key that somebody needs, as a request found it in memory.
///
/// `Token` says at which of its generations the key was missed: two needs with equal tokens may
/// share a load.
public struct Need<Token: Hashable & Sendable>: Hashable, Sendable {
    /// What to load.
    public let key: Key
    /// Where the key stood when it was missed. Taken together with the miss, under one lock.
    public let token: Token
    /// Place of its namespace's rules in the source.
    public let binding: Int

    /// When the value was loaded that this is to replace before its end; `nil` if there is none, or
    /// none that is fresh.
    public let refreshed: Tick?
    /// By what the origin recognises the value that memory still has.
    public let validator: Validator?

    /// A need of `key`, which stood at `token`, by the rules at `binding`.
    public init(
        _ key: Key, at token: Token, binding: Int, refreshing loaded: Tick? = nil,
        validator: Validator? = nil
    ) {
        self.key = key
        self.token = token
        self.binding = binding
        refreshed = loaded
        self.validator = validator
    }
}

/// What becomes of one need.
public enum Joined: Hashable, Sendable {
    /// A landing will come.
    case waits
    /// It is in memory by now: look again.
    case held
    /// It will not be loaded now.
    case failed(SourceFailure)
}

/// How a load ended, as those learn it who waited for it.
public struct Landing: Hashable, Sendable {
    /// What was loaded.
    public enum Outcome: Hashable, Sendable {
        /// The value, and whether it is in memory now. If not, the key was written since, or the
        /// value may not be kept: those who waited may have it, and nobody else.
        case value(Entry, isStored: Bool)
        /// What memory has is good again: look there.
        case renewed
        /// The source is sure that there is none.
        case absent
        /// Nobody knows, or not in time.
        case failed(SourceFailure)
    }

    /// The key.
    public let key: Key
    /// What became of it.
    public let outcome: Outcome
}
