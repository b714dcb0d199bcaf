import LarderCore
import LarderTesting
import Testing

@testable import LarderMemory

@Suite struct TagTableTests {
    @Test(arguments: UInt64(0)..<8)
    func `agrees with a dictionary up to a full table`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var table = TagTable(bucketCount: 16)
        var model: [UInt32: UInt64] = [:]
        for step in 0..<4000 {
            let slot = UInt32.random(in: 0..<300, using: &random)
            if let hash = model[slot] {
                table.remove(slot, hash)
                model[slot] = nil
            } else if model.count < 16 * 15 {
                // Few different hashes, so that tags and homes collide.
                let hash = random.next() & 0xF000_0000_0000_0003
                table.insert(slot, hash)
                model[slot] = hash
            }
            guard step % 20 == 0 else { continue }
            #expect(table.count == model.count)
            for (slot, hash) in model {
                #expect(table.view.find(hash) { $0 == slot } == slot)
            }
            #expect(table.view.find(random.next()) { _ in false } == nil)
        }
    }

    @Test func `300 keys of one home are all found, and an overflow count that is full stays`() {
        var table = TagTable(bucketCount: 64)
        let hash: UInt64 = 5
        for slot in 0..<UInt32(300) { table.insert(slot, hash) }
        for slot in 0..<UInt32(300) { #expect(table.view.find(hash) { $0 == slot } == slot) }
        for slot in 0..<UInt32(300) where slot != 299 { table.remove(slot, hash) }
        #expect(table.view.find(hash) { $0 == 299 } == 299)
        table.remove(299, hash)
        #expect(table.count == 0)
        #expect(table.view.find(hash) { _ in true } == nil)
        table.insert(1, hash)
        #expect(table.view.find(hash) { _ in true } == 1)
    }

    @Test(arguments: [1, 3, 64, 97, 1000])
    func `homes are in the order of hashes, and positions are their inverse`(bucketCount: Int) {
        let table = TagTable(bucketCount: bucketCount)
        for bucket in 0..<bucketCount {
            let position = table.firstPosition(ofHome: bucket)
            #expect(table.home(position << 32) == bucket)
            if position > 0 { #expect(table.home((position - 1) << 32) < bucket) }
        }
        #expect(table.firstPosition(ofHome: bucketCount) == 1 << 32)
    }

    @Test func `each cell of a bucket is told apart by its tag`() {
        var table = TagTable(bucketCount: 1)
        for cell in 0..<15 { table.insert(UInt32(cell), UInt64(cell * 17 + 1)) }
        for cell in 0..<15 {
            var asked: [UInt32] = []
            _ = table.view.find(UInt64(cell * 17 + 1)) {
                asked.append($0)
                return false
            }
            #expect(asked == [UInt32(cell)])
        }
    }

    @Test(arguments: UInt64(0)..<4)
    func `an index that grows and shrinks keeps every slot`(seed: UInt64) {
        var world = IndexWorld(seed: seed)
        for _ in 0..<6000 { world.step(isGrowing: true) }
        #expect(world.growths > 2)
        world.check()
        for _ in 0..<6000 { world.step(isGrowing: false) }
        world.check()
    }
}

/// An index with the slots and blocks that its growth asks for.
struct IndexWorld: ~Copyable {
    var index = HashIndex()
    var slots = SlotTable()
    var arena = Arena(slabCountMax: 64)
    let hasher: KeyHasher
    var model: [UInt32: UInt64] = [:]
    var random: SeededRandom
    var growths = 0

    init(seed: UInt64) {
        hasher = KeyHasher(seed: seed)
        random = SeededRandom(seed: seed)
    }

    mutating func step(isGrowing: Bool) {
        if Int.random(in: 0..<10, using: &random) < (isGrowing ? 8 : 2) {
            insert()
        } else if let (slot, hash) = model.first {
            index.remove(slot, hash)
            arena.free(slots[slot])
            slots.give(slot)
            model[slot] = nil
        }
        if index.isMigrating {
            index.migrateBucket(slots, arena, hasher)
        } else if index.isReleasing {
            index.releaseSlice()
        } else if let wanted = index.wantedBucketCount {
            index.beginMigration(toBucketCount: wanted)
            growths += 1
        }
    }

    private mutating func insert() {
        let sizeClass = arena.classes.sizeClass(for: 24)
        if let ref = arena.allocate(sizeClass) { return place(ref) }
        _ = arena.addSlab()
        arena.assignSpare(to: sizeClass)
        if let ref = arena.allocate(sizeClass) { place(ref) }
    }

    private mutating func place(_ ref: BlockRef) {
        let block = arena.block(ref)
        block.header = EntryHeader(keyLength: 8, valueLength: 0, space: 0, shape: [])
        block.store(random.next(), at: 8)
        let slot = slots.take()
        slots[slot] = ref
        let hash = hasher.hash(block.key)
        index.insert(slot, hash)
        model[slot] = hash
    }

    func check() {
        #expect(index.count == model.count)
        for (slot, hash) in model { #expect(index.find(hash) { $0 == slot } == slot) }
    }
}
