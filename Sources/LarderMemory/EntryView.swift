import LarderCore

/// An entry under its shard's lock, for those who only look.
public struct EntryView: ~Copyable {
    let block: Block
    /// The shard that the entry is in.
    public let shard: Int
    /// Bytes of the value.
    public let valueLength: Int
    private let weight: Int
    private let now: Moment

    init(_ block: Block, in state: borrowing ShardState, at now: Moment) {
        self.block = block
        self.now = now
        shard = state.number
        weight = state.weight(of: block)
        let header = block.header
        valueLength =
            header.shape.contains(.large)
            ? state.largeValue(of: block).byteCount : block.plainValueLength
    }

    /// The entry's key.
    public var key: RawSpan {
        @_lifetime(borrow self) borrowing get {
            let header = block.header
            return block.span(header.keyOffset, header.keyLength)
        }
    }

    /// When the entry expires, or ceases to be fresh.
    public var expiry: Moment { block.visibleExpiry }

    /// The entry's version; `nil` while nobody has asked for it.
    public var version: UInt64? { block.version }

    /// What is known of the entry besides.
    public var marks: EntryMarks { block.header.marks }

    /// As `KeyAccess.idleMilliseconds`.
    public var idleMilliseconds: UInt64 { block.header.idleMilliseconds(at: now) }

    /// Bytes that the entry takes in memory, with its share of the tables.
    public var storedBytes: Int { weight + ByteStore.overheadPerEntry }
}
