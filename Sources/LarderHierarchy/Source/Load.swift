import LarderCore
import LarderResilience

/// A load of one key, from its first question to its landing.
struct Load<Token: Hashable & Sendable, Flight: Sendable>: Sendable {
    let need: Need<Token>
    let flight: Flight
    let deadlines: LoadDeadlines
    /// What a level had that was not fresh any more: better than nothing when the origin fails.
    var fallback: Entry?
    /// What is being stored.
    var outcome: Landing.Outcome?
}

/// Loads that go the same way together.
struct Batch: Sendable {
    /// Where it asks.
    enum Place: Hashable {
        case level(Int)
        /// The origin, by one binding.
        case origin(binding: Int)
    }

    /// How far it is.
    enum Stage {
        /// For a place at the origin.
        case queues(Ticket)
        /// It has a place, and was asked then.
        case asked(CircuitBreaker.Permit, at: Tick)
        /// The next try is due at the batch's deadline.
        case rests
    }

    let place: Place
    var loads: [LoadID]
    var stage: Stage = .rests
    var failedTries = 0
}
