import LarderCore

// How histories are shown to people.

extension KeyCommand: CustomStringConvertible {
    package var description: String {
        switch self {
        case .get: "get"
        case .gets: "gets"
        case .set(let value, let lifetime): "set \(value)\(Self.text(lifetime))"
        case .add(let value, let lifetime): "add \(value)\(Self.text(lifetime))"
        case .replace(let value, let lifetime): "replace \(value)\(Self.text(lifetime))"
        case .compareAndSet(let value, let token, let lifetime):
            "cas \(value) if token \(token)\(Self.text(lifetime))"
        case .increment(let step, true): "incr by \(step) (absent is 0)"
        case .increment(let step, false): "incr by \(step)"
        case .delete: "delete"
        case .expire(let lifetime): "expire\(Self.text(lifetime))"
        }
    }

    private static func text(_ lifetime: Lifetime?) -> String {
        lifetime.map { " for \($0.shortest) to \($0.longest)" } ?? ""
    }
}

extension KeyOutcome: CustomStringConvertible {
    package var description: String {
        switch self {
        case .found(let value): "\(value)"
        case .foundVersion(let value, let token): "\(value) with token \(token)"
        case .absent: "absent"
        case .applied: "done"
        case .cleared: "cleared"
        case .doubtful(let text): "done or not: \(text)"
        case .notApplied: "condition not met"
        case .changed: "changed since"
        case .failed(let text): "failed: \(text)"
        case .unknown: "no reply yet"
        case .nonsense(let text): "nonsense: \(text)"
        }
    }
}

extension RecordedOperation {
    func described(since start: UInt64) -> String {
        let from = Self.microseconds(invoked, since: start)
        let to = returned == .never ? "…" : Self.microseconds(returned, since: start)
        return "[\(from) – \(to)] client \(client): \(command) → \(outcome)"
    }

    static func microseconds(_ tick: Tick, since start: UInt64) -> String {
        let difference = Int64(clamping: tick.nanoseconds) - Int64(clamping: start)
        return "\(difference / 1_000)"
    }
}

extension KeyState {
    func described(since start: UInt64) -> String {
        guard let entry else { return "nothing" }
        var text = "\(entry.value)"
        if let token = entry.token { text += " with token \(token)" }
        if let expiry = entry.expiry {
            let earliest = RecordedOperation.microseconds(expiry.earliest, since: start)
            let latest =
                expiry.latest == .never
                ? "…" : RecordedOperation.microseconds(expiry.latest, since: start)
            text += " expiring at \(earliest) – \(latest)"
        }
        return text
    }
}
