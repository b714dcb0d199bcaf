import LarderTrace

/// What a replay counted.
struct ReplayTally: Sendable {
    var hits = 0
    var misses = 0
    /// Values stored after a miss.
    var stored = 0
    /// Operations that the server refused, or that a lost connection left without an answer.
    var errors = 0
    /// The first refusal or loss, in the server's or the system's words.
    var firstError: String?
    /// Bytes of the values that hits brought.
    var hitBytes = 0
    var getLatency = LatencyHistogram()
    var setLatency = LatencyHistogram()

    /// Requests of the trace that were answered.
    var requests: Int { hits + misses }

    mutating func noteError(_ message: String, count: Int = 1) {
        errors += count
        if firstError == nil { firstError = message }
    }

    mutating func merge(_ other: ReplayTally) {
        hits += other.hits
        misses += other.misses
        stored += other.stored
        errors += other.errors
        firstError = firstError ?? other.firstError
        hitBytes += other.hitBytes
        getLatency.merge(other.getLatency)
        setLatency.merge(other.setLatency)
    }
}
