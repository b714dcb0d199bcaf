import LarderCore
import LarderPolicy
import Testing

@Suite struct SlotListTests {
    private let slots = (0..<4).map { SlotID(rawValue: $0) }

    @Test func `lists share one set of links`() throws {
        var links = SlotLinks(slotCapacity: 4, listCount: 2)
        var young = links.makeList()
        var old = links.makeList()
        for slot in slots { young.prepend(slot, in: &links) }

        for slot in slots.prefix(2) {
            young.remove(slot, in: &links)
            old.prepend(slot, in: &links)
        }

        #expect(young.slotsFromLast(in: links) == [slots[2], slots[3]])
        #expect(old.slotsFromLast(in: links) == [slots[0], slots[1]])
        try young.checkInvariants(in: links)
        try old.checkInvariants(in: links)
    }

    @Test func `a list ends where it began when all are removed`() throws {
        var links = SlotLinks(slotCapacity: 2, listCount: 1)
        var list = links.makeList()
        #expect(list.last(in: links) == nil)

        list.prepend(slots[1], in: &links)
        #expect(list.last(in: links) == slots[1])
        #expect(list.slot(before: slots[1], in: links) == nil)

        list.remove(slots[1], in: &links)
        #expect(list.last(in: links) == nil)
        #expect(links.isFree(slots[1]) == true)
        #expect(list.count == 0)
    }

    @Test func `moves each slot to the front`() throws {
        var links = SlotLinks(slotCapacity: 4, listCount: 1)
        var list = links.makeList()
        for slot in slots { list.prepend(slot, in: &links) }
        for index in [0, 2, 2, 3] { list.moveToFront(slots[index], in: &links) }
        #expect(list.slotsFromLast(in: links) == [1, 0, 2, 3].map { slots[$0] })
        try list.checkInvariants(in: links)
    }

    @Test func `takes a slot in ahead of another, or at the end`() throws {
        var links = SlotLinks(slotCapacity: 4, listCount: 1)
        var list = links.makeList()
        list.insert(slots[0], aheadOf: nil, in: &links)
        list.insert(slots[1], aheadOf: slots[0], in: &links)
        list.insert(slots[2], aheadOf: slots[0], in: &links)
        list.insert(slots[3], aheadOf: nil, in: &links)
        #expect(list.slotsFromLast(in: links) == [3, 0, 2, 1].map { slots[$0] })
        list.move(slots[3], aheadOf: slots[1], in: &links)
        #expect(list.slotsFromLast(in: links) == [0, 2, 1, 3].map { slots[$0] })
        #expect(list.slot(after: slots[2], in: links) == slots[0])
        #expect(list.slot(after: slots[0], in: links) == nil)
        try list.checkInvariants(in: links)
    }

    @Test func `a parked slot keeps a note and is in no list`() {
        var links = SlotLinks(slotCapacity: 4, listCount: 1)
        _ = links.makeList()
        links.park(slots[2], note: 77)
        #expect(links.note(of: slots[2]) == 77)
        #expect(links.isParked(slots[2]) == true)
        #expect(links.isLinked(slots[2]) == false)
        #expect(links.isFree(slots[2]) == false)
        #expect(links.unpark(slots[2]) == 77)
        #expect(links.isFree(slots[2]) == true)
    }

    @Test func `a slot that never appeared is free`() {
        var links = SlotLinks(slotCapacity: 2, listCount: 1)
        _ = links.makeList()
        #expect(links.isFree(SlotID(rawValue: 2)) == true)
        #expect(links.isFree(SlotID(rawValue: 0)) == true)
    }

    @Test func `traps when a slot would be in two places`() async {
        await #expect(processExitsWith: .failure) {
            var links = SlotLinks(slotCapacity: 2, listCount: 1)
            var list = links.makeList()
            links.park(SlotID(rawValue: 0), note: 1)
            list.prepend(SlotID(rawValue: 0), in: &links)
        }
        await #expect(processExitsWith: .failure) {
            var links = SlotLinks(slotCapacity: 2, listCount: 1)
            var list = links.makeList()
            links.park(SlotID(rawValue: 0), note: 1)
            list.remove(SlotID(rawValue: 0), in: &links)
        }
    }
}
