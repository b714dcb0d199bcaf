import LarderCore
import LarderMemory
import LarderWire

// MSET and MSETNX: all pairs are stored, or none.
extension CommandLoop {
    mutating func mset(
        _ call: borrowing Call, _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        guard call.count % 2 == 1 else { return output.appendWrongArity("mset") }
        let outcome = putPairs(of: call, connection, ifFree: false)
        output.append(outcome ?? .stored) { $0.appendSimple("OK") }
    }

    mutating func msetnx(
        _ call: borrowing Call, _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        guard call.count % 2 == 1 else { return output.appendWrongArity("msetnx") }
        let outcome = putPairs(of: call, connection, ifFree: true)
        output.append(outcome ?? .stored) { $0.appendInteger(outcome == nil ? 0 : 1) }
    }

    /// Stores all pairs; if it `isConditional`, only when none of the keys has an entry.
    ///
    /// - Returns: `nil` when one has.
    private mutating func putPairs(
        of call: borrowing Call, _ connection: ClientConnection, ifFree isConditional: Bool
    ) -> PutOutcome? {
        defer { streamed = StreamedValues() }
        guard prepare(call) else { return .tooLarge }
        let set = hashKeys(of: call, from: 1, step: 2)
        var outcome: PutOutcome?
        store.withShards(set, database: connection.database, at: now) { keys in
            var isFree = true
            if isConditional {
                for index in stride(from: 1, to: call.count, by: 2) where isFree {
                    keys.withKey(call[index], hashes[index / 2]) { isFree = !$0.exists }
                }
            }
            guard isFree else { return }
            outcome = store.evicts ? putAll(call, keys) : putAllOrNone(call, keys)
        }
        return outcome
    }

    /// Puts long values in pieces ahead, without a lock. Those of 64 KiB and more were streamed.
    ///
    /// - Returns: Whether all pairs are of sizes that the store takes.
    private mutating func prepare(_ call: borrowing Call) -> Bool {
        // Of most pairs this is all that has to be known.
        let sizeMax = min(store.valueMax, Self.plainPairMax)
        var isTaken = true
        for index in stride(from: 1, to: call.count, by: 2)
        where call[index].byteCount + call[index + 1].byteCount > sizeMax {
            isTaken = isTaken && prepare(call[index], call[index + 1], at: index + 1)
        }
        return isTaken
    }

    /// Key and value of a pair that is kept in a block as it is.
    private static var plainPairMax: Int { 4096 }

    private mutating func prepare(_ key: RawSpan, _ value: RawSpan, at index: Int) -> Bool {
        let (keyBytes, valueBytes) = (key.byteCount, value.byteCount)
        guard store.takes(keyBytes: keyBytes, valueBytes: valueBytes) else { return false }
        guard store.keepsInPieces(keyBytes: keyBytes, valueBytes: valueBytes),
            streamed[index] == nil
        else { return true }
        let builder = store.makeLargeBuilder(for: store.hash(key), byteCount: valueBytes)
        builder.append(value)
        streamed[index] = .some(builder.finish())
        return true
    }

    /// Stores all pairs of the call where entries may leave for them: then there is always room.
    private func putAll(_ call: borrowing Call, _ keys: borrowing KeysAccess) -> PutOutcome {
        var failure = PutOutcome.stored
        for index in stride(from: 1, to: call.count, by: 2) {
            keys.withKey(call[index], hashes[index / 2]) { access in
                let outcome = put(index + 1, of: call, in: &access)
                if outcome != .stored { failure = outcome }
            }
        }
        return failure
    }

    /// Stores all pairs where nothing may leave: takes the room for all of them first.
    private func putAllOrNone(_ call: borrowing Call, _ keys: borrowing KeysAccess) -> PutOutcome {
        var promises: [PutPromise] = []
        var seen: Set<UInt64> = []
        var failure = PutOutcome.stored
        for index in stride(from: 1, to: call.count, by: 2) where failure == .stored {
            let hash = hashes[index / 2]
            let isRepeated = !seen.insert(hash).inserted
            let large = streamed[index + 1]
            if case .some(nil) = large {
                failure = .outOfMemory
                continue
            }
            keys.withKey(call[index], hash) { access in
                let bytes = call[index + 1].byteCount
                switch access.promise(
                    byteCount: bytes, isLarge: large != nil, isRepeated: isRepeated)
                {
                case .promised(let promise): promises.append(promise)
                case .refused(let reason): failure = reason
                }
            }
        }
        for (number, promise) in promises.enumerated() {
            let index = number * 2 + 1
            keys.withKey(call[index], hashes[number]) { access in
                guard failure == .stored else { return access.cancel(promise) }
                let outcome = access.put(redeeming: promise) { put(index + 1, of: call, in: &$0) }
                assert(outcome == .stored, "What was promised is there.")
            }
        }
        return failure
    }
}
