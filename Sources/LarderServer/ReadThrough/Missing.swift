import LarderCore

/// A key that a command needs.
struct Wanted {
    let key: Key
    let hash: UInt64
    let plan: NamespacePlan
    /// When the value was loaded that is still fresh, and is to be loaded again all the same.
    let loaded: Tick?

    init(_ key: Key, _ hash: UInt64, _ plan: NamespacePlan, loaded: Tick? = nil) {
        (self.key, self.hash, self.plan) = (key, hash, plan)
        self.loaded = loaded
    }
}

/// What keeps a command from running.
struct Missing {
    /// Values that have to be loaded.
    var keys: [Wanted] = []
    /// Why one of them cannot be had.
    var failure: SourceFailure?
    /// What is there, and is to be loaded again all the same.
    var due: [Wanted] = []

    var isNothing: Bool { keys.isEmpty && failure == nil }

    mutating func note(_ failure: SourceFailure) {
        self.failure = self.failure ?? failure
    }
}

extension OutputBuffer {
    /// Why a key could not be loaded, without what the source said: that is for the log.
    mutating func append(_ failure: SourceFailure) {
        appendErrorText("ORIGIN \(failure.source) \(failure.cause.rawValue)")
    }

    /// The same for clients of memcached.
    mutating func appendServerError(_ failure: SourceFailure) {
        appendText("SERVER_ERROR origin \(failure.source) \(failure.cause.rawValue)\r\n")
    }
}
