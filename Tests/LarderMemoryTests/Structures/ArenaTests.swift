import LarderTesting
import LarderCore
import Testing

@testable import LarderMemory

@Suite struct ArenaTests {
    /// Marks each block with a number of its own, so that blocks that overlap are noticed.
    @Test(arguments: UInt64(0)..<8)
    func `gives each block to one owner, and takes all of them back`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var arena = Arena(slabCountMax: 64)
        var owned: [(ref: BlockRef, sizeClass: Int, mark: UInt64)] = []
        for step in 0..<4000 {
            if Bool.random(using: &random) || owned.isEmpty {
                let sizeClass = Int.random(in: 0..<arena.classes.count, using: &random)
                if let ref = Self.allocate(sizeClass, in: &arena) {
                    let mark = random.next()
                    Self.mark(arena.block(ref), mark, byteCount: arena.byteCount(ref))
                    owned.append((ref, sizeClass, mark))
                }
            } else {
                let index = Int.random(in: 0..<owned.count, using: &random)
                let block = owned.remove(at: index)
                let isIntact = Self.isMarked(arena, block.ref, block.mark)
                #expect(isIntact)
                arena.free(block.ref)
            }
            if step % 500 == 0 { Self.expectSound(arena) }
        }
        for block in owned {
            let isIntact = Self.isMarked(arena, block.ref, block.mark)
            #expect(isIntact)
        }
        for block in owned { arena.free(block.ref) }
        Self.expectSound(arena)
        #expect(arena.spareCount == arena.heldCount && arena.freeBytesTotal == 0)
        while arena.discardSpare() {}
        #expect(arena.heldCount == 0)
    }

    private static func allocate(_ sizeClass: Int, in arena: inout Arena) -> BlockRef? {
        if let ref = arena.allocate(sizeClass) { return ref }
        if !arena.hasSpare {
            guard arena.addSlab() else { return nil }
        }
        arena.assignSpare(to: sizeClass)
        return arena.allocate(sizeClass)
    }

    private static func mark(_ block: Block, _ mark: UInt64, byteCount: Int) {
        block.store(mark, at: 0)
        block.store(mark, at: byteCount - 8)
    }

    private static func isMarked(
        _ arena: borrowing Arena, _ ref: BlockRef, _ mark: UInt64
    ) -> Bool {
        let block = arena.block(ref)
        return block.load(0, as: UInt64.self) == mark
            && block.load(arena.byteCount(ref) - 8, as: UInt64.self) == mark
    }

    private static func expectSound(_ arena: borrowing Arena) {
        let violation = arena.violation()
        #expect(violation == nil)
    }

    @Test func `live blocks of a slab are those that were not freed`() {
        var arena = Arena(slabCountMax: 4)
        let sizeClass = arena.classes.sizeClass(for: 1000)
        var refs: [BlockRef] = []
        for _ in 0..<20 { if let ref = Self.allocate(sizeClass, in: &arena) { refs.append(ref) } }
        for index in stride(from: 0, to: 20, by: 3) { arena.free(refs[index]) }
        let slab = UInt32(refs[0].offset / SizeClasses.slabBytes)
        arena.markLiveBlocks(of: slab)
        var live: [BlockRef] = []
        var next = 0
        while let block = arena.liveBlock(from: next, of: slab) {
            live.append(block.ref)
            next = block.number + 1
        }
        #expect(live == refs.indices.filter { $0 % 3 != 0 }.map { refs[$0] })
        let count = arena.countLiveBlocks(of: slab)
        #expect(count == live.count)
    }

    @Test func `slots are used again, the last one given back first`() {
        var slots = SlotTable()
        let taken = (0..<100).map { _ in slots.take() }
        #expect(taken == Array(0..<100))
        for slot in taken { slots[slot] = BlockRef(rawValue: slot) }
        let wasLive = slots.isLive(50)
        #expect(wasLive)
        slots.give(50)
        slots.give(7)
        let isLive = slots.isLive(50)
        #expect(!isLive && slots.liveCount == 98)
        let again = (0..<3).map { _ in slots.take() }
        #expect(again == [7, 50, 100])
    }
}
