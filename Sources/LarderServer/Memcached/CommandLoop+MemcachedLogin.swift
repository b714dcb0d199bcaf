import LarderCore
import LarderMemory
import LarderRuntime
import LarderWire

// With a password, a connection begins with `set <any> 0 0 <n>` and the value `<user> <password>`,
// as memcached has it with an authentication file.
extension CommandLoop {
    /// Runs the only command that a client may give before it is known.
    mutating func authenticate(
        _ command: MemcachedCommand, _ call: borrowing Call,
        _ connection: inout ClientConnection, _ output: inout OutputBuffer
    ) {
        if command.verb == .quit {
            connection.isClosing = true
            return
        }
        guard command.verb == .set else { return output.appendUnauthenticated() }
        count(.authentications)
        let words = call[1].text.split(separator: " ")
        guard words.count >= 2 else {
            return output.appendRefusal("CLIENT_ERROR bad authentication token format")
        }
        let password = Array(words[1].utf8)
        let outcome = unsafe logIn(
            String(words[0]), password.span.bytes, &connection, of: "AUTH")
        if case .done = outcome { return output.append(.stored) }
        count(.authenticationFailures)
        output.appendRefusal("CLIENT_ERROR authentication failure")
    }
}

extension MemcachedLimits {
    /// What a client may send before it is known.
    static let unauthenticated = {
        var limits = MemcachedLimits()
        limits.valueBytesMax = 1024
        limits.getLineBytesMax = 2048
        return limits
    }()
}

extension OutputBuffer {
    mutating func appendUnauthenticated() {
        appendRefusal("CLIENT_ERROR unauthenticated")
    }
}
