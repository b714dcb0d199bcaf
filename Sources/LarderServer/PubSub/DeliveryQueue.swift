import LarderRuntime
import LarderWire

/// The messages that a loop has taken out of its inbox and not sent yet.
struct DeliveryQueue {
    /// What is known of the connection in a place of the loop's table.
    private struct Mark {
        /// Messages up to this one were written to it, or were not for it.
        var seen: UInt64 = 0
        /// The batch in which `stream` means something.
        var batch: UInt32 = 0
        /// Number of the one stream that it receives in the batch, or `several`.
        var stream: UInt32 = 0
    }

    /// Messages of one batch that the same receivers get.
    struct Stream {
        /// Places in the batch.
        var places: [Int] = []
        let receivers: [Receiver]
    }

    private(set) var deliveries: [Delivery] = []
    private var marks: [Mark] = []
    private var batch: UInt32 = 0

    private static var several: UInt32 { .max }

    var isEmpty: Bool { deliveries.isEmpty }

    /// Number of the last message.
    var last: UInt64 { deliveries.last?.sequence ?? 0 }

    mutating func append(_ more: [Delivery]) {
        if deliveries.isEmpty { deliveries = more } else { deliveries += more }
    }

    mutating func removeAll() -> [Delivery] {
        defer { deliveries = [] }
        return deliveries
    }

    /// The last message that a connection has seen.
    func seen(_ id: ConnectionID) -> UInt64 {
        id.place < marks.count ? marks[id.place].seen : 0
    }

    /// The connection has seen what was published up to `sequence`.
    mutating func setSeen(_ id: ConnectionID, _ sequence: UInt64) {
        if id.place >= marks.count {
            let missing = max(id.place + 1, marks.count * 2) - marks.count
            marks += [Mark](repeating: Mark(), count: missing)
        }
        marks[id.place].seen = sequence
    }

    /// Begins a batch: sorts its messages into streams, and finds who receives only one of them,
    /// from its beginning. The others are told apart by `isAlone`.
    mutating func beginBatch(_ batch: ArraySlice<Delivery>) -> [Stream] {
        self.batch &+= 1
        var streams: [Stream] = []
        var numbers: [UInt64: Int] = [:]
        for place in batch.indices {
            let list = batch[place].list
            if let number = numbers[list] {
                streams[number].places.append(place)
            } else {
                numbers[list] = streams.count
                streams.append(Stream(places: [place], receivers: batch[place].receivers))
            }
        }
        let first = batch.first?.sequence ?? 0
        for number in streams.indices {
            for receiver in streams[number].receivers {
                mark(receiver.id.place, UInt32(number), first)
            }
        }
        return streams
    }

    private mutating func mark(_ place: Int, _ number: UInt32, _ first: UInt64) {
        guard place < marks.count else { return }
        if marks[place].batch != batch {
            marks[place].batch = batch
            marks[place].stream = marks[place].seen >= first ? Self.several : number
        } else if marks[place].stream != number {
            marks[place].stream = Self.several
        }
    }

    /// Whether the stream is all that a receiver gets in this batch.
    func isAlone(_ receiver: Receiver, in stream: Int) -> Bool {
        receiver.id.place < marks.count && marks[receiver.id.place].stream == UInt32(stream)
    }
}
