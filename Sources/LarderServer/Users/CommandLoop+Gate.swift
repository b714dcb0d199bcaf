import LarderCore
import LarderMemory
import LarderRuntime
import LarderWire
import Synchronization

/// Why a connection's commands need a look before they run. Nothing of it holds for most
/// connections, and then one test of a byte is all there is.
struct Gate: OptionSet {
    let rawValue: UInt8
    /// Has not logged in, and has to.
    static let unauthenticated = Gate(rawValue: 1 << 0)
    /// May not do everything.
    static let restricted = Gate(rawValue: 1 << 1)
    /// CLIENT REPLY OFF.
    static let mute = Gate(rawValue: 1 << 2)
    /// CLIENT REPLY SKIP: the next reply is not sent.
    static let muteNext = Gate(rawValue: 1 << 3)
    /// The reply at hand is not sent.
    static let muteNow = Gate(rawValue: 1 << 4)
    static let silent: Gate = [.mute, .muteNow]
}

extension CommandLoop {
    /// Runs a command of a connection with a closed gate.
    @inline(never)
    mutating func runGated(
        _ call: borrowing Call, on connection: inout ClientConnection,
        into output: inout OutputBuffer
    ) {
        let start = output.count
        // The password may have been taken away since.
        if connection.gate.contains(.unauthenticated), !shared.needsPassword { logOut(&connection) }
        if connection.gate.contains(.muteNext) {
            connection.gate.remove(.muteNext)
            connection.gate.insert(.muteNow)
        }
        let wasSilent = !connection.gate.isDisjoint(with: .silent)
        let command = CommandTable.shared.command(call[0])
        if let command, let refusal = refusal(of: command, call, connection) {
            refuse(command, call, refusal, &connection, &output)
        } else {
            runAdmitted(call, on: &connection, into: &output)
        }
        // What waits is run again, and is as silent then.
        if connection.isWaiting, connection.gate.contains(.muteNow) {
            connection.gate.insert(.muteNext)
        }
        // What makes the connection speak again is answered, and so is SUBSCRIBE.
        let isSilent = wasSilent && !connection.gate.isDisjoint(with: .silent)
        let isAnswered = command?.isAlwaysAnswered == true && connection.transaction == nil
        if isSilent, !isAnswered, !output.isOverflowed {
            output.truncate(to: start)
        }
        connection.gate.remove(.muteNow)
    }

    /// Why a command may not run; nil also for what is wrong in itself, which is told to anybody.
    func refusal(
        of command: Command, _ call: borrowing Call, _ connection: ClientConnection
    ) -> Refusal? {
        guard isWhole(call, command) else { return nil }
        if connection.gate.contains(.unauthenticated) {
            return command.runsUnauthenticated ? nil : .unauthenticated
        }
        // As in redis, this is told before rights are looked at.
        if command.isRefusedInTransaction, connection.transaction != nil { return nil }
        // Whoever may do nothing may still become somebody else.
        guard connection.gate.contains(.restricted), !command.runsUnauthenticated else {
            return nil
        }
        return connection.user.rights.denial(of: command, call).map { .denied($0.kind, $0.index) }
    }

    /// Why a command that was queued may not run any more: a reload took the right, or an AUTH that
    /// was queued before it made the connection somebody else's.
    func denialNow(
        of command: Command, _ call: borrowing Call, _ connection: ClientConnection
    ) -> (kind: User.Rights.Denial, index: Int)? {
        let user = connection.user
        let isReplaced = user.isReplaced.load(ordering: .relaxed)
        guard isReplaced || connection.gate.contains(.restricted), !command.runsUnauthenticated
        else { return nil }
        let rights = isReplaced ? shared.users.current.rights(of: user.name) : user.rights
        return rights.denial(of: command, call)
    }

    /// Tells so, as redis does.
    func refuseQueued(
        _ command: Command, _ call: borrowing Call,
        _ denied: (kind: User.Rights.Denial, index: Int), _ connection: ClientConnection,
        _ output: inout OutputBuffer
    ) {
        shared.errors.count("NOPERM")
        note(denied, of: command, call, connection)
        output.appendText(
            "-NOPERM ACLs rules changed between the moment the transaction was accumulated and the"
                + " EXEC call. This command is no longer allowed for the following reason: "
                + "\(denied.kind.reason)\r\n")
    }

    /// Whether a call has a subcommand that there is, and as many arguments as it takes.
    func isWhole(_ call: borrowing Call, _ command: Command) -> Bool {
        let row = command.specification
        guard row.hasSubcommands, call.count > 1 else {
            return row.accepts(argumentCount: call.count)
        }
        let found = CommandTable.shared.subcommand(call[1], of: command)
        return found?.page.accepts(argumentCount: call.count) ?? false
    }

    /// Tells why, as redis does: also that a transaction comes to nothing.
    private mutating func refuse(
        _ command: Command, _ call: borrowing Call, _ refusal: Refusal,
        _ connection: inout ClientConnection, _ output: inout OutputBuffer
    ) {
        reject(table.place(of: command, call), refusal.kind)
        noteUnrun(command, call, connection)
        let name = CommandTable.shared.fullName(of: command, call)
        if case .denied(let denial, let index) = refusal {
            note((denial, index), of: command, call, connection)
        }
        connection.transaction?.abort()
        if command == .exec {
            return abortTransaction(of: &connection, call, because: refusal.text(name), &output)
        }
        output.appendErrorText(refusal.text(name))
    }

    private func note(
        _ denied: (kind: User.Rights.Denial, index: Int), of command: Command,
        _ call: borrowing Call, _ connection: ClientConnection
    ) {
        let object = call[denied.index]
        let count = min(object.byteCount, AccessLog.objectBytesMax)
        let name = CommandTable.shared.fullName(of: command, call)
        note(
            denied.kind,
            denied.index == 0 ? Array(name.utf8) : object.extracting(0..<count).bytes, connection)
    }

    /// Writes a denial into ACL LOG.
    func note(_ denial: User.Rights.Denial, _ object: [UInt8], _ connection: ClientConnection) {
        let reason: AccessLog.Reason =
            switch denial {
            case .command: .command
            case .key: .key
            case .channel: .channel
            }
        shared.accessLog.add(
            AccessLog.Entry(
                reason: reason,
                isInTransaction: isInTransaction || connection.transaction != nil, object: object,
                user: connection.user.name, at: tick, client: connection.client.line(at: tick)))
    }
}

extension User.Rights.Denial {
    /// Redis's words for it at EXEC.
    fileprivate var reason: String {
        switch self {
        case .command: "no permission to execute the command or subcommand"
        case .key: "no permission to touch the specified keys"
        case .channel: "no permission to access one of the channels used as arguments"
        }
    }
}

extension Command {
    fileprivate var isAlwaysAnswered: Bool {
        CommandCatalog.shared.traits(of: self).subscribes
    }
}

/// Why a command may not run.
enum Refusal {
    case unauthenticated
    case denied(User.Rights.Denial, Int)

    /// The word that an error begins with.
    var kind: String {
        if case .unauthenticated = self { "NOAUTH" } else { "NOPERM" }
    }

    /// Redis's words.
    func text(_ command: String) -> String {
        switch self {
        case .unauthenticated: "NOAUTH Authentication required."
        case .denied(.command, _):
            "NOPERM this user has no permissions to run the '\(command)' command"
        case .denied(.key, _):
            "NOPERM this user has no permissions to access one of the keys used as arguments"
        case .denied(.channel, _):
            "NOPERM this user has no permissions to access one of the channels used as arguments"
        }
    }
}
