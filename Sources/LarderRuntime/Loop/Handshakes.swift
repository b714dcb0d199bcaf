import LarderCore

/// The handshakes of a loop, in the order in which they began.
struct Handshakes {
    struct Entry {
        let id: ConnectionID
        let start: Tick
    }

    /// Handshakes that are not done.
    private(set) var count = 0
    /// Some of them are over; nobody has looked.
    private var entries: [Entry] = []
    private var head = 0

    mutating func begin(_ id: ConnectionID, at now: Tick) {
        entries.append(Entry(id: id, start: now))
        count += 1
    }

    /// One is done, or has failed.
    mutating func ended() {
        count -= 1
        if count == 0 {
            entries.removeAll(keepingCapacity: entries.count < 64)
            head = 0
        }
    }

    /// The first of those that may still go on.
    var oldest: Entry? { head < entries.count ? entries[head] : nil }

    mutating func removeOldest() {
        head += 1
        guard head >= 64, head * 2 >= entries.count else { return }
        entries.removeFirst(head)
        head = 0
    }
}
