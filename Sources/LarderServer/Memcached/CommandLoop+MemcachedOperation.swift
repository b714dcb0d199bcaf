import LarderAssembly
import LarderCore
import LarderMemory
import LarderRuntime
import LarderWire
import Synchronization

// What those say who run a server.
extension CommandLoop {
    /// Runs a command that is no part of the traffic.
    @inline(never)
    mutating func operate(
        _ command: MemcachedCommand, _ call: borrowing Call,
        on connection: inout ClientConnection, _ output: inout OutputBuffer
    ) {
        switch command.verb {
        case .quit: connection.isClosing = true
        case .shutdown: shutdown(call, &connection, &output)
        case .verbosity:
            shared.memcached.verbosity.store(
                UInt32(min(command.number, 3)), ordering: .relaxed)
            if !command.isQuiet { output.append(.ok) }
        case .cacheMemoryLimit: setMemoryLimit(command, call, &output)
        case .lru, .slabs, .extstore:
            let reply = MemcachedTuning.reply(to: command.verb, call)
            if !command.isQuiet { output.appendRefusal(reply) }
        case .refreshCertificates: output.appendRefusal("Error TLS not enabled")
        default: MemcachedFailure.unknownCommand.append(to: &output)
        }
    }

    private func shutdown(
        _ call: borrowing Call, _ connection: inout ClientConnection,
        _ output: inout OutputBuffer
    ) {
        guard shared.currentSettings.configuration.server.allowsShutdown else {
            return output.appendRefusal("ERROR: shutdown not enabled")
        }
        guard call.count == 0 || call.count == 1 && call[0].text == "graceful" else {
            return output.appendRefusal("CLIENT_ERROR invalid shutdown mode")
        }
        connection.isClosing = true
        shared.logger.info(
            "shutdown by a memcached client", ["client": .text(connection.client.address)])
        shared.end.begin()
    }

    /// `cache_memlimit`, in megabytes.
    private func setMemoryLimit(
        _ command: MemcachedCommand, _ call: borrowing Call, _ output: inout OutputBuffer
    ) {
        let reply = setMemoryLimit(call)
        if !command.isQuiet { output.appendRefusal(reply) }
    }

    private func setMemoryLimit(_ call: borrowing Call) -> StaticString {
        let word = call[0]
        guard let megabytes = MemcachedNumber.unsigned32(word, 0..<word.byteCount) else {
            return "ERROR"
        }
        guard megabytes >= 8 else {
            return "MEMLIMIT_TOO_SMALL cannot set maxbytes to less than 8m"
        }
        guard megabytes <= 1_000_000_000 else {
            return "MEMLIMIT_ADJUST_FAILED input value is megabytes not bytes"
        }
        do throws(SettingRefusal) {
            try shared.set(["maxmemory", "\(Int(megabytes) << 20)"])
            return "OK"
        } catch {
            return "MEMLIMIT_ADJUST_FAILED out of bounds or unable to adjust"
        }
    }

    /// Whether a connection begins as memcached's old binary protocol does.
    func isBinary(_ bytes: RawSpan) -> Bool {
        bytes.byteCount > 0 && bytes.byte(at: 0) == 0x80
    }

    func refuseBinary(_ connection: ClientConnection) -> Received {
        shared.logger.warning(
            "memcached's binary protocol is not spoken here: use text or meta commands",
            ["client": .text(connection.client.address)])
        return Received(consumed: 0, next: .closeNow)
    }

    /// Runs a command whose reply may not fit into one turn.
    ///
    /// - Returns: What to tell the runtime; `nil` when the command is done.
    @inline(never)
    mutating func serveLong(
        _ command: MemcachedCommand, _ bytes: RawSpan, _ position: Int,
        on connection: inout ClientConnection, _ output: inout OutputBuffer
    ) -> Received? {
        if connection.dumpCursor == nil { count(.commands) }
        guard connection.isAuthenticated else {
            output.appendUnauthenticated()
            return nil
        }
        let call = arguments.call(in: bytes)
        // Asked once: the cursor says that a list has begun.
        if connection.dumpCursor == nil, isDenied(command, call, connection) {
            if !command.isQuiet { output.appendNoPermission() }
            return nil
        }
        if command.verb == .watch {
            return watch(command, call, of: bytes, on: &connection, &output)
        }
        return crawl(call, at: position, on: &connection, &output)
    }
}
