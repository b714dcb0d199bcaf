import LarderCore

// Values above 8 KiB: pieces in the arena, and an entry that holds their number.
extension ShardState {
    mutating func putLarge(
        _ value: RawSpan, for key: RawSpan, _ hash: UInt64, _ space: UInt16, over found: Found?,
        _ attributes: EntryAttributes
    ) -> PutOutcome {
        guard let large = makeLarge(value) else { return refuseLarge(key, hash, space) }
        return putLarge(large, for: key, hash, space, attributes)
    }

    /// Stores a value that was built beforehand, or notes that it could not be.
    mutating func put(
        _ large: LargeValue?, for key: RawSpan, _ hash: UInt64, _ space: UInt16,
        _ attributes: EntryAttributes
    ) -> PutOutcome {
        let isTaken = large.map { shared.takes($0.byteCount) } ?? true
        guard key.byteCount <= EntryHeader.keyLengthMax, isTaken else { return .tooLarge }
        statistics.writes += 1
        guard let large else { return refuseLarge(key, hash, space) }
        return putLarge(large, for: key, hash, space, attributes)
    }

    /// There is no memory for a new value: the old one is no longer the truth.
    private mutating func refuseLarge(
        _ key: RawSpan, _ hash: UInt64, _ space: UInt16
    ) -> PutOutcome {
        settleOverhead()
        guard shared.limits.evicts else { return .outOfMemory }
        // It may have left while room was looked for.
        if let old = lookUp(key, hash, space) { remove(old, hash) }
        statistics.refusals += 1
        return .stored
    }

    /// Stores an entry for a large value whose pieces are in place.
    mutating func putLarge(
        _ large: LargeValue, for key: RawSpan, _ hash: UInt64, _ space: UInt16,
        _ attributes: EntryAttributes
    ) -> PutOutcome {
        if bans.isInterested, needsDate(attributes, key, space) {
            return putLarge(large, for: key, hash, space, dated(attributes, key, space))
        }
        var shape = attributes.shape
        shape.insert(.large)
        let header = EntryHeader(
            keyLength: key.byteCount, valueLength: 4 + attributes.tailByteCount, space: space,
            shape: shape,
            marks: attributes.marks, accessed: attributes.written)
        let number = largeValues.insert(large)
        let found = lookUp(key, hash, space)
        let bytes = [number]
        let outcome = place(
            header, unsafe bytes.span.bytes, for: key, hash, over: found, attributes,
            extraWeight: large.storedBytes)
        let isStored = lookUp(key, hash, space).map { isLarge($0, number) } ?? false
        // An entry that was stored and evicted at once has given the number back itself.
        if !isStored, largeValues.holds(large, at: number) { largeValues.remove(number) }
        // Slabs for its pieces have made the tables longer.
        settleOverhead()
        return outcome
    }

    private func isLarge(_ found: Found, _ number: UInt32) -> Bool {
        let header = found.block.header
        return header.shape.contains(.large)
            && found.block.load(header.valueOffset, as: UInt32.self) == number
    }

    /// Copies a value into pieces; `nil` when the shard has no room for it.
    private mutating func makeLarge(_ value: RawSpan) -> LargeValue? {
        let layout = LargeValue.Layout(byteCount: value.byteCount)
        var blocks: [BlockRef] = []
        blocks.reserveCapacity(layout.pieceCount)
        var ignored = false
        for index in 0..<layout.pieceCount {
            let sizeClass =
                index < layout.chunkCount ? arena.classes.chunkClass : arena.classes.tailClass
            let ref = allocate(sizeClass, protecting: nil, wasUnheld: &ignored)
            guard let ref else {
                for block in blocks { arena.free(block) }
                return nil
            }
            blocks.append(ref)
        }
        let large = LargeValue(
            byteCount: value.byteCount, blocks: blocks, in: arena, returns: returns)
        large.write(value, at: 0)
        return large
    }

    /// Ends the store's hold on the value of an entry that is about to go.
    mutating func dropLargeValue(of block: Block) {
        largeValues.remove(block.load(block.header.valueOffset, as: UInt32.self))
    }

    /// Frees pieces of large values that nobody reads any more.
    ///
    /// - Returns: Whether there were any.
    mutating func takeReturnedPieces(limit: Int) -> Bool {
        guard !returns.isEmpty else { return false }
        let pieces = returns.take(limit: limit)
        for ref in pieces { arena.free(ref) }
        return !pieces.isEmpty
    }
}
