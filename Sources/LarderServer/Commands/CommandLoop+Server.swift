import LarderAssembly
import LarderCore
import LarderMemory
import LarderRuntime
import LarderWire

/// What clients and tools ask when they connect, answered as redis does with the feature switched
/// off.
extension CommandLoop {
    mutating func runServer(
        _ command: Command, _ call: borrowing Call, on connection: inout ClientConnection,
        into output: inout OutputBuffer
    ) {
        switch command {
        case .slowlog: slowlog(call, &output)
        case .larder: larder(call, &connection, &output)
        case .latency: latency(call, connection, &output)
        case .memory: memory(call, connection, &output)
        case .monitor: monitor(connection, &output)
        case .asking, .readonly, .readwrite, .cluster:
            output.appendError("ERR This instance has cluster support disabled")
        case .role: role(&output)
        case .replicaof, .slaveof: replicate(call, &output)
        case .wait: wait(call, &output)
        case .lastsave: output.appendInteger(shared.startedAtSeconds)
        case .save, .bgsave, .bgrewriteaof: refuseToSave(command, call, &output)
        case .shutdown: shutdown(call, &connection, &output)
        case .debug: output.appendNotAllowed("DEBUG", option: "enable-debug-command")
        case .module: module(call, &output)
        case .function, .script: flushNothing(command, call, &output)
        case .lolwut: lolwut(call, connection, &output)
        default: preconditionFailure("Every command is run.")
        }
    }

    private func role(_ output: inout OutputBuffer) {
        output.appendArrayHeader(3)
        output.appendBulk("master")
        output.appendInteger(0)
        output.appendArrayHeader(0)
    }

    private func replicate(_ call: borrowing Call, _ output: inout OutputBuffer) {
        if call[1].equalsIgnoringCase("no"), call[2].equalsIgnoringCase("one") {
            return output.appendSimple("OK")
        }
        guard let port = Decimal.integer(call[2]), (0...65535).contains(port) else {
            return output.appendError("ERR Invalid master port")
        }
        output.appendError("ERR Larder replicates nobody; only NO ONE is taken")
    }

    /// WAIT: there are no replicas to wait for, so there is no use in waiting.
    private func wait(_ call: borrowing Call, _ output: inout OutputBuffer) {
        guard Decimal.integer(call[1]) != nil else { return output.appendNotAnInteger() }
        guard let timeout = Decimal.integer(call[2]) else {
            return output.appendError("ERR timeout is not an integer or out of range")
        }
        guard timeout >= 0 else { return output.appendError("ERR timeout is negative") }
        output.appendInteger(0)
    }

    private func refuseToSave(
        _ command: Command, _ call: borrowing Call, _ output: inout OutputBuffer
    ) {
        if call.count > 2 || call.count == 2 && !call[1].equalsIgnoringCase("schedule") {
            return output.appendSyntaxError()
        }
        let what = command == .bgrewriteaof ? "append-only file" : "snapshots"
        output.appendErrorText("ERR Larder writes no \(what): what it keeps can be loaded again")
    }

    /// SHUTDOWN: there is nothing to save and no replica to wait for, so NOSAVE, SAVE, NOW and
    /// FORCE change nothing.
    private func shutdown(
        _ call: borrowing Call, _ connection: inout ClientConnection,
        _ output: inout OutputBuffer
    ) {
        var words: Set<String> = []
        for index in 1..<call.count { words.insert(call[index].text.lowercased()) }
        let isAborting = words.contains("abort")
        guard words.isSubset(of: ["nosave", "save", "now", "force", "abort"]),
            words.isSuperset(of: ["nosave", "save"]) == false,
            isAborting == false || words.count == 1
        else { return output.appendSyntaxError() }
        guard isAborting == false else {
            return output.appendError("ERR No shutdown in progress.")
        }
        connection.isClosing = true
        shared.logger.info("SHUTDOWN by a client", ["client": .text(connection.client.address)])
        shared.end.begin()
    }

    private func module(_ call: borrowing Call, _ output: inout OutputBuffer) {
        if call[1].equalsIgnoringCase("list") {
            output.appendArrayHeader(0)
        } else if call.isHelp {
            output.appendHelp(of: "MODULE", HelpText.module)
        } else {
            output.appendNotAllowed("MODULE", option: "enable-module-command")
        }
    }

    /// FUNCTION FLUSH and SCRIPT FLUSH, which tests and frameworks send to begin anew.
    private func flushNothing(
        _ command: Command, _ call: borrowing Call, _ output: inout OutputBuffer
    ) {
        let isScript = command == .script
        if call.isHelp {
            output.appendHelp(
                of: isScript ? "SCRIPT" : "FUNCTION",
                isScript ? HelpText.script : HelpText.function)
        } else if call.count == 2
            || call.count == 3
                && (call[2].equalsIgnoringCase("sync") || call[2].equalsIgnoringCase("async"))
        {
            output.appendSimple("OK")
        } else if isScript {
            output.appendError("ERR SCRIPT FLUSH only support SYNC|ASYNC option")
        } else {
            output.appendError("ERR FUNCTION FLUSH only supports SYNC|ASYNC option")
        }
    }

    private func monitor(_ connection: ClientConnection, _ output: inout OutputBuffer) {
        guard !isInTransaction else {
            return output.appendError("ERR MONITOR isn't allowed for DENY BLOCKING client")
        }
        guard shared.monitors.add(connection.client.id, of: context) else { return }
        shared.timing.change { $0.watchers += 1 }
        output.appendSimple("OK")
    }

    private func lolwut(
        _ call: borrowing Call, _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        if call.count > 2, call[1].equalsIgnoringCase("version"), Decimal.integer(call[2]) == nil {
            return output.appendNotAnInteger()
        }
        let text = Array((Shelf.picture(seed: tick.nanoseconds) + "\n").utf8)
        let version = Array("Redis ver. 7.0.15, Larder ver. \(shared.version)\n".utf8)
        let whole = text + version
        unsafe output.appendVerbatim(whole.span.bytes, format: "txt", connection.version)
    }
}

/// What LOLWUT draws: a larder.
enum Shelf {
    private static let jars = ["[==]", "(__)", "{~~}", "|##|", "/oo\\", " .. "]

    /// Three shelves with jars on them.
    static func picture(seed: UInt64) -> String {
        var random = SeededRandom(seed: seed)
        let rows = (0..<3).map { _ in
            let row = (0..<8).map { _ in jars[Int.random(in: 0..<jars.count, using: &random)] }
            return row.joined(separator: " ") + "\n" + String(repeating: "_", count: 39)
        }
        return rows.joined(separator: "\n")
    }
}

extension OutputBuffer {
    /// Redis's words about commands that are off by default.
    mutating func appendNotAllowed(_ command: StaticString, option: StaticString) {
        append("-ERR ")
        append(command)
        append(" command not allowed. If the ")
        append(option)
        append(" option is set to \"local\", you can run it from a local connection,")
        append(" otherwise you need to set this option in the configuration file,")
        append(" and then restart the server.\r\n")
    }
}
