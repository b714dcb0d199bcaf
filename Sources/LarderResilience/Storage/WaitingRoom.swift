public import LarderCore

/// Those who wait, each in one of many queues, each with a deadline.
///
/// One pool, one set of links and one heap serve all queues, so a queue costs 12 bytes and a waiter
/// about 50, whoever waits for what. All steps are O(1) but the heap's, which are O(log n).
@usableFromInline struct WaitingRoom<Waiter: Sendable>: Sendable {
    /// One queue: its ends, and how many stand in it. Belongs to the room that it was filled in.
    @usableFromInline struct Queue: Hashable, Sendable, BitwiseCopyable {
        @usableFromInline var first = Ticket.none
        @usableFromInline var last = Ticket.none
        @usableFromInline var count: UInt32 = 0

        @inlinable init() {}
    }

    @usableFromInline struct Links: Sendable {
        @usableFromInline var previous = Ticket.none
        @usableFromInline var next = Ticket.none

        @inlinable init(previous: UInt32 = Ticket.none, next: UInt32 = Ticket.none) {
            self.previous = previous
            self.next = next
        }
    }

    @usableFromInline var pool = Pool<Waiter>()
    @usableFromInline var links: [Links] = []
    @usableFromInline var deadlines = DeadlineHeap()

    @inlinable var count: Int { pool.count }

    /// Bytes that the storage holds.
    @inlinable var storageBytes: Int {
        pool.storageBytes + deadlines.storageBytes
            + links.capacity * MemoryLayout<Links>.stride
    }

    /// Who must go first, and when.
    @inlinable var nextDeadline: (ticket: Ticket, deadline: Tick)? {
        guard let first = deadlines.first, let ticket = pool.ticket(at: first.index) else {
            return nil
        }
        return (ticket, first.deadline)
    }

    @inlinable func waiter(_ ticket: Ticket) -> Waiter? { pool.element(ticket) }

    @inlinable func first(of queue: Queue) -> Ticket? { pool.ticket(at: queue.first) }

    @inlinable func last(of queue: Queue) -> Ticket? { pool.ticket(at: queue.last) }

    /// Puts `waiter` at the end of `queue`.
    @inlinable mutating func append(_ waiter: Waiter, deadline: Tick, to queue: inout Queue)
        -> Ticket
    {
        let ticket = pool.insert(waiter)
        let index = ticket.index
        while links.count <= Int(index) { links.append(Links()) }
        links[Int(index)] = Links(previous: queue.last, next: Ticket.none)
        if queue.last == Ticket.none {
            queue.first = index
        } else {
            links[Int(queue.last)].next = index
        }
        queue.last = index
        queue.count += 1
        deadlines.insert(index, deadline: deadline)
        return ticket
    }

    /// Takes out who holds `ticket` and stands in `queue`, unless that one left before.
    @inlinable mutating func remove(_ ticket: Ticket, from queue: inout Queue) -> Waiter? {
        guard let waiter = pool.remove(ticket) else { return nil }
        deadlines.remove(ticket.index)
        let around = links[Int(ticket.index)]
        if around.previous == Ticket.none {
            queue.first = around.next
        } else {
            links[Int(around.previous)].next = around.next
        }
        if around.next == Ticket.none {
            queue.last = around.previous
        } else {
            links[Int(around.next)].previous = around.previous
        }
        queue.count -= 1
        if pool.count == 0 && links.count > Pool<Waiter>.keptPlaces { links = [] }
        return waiter
    }

    /// - Throws: `InvariantViolation` if `queues`, which are all, do not hold everybody once.
    func checkInvariants(_ queues: [Queue]) throws(InvariantViolation) {
        try deadlines.checkInvariants()
        try InvariantViolation.check(deadlines.count == pool.count, "a waiter without deadline")
        var standing = 0
        for queue in queues {
            var (previous, place, length) = (Ticket.none, queue.first, UInt32(0))
            while place != Ticket.none {
                try InvariantViolation.check(
                    pool.ticket(at: place) != nil, "a queue leads to a free place")
                try InvariantViolation.check(
                    links[Int(place)].previous == previous, "links disagree at \(place)")
                length += 1
                try InvariantViolation.check(
                    length <= queue.count, "a queue is longer than its count")
                (previous, place) = (place, links[Int(place)].next)
            }
            try InvariantViolation.check(
                queue.last == previous && length == queue.count, "a queue ends wrongly")
            standing += Int(length)
        }
        try InvariantViolation.check(
            standing == pool.count, "\(pool.count) wait, \(standing) stand in queues")
    }
}
