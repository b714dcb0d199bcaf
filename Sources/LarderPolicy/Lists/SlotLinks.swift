public import LarderCore

/// The neighbours of every slot of a shard, in one flat array.
///
/// All lists of a policy are threaded through one `SlotLinks`, since a slot is in at most one list:
/// an entry costs 8 bytes however many lists there are, and changing lists allocates nothing.
public struct SlotLinks: ~Copyable {
    /// A slot's place: between two nodes, or nowhere (`next` is 0), or parked with a note.
    @usableFromInline struct Node: BitwiseCopyable {
        @usableFromInline var previous: UInt32
        @usableFromInline var next: UInt32

        @inlinable init(previous: UInt32, next: UInt32) {
            self.previous = previous
            self.next = next
        }
    }

    /// Bytes of storage per slot.
    public static var bytesPerSlot: Int { MemoryLayout<Node>.stride }

    /// In `next`: the slot is in no list, and `previous` is a note of its owner.
    @inlinable static var parked: UInt32 { .max }

    /// Node 0 stays unused, so that zeroed memory means "in no list"; then one anchor per list,
    /// then the slots. Lists are circles through their anchor, so neither inserting nor removing
    /// asks whether it is at an end.
    @usableFromInline var nodes: ReservedArray<Node>
    /// Node of slot 0.
    @usableFromInline let firstSlot: UInt32
    private var anchorCount: UInt32 = 0

    /// Links for the slots `0..<slotCapacity`.
    ///
    /// - Complexity: O(1); memory is taken as slots appear.
    public init(slotCapacity: Int, listCount: Int) {
        precondition(slotCapacity < Int(UInt32.max) - listCount - 1, "Slots fit in 32 bits.")
        firstSlot = UInt32(listCount) + 1
        nodes = ReservedArray(reserving: slotCapacity + listCount + 1)
        nodes.grow(toCount: listCount + 1)
    }

    /// Bytes of memory held.
    public var storageBytes: Int { nodes.storageBytes }

    /// One of the `listCount` lists, empty.
    ///
    /// - Complexity: O(1).
    public mutating func makeList() -> SlotList {
        anchorCount += 1
        precondition(anchorCount < firstSlot, "There are as many lists as were announced.")
        nodes[Int(anchorCount)] = Node(previous: anchorCount, next: anchorCount)
        return SlotList(anchor: anchorCount)
    }

    /// Whether `slot` is neither in one of the lists nor parked.
    ///
    /// - Complexity: O(1).
    @inlinable public func isFree(_ slot: SlotID) -> Bool {
        let node = slot.index + Int(firstSlot)
        return node >= nodes.count || nodes[node].next == 0
    }

    /// Whether `slot` is in one of the lists.
    ///
    /// - Complexity: O(1).
    @inlinable public func isLinked(_ slot: SlotID) -> Bool {
        !isFree(slot) && nodes[Int(node(slot))].next != Self.parked
    }

    /// Whether `slot` is parked.
    ///
    /// - Complexity: O(1).
    @inlinable public func isParked(_ slot: SlotID) -> Bool {
        !isFree(slot) && nodes[Int(node(slot))].next == Self.parked
    }

    /// Keeps `note` for `slot`, which must be free: a slot in no list has no use for its links.
    ///
    /// - Complexity: O(1).
    @inlinable public mutating func park(_ slot: SlotID, note: UInt32) {
        makeNode(slot)
        precondition(isFree(slot), "A slot is in at most one place.")
        nodes[Int(node(slot))] = Node(previous: note, next: Self.parked)
    }

    /// The note of `slot`, which must be parked.
    ///
    /// - Complexity: O(1).
    @inlinable public func note(of slot: SlotID) -> UInt32 {
        let node = nodes[Int(node(slot))]
        precondition(node.next == Self.parked, "Only a parked slot has a note.")
        return node.previous
    }

    /// Frees `slot`, which must be parked, and returns its note.
    ///
    /// - Complexity: O(1).
    @inlinable public mutating func unpark(_ slot: SlotID) -> UInt32 {
        let note = note(of: slot)
        nodes[Int(node(slot))] = Node(previous: 0, next: 0)
        return note
    }

    @inlinable func node(_ slot: SlotID) -> UInt32 { slot.rawValue + firstSlot }

    @inlinable mutating func makeNode(_ slot: SlotID) {
        let count = slot.index + Int(firstSlot) + 1
        if count > nodes.count { nodes.grow(toCount: count) }
    }

    @inlinable mutating func join(_ left: UInt32, _ right: UInt32) {
        nodes[Int(left)].next = right
        nodes[Int(right)].previous = left
    }
}
