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
            if let due = refreshDue(read, key, hash, plan) { refresh(due) }
        } else if read.isFresh {
            // The origin has said of late that there is none.
            output.appendNull(connection.version)
        } else {
            answerMissing(key, hash, &connection, &output)
        }
    }

    /// The load that an entry is to have which was served: it is stale, or its end is near, by
    /// chance or by its age.
    mutating func refreshDue(
        _ read: LoadedRead, _ key: RawSpan, _ hash: UInt64, _ plan: NamespacePlan
    ) -> Wanted? {
        guard read.isFresh else { return Wanted(Key(key.bytes), hash, plan) }
        let loaded = tick.moved(back: .milliseconds(Int64(clamping: read.ageMilliseconds)))
        guard let early = plan.early,
            early.isDue(
                at: tick, created: loaded, expires: Tick(read.freshUntil),
                cost: .microseconds(Int64(read.cost)), using: &random)
        else { return nil }
        return Wanted(Key(key.bytes), hash, plan, loaded: loaded)
    }

    /// Has a key loaded again that nobody waits for. Not under a shard's lock.
    func refresh(_ due: Wanted) {
        guard let source = reads?.source(of: due.plan) else { return }
        _ = source.need([(need(of: due), nil)])
    }

    /// Answers for a key that memory has not: by what was loaded for it, or not yet.
    private mutating func answerMissing(
        _ key: RawSpan, _ hash: UInt64, _ connection: inout ClientConnection,
        _ output: inout OutputBuffer
    ) {
        guard connection.database == 0, !isInTransaction else {
            return output.appendNull(connection.version)
        }
        // What it has waited for it gets, whatever the namespaces are by now.
        switch connection.wait?.outcome(of: Key(key.bytes)) {
        case .renewed? where serve(key, hash, by: readers?.renewed, &output): return
        // It was renewed, and is gone again.
        case .renewed?, nil: break
        case let outcome?: return answer(outcome, key, hash, connection, &output)
        }
        guard let plan = reads?.plan(for: key), plan.source != nil else {
            return output.appendNull(connection.version)
        }
        let name = Key(key.bytes)
        if let failure = want([Wanted(name, hash, plan)], &connection) {
            answer(.failed(failure), key, hash, connection, &output)
        } else {
            counters.uncountCall(Int(Command.get.rawValue))
        }
    }

    private func answer(
        _ outcome: Landing.Outcome, _ key: RawSpan, _ hash: UInt64,
        _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        switch outcome {
        case .value(let entry, _): unsafe output.appendBulk(entry.value.span.bytes)
        case .absent, .renewed: output.appendNull(connection.version)
        case .failed(let failure):
            if !serve(key, hash, by: readers?.onError, &output) { output.append(failure) }
        }
    }

    /// Writes the value of `key` if `reader` takes it.
    func serve(
        _ key: RawSpan, _ hash: UInt64, by reader: LoadedReader?, _ output: inout OutputBuffer
    ) -> Bool {
        reader?.forget()
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
}

extension Tick {
    init(_ moment: Moment) {
        let (nanoseconds, overflow) = moment.milliseconds.multipliedReportingOverflow(
            by: 1_000_000)
        self.init(nanoseconds: overflow ? .max : nanoseconds)
    }

    fileprivate func moved(back duration: Duration) -> Tick {
        let step = UInt64(clamping: duration.attoseconds / 1_000_000_000)
        return Tick(nanoseconds: nanoseconds - min(nanoseconds, step))
    }
}
