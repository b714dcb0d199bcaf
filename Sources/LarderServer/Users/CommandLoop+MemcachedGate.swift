import LarderCore
import LarderMemory
import LarderRuntime
import LarderWire

// The same users as RESP's. A verb is allowed to whom the command of redis is that does the same.
extension CommandLoop {
    /// Whether a command may run; if not, it was answered.
    @inline(never)
    mutating func admits(
        _ command: MemcachedCommand, _ call: borrowing Call,
        _ connection: inout ClientConnection, _ output: inout OutputBuffer
    ) -> Bool {
        if connection.gate.contains(.unauthenticated) {
            authenticate(command, call, &connection, &output)
            return false
        }
        guard isDenied(command, call, connection) else { return true }
        if !command.isQuiet { output.appendNoPermission() }
        return false
    }

    /// Whether the user may not do that. A denial is noted in ACL LOG.
    func isDenied(
        _ command: MemcachedCommand, _ call: borrowing Call, _ connection: ClientConnection
    ) -> Bool {
        guard connection.gate.contains(.restricted) else { return false }
        let rights = connection.user.rights
        for name in command.verb.counterparts(of: call) {
            guard let place = CommandCatalog.shared.place(of: name), !rights.rules.allow(place)
            else { continue }
            note(.command, Array(name.utf8), connection)
            return true
        }
        guard let patterns = rights.keys else { return false }
        if command.verb == .watch {
            // It tells of all keys.
            note(.key, Array("watch".utf8), connection)
            return true
        }
        for index in command.verb.keyPlaces(of: call) {
            let key = command.verb.key(call, index)
            guard !(unsafe RawSpan.matches(key.span.bytes, patterns)) else { continue }
            note(.key, key, connection)
            return true
        }
        return false
    }

    /// Whether a list of entries may name this key to the user.
    func mayList(_ key: RawSpan, to connection: ClientConnection) -> Bool {
        guard connection.gate.contains(.restricted), let patterns = connection.user.rights.keys
        else { return true }
        return RawSpan.matches(key, patterns)
    }
}

extension MemcachedVerb {
    /// The commands of redis that do the same.
    fileprivate func counterparts(of call: borrowing Call) -> [String] {
        switch self {
        case .get, .gets, .metaDebug: ["get"]
        case .metaGet: Self.changes(call) ? ["get", "getex"] : ["get"]
        case .gat, .gats: ["get", "getex"]
        case .touch: ["expire"]
        case .set, .add, .replace, .append, .prepend, .cas, .metaSet: ["set"]
        case .delete, .metaDelete: ["del"]
        case .increment, .decrement, .metaArithmetic: ["incrby"]
        case .flushAll: ["flushall"]
        case .stats: ["info"]
        case .metaNoOperation, .version, .quit, .unknown: []
        default: ["config|set"]
        }
    }

    /// Whether `mg` has a flag that changes the entry: T, N, R, E.
    private static func changes(_ call: borrowing Call) -> Bool {
        (1..<max(1, call.count)).contains { index in
            call[index].byteCount > 0 && "TNRE".utf8.contains(call[index].byte(at: 0))
        }
    }

    fileprivate func keyPlaces(of call: borrowing Call) -> Range<Int> {
        switch self {
        case .get, .gets, .gat, .gats: 0..<call.count
        case .set, .add, .replace, .append, .prepend, .cas, .increment, .decrement, .delete, .touch,
            .metaGet, .metaSet, .metaDelete, .metaArithmetic, .metaDebug:
            0..<min(1, call.count)
        default: 0..<0
        }
    }

    /// The key itself: meta commands may have it in base64.
    fileprivate func key(_ call: borrowing Call, _ index: Int) -> [UInt8] {
        switch self {
        case .metaGet, .metaDelete, .metaArithmetic:
            return Self.key(call, index, flags: 1..<max(1, call.count))
        case .metaSet:
            // Behind the key stands the length, behind the flags the value.
            return Self.key(call, index, flags: 2..<max(2, call.count - 1))
        case .metaDebug:
            let isEncoded = call.count > 1 && call[1].byteCount == 1
            return Self.key(call, index, flags: isEncoded ? 1..<2 : 1..<1)
        default: return call[index].bytes
        }
    }

    /// The key by the flags in `places`, of which each is known by its letter, as `MetaFlags` does.
    private static func key(
        _ call: borrowing Call, _ index: Int, flags places: Range<Int>
    ) -> [UInt8] {
        let isEncoded = places.contains { place in
            call[place].byteCount > 0 && call[place].byte(at: 0) == UInt8(ascii: "b")
        }
        guard isEncoded else { return call[index].bytes }
        return Base64.decoded(call[index]) ?? call[index].bytes
    }
}

extension OutputBuffer {
    mutating func appendNoPermission() {
        appendRefusal("CLIENT_ERROR no permission")
    }
}
