import LarderCore
import LarderResilience
import LarderTesting

@testable import LarderHierarchy

// Writes that the origin takes first, and loads past memory.
extension SourceSimulation {
    /// One of them, from its begin to its end. There is one of a key at a time.
    struct Writing {
        let writer: UInt64
        let begin: Tick
        /// The version that the origin made of it.
        var version: Int?
        /// Whether the origin may have seen it.
        var isSeen = false
    }

    /// What becomes of a write at the origin.
    struct Fate {
        /// What it says; `nil`: nothing, ever.
        var outcome: WriteOutcome?
        /// Whether it does it.
        var isDone: Bool
        /// Milliseconds until it does, and from then until it says so.
        var delays: (done: Double, said: Double)
    }

    /// Longest that a write may take: its wait for a place, and the origin's time.
    private static let writeMax = Duration.milliseconds(400 + 60 + 1)

    /// A client asks the origin past memory, mostly for a write.
    mutating func startAtOrigin(_ actions: inout Actions) {
        switch Int.random(in: 0..<4, using: &dice) {
        case 0: startBypass(&actions)
        case 1: startThroughWrite(isDelete: true, &actions)
        default: startThroughWrite(isDelete: false, &actions)
        }
    }

    private mutating func startThroughWrite(isDelete: Bool, _ actions: inout Actions) {
        let key = pickKey()
        guard busy.insert(key).inserted else { return }
        lastWriter += 1
        writing[key] = Writing(writer: lastWriter, begin: now)
        let entry = isDelete ? nil : Entry(key: key, value: [], created: now)
        let change = OriginChange(key, entry, isKept: Bool.random(using: &dice))
        core.write(change, binding: 0, for: lastWriter, at: now, &actions)
    }

    /// The origin is asked for a write.
    mutating func take(_ id: AskID, _ change: OriginChange) throws {
        guard let mine = writing[change.key], !mine.isSeen else {
            throw Violation(description: "twice: a write that the origin may have seen")
        }
        writeAsks.insert(id)
        guard asks.count + writeAsks.count <= 3 else {
            throw Violation(description: "the limit is 3 questions")
        }
        if plant == .forgetsWriteTimeouts { core.deadlines.remove(id.ticket.index) }
        let token = memory.announce(change.key)
        let fate = fate()
        if let outcome = fate.outcome, outcome.isUnseen {
            return schedule(.writeAnswer(id, outcome, token), after: fate.delays.said)
        }
        writing[change.key]?.isSeen = true
        schedule(.take(id, change, mine.writer, token, fate), after: fate.delays.done)
    }

    private mutating func fate() -> Fate {
        let isDown = now < isDownUntil
        let delays: (Double, Double) = (
            .random(in: 0...8, using: &dice), .random(in: 0...8, using: &dice)
        )
        var fate = Fate(outcome: .applied, isDone: true, delays: delays)
        let isIll = faultInterval == 8 && Bool.random(using: &dice)
        guard isDown || isIll || isFault() else { return fate }
        fate.isDone = Bool.random(using: &dice)
        let failure = SourceFailure(source: "catalog", cause: .unreachable)
        switch Int.random(in: 0..<6, using: &dice) {
        case 0:
            fate.outcome = .refused(SourceFailure(source: "catalog", cause: .refused))
            fate.isDone = false
        case 1...3:
            fate.outcome = plant == .resendsWrites ? .unknown(failure) : .refused(failure)
            fate.isDone = false
        case 4: fate.outcome = .unknown(failure)
        default:
            fate.outcome = nil
            // Perhaps when nobody believes in it any more.
            fate.delays.done = .random(in: 0...120, using: &dice)
        }
        return fate
    }

    /// The origin does it, or not.
    mutating func finishTake(
        _ id: AskID, _ change: OriginChange, _ writer: UInt64, _ token: Token, _ fate: Fate
    ) {
        if fate.isDone {
            lastVersion += 1
            truth[change.key] = Truth(version: lastVersion, isLive: change.entry != nil)
            if writing[change.key]?.writer == writer { writing[change.key]?.version = lastVersion }
            // A program that does not know of this write changes the key too.
            if Int.random(in: 0..<4, using: &dice) == 0 { announceBan(of: change.key, within: 6) }
        }
        guard var outcome = fate.outcome else { return }
        if plant == .resendsWrites, case .unknown(let failure) = outcome {
            outcome = .refused(failure)
        }
        schedule(.writeAnswer(id, outcome, token), after: fate.delays.said)
    }

    mutating func answerWrite(
        _ id: AskID, _ outcome: WriteOutcome, _ token: Token, _ actions: inout Actions
    ) {
        writeAsks.remove(id)
        core.written(outcome, since: token, by: id, at: now, &actions)
    }

    /// Memory does what became of a write.
    mutating func settle(_ settlement: Settlement<Token>, _ actions: inout Actions) {
        let key = settlement.change.key
        switch settlement.step {
        case .store(let token) where plant == .settlesBlindly || memory.token(of: key) == token:
            let version = writing[key]?.version ?? 0
            memory.write(key, value(key, version))
            endLease(of: key, isSet: true)
        // Of what was to be kept, only what nobody knows is dropped.
        case .drop where plant == .keepsUnknown && settlement.change.isKept: break
        case .store, .drop:
            memory.write(key, nil)
            endLease(of: key, isSet: false)
        }
        core.settled(settlement.errand, &actions)
    }

    /// The writer is told.
    mutating func finishWrite(_ writer: UInt64, _ outcome: WriteOutcome) throws {
        guard let (key, mine) = writing.first(where: { $0.value.writer == writer }) else {
            throw Violation(description: "twice: a writer is told")
        }
        guard now < mine.begin.advanced(by: Self.writeMax) else {
            throw Violation(description: "P9: a write took too long")
        }
        writing[key] = nil
        busy.remove(key)
        let known: Int?
        switch outcome {
        case .applied: known = mine.version
        // What the origin has now is the oldest that anybody may be given from here on.
        case .unknown: known = truth[key]?.version
        case .refused: known = nil
        }
        guard let known else { return }
        acknowledged[key] = max(acknowledged[key, default: 0], known)
        knownAbsent[key] = max(knownAbsent[key, default: 0], known)
    }

    // MARK: Loads past memory

    private mutating func startBypass(_ actions: inout Actions) {
        let key = pickKey()
        bypassing[nextWaiter] = (key, truth[key, default: Truth()].version)
        core.bypass(key, binding: 0, for: nextWaiter, at: now, &actions)
        nextWaiter += 1
    }

    mutating func passed(_ waiter: Int, _ outcome: LoadOutcome) throws {
        guard let (key, version) = bypassing.removeValue(forKey: waiter) else {
            throw Violation(description: "twice: a load past memory")
        }
        guard case .loaded(let loaded) = outcome else { return }
        guard Int(loaded.flags) >= version else {
            throw Violation(description: "P2: \(key) past memory is older than \(version)")
        }
    }
}
