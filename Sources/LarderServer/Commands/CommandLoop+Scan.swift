import LarderCore
import LarderMemory
import LarderWire

/// The options of SCAN.
struct ScanOptions {
    /// More keys than that are in no store; ten times as many buckets can still be counted.
    private static var limitMax: Int64 { 1 << 40 }

    var limit = 10
    /// Place of the pattern among the arguments; `nil` for all keys.
    var pattern: Int?
    /// Whether strings, which all entries are, are asked for.
    var wantsStrings = true

    /// Reads them; `nil` after an error was written.
    init?(_ call: borrowing Call, _ output: inout OutputBuffer) {
        var index = 2
        while index < call.count {
            guard index + 1 < call.count else {
                output.appendSyntaxError()
                return nil
            }
            let argument = call[index + 1]
            if call[index].equalsIgnoringCase("count") {
                guard let number = Decimal.integer(argument) else {
                    output.appendNotAnInteger()
                    return nil
                }
                guard number >= 1 else {
                    output.appendSyntaxError()
                    return nil
                }
                limit = Int(min(number, Self.limitMax))
            } else if call[index].equalsIgnoringCase("match") {
                pattern = argument.isStar ? nil : index + 1
            } else if call[index].equalsIgnoringCase("type") {
                wantsStrings = argument.equalsIgnoringCase("string")
            } else {
                output.appendSyntaxError()
                return nil
            }
            index += 2
        }
    }
}

extension CommandLoop {
    mutating func scan(
        _ call: borrowing Call, _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        guard let cursor = Self.cursor(call[1]) else {
            return output.appendError("ERR invalid cursor")
        }
        guard let options = ScanOptions(call, &output) else { return }
        var found = 0
        var keys = OutputBuffer(capacity: 4096, limit: 1 << 30)
        let next = store.scan(
            from: cursor, database: connection.database, limit: options.limit, at: now
        ) { key in
            guard options.wantsStrings, matches(key, options.pattern, call) else { return }
            found += 1
            keys.appendBulk(key)
        }
        output.appendArrayHeader(2)
        output.appendBulk(DecimalText(next).bytes)
        output.appendArrayHeader(found)
        keys.withBytes { output.append($0) }
    }

    private func matches(_ key: RawSpan, _ pattern: Int?, _ call: borrowing Call) -> Bool {
        guard let pattern else { return true }
        return Glob.matches(key, call[pattern])
    }

    /// An unsigned number, as redis reads cursors.
    private static func cursor(_ bytes: RawSpan) -> UInt64? {
        guard bytes.byteCount > 0, bytes.byteCount <= 20 else { return nil }
        return UInt64(bytes.text)
    }

    /// Answers every key at once, which takes as long as there are keys: for small stores.
    func keys(
        _ call: borrowing Call, _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        var found = 0
        let isAll = call[1].isStar
        var keys = OutputBuffer(capacity: 4096, limit: 1 << 30)
        store.forEachKey(database: connection.database, at: now) { key in
            guard isAll || Glob.matches(key, call[1]) else { return }
            found += 1
            keys.appendBulk(key)
        }
        output.appendArrayHeader(found)
        keys.withBytes { output.append($0) }
    }

    mutating func randomkey(_ connection: ClientConnection, _ output: inout OutputBuffer) {
        var key: [UInt8]?
        let position = random.next()
        store.withSomeKey(near: position, database: connection.database, at: now) { found in
            var bytes: [UInt8] = []
            bytes.append(found)
            key = bytes
        }
        guard let key else { return output.appendNull(connection.version) }
        unsafe output.appendBulk(key.span.bytes)
    }
}

extension RawSpan {
    /// Whether it is the pattern for all keys, the empty one too, which no star matches.
    fileprivate var isStar: Bool { byteCount == 1 && byte(at: 0) == UInt8(ascii: "*") }
}
