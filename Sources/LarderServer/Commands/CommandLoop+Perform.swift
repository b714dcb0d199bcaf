import LarderAssembly
import LarderCore
import LarderMemory
import LarderRuntime
import LarderWire
import Synchronization

// What is counted and timed of every command, around the command itself.
extension CommandLoop {
    /// Runs a command that may be run, be it at once or by EXEC.
    @inline(__always)
    mutating func perform(
        _ command: Command, _ traits: CommandTable.Traits, _ call: borrowing Call,
        on connection: inout ClientConnection, into output: inout OutputBuffer
    ) {
        let place = traits.hasSubcommands ? table.place(of: command, call) : Int(command.rawValue)
        let calls = counters.countCall(place)
        connection.client.lastCommand.store(place, ordering: .relaxed)
        let isSmall = traits.isSmall && call.count <= Self.smallArgumentsMax
        let kind = timing.next(isSmall: isSmall, isFirst: calls == 1)
        let start = output.count
        let begin = timing.time(kind)
        if traits.concernsOrigins, reads != nil {
            runWithOrigins(command, call, on: &connection, into: &output)
        } else {
            runHot(command, call, on: &connection, into: &output)
        }
        if events.isActive {
            tellEvents(of: EventNames(command, call), on: &connection, from: start, into: &output)
        }
        if kind != .not {
            noteTime(
                since: begin, kind, place, command, call, connection, calls: calls, at: start)
        }
        if output.holds(UInt8(ascii: "-"), at: start) { noteError(at: start, place, output) }
    }

    /// Words up to which a small command is one.
    private static var smallArgumentsMax: Int { 8 }

    /// Refuses a subcommand that there is not, or that has too few or too many arguments.
    ///
    /// - Returns: Whether it may go on.
    func admitsSubcommand(
        of call: borrowing Call, _ command: Command, _ output: inout OutputBuffer
    ) -> Bool {
        guard let found = CommandTable.shared.subcommand(call[1], of: command) else {
            shared.errors.count("ERR")
            let name = "\(command.specification.name)".uppercased()
            output.append("-ERR unknown subcommand '")
            output.appendPrintable(call[1], max: 128)
            output.appendText("'. Try \(name) HELP.\r\n")
            return false
        }
        guard found.page.accepts(argumentCount: call.count) else {
            reject(found.place, "ERR")
            output.appendErrorText(
                "ERR wrong number of arguments for '\(found.page.name)' command")
            return false
        }
        return true
    }

    /// Counts a command that was refused before it ran.
    func reject(_ place: Int, _ kind: String) {
        counters.countRejection(place)
        shared.errors.count(kind)
    }

    /// Counts the error that was written at `start`.
    @inline(never)
    private func noteError(at start: Int, _ place: Int, _ output: borrowing OutputBuffer) {
        let kind = output.withBytes { bytes in
            let text = bytes.extracting(start + 1..<min(bytes.byteCount, start + 33)).text
            guard let end = text.firstIndex(of: " ") else { return "ERR" }
            return String(text[..<end])
        }
        shared.errors.count(kind)
        if ["OOM", "NOAUTH", "NOPERM"].contains(kind) {
            counters.countRejection(place)
        } else {
            counters.countFailure(place)
        }
    }

    @inline(never)
    private mutating func noteTime(
        since begin: UInt64, _ kind: CommandTiming.Kind, _ place: Int, _ command: Command,
        _ call: borrowing Call, _ connection: ClientConnection, calls: UInt64, at start: Int
    ) {
        // What waits is run again, and timed then.
        guard !connection.isWaiting else { return }
        let nanoseconds = timing.time(kind) &- begin
        let isNoticeable = timing.isNoticeable(nanoseconds)
        let isWatched = kind != .roughly && timing.isWatched
        if kind != .roughly {
            counters.times.note(place, nanoseconds: nanoseconds, calls: calls)
        }
        guard isWatched || isNoticeable else { return }
        guard !tellings.isCollecting else {
            return tellings.add(
                .timed(
                    nanoseconds: nanoseconds, isWatched: isWatched, isNoticeable: isNoticeable),
                of: connection, at: start)
        }
        if isWatched { shared.monitors.feed(command, call, connection.client, connection.database) }
        if isNoticeable { noteSlow(nanoseconds, command, call, connection) }
    }

    /// Keeps a command for SLOWLOG and LATENCY if it took long enough.
    @inline(never)
    func noteSlow(
        _ nanoseconds: UInt64, _ command: Command, _ call: borrowing Call,
        _ connection: ClientConnection
    ) {
        let row = command.specification
        let seconds = Int64(WallClock.now().seconds)
        if timing.latencyLimit > 0, Int64(nanoseconds / 1_000_000) >= timing.latencyLimit {
            let isFast = row.categories.contains(.fast)
            shared.latency.note(
                isFast ? "fast-command" : "command", milliseconds: Int64(nanoseconds / 1_000_000),
                at: seconds)
        }
        guard nanoseconds >= timing.slowLimit, command != .exec else { return }
        let length = shared.currentSettings.configuration.slowlog.length
        shared.slowLog.add(
            SlowLog.Entry(
                seconds: seconds, microseconds: Int64(nanoseconds / 1000),
                arguments: SlowArguments.shortened(CallWords.visible(call, command)),
                address: connection.client.address, name: connection.client.name),
            limit: length)
    }
}

/// The words of a request for people to see.
enum CallWords {
    private static let hidden = Array("(redacted)".utf8)

    /// All words; passwords are hidden.
    static func visible(_ call: borrowing Call, _ command: Command) -> [[UInt8]] {
        var words = (0..<call.count).map { index in
            var word: [UInt8] = []
            word.append(call[index])
            return word
        }
        func hide(_ index: Int) {
            if index < words.count { words[index] = hidden }
        }
        switch command {
        case .auth: for index in 1..<max(1, words.count) { hide(index) }
        case .hello:
            for index in 2..<max(2, words.count) where call[index].equalsIgnoringCase("auth") {
                hide(index + 1)
                hide(index + 2)
            }
        case .config where call.count > 3 && call[1].equalsIgnoringCase("set"):
            for index in stride(from: 2, to: words.count, by: 2)
            where call[index].equalsIgnoringCase("requirepass")
                || call[index].equalsIgnoringCase("password")
            { hide(index + 1) }
        default: break
        }
        return words
    }
}
