import LarderCore

/// Up to eight queues of slots with their weights, and flags of the slots: what the policies that
/// keep entries in queues are built of.
///
/// A slot knows its queue. 12 bytes per slot however many queues there are, and moving a slot from
/// one to another allocates nothing.
struct WeightedQueues: ~Copyable {
    /// A note of one bit about a slot. There is `first` beside up to four queues, `second` beside
    /// up to two.
    enum Flag: UInt32 {
        case first = 4
        case second = 2
    }

    struct Queue: BitwiseCopyable {
        var order: SlotList
        var weight = 0
    }

    /// Bytes of storage per slot.
    static var bytesPerSlot: Int { SlotLinks.bytesPerSlot + MarkedWeights.bytesPerSlot }

    private var links: SlotLinks
    /// Not an inline array: indexing one copies the whole of it.
    private var queues: ReservedArray<Queue>
    private var weights: MarkedWeights
    /// Those bits of a note that are the number of the queue. The others are flags.
    private let queueMask: UInt32
    /// Number of slots in all queues.
    private(set) var count = 0
    /// Weight of all slots in the queues.
    private(set) var totalWeight = 0

    /// So many empty queues for the slots `0..<slotCapacity`.
    ///
    /// - Parameters:
    ///   - slotCapacity: Above the highest slot.
    ///   - queueCount: 1, 2, 4 or 8.
    init(slotCapacity: Int, queueCount: Int) {
        precondition([1, 2, 4, 8].contains(queueCount), "The number of a queue has three bits.")
        links = SlotLinks(slotCapacity: slotCapacity, listCount: queueCount)
        queues = ReservedArray(reserving: queueCount)
        queues.grow(toCount: queueCount)
        for queue in 0..<queueCount { queues[queue] = Queue(order: links.makeList()) }
        weights = MarkedWeights(slotCapacity: slotCapacity)
        queueMask = UInt32(queueCount - 1)
    }

    var storageBytes: Int {
        links.storageBytes + weights.storageBytes + queues.storageBytes
    }

    func count(of queue: Int) -> Int { queues[queue].order.count }

    func weight(of queue: Int) -> Int { queues[queue].weight }

    /// The slot that has been in `queue` longest; `nil` when it is empty.
    func last(of queue: Int) -> SlotID? { queues[queue].order.last(in: links) }

    /// The next newer slot in the queue of `slot`; `nil` when it is the newest.
    func slot(before slot: SlotID) -> SlotID? {
        queues[queue(of: slot)].order.slot(before: slot, in: links)
    }

    /// The queue in which `slot` is.
    func queue(of slot: SlotID) -> Int { Int(weights.note(of: slot) & queueMask) }

    func weight(of slot: SlotID) -> Int { Int(weights.weight(of: slot)) }

    func has(_ flag: Flag, _ slot: SlotID) -> Bool {
        weights.note(of: slot) & flag.rawValue != 0
    }

    mutating func set(_ flag: Flag, of slot: SlotID) {
        let note = weights.note(of: slot)
        if note & flag.rawValue == 0 { weights.setNote(of: slot, to: note | flag.rawValue) }
    }

    mutating func clear(_ flag: Flag, of slot: SlotID) {
        weights.setNote(of: slot, to: weights.note(of: slot) & ~flag.rawValue)
    }

    /// Puts `slot`, which must be in no queue, at the front of one, without flags.
    mutating func insert(_ slot: SlotID, weight: UInt32, in queue: Int) {
        queues[queue].order.prepend(slot, in: &links)
        weights.insert(slot, weight: weight, note: UInt32(queue))
        add(Int(weight), to: queue)
        count += 1
    }

    /// Makes `slot`, which must be in a queue, the first of this one, and clears its flags.
    mutating func move(_ slot: SlotID, to queue: Int) {
        let old = self.queue(of: slot)
        weights.setNote(of: slot, to: UInt32(queue))
        if old == queue {
            queues[queue].order.moveToFront(slot, in: &links)
        } else {
            let weight = weight(of: slot)
            queues[old].order.remove(slot, in: &links)
            queues[queue].order.prepend(slot, in: &links)
            queues[old].weight -= weight
            queues[queue].weight += weight
        }
    }

    /// Makes `weight` that of `slot`, which must be in a queue.
    mutating func setWeight(of slot: SlotID, to weight: UInt32) {
        let old = weights.weight(of: slot)
        if weight != old { changeWeight(of: slot, from: old, to: weight) }
    }

    /// Takes `slot`, which must be in a queue, out of it.
    mutating func remove(_ slot: SlotID) {
        precondition(links.isLinked(slot), "Only a held slot can be removed.")
        let queue = queue(of: slot)
        queues[queue].order.remove(slot, in: &links)
        add(-Int(weights.remove(slot)), to: queue)
        count -= 1
    }

    @inline(never)
    private mutating func changeWeight(of slot: SlotID, from old: UInt32, to new: UInt32) {
        precondition(links.isLinked(slot), "Only a held slot can be touched.")
        let note = weights.note(of: slot)
        _ = weights.remove(slot)
        weights.insert(slot, weight: new, note: note)
        add(Int(new) - Int(old), to: queue(of: slot))
    }

    private mutating func add(_ change: Int, to queue: Int) {
        queues[queue].weight += change
        totalWeight += change
    }
}

extension WeightedQueues {
    /// All slots of `queue`, oldest first. For tests.
    func slots(of queue: Int) -> [SlotID] { queues[queue].order.slotsFromLast(in: links) }

    /// For tests.
    ///
    /// - Throws: The first broken promise: queues are sound, slots know their queue, weights add up
    ///   and those that are kept elsewhere are those of held slots.
    func checkInvariants() throws(InvariantViolation) {
        var (sum, heavy) = (0, Set<SlotID>())
        for number in 0..<queues.count {
            try queues[number].order.checkInvariants(in: links)
            var weight = 0
            for slot in slots(of: number) {
                try InvariantViolation.check(
                    queue(of: slot) == number, "\(slot) is in queue \(number) and does not know it")
                weight += self.weight(of: slot)
                if weights.isHeavy(slot) { heavy.insert(slot) }
            }
            try InvariantViolation.check(
                weight == queues[number].weight,
                "queue \(number) weighs \(weight), not \(queues[number].weight)")
            sum += weight
        }
        try InvariantViolation.check(
            sum == totalWeight, "totalWeight is \(totalWeight), but the sum \(sum)")
        try InvariantViolation.check(
            heavy == weights.heavySlots, "heavy are \(heavy), not \(weights.heavySlots)")
        let count = (0..<queues.count).reduce(0) { $0 + self.count(of: $1) }
        try InvariantViolation.check(
            count == self.count, "\(count) slots are held, not \(self.count)")
    }
}
