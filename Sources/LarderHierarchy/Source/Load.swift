import LarderCore
import LarderResilience

/// A load of one key, from its first question to its landing.
struct Load<Token: Hashable & Sendable, Flight: Sendable>: Sendable {
    var need: Need<Token>
    let flight: Flight
    let deadlines: LoadDeadlines
    let begin: Tick
    /// How often the key had been written then.
    let standing: WriteMarks.Standing
    /// What a level had that was not fresh any more: better than nothing when the origin fails.
    var fallback: Entry?
    /// Levels that said that they do not have the key, by bits.
    var emptyLevels: UInt32 = 0
    /// What is being stored, and where it is from.
    var result: LoadResult?

    /// By what the origin recognises what is at hand: memory's value, else a level's.
    var validator: Validator? { need.validator ?? fallback?.validator }
}

/// What a load came to, as far as the levels are concerned.
struct LoadResult: Sendable {
    /// For those who wait.
    let outcome: Landing.Outcome
    /// For the levels above that place, once memory has it; `nil` to drop what they have.
    let entry: Entry?
    /// The level that it is from; as many as there are if it is from the origin.
    let place: Int
}

/// Loads that go the same way together.
struct Batch: Sendable {
    /// Where it asks.
    enum Place: Hashable {
        case level(Int)
        /// The origin, by one binding.
        case origin(binding: Int)
        /// A level, to which something is written: the number that `LevelWrites` gave it.
        case write(level: Int, number: UInt64)
        /// The origin, by an errand.
        case errand(Ticket)
    }

    /// How far it is.
    enum Stage {
        /// For a place at the origin.
        case queues(Ticket)
        /// It has a place, and was asked then.
        case asked(CircuitBreaker.Permit, at: Tick)
        /// A write that takes too long. Nothing else is written to its keys before it has ended.
        case late
        /// The next try is due at the batch's deadline.
        case rests
    }

    let place: Place
    var loads: [LoadID]
    var stage: Stage = .rests
    var failedTries = 0
}
