public import LarderCore

/// A doubly linked list of slots whose links live in a `SlotLinks`, passed to each call.
public struct SlotList: Sendable, BitwiseCopyable {
    @usableFromInline let anchor: UInt32

    /// Number of slots in the list.
    public private(set) var count = 0

    init(anchor: UInt32) {
        self.anchor = anchor
    }

    /// The last slot; `nil` when the list is empty.
    ///
    /// - Complexity: O(1).
    @inlinable public func last(in links: borrowing SlotLinks) -> SlotID? {
        slot(at: links.nodes[Int(anchor)].previous, in: links)
    }

    /// The neighbour of `slot` towards the front; `nil` when `slot` is the first.
    ///
    /// - Complexity: O(1).
    @inlinable public func slot(before slot: SlotID, in links: borrowing SlotLinks) -> SlotID? {
        self.slot(at: links.nodes[Int(links.node(slot))].previous, in: links)
    }

    /// The neighbour of `slot` towards the end; `nil` when `slot` is the last.
    ///
    /// - Complexity: O(1).
    @inlinable public func slot(after slot: SlotID, in links: borrowing SlotLinks) -> SlotID? {
        self.slot(at: links.nodes[Int(links.node(slot))].next, in: links)
    }

    /// Puts `slot`, which must be free, ahead of `other`, which must be in this list; at the end if
    /// that is `nil`.
    ///
    /// - Complexity: O(1).
    public mutating func insert(
        _ slot: SlotID, aheadOf other: SlotID?, in links: inout SlotLinks
    ) {
        links.makeNode(slot)
        precondition(links.isFree(slot), "A slot is in at most one list.")
        link(links.node(slot), aheadOf: other.map { links.node($0) } ?? anchor, in: &links)
        count += 1
    }

    /// Moves `slot` ahead of `other`; both are in this list and different.
    ///
    /// - Complexity: O(1).
    public mutating func move(
        _ slot: SlotID, aheadOf other: SlotID, in links: inout SlotLinks
    ) {
        unlink(slot, in: &links)
        link(links.node(slot), aheadOf: links.node(other), in: &links)
    }

    /// Puts `slot`, which must be free, at the front.
    ///
    /// - Complexity: O(1).
    public mutating func prepend(_ slot: SlotID, in links: inout SlotLinks) {
        links.makeNode(slot)
        precondition(links.isFree(slot), "A slot is in at most one list.")
        link(slot, in: &links)
        count += 1
    }

    /// Takes `slot`, which must be in this list, out of it.
    ///
    /// - Complexity: O(1).
    public mutating func remove(_ slot: SlotID, in links: inout SlotLinks) {
        precondition(links.isLinked(slot), "Only a slot that is in a list can be removed.")
        unlink(slot, in: &links)
        links.nodes[Int(links.node(slot))] = SlotLinks.Node(previous: 0, next: 0)
        count -= 1
    }

    /// Makes `slot`, which must be in this list, the first.
    ///
    /// - Complexity: O(1).
    @inlinable public mutating func moveToFront(_ slot: SlotID, in links: inout SlotLinks) {
        precondition(links.isLinked(slot), "Only a slot that is in a list can move in it.")
        guard links.nodes[Int(links.node(slot))].previous != anchor else { return }
        unlink(slot, in: &links)
        link(slot, in: &links)
    }

    @inlinable func slot(at node: UInt32, in links: borrowing SlotLinks) -> SlotID? {
        node == anchor ? nil : SlotID(rawValue: node - links.firstSlot)
    }

    @inlinable func link(_ slot: SlotID, in links: inout SlotLinks) {
        let node = links.node(slot)
        links.join(node, links.nodes[Int(anchor)].next)
        links.join(anchor, node)
    }

    func link(_ node: UInt32, aheadOf next: UInt32, in links: inout SlotLinks) {
        links.join(links.nodes[Int(next)].previous, node)
        links.join(node, next)
    }

    @inlinable func unlink(_ slot: SlotID, in links: inout SlotLinks) {
        let old = links.nodes[Int(links.node(slot))]
        links.join(old.previous, old.next)
    }
}

extension SlotList {
    /// All slots, last first. For tests and diagnostics.
    ///
    /// - Complexity: O(`count`), and allocates.
    public func slotsFromLast(in links: borrowing SlotLinks) -> [SlotID] {
        var slots: [SlotID] = []
        var current = last(in: links)
        while let slot = current, slots.count <= count {
            slots.append(slot)
            current = self.slot(before: slot, in: links)
        }
        return slots
    }

    /// For tests.
    ///
    /// - Complexity: O(`count`), and allocates.
    /// - Throws: The first broken promise: links mirror each other and `count` is true.
    public func checkInvariants(in links: borrowing SlotLinks) throws(InvariantViolation) {
        let slots = slotsFromLast(in: links)
        try InvariantViolation.check(
            slots.count == count, "count is \(count), but \(slots.count) slots are linked")
        var following = anchor
        for slot in slots {
            let next = links.nodes[Int(links.node(slot))].next
            try InvariantViolation.check(
                next == following, "\(slot) is followed by node \(next), not \(following)")
            following = links.node(slot)
        }
    }
}
