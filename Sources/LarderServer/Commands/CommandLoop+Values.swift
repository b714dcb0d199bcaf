import LarderCore
import LarderMemory
import LarderWire

// Reading and changing parts of values of any size, without holding a lock for long.
extension CommandLoop {
    /// Gives `body` the bytes that `range` chooses from the value's length, piece by piece, with
    /// the place of each, until it says that it has seen enough. Large values are read without the
    /// lock.
    ///
    /// - Returns: Whether the key exists.
    @discardableResult
    func readPieces(
        of key: RawSpan, _ connection: ClientConnection, _ range: (Int) -> Range<Int>,
        _ body: (RawSpan, Int) -> Bool
    ) -> Bool {
        let outcome = store.read(
            key, store.hash(key), database: connection.database, at: now
        ) { value, _ in
            let range = range(value.byteCount)
            if !range.isEmpty { _ = body(value.extracting(range), range.lowerBound) }
        }
        switch outcome {
        case .miss, .loaded: return false
        case .hit: return true
        case .large(let value, _):
            value.forEachPiece(in: range(value.byteCount), body)
            return true
        }
    }

    /// Changes bytes of a value as `ByteStore.edit` does.
    func edit(
        _ key: RawSpan, _ connection: ClientConnection,
        to plan: (inout KeyAccess) -> Int?, _ change: (borrowing ValueBytes) -> Bool
    ) -> PutOutcome {
        store.edit(
            key, store.hash(key), database: connection.database, at: now, to: plan, change)
    }
}

extension LargeValue {
    /// Gives `body` the bytes of `range`, piece by piece, until it says that it has seen enough.
    func forEachPiece(in range: Range<Int>, _ body: (RawSpan, Int) -> Bool) {
        var offset = range.lowerBound
        var goesOn = true
        while offset < range.upperBound, goesOn {
            let left = range.upperBound - offset
            withSegment(at: offset) { piece in
                let count = min(left, piece.byteCount)
                goesOn = body(piece.extracting(0..<count), offset)
                offset += count
            }
        }
    }
}
