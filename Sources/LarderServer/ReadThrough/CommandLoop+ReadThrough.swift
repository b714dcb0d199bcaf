import LarderCore
import LarderHierarchy
import LarderMemory
import LarderResilience
import LarderWire

// What a read has still to do when memory has no plain value: look at what its command has waited
// for, serve what is stale, have it loaded.
extension CommandLoop {
    /// Finishes a GET that was no plain hit.
    @inline(never)
    mutating func finish(
        _ outcome: ReadOutcome, of key: RawSpan, _ hash: UInt64,
        _ connection: inout ClientConnection, _ output: inout OutputBuffer
    ) {
        switch outcome {
        case .hit: return
        case .large(let value, _): output.appendLargeBulk(value)
        case .miss: answerMissing(key, hash, &connection, &output)
        case .loaded: answerLoaded(key, hash, &connection, &output)
        }
        if !connection.isWaiting { connection.wait = nil }
    }

    /// Finishes a GET of an entry with a provenance, of which the reader knows more.
    private mutating func answerLoaded(
        _ key: RawSpan, _ hash: UInt64, _ connection: inout ClientConnection,
        _ output: inout OutputBuffer
    ) {
        guard let reads, let reader = readers?.stale, let read = reader.last else { return }
        if reader.isGiven {
            if let large = reader.large { output.appendLargeBulk(large) }
            reader.release()
            guard let plan = reads.plan(number: read.namespace) else { return }
            if !read.isFresh {
                refresh(key, hash, plan)
            } else if isDueEarly(read, plan) {
                refresh(key, hash, plan, loaded: tick.moved(back: read.age))
            }
        } else if read.isFresh {
            // The origin has said of late that there is none.
            output.appendNull(connection.version)
        } else {
            answerMissing(key, hash, &connection, &output)
        }
    }

    /// Whether a fresh entry is to be loaded again before its end, by chance or by its age.
    private mutating func isDueEarly(_ read: LoadedRead, _ plan: NamespacePlan) -> Bool {
        guard let early = plan.early else { return false }
        return early.isDue(
            at: tick, created: tick.moved(back: read.age),
            expires: Tick(read.freshUntil), cost: .microseconds(Int64(read.cost)),
            using: &random)
    }

    /// Has a key loaded again that nobody waits for.
    private func refresh(
        _ key: RawSpan, _ hash: UInt64, _ plan: NamespacePlan, loaded: Tick? = nil
    ) {
        guard let source = reads?.source(of: plan) else { return }
        let need = Need(
            Key(key.bytes), at: store.generation(of: hash), binding: plan.binding,
            refreshing: loaded)
        _ = source.need([(need, nil)])
    }

    /// Answers for a key that memory has not: by what was loaded for it, or not yet.
    private mutating func answerMissing(
        _ key: RawSpan, _ hash: UInt64, _ connection: inout ClientConnection,
        _ output: inout OutputBuffer
    ) {
        guard connection.database == 0, !isInTransaction, let plan = reads?.plan(for: key),
            plan.source != nil
        else { return output.appendNull(connection.version) }
        let name = Key(key.bytes)
        if let outcome = connection.wait?.outcome(of: name) {
            return answer(outcome, key, hash, connection, &output)
        }
        switch need([Wanted(name, hash, plan)], &connection) {
        case .waits: return
        case .held:
            // It came a moment ago. What leaves again at once is waited for next time.
            if !serve(key, hash, by: readers?.stale, &output) {
                output.appendNull(connection.version)
            }
        case .failed(let failure):
            answer(.failed(failure), key, hash, connection, &output)
        }
    }

    private func answer(
        _ outcome: Landing.Outcome, _ key: RawSpan, _ hash: UInt64,
        _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        switch outcome {
        case .value(let entry, _): unsafe output.appendBulk(entry.value.span.bytes)
        case .renewed:
            if !serve(key, hash, by: readers?.stale, &output) {
                output.appendNull(connection.version)
            }
        case .absent: output.appendNull(connection.version)
        case .failed(let failure):
            if !serve(key, hash, by: readers?.onError, &output) { output.append(failure) }
        }
    }

    /// Writes the value of `key` if `reader` takes it.
    private func serve(
        _ key: RawSpan, _ hash: UInt64, by reader: LoadedReader?, _ output: inout OutputBuffer
    ) -> Bool {
        let outcome = store.read(key, hash, database: 0, at: now, by: reader) { value, _ in
            output.appendBulk(value)
        }
        switch outcome {
        case .hit: return true
        case .miss: return false
        case .large(let value, _):
            output.appendLargeBulk(value)
            return true
        case .loaded:
            guard let reader else { return false }
            if let large = reader.large { output.appendLargeBulk(large) }
            reader.release()
            return reader.isGiven
        }
    }

    /// Asks for keys, and lets the connection wait for those that are to come.
    ///
    /// - Returns: `waits` if it waits for one of them; else the failure of one, if one failed.
    mutating func need(
        _ wanted: [Wanted], _ connection: inout ClientConnection
    ) -> Joined {
        guard let reads else { return .held }
        let wait = connection.wait ?? ConnectionWait(connection.client.id)
        var result = Joined.held
        for place in Set(wanted.compactMap(\.plan.source)) {
            let mine = wanted.filter { $0.plan.source == place }
            let needs = mine.map { wanted in
                let token = store.generation(of: wanted.hash)
                let need = Need(wanted.key, at: token, binding: wanted.plan.binding)
                return (need: need, waiter: Optional(wait.nextWaiter()))
            }
            for (index, answer) in reads.source(at: place).need(needs).enumerated() {
                switch answer {
                case (.waits, let id):
                    guard let id, let waiter = needs[index].waiter else { continue }
                    wait.expect(mine[index].key, waiter, from: place, id)
                case (.held, _): continue
                case (.failed(let failure), _):
                    wait.note(.failed(failure), of: mine[index].key)
                    result = .failed(failure)
                }
            }
        }
        guard wait.isWaiting else { return result }
        connection.wait = wait
        connection.isWaiting = true
        breaksAhead = true
        return .waits
    }
}

/// A key that a command needs.
struct Wanted {
    let key: Key
    let hash: UInt64
    let plan: NamespacePlan

    init(_ key: Key, _ hash: UInt64, _ plan: NamespacePlan) {
        (self.key, self.hash, self.plan) = (key, hash, plan)
    }
}

extension OutputBuffer {
    /// Why a key could not be loaded, without what the source said: that is for the log.
    mutating func append(_ failure: SourceFailure) {
        appendErrorText("ORIGIN \(failure.source) \(failure.cause.rawValue)")
    }
}

extension LoadedRead {
    /// Since when the value was loaded.
    fileprivate var age: Duration { .milliseconds(Int64(clamping: ageMilliseconds)) }
}

extension Tick {
    fileprivate init(_ moment: Moment) {
        let (nanoseconds, overflow) = moment.milliseconds.multipliedReportingOverflow(
            by: 1_000_000)
        self.init(nanoseconds: overflow ? .max : nanoseconds)
    }

    fileprivate func moved(back duration: Duration) -> Tick {
        let step = UInt64(clamping: duration.attoseconds / 1_000_000_000)
        return Tick(nanoseconds: nanoseconds - min(nanoseconds, step))
    }
}
