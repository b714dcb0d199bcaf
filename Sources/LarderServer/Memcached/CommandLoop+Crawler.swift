import LarderCore
import LarderMemory
import LarderRuntime
import LarderWire
import Synchronization

// memcached's crawler looks for expired entries, and lists all of them. Here they leave by
// themselves, so that only the list is left to do.
extension CommandLoop {
    /// Entries that are listed before others have their turn.
    private static var entriesPerTurn: Int { 1024 }

    /// `lru_crawler`.
    ///
    /// - Returns: What to tell the runtime while there is more to list; `nil` when it is done.
    func crawl(
        _ call: borrowing Call, at position: Int, on connection: inout ClientConnection,
        _ output: inout OutputBuffer
    ) -> Received? {
        guard call.count == 2, call[0].text == "metadump" else {
            output.appendRefusal(reply(toCrawler: call))
            return nil
        }
        if connection.dumpCursor == nil, let refusal = refusalOfCrawl(call) {
            output.appendRefusal(refusal)
            return nil
        }
        guard isAboutOurClass(call[1].text) else {
            output.append(.end)
            return nil
        }
        let cursor = list(from: connection.dumpCursor ?? 0, to: connection, &output)
        guard cursor == 0 else {
            connection.dumpCursor = cursor
            // The command stays where it is, and is found again with the cursor.
            return Received(consumed: position, next: .yield)
        }
        connection.dumpCursor = nil
        output.append(.end)
        return nil
    }

    private func reply(toCrawler call: borrowing Call) -> StaticString {
        switch (call.count, call.count > 0 ? call[0].text : "") {
        case (1, "enable"), (1, "disable"):
            let isEnabled = call[0].text == "enable"
            shared.memcached.isCrawlerEnabled.store(isEnabled, ordering: .relaxed)
            return "OK"
        case (2, "crawl"): return refusalOfCrawl(call) ?? "OK"
        case (2, "tocrawl"):
            return seconds(call[1]) == nil ? "CLIENT_ERROR bad command line format" : "OK"
        case (2, "sleep"):
            guard let microseconds = seconds(call[1]) else {
                return "CLIENT_ERROR bad command line format"
            }
            return microseconds > 1_000_000
                ? "CLIENT_ERROR sleep must be one second or less" : "OK"
        default: return "ERROR"
        }
    }

    private func seconds(_ word: RawSpan) -> UInt32? {
        MemcachedNumber.unsigned32(word, 0..<word.byteCount)
    }

    /// Whether the class of sizes that all entries are in is among these.
    private func isAboutOurClass(_ classes: String) -> Bool {
        classes == "all" || classes == "hash" || classes.split(separator: ",").contains("1")
    }

    /// What is wrong with the classes of `crawl` and `metadump`, of which memcached has 63.
    private func refusalOfCrawl(_ call: borrowing Call) -> StaticString? {
        guard shared.memcached.isCrawlerEnabled.load(ordering: .relaxed) else {
            return "CLIENT_ERROR lru crawler disabled"
        }
        let text = call[1].text
        if text == "all" || text == "hash" && call[0].text == "metadump" { return nil }
        if text == "hash" { return "ERROR an unknown error happened" }
        for word in text.split(separator: ",") {
            guard let number = UInt32(word), (1..<64).contains(number) else {
                return "BADCLASS invalid class id"
            }
        }
        return nil
    }

    /// Appends a line for each of some entries.
    ///
    /// - Returns: Where to go on; 0 at the end.
    private func list(
        from start: UInt64, to connection: ClientConnection, _ output: inout OutputBuffer
    ) -> UInt64 {
        var cursor = start
        var count = 0
        let wall = shared.wall.current()
        repeat {
            cursor = store.scanEntries(from: cursor, database: 0, limit: 64, at: now) { entry in
                count += 1
                if mayList(entry.key, to: connection) { append(entry, wall: wall, &output) }
            }
        } while cursor != 0 && count < Self.entriesPerTurn && !output.isFull
        return cursor
    }

    private func append(
        _ entry: borrowing EntryView, wall: Int64, _ output: inout OutputBuffer
    ) {
        output.appendText("key=\(entry.key.percentEncoded) exp=")
        output.appendText(
            entry.expiry == .never
                ? "-1" : "\((Int64(entry.expiry.milliseconds) + wall) / 1000)")
        let used = Int64(now.milliseconds) - Int64(entry.idleMilliseconds) + wall
        let isFetched = entry.marks.contains(.fetched) ? "yes" : "no"
        let version = entry.version.map { Self.cas(version: $0, shard: UInt64(entry.shard)) } ?? 0
        output.appendText(
            " la=\(used / 1000) cas=\(version) fetch=\(isFetched) cls=1"
                + " size=\(entry.storedBytes)\n")
    }
}
