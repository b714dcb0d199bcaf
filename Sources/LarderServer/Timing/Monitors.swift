import LarderCore
import LarderRuntime
import LarderWire

/// The connections that said MONITOR: they are sent every request.
///
/// Bounded by the mailbox of their loop and by `clients.memory`: a reader who does not keep up is
/// cut.
final class Monitors: Sendable {
    private struct Reader: Sendable {
        let context: LoopContext
        let id: ConnectionID
    }

    private let readers = Guarded<[Reader]>([])

    /// Adds a connection of the loop of `context`.
    ///
    /// - Returns: Whether it was none before.
    func add(_ id: ConnectionID, of context: LoopContext) -> Bool {
        readers.withLock { readers in
            guard !readers.contains(where: { $0.id == id }) else { return false }
            readers.append(Reader(context: context, id: id))
            return true
        }
    }

    /// - Returns: Whether it was one before.
    func remove(_ id: ConnectionID) -> Bool {
        readers.withLock { readers in
            guard let index = readers.firstIndex(where: { $0.id == id }) else { return false }
            readers.remove(at: index)
            return true
        }
    }

    /// Sends a request to all, unless it is for administrators only.
    func feed(
        _ command: Command, _ call: borrowing Call, _ client: Client, _ database: Int
    ) {
        guard !Self.isAdministration(command, call) else { return }
        let line = Self.line(CallWords.visible(call, command), client, database)
        // A copy: nothing is sent under a lock.
        for reader in readers.withLock({ $0 }) where !reader.context.send(line, to: reader.id) {
            reader.context.close(reader.id)
        }
    }

    private static func isAdministration(
        _ command: Command, _ call: borrowing Call
    ) -> Bool {
        let row = command.specification
        guard row.hasSubcommands, call.count > 1 else { return row.categories.contains(.admin) }
        let found = CommandTable.shared.subcommand(call[1], of: command)
        return found?.page.categories.contains(.admin) ?? false
    }

    private static func line(_ words: [[UInt8]], _ client: Client, _ database: Int) -> [UInt8] {
        let (seconds, microseconds) = WallClock.now()
        let digits = "\(microseconds)"
        let fraction = String(repeating: "0", count: 6 - digits.count) + digits
        let origin = "\(database) \(client.address)"
        var line = Array("+\(seconds).\(fraction) [\(origin)]".utf8)
        for word in words {
            line.append(UInt8(ascii: " "))
            line.append(quoted: word)
        }
        line += Array("\r\n".utf8)
        return line
    }
}

extension ServerShared {
    /// Sends a connection no requests any more.
    func endMonitoring(_ id: ConnectionID) {
        if monitors.remove(id) { timing.change { $0.watchers -= 1 } }
    }
}

extension [UInt8] {
    /// Appends bytes in quotes, what is not printable escaped as redis does.
    fileprivate mutating func append(quoted bytes: [UInt8]) {
        append(UInt8(ascii: "\""))
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\\"), UInt8(ascii: "\""): self += [UInt8(ascii: "\\"), byte]
            case UInt8(ascii: "\n"): self += Array("\\n".utf8)
            case UInt8(ascii: "\r"): self += Array("\\r".utf8)
            case UInt8(ascii: "\t"): self += Array("\\t".utf8)
            case 7: self += Array("\\a".utf8)
            case 8: self += Array("\\b".utf8)
            case 32...126: append(byte)
            default:
                let digits = String(byte, radix: 16)
                self += Array("\\x\(digits.count < 2 ? "0" : "")\(digits)".utf8)
            }
        }
        append(UInt8(ascii: "\""))
    }
}
