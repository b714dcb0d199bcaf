import LarderCore
import LarderMemory
import LarderWire

/// The options of LCS.
struct LCSOptions {
    var wantsIndexes = false
    var wantsLength = false
    var wantsMatchLengths = false
    var matchLengthMin: Int64 = 0

    /// Reads them; `nil` after an error was written.
    init?(_ call: borrowing Call, _ output: inout OutputBuffer) {
        var index = 3
        while index < call.count {
            let word = call[index]
            if word.equalsIgnoringCase("idx") {
                wantsIndexes = true
            } else if word.equalsIgnoringCase("len") {
                wantsLength = true
            } else if word.equalsIgnoringCase("withmatchlen") {
                wantsMatchLengths = true
            } else if word.equalsIgnoringCase("minmatchlen"), index + 1 < call.count {
                index += 1
                guard let number = Decimal.integer(call[index]) else {
                    output.appendNotAnInteger()
                    return nil
                }
                matchLengthMin = max(0, number)
            } else {
                output.appendSyntaxError()
                return nil
            }
            index += 1
        }
        guard !wantsIndexes || !wantsLength else {
            output.appendError(
                "ERR If you want both the length and indexes, please just use IDX.")
            return nil
        }
    }
}

extension CommandLoop {
    /// Bytes of the table that redis may have, of 4 bytes per cell: its `proto-max-bulk-len` as it
    /// comes. Ours has a bit per cell, so it takes 16 MiB then.
    private static var tableBytesMax: Int { 512 << 20 }

    /// Bytes that a table and copies of both strings may really take. A table of the greatest size
    /// is half of it, unless its rows are much shorter than a word: then redis, too, may find no
    /// memory for so many.
    private static var transientBytesMax: Int { 32 << 20 }

    /// LCS. As in redis, long strings keep the loop busy; `transientBytesMax` bounds that.
    mutating func lcs(
        _ call: borrowing Call, _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        guard let options = LCSOptions(call, &output) else { return }
        var values: [ValueSnapshot] = []
        var set = ShardSet()
        let keyHashes = [store.hash(call[1]), store.hash(call[2])]
        for hash in keyHashes { store.insertShard(of: hash, into: &set) }
        store.withShards(set, database: connection.database, at: now) { keys in
            for index in 0..<2 {
                keys.withKey(call[index + 1], keyHashes[index]) { access in
                    access.countRead()
                    values.append(access.snapshot())
                }
            }
        }
        let (cells, overflow) = (values[0].byteCount + 1)
            .multipliedReportingOverflow(by: values[1].byteCount + 1)
        guard !overflow, cells <= Self.tableBytesMax / 4 else {
            return output.appendError(
                "ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len")
        }
        let bytes = CommonSubsequence.tableBytes(values[0].byteCount, values[1].byteCount)
        guard bytes + values[0].byteCount + values[1].byteCount <= Self.transientBytesMax else {
            return output.appendError(
                "ERR Insufficient memory, failed allocating transient memory for LCS")
        }
        let common = CommonSubsequence(values[0].bytes, values[1].bytes)
        if options.wantsIndexes {
            output.append(common, options, connection.version)
        } else if options.wantsLength {
            output.appendInteger(Int64(common.length))
        } else {
            let bytes = common.bytes()
            unsafe output.appendBulk(bytes.span.bytes)
        }
    }
}

extension OutputBuffer {
    /// The runs of a common subsequence, and its length.
    fileprivate mutating func append(
        _ common: CommonSubsequence, _ options: LCSOptions, _ version: RESPVersion
    ) {
        let matches = common.matches().filter { $0.first.count >= options.matchLengthMin }
        appendMapHeader(2, version)
        appendBulk("matches")
        appendArrayHeader(matches.count)
        for match in matches {
            appendArrayHeader(options.wantsMatchLengths ? 3 : 2)
            for range in [match.first, match.second] {
                appendArrayHeader(2)
                appendInteger(Int64(range.lowerBound))
                appendInteger(Int64(range.upperBound - 1))
            }
            if options.wantsMatchLengths { appendInteger(Int64(match.first.count)) }
        }
        appendBulk("len")
        appendInteger(Int64(common.length))
    }
}

extension ValueSnapshot {
    /// All bytes.
    fileprivate var bytes: [UInt8] {
        if case .small(let bytes) = self { return bytes }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(byteCount)
        while bytes.count < byteCount { withSegment(at: bytes.count) { bytes.append($0) } }
        return bytes
    }
}
