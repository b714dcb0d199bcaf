import LarderHierarchy

extension SourceStatus {
    /// One line for INFO: what is now, then what has been since the start.
    var text: String {
        let now: [(String, Int)] = [
            ("loads", loads), ("waiters", waiters), ("waiter_bytes", waiterBytes),
            ("in_flight", inFlight), ("limit", limit), ("queued", queued),
            ("writes_waiting", counts.writes.waiting),
        ]
        let since: [(String, Int)] = [
            ("started", counts.started), ("joined", counts.joined), ("waited", counts.waited),
            ("asked", counts.asked), ("retried", counts.retried), ("filled", counts.filled),
            ("moved", counts.moved), ("not_kept", counts.notKept), ("failed", counts.failed),
            ("timed_out", counts.timedOut), ("cancelled", counts.cancelled),
            ("refused", counts.refused),
            ("postponed", counts.postponed), ("queue_full", queueFull),
            ("queue_dropped", queueDropped), ("breaker_opened", breakerOpened),
            ("breaker_refused", breakerRefused), ("bypassed", counts.bypassed),
            ("writes_asked", counts.writes.asked), ("writes_retried", counts.writes.retried),
            ("writes_applied", counts.writes.applied), ("writes_refused", counts.writes.refused),
            ("writes_unknown", counts.writes.unknown),
            ("writes_timed_out", counts.writes.timedOut),
        ]
        return "breaker=\(breaker.rawValue),"
            + (now + since).map { "\($0)=\($1)" }.joined(separator: ",")
    }
}
