import CPrefetch
import LarderCore
import LarderMemory
import LarderRuntime
import LarderWire

// Pipelines: requests are parsed ahead, and the entries of their keys are fetched into the cache
// all at once, instead of one after the other while everything waits for each
// (docs/decisions/0009).
extension CommandLoop {
    /// Bytes below which there are hardly two requests.
    static var aheadBytesMin: Int { 64 }

    /// Runs up to 16 whole requests from `position` on.
    ///
    /// - Returns: Where the last one ends; `position` when there are fewer than two.
    mutating func runAhead(
        _ bytes: RawSpan, from position: Int, on connection: inout ClientConnection,
        into output: inout OutputBuffer
    ) -> Int {
        breaksAhead = false
        let count = ahead.parse(bytes, from: position, limits: limits)
        guard count > 1 else { return position }
        for index in 0..<count {
            let call = ahead.call(index, in: bytes)
            if call.count > 1 { fetch(call[1]) }
        }
        let begin = timing.time(.roughly)
        timing.isInGroup = true
        defer {
            timing.isInGroup = false
            _ = timing.isNoticeable(timing.time(.roughly) &- begin)
        }
        for index in 0..<count {
            run(ahead.call(index, in: bytes), on: &connection, into: &output)
            if connection.isClosing || connection.isHeld || output.isFull || breaksAhead {
                guard connection.isWaiting else { return ahead.end(index) }
                // What waits is run again.
                wantAhead(after: index, of: count, in: bytes, connection)
                startLoads(&connection)
                return index == 0 ? position : ahead.end(index - 1)
            }
        }
        return ahead.end(count - 1)
    }

    /// The same for memcached commands.
    mutating func runCommandsAhead(
        _ bytes: RawSpan, from position: Int, on connection: inout ClientConnection,
        into output: inout OutputBuffer
    ) -> Int {
        breaksAhead = false
        let count = ahead.parseCommands(bytes, from: position, limits: lineLimits)
        guard count > 1 else { return position }
        for index in 0..<count { fetchKeys(ahead.command(index), ahead.call(index, in: bytes)) }
        for index in 0..<count {
            serve(ahead.command(index), ahead.call(index, in: bytes), on: &connection, &output)
            if connection.isClosing || connection.isHeld || output.isFull || breaksAhead {
                guard connection.isWaiting else { return ahead.end(index) }
                wantCommandsAhead(after: index, of: count, in: bytes, connection)
                startLoads(&connection)
                return index == 0 ? position : ahead.end(index - 1)
            }
        }
        return ahead.end(count - 1)
    }

    private func fetchKeys(_ command: MemcachedCommand, _ call: borrowing Call) {
        let isRead = command.verb == .get || command.verb == .gets
        for index in 0..<min(call.count, isRead ? ArgumentRing.capacity : 1) { fetch(call[index]) }
    }

    /// Begins to fetch the entries of some keys of a command.
    func fetchKeys(of call: borrowing Call, from first: Int) {
        for index in first..<min(call.count, first + ArgumentRing.capacity) { fetch(call[index]) }
    }

    /// Begins to fetch the entry of a key. Whether the argument is one does not matter.
    @inline(__always)
    private func fetch(_ key: RawSpan) {
        cprefetch_two_lines(store.probableAddress(store.hash(key)))
    }
}
