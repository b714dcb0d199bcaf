import LarderCore
import LarderMemory
import LarderRuntime
import LarderWire

extension CommandLoop {
    /// `watch`: from now on the connection only hears what happens.
    ///
    /// - Returns: `nil` when it was refused, and the connection goes on as before.
    func watch(
        _ command: MemcachedCommand, _ call: borrowing Call, of bytes: RawSpan,
        on connection: inout ClientConnection, _ output: inout OutputBuffer
    ) -> Received? {
        var kinds: WatchKinds = call.count == 0 ? .fetchers : []
        for index in 0..<call.count {
            guard let kind = WatchKinds(named: call[index].text) else {
                if !command.isQuiet { MemcachedFailure.unknownCommand.append(to: &output) }
                return nil
            }
            kinds.formUnion(kind)
        }
        guard shared.addWatcher(connection.client.id, on: context, kinds) else {
            output.appendRefusal("WATCHER_TOO_MANY log watcher limit reached")
            return nil
        }
        connection.isWatcher = true
        output.append(.ok)
        return Self.watching(bytes)
    }

    /// Sends what was seen. Whatever a watcher says is dropped.
    func serveWatcher(
        _ bytes: RawSpan, on connection: ClientConnection, _ output: inout OutputBuffer
    ) -> Received {
        let lines = shared.memcached.watchers.take(for: connection.client.id)
        unsafe output.append(lines.span.bytes)
        return Self.watching(bytes)
    }

    /// A byte stays, so that the connection's turn comes again when its loop is told to resume it.
    private static func watching(_ bytes: RawSpan) -> Received {
        Received(consumed: bytes.byteCount - 1)
    }

    /// Tells watchers that a key was looked up; `length` is `nil` when nothing was found.
    @inline(never)
    func noteFetch(_ key: RawSpan, length: Int?) {
        let (status, number) = length == nil ? ("not_found", 0) : ("found", 1)
        shared.memcached.watchers.note(
            .fetchers,
            "type=item_get key=\(key.percentEncoded) status=\(status) clsid=\(number)"
                + " cfd=\(descriptor) size=\(length ?? 0)")
    }

    /// Tells watchers how a write ended.
    @inline(never)
    func noteStore(
        _ write: MemcachedWrite, _ key: RawSpan, _ reply: MemcachedReplyLine, byteCount: Int
    ) {
        var seconds: UInt64 = 0
        if let expiry = write.expiry, expiry != .never {
            seconds = MemcachedExpiry.secondsLeft(until: expiry, now: now)
        }
        shared.memcached.watchers.note(
            .mutations,
            "type=item_store key=\(key.percentEncoded) status=\(Self.status(of: reply))"
                + " cmd=\(write.mode) ttl=\(seconds) clsid=1 cfd=\(descriptor) size=\(byteCount)")
    }

    private static func status(of reply: MemcachedReplyLine) -> StaticString {
        switch reply {
        case .stored: "stored"
        case .exists: "exists"
        case .notFound: "not_found"
        case .outOfMemory: "no_memory"
        default: "not_stored"
        }
    }
}

extension ServerShared {
    /// Tells watchers that a client has come, or why it left.
    @inline(never)
    func noteConnection(_ client: Client, leftBy reason: CloseReason? = nil) {
        guard client.isMemcached, memcached.watchers.wantedKinds.contains(.connectionEvents) else {
            return
        }
        let port = client.address.split(separator: ":").last.map(String.init) ?? ""
        let isUnix = UInt16(port) == nil
        let host = isUnix ? "unix" : String(client.address.dropLast(port.count + 1))
        let place =
            "rip=\(host.filter { $0 != "[" && $0 != "]" }) rport=\(isUnix ? "0" : port)"
            + " transport=\(isUnix ? "local" : "tcp")"
        let event =
            reason.map { "type=conn_close \(place) reason=\(Self.name(of: $0))" }
            ?? "type=conn_new \(place)"
        memcached.watchers.note(.connectionEvents, "\(event) cfd=\(client.descriptor)")
    }

    private static func name(of reason: CloseReason) -> StaticString {
        switch reason {
        case .peer, .handler: "normal"
        case .idle: "idle_timeout"
        case .shutdown: "shutdown"
        default: "error"
        }
    }
}

extension RawSpan {
    /// The bytes as a part of a URI, by which memcached writes keys in lines for programs.
    var percentEncoded: String {
        var text = ""
        for offset in 0..<byteCount {
            let byte = byte(at: offset)
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                text.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                text += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return text
    }
}
