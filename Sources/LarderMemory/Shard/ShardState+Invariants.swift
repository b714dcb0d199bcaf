import LarderCore
import LarderPolicy

// What must hold between any two operations.
extension ShardState {
    /// The first broken promise, in words; `nil` when all hold.
    ///
    /// - Complexity: O(entries), and allocates.
    func violation() -> String? {
        var live = 0
        var dead = 0
        var expiring = 0
        var bySpace: [UInt16: Int] = [:]
        var negative: [UInt16: Int] = [:]
        for slot in 0..<UInt32(slots.count) where slots.isLive(slot) {
            live += 1
            let block = block(of: slot)
            let header = block.header
            bySpace[header.space, default: 0] += 1
            if isDead(header.space) { dead += 1 }
            if header.shape.contains(.expiry) { expiring += 1 }
            if header.shape.contains(.provenance) {
                if block.isNegative { negative[header.space, default: 0] += 1 }
                if let broken = provenanceViolation(of: block) { return "slot \(slot) \(broken)" }
            }
            let hash = hasher.hash(block.key)
            guard lookUp(block.key, hash, header.space)?.slot == slot else {
                return "slot \(slot) is not found by its key"
            }
            guard SizeClasses.blockBytes(for: header.byteCount) == arena.byteCount(slots[slot])
            else { return "slot \(slot) is not in a block of its class" }
        }
        if live != slots.liveCount { return "\(live) live slots, counted \(slots.liveCount)" }
        if live != index.count { return "\(live) live slots, \(index.count) in the index" }
        if dead != deadEntryCount { return "\(dead) dead entries, counted \(deadEntryCount)" }
        if expiring != wheel.count { return "\(expiring) expiring, counted \(wheel.count)" }
        for (space, count) in bySpace where Int(spaceCounts[Int(space)]) != count {
            return "\(count) entries of space \(space), counted \(spaceCounts[Int(space)])"
        }
        for database in 0..<spaces.count {
            let counted = Int(negativeCounts[Int(spaces[database])])
            guard counted == negative[spaces[database], default: 0] else {
                return "\(counted) negative entries counted in database \(database)"
            }
        }
        return linkViolation() ?? accountViolation() ?? arena.violation()
    }

    private func provenanceViolation(of block: Block) -> String? {
        let header = block.header
        let fixed = header.shape.contains(.large) ? 4 : 0
        guard block.tailByteCount + fixed <= header.valueLength else { return "has a long tail" }
        let hasOrder = block.isSliding || block.freshUntil <= block.expiry
        guard hasOrder else { return "is fresh beyond its end" }
        guard !block.isNegative || block.plainValueLength == 0 else {
            return "is negative and has a value"
        }
        let packed = block.packedTags
        var position = 0
        while position < packed.byteCount { position += 1 + Int(packed.byte(position)) }
        return position == packed.byteCount ? nil : "has a broken tag"
    }

    /// Bytes of the budget that this shard has: what it holds, has paid for and has ahead.
    var reservedBytes: Int {
        arena.heldCount * SizeClasses.slabBytes + paidOverhead + credit
    }

    private func accountViolation() -> String? {
        if paidOverhead != overheadBytes {
            return "\(overheadBytes) bytes of tables, paid for \(paidOverhead)"
        }
        if !largeValues.isConsistent { return "a large value has no number, or two" }
        return nil
    }

    private func linkViolation() -> String? {
        var linked = 0
        for list in 0..<(TimerWheel.levelCount * TimerWheel.listsPerLevel) {
            var slot = wheel[head: list]
            var previous = UInt32(list) | 1 << 31
            while slot != TimerWheel.noSlot {
                let block = block(of: slot)
                guard block.load(EntryHeader.linksOffset, as: UInt32.self) == previous else {
                    return "slot \(slot) does not link back in list \(list)"
                }
                linked += 1
                guard linked <= wheel.count else { return "the wheel has a loop" }
                previous = slot
                slot = block.load(EntryHeader.linksOffset + 4, as: UInt32.self)
            }
        }
        return linked == wheel.count ? nil : "\(linked) linked, counted \(wheel.count)"
    }
}

extension Arena {
    /// The first broken promise, in words.
    func violation() -> String? {
        var free = 0
        var members = 0
        for number in 0..<UInt32(slabs.count) where slabs[Int(number)].owner == self.number {
            members += 1
            let slab = slabs[Int(number)]
            let size = classes.sizes[Int(slab.sizeClass)]
            let live = countLiveBlocks(of: number)
            guard live == Int(slab.liveCount) else {
                return "slab \(number) has \(live) live blocks, counted \(slab.liveCount)"
            }
            free += (blocksPerSlab(Int(slab.sizeClass)) - live) * size
        }
        if free != freeBytesTotal { return "\(free) free bytes, counted \(freeBytesTotal)" }
        if members + spareCount != heldCount {
            return "\(members) slabs and \(spareCount) spare ones, counted \(heldCount)"
        }
        return nil
    }
}
