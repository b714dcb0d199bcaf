package import LarderCore

/// One request to one key, as its client saw it.
///
/// It took effect at some moment between `invoked` and `returned`; which one, the checker finds.
package struct RecordedOperation: Hashable, Sendable {
    /// Who asked. A client has one request under way at a time.
    package var client: Int
    package var key: String
    package var command: KeyCommand
    package var outcome: KeyOutcome
    /// Read before the request was sent.
    package var invoked: Tick
    /// Read after the whole reply had come; `.max` without a reply.
    package var returned: Tick

    package init(
        client: Int, key: String, command: KeyCommand, outcome: KeyOutcome, invoked: Tick,
        returned: Tick
    ) {
        self.client = client
        self.key = key
        self.command = command
        self.outcome = outcome
        self.invoked = invoked
        self.returned = returned
    }

    /// The same request as if its reply had never come: it may have taken effect, or not.
    var withoutReply: RecordedOperation {
        var copy = self
        copy.outcome = .unknown
        copy.returned = .never
        return copy
    }
}

/// What can be asked about one key, in either protocol.
package enum KeyCommand: Hashable, Sendable {
    case get
    /// Reads the value together with its token.
    case gets
    case set(Int64, Lifetime?)
    /// Stores only where there is no entry: SET NX, add.
    case add(Int64, Lifetime?)
    /// Stores only over an entry: SET XX, replace.
    case replace(Int64, Lifetime?)
    /// Stores only while the entry is the one that bore `token`.
    case compareAndSet(Int64, token: UInt64, Lifetime?)
    /// RESP counts an absent key as zero, memcached refuses it.
    case increment(by: Int64, createsAbsent: Bool)
    case delete
    /// Changes the lifetime and nothing else; `nil` is for ever.
    case expire(Lifetime?)
}

/// How the server replied.
package enum KeyOutcome: Hashable, Sendable {
    /// The value read, or the number counted to.
    case found(Int64)
    case foundVersion(Int64, token: UInt64)
    case absent
    /// Stored, deleted, lifetime changed.
    case applied
    /// There is no entry now, whether or not there was one.
    case cleared
    /// The condition of add or replace did not hold.
    case notApplied
    /// The entry is another than the token's.
    case changed
    /// An error that the caller expects; it says that nothing was done.
    case failed(String)
    /// An error that leaves open whether it was done; what was, was done before the error came.
    case doubtful(String)
    /// No reply: it may have taken effect, or not.
    case unknown
    /// A reply that no correct server gives. Nothing explains it.
    case nonsense(String)
}

/// How long an entry lives: no shorter than `shortest`, no longer than `longest`.
///
/// The width between the two is what the protocol's clock allows: a millisecond in RESP, seconds
/// in memcached.
package struct Lifetime: Hashable, Sendable {
    package var shortest: Duration
    package var longest: Duration

    package init(shortest: Duration, longest: Duration) {
        precondition(shortest <= longest, "a lifetime's shortest is no longer than its longest")
        self.shortest = shortest
        self.longest = longest
    }

    /// A lifetime of `duration`, with what the server's clock may be early and late.
    package init(_ duration: Duration, early: Duration = .zero, late: Duration = .zero) {
        self.init(shortest: max(.zero, duration - early), longest: duration + late)
    }
}

extension Tick {
    /// Later than everything that happens.
    package static var never: Tick { Tick(nanoseconds: .max) }
}
