import LarderCore
import LarderMemory
import LarderRuntime
import LarderWire
import Synchronization

extension CommandLoop {
    /// Runs all whole memcached commands in `bytes`.
    mutating func serveMemcached(
        _ bytes: RawSpan, on connection: inout ClientConnection,
        into output: inout OutputBuffer, at tick: Tick
    ) -> Received {
        self.tick = tick
        now = Moment(tick)
        connection.client.lastActive.store(tick.nanoseconds, ordering: .relaxed)
        var position = 0
        while position < bytes.byteCount {
            let step = arguments.parse(
                &connection.lines, bytes, from: position, limits: lineLimits)
            switch step {
            case .command(let command, let end):
                counters.memcachedCalls.add(0)
                run(command, arguments.call(in: bytes), on: &connection, into: &output)
                position = end
            case .failure(let failure, let command, let end):
                if !command.isQuiet { failure.append(to: &output) }
                position = end
            case .skipped(let end):
                position = end
            case .needMore(let atLeast):
                return wait(for: atLeast, from: position, of: bytes)
            case .largeValue(let command, let offset):
                let needed = offset + command.byteCount + 2 - position
                return wait(for: needed, from: position, of: bytes)
            case .close:
                return Received(consumed: bytes.byteCount, next: .closeAfterFlush)
            }
            if connection.isClosing {
                return Received(consumed: position, next: .closeAfterFlush)
            }
            if output.isFull, position < bytes.byteCount {
                return Received(consumed: position, next: .yield)
            }
        }
        return Received(consumed: position)
    }

    private mutating func run(
        _ command: MemcachedCommand, _ call: borrowing Call,
        on connection: inout ClientConnection, into output: inout OutputBuffer
    ) {
        switch command.verb {
        case .get: get(call, &output)
        case .set: store(command, call, &output)
        case .quit: connection.isClosing = true
        case .version: output.append("VERSION 1.6.18\r\n")
        default: output.append("ERROR\r\n")
        }
    }

    private func get(_ call: borrowing Call, _ output: inout OutputBuffer) {
        for index in 0..<call.count {
            let key = call[index]
            let outcome = store.read(key, store.hash(key), database: 0, at: now) { value, flags in
                output.appendValue(key: key, flags: flags, value: value)
            }
            if case .large(let value, let flags) = outcome {
                output.appendValueHeader(key: key, flags: flags, count: value.byteCount)
                output.append(shared: value)
                output.appendLineEnd()
            }
        }
        output.append("END\r\n")
    }

    private func store(
        _ command: MemcachedCommand, _ call: borrowing Call, _ output: inout OutputBuffer
    ) {
        let key = call[0]
        store.withKey(key, store.hash(key), database: 0, at: now) { access in
            access.put(call[1], flags: command.flags, isVersioned: true)
        }
        if !command.isQuiet { output.append("STORED\r\n") }
    }
}
