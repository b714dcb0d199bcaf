import LarderAssembly
import LarderCore
import LarderMemory
import LarderRuntime
import LarderWire
import Synchronization

/// How an attempt to log in ended.
enum LoginOutcome {
    case done
    case wrong
    /// Too many have failed from there; nobody looked at the password.
    case tooEarly(Duration)
}

extension CommandLoop {
    /// AUTH.
    mutating func auth(
        _ call: borrowing Call, _ connection: inout ClientConnection,
        _ output: inout OutputBuffer
    ) {
        guard call.count <= 3 else { return output.appendSyntaxError() }
        if call.count == 2, shared.users.current.standard.isOpenAndEnabled {
            return output.appendText(
                "-ERR AUTH <password> called without any password configured for the default "
                    + "user. Are you sure your configuration is correct?\r\n")
        }
        let user = call.count == 3 ? call[1].text : UserConfiguration.defaultName
        let password = call[call.count - 1]
        let outcome = logIn(user, password, &connection, of: "AUTH")
        if case .done = outcome { output.appendSimple("OK") } else { output.append(outcome) }
    }

    /// Lets somebody in, or counts and logs that it failed. `command`: as ACL LOG shows it.
    ///
    /// - Complexity: one SHA-256 of the password, and none while the address has to wait.
    mutating func logIn(
        _ name: String, _ password: RawSpan, _ connection: inout ClientConnection,
        of command: String
    ) -> LoginOutcome {
        let client = connection.client
        if let wait = shared.logins.wait(for: client.network, at: tick) { return .tooEarly(wait) }
        let user = shared.users.current[name]
        if let user, user.isEnabled, user.isOpen || Self.isPassword(password, of: user) {
            become(user, &connection)
            // A change of the users meanwhile did not find this connection under their name.
            if user.isReplaced.load(ordering: .relaxed) { connection.isClosing = true }
            return .done
        }
        shared.logins.noteFailure(from: client.network, at: tick)
        shared.logger.warning(
            "login failed", ["user": .text(name.shortened), "address": .text(client.address)])
        shared.accessLog.add(
            AccessLog.Entry(
                reason: .auth, isInTransaction: connection.transaction != nil,
                object: Array(command.utf8), user: name.shortened, at: tick,
                client: client.line(at: tick)))
        return .wrong
    }

    private static func isPassword(_ password: RawSpan, of user: User) -> Bool {
        guard password.byteCount <= PasswordDigest.passwordBytesMax else { return false }
        var bytes: [UInt8] = []
        bytes.append(password)
        return user.accepts(PasswordDigest(of: bytes))
    }

    /// From now on the connection speaks for `user`.
    mutating func become(_ user: User, _ connection: inout ClientConnection) {
        connection.enter(as: user)
        breaksAhead = true
    }

    /// What the connection was when it was opened.
    mutating func logOut(_ connection: inout ClientConnection) {
        connection.user = shared.users.current.standard
        connection.enterIfOpen()
        breaksAhead = true
    }
}

extension ClientConnection {
    /// Lets in.
    mutating func enter(as user: User) {
        self.user = user
        gate.remove(.unauthenticated)
        note(user)
    }

    /// Lets in who needs no password, and nobody else.
    mutating func enterIfOpen() {
        if user.isOpenAndEnabled {
            gate.remove(.unauthenticated)
        } else {
            gate.insert(.unauthenticated)
        }
        note(user)
    }

    private mutating func note(_ user: User) {
        if user.rights.areAll { gate.remove(.restricted) } else { gate.insert(.restricted) }
        client.userName = user.name
    }
}

extension User {
    var isOpenAndEnabled: Bool { isOpen && isEnabled }
}

extension String {
    /// No more of it than a log line or ACL LOG should hold.
    fileprivate var shortened: String { String(prefix(64)) }
}

extension OutputBuffer {
    /// The error of a login that failed.
    mutating func append(_ outcome: LoginOutcome) {
        guard case .tooEarly(let wait) = outcome else {
            return appendError("WRONGPASS invalid username-password pair or user is disabled.")
        }
        appendErrorText(
            "WRONGPASS too many failed logins from your address; try again in"
                + " \(max(1, wait.components.seconds)) s")
    }
}
