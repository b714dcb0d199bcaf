import LarderCore

/// Events of a simulation, taken out by time; those of the same time in the order they came.
struct Timeline<Event> {
    private var events: [(at: Tick, event: Event)] = []

    var isEmpty: Bool { events.isEmpty }

    mutating func add(_ event: Event, at time: Tick) {
        var (low, high) = (0, events.count)
        while low < high {
            let middle = (low + high) / 2
            if events[middle].at < time { high = middle } else { low = middle + 1 }
        }
        // Kept with the last first, so that taking out is cheap; equal times: earlier comes later.
        while low > 0, events[low - 1].at == time { low -= 1 }
        events.insert((time, event), at: low)
    }

    /// The next event, if it is not after `end`.
    mutating func next(until end: Tick) -> (at: Tick, event: Event)? {
        guard let last = events.last, last.at <= end else { return nil }
        return events.removeLast()
    }
}

extension Tick {
    static func at(_ duration: Duration) -> Tick { Tick(nanoseconds: 0).advanced(by: duration) }
}
