import LarderCore

/// Events that took longer than `latency-monitor-threshold`, for LATENCY.
final class LatencyMonitor: Sendable {
    /// The longest occurrence within one second.
    struct Sample: Sendable, Hashable {
        let seconds: Int64
        var milliseconds: Int64
    }

    /// One kind of event.
    struct Event: Sendable {
        fileprivate(set) var longest: Int64 = 0
        /// At most `sampleMax`, the oldest first.
        fileprivate(set) var samples: [Sample] = []
    }

    /// As many as redis keeps.
    static var sampleMax: Int { 160 }

    private let events = Guarded<[String: Event]>([:])

    /// Notes that an event took so long.
    func note(_ name: String, milliseconds: Int64, at seconds: Int64) {
        events.withLock { events in
            var event = events[name] ?? Event()
            event.longest = max(event.longest, milliseconds)
            if let last = event.samples.indices.last, event.samples[last].seconds == seconds {
                event.samples[last].milliseconds = max(
                    event.samples[last].milliseconds, milliseconds)
            } else {
                event.samples.append(Sample(seconds: seconds, milliseconds: milliseconds))
                event.samples.removeFirst(max(0, event.samples.count - Self.sampleMax))
            }
            events[name] = event
        }
    }

    func event(_ name: String) -> Event? { events.withLock { $0[name] } }

    /// All events, by name.
    var all: [(name: String, event: Event)] {
        events.withLock { events in
            events.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        }
    }

    /// Forgets events, all when none is named.
    ///
    /// - Returns: How many there were.
    func reset(_ names: [String]) -> Int {
        events.withLock { events in
            let wanted = names.isEmpty ? Array(events.keys) : names
            return wanted.reduce(0) { $0 + (events.removeValue(forKey: $1) == nil ? 0 : 1) }
        }
    }
}
