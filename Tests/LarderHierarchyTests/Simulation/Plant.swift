/// What is broken on purpose, to show that the simulation notices.
enum Plant: CaseIterable {
    /// P2: a fill does not look at the generation.
    case fillsBlindly
    /// P2: who needs a key joins a load that began before a write.
    case joinsOldLoads
    /// P2: a ban moves only the generations of keys that are there.
    case banForgetsAbsentKeys
    /// P2: levels hear of a write before it, and what is put after that stays.
    case putsAfterRemoval
    /// P2: levels hear of a write when memory has it.
    case removesTooLate
    /// P3: the flight leaves the table before memory has the value.
    case landsBeforeFill
    /// P4: a waiter that goes away ends the load.
    case cancelEndsLoad
    /// P9: nobody notes that a level did not answer.
    case forgetsTimeouts
    /// P10: a level gives entries without their end.
    case forgetsEnds
    /// P10: a hard ban leaves stale copies in levels.
    case bansSoftly
    /// P2: a lease's holder may set the key whatever happened since.
    case leaseSetsBlindly
    /// P2: memory keeps a key of which nobody knows whether it was written.
    case keepsUnknown
    /// P2: memory takes what was written although the key was banned meanwhile.
    case settlesBlindly
    /// P9: a write waits for its origin for ever.
    case forgetsWriteTimeouts
    /// A write that the origin may have seen is sent again.
    case resendsWrites

    /// The promise that it breaks, as violations name it.
    var promise: String {
        switch self {
        case .fillsBlindly, .joinsOldLoads, .banForgetsAbsentKeys, .putsAfterRemoval,
            .removesTooLate, .bansSoftly, .leaseSetsBlindly, .keepsUnknown, .settlesBlindly:
            "P2"
        case .landsBeforeFill: "P3"
        case .cancelEndsLoad: "P4"
        case .forgetsTimeouts, .forgetsWriteTimeouts: "P9"
        case .forgetsEnds: "P10"
        case .resendsWrites: "twice"
        }
    }
}

struct Violation: Error, CustomStringConvertible {
    let description: String
}
