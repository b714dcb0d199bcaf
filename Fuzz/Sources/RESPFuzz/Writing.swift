import FuzzSupport
import LarderCore
import LarderWire

/// What the writers write, the reply parser reads.
enum Writing {
    static func test(_ pieces: Pieces) {
        let version: RESPVersion = pieces.choice & 1 == 0 ? .v2 : .v3
        let bytes = pieces.bytes
        let number = Int64(bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) } >> 1)
        expect([version == .v2 ? .array : .map, .integer]) { output in
            output.appendMapHeader(1, version)
            output.appendInteger(-number)
            output.appendBulk("OK")
        }
        expect([version == .v2 ? .array : .set]) { output in
            output.appendSetHeader(2, version)
            output.appendBoolean(number & 1 == 0, version)
            output.appendDouble(Double(number), version)
        }
        expect([version == .v2 ? .array : .push]) { output in
            output.appendPushHeader(2, version)
            output.appendNull(version)
            output.appendNullArray(version)
        }
        withRaw(bytes) { bytes in
            expect([version == .v2 ? .bulk : .verbatim]) { output in
                output.appendVerbatim(bytes, format: "txt", version)
            }
            expect([.bulk]) { $0.appendBulk(bytes) }
            expect([.error]) { $0.appendError(bytes) }
        }
        expect([.simple]) { $0.appendSimple("OK") }
        expect([.error]) { $0.appendError("ERR x") }
        withRaw(Array(String(number).utf8)) { digits in
            expect([version == .v2 ? .bulk : .bigNumber]) { $0.appendBigNumber(digits, version) }
        }
        expect([.array]) { output in
            output.appendArrayHeader(1)
            output.appendBulkHeader(1)
            output.append(UInt8(ascii: "x"))
            output.appendLineEnd()
        }
        bounded(bytes)
    }

    private static func expect(_ kinds: [ReplyKind], _ write: (inout OutputBuffer) -> Void) {
        var output = OutputBuffer(capacity: 1, limit: 1 << 20)
        write(&output)
        let (first, end) = output.withBytes { bytes in
            var parser = ReplyParser()
            let reply = try? parser.parse(bytes, from: 0)
            return (reply?.first.kind, reply?.end)
        }
        require(first == kinds[0] && end == output.count, "a reply is read as it was written")
    }

    private static func bounded(_ bytes: [UInt8]) {
        var output = OutputBuffer(capacity: 1, limit: 2 * PageMemory.pageSize)
        var all: [UInt8] = []
        for byte in bytes.prefix(64) {
            let piece = [UInt8](repeating: byte, count: 1 + Int(byte & 63) * 8)
            withRaw(piece) { output.append($0) }
            output.append("0123456")
            output.append(byte)
            if byte == 3 { output.reserve(Int(byte)) }
            all += piece + Array("0123456".utf8) + [byte]
            require(output.count <= output.limit, "a buffer keeps its limit")
        }
        require(output.isOverflowed == (all.count > output.limit), "an overflow is told")
        let held = output.withBytes { $0.array(0..<$0.byteCount) }
        require(held == Array(all.prefix(held.count)), "a buffer holds a beginning")
        if !output.isEmpty { output.truncate(to: 1) }
        require(!output.isOverflowed, "what was cut may go on")
        output.removeAll()
        require(output.isEmpty, "emptied")
    }
}
