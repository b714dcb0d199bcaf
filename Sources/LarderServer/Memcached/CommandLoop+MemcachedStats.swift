import LarderCore
import LarderMemory
import LarderWire

extension CommandLoop {
    /// `stats`.
    func stats(
        _ call: borrowing Call, _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        let statistics = MemcachedStatistics(shared, at: tick)
        guard call.count > 0 else { return append(statistics.general, &output) }
        switch call[0].text {
        case "settings": append(statistics.settings, &output)
        case "items": append(statistics.items, &output)
        case "slabs": append(statistics.slabs, &output)
        case "sizes": append([("sizes_status", "disabled")], &output)
        case "sizes_enable":
            output.append("STAT sizes_status error\r\n")
            output.append("STAT sizes_error sizes_are_not_tracked\r\n")
        case "sizes_disable": output.append("STAT sizes_status disabled\r\n")
        case "conns": append(statistics.connections, &output)
        case "extstore": output.append(.end)
        case "reset":
            shared.memcached.reset(shared)
            shared.memcached.prefixes.reset()
            output.append(.reset)
        case "detail": detail(call.count > 1 ? call[1].text : "", &output)
        case "cachedump": listKeys(call, connection, &output)
        default: MemcachedFailure.unknownCommand.append(to: &output)
        }
    }

    private func append(_ fields: [(String, String)], _ output: inout OutputBuffer) {
        for (name, value) in fields {
            output.appendText("STAT \(name) \(value)\r\n")
        }
        output.append(.end)
    }

    private func detail(_ word: String, _ output: inout OutputBuffer) {
        switch word {
        case "on", "off":
            shared.memcached.watchers.countsPrefixes = word == "on"
            output.append(.ok)
        case "dump":
            output.appendText(shared.memcached.prefixes.lines)
            output.append(.end)
        default: output.appendRefusal("CLIENT_ERROR usage: stats detail on|off|dump")
        }
    }

    /// Bytes of the longest reply to `stats cachedump`. 2 MiB, as in memcached.
    private static var dumpBytesMax: Int { 2 << 20 }

    /// `stats cachedump`: the keys of a class of sizes, of which there is one.
    private func listKeys(
        _ call: borrowing Call, _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        guard call.count >= 3 else {
            return output.appendRefusal("CLIENT_ERROR bad command line")
        }
        guard let sizeClass = MemcachedNumber.unsigned32(call[1], 0..<call[1].byteCount),
            let limit = MemcachedNumber.unsigned32(call[2], 0..<call[2].byteCount)
        else { return MemcachedFailure.badFormat.append(to: &output) }
        guard sizeClass < 64 else {
            return output.appendRefusal("CLIENT_ERROR Illegal slab id")
        }
        if sizeClass == 1 {
            listKeys(limit: limit == 0 ? .max : Int(limit), to: connection, &output)
        }
        output.append(.end)
    }

    private func listKeys(
        limit: Int, to connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        let (start, wall) = (output.count, shared.wall.current())
        var (cursor, shown) = (UInt64(0), 0)
        repeat {
            cursor = store.scanEntries(from: cursor, database: 0, limit: 64, at: now) { entry in
                let isFull = output.count - start + 512 > Self.dumpBytesMax
                guard shown < limit, !isFull, !entry.marks.contains(.encodedKey),
                    mayList(entry.key, to: connection)
                else { return }
                shown += 1
                output.append("ITEM ")
                output.append(entry.key)
                let expiry = Int64(clamping: entry.expiry.milliseconds)
                let seconds = entry.expiry == .never ? 0 : (expiry + wall) / 1000
                output.appendText(" [\(entry.valueLength) b; \(seconds) s]\r\n")
            }
        } while cursor != 0 && shown < limit && output.count - start + 512 <= Self.dumpBytesMax
    }
}
