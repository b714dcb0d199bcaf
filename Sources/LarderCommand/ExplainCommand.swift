import LarderCore

extension Subcommand {
    /// `larder explain KEY`
    static let explain = Subcommand(
        name: "explain", summary: "tell what a running server knows of a key",
        help: ExplainCommand.help,
        run: { words throws(CommandFailure) in try ExplainCommand.run(words) })
}

/// `larder explain KEY`: what a running server knows of a key.
enum ExplainCommand {
    static let options = [
        CommandOption("--to", "HOST:PORT", "the server's RESP address (default: 127.0.0.1:5273)")
    ]

    static let help = """
        usage: larder explain KEY [--to HOST:PORT]

        Asks a running server what it knows of KEY, and what a GET would do now. The password, if
        there is one, is taken from REDISCLI_AUTH, as redis-cli does.

        \(CommandOption.help(options))
        """

    static func run(_ words: [String]) throws(CommandFailure) -> Int32 {
        let arguments = try Arguments(words, options: options)
        guard let key = arguments.positionals.first, arguments.positionals.count == 1 else {
            throw .usage("larder explain takes one key; see 'larder help explain'")
        }
        let address = try ReplayAddress(parsing: arguments.text("--to") ?? "127.0.0.1:5273")
        var requests: [[String]] = []
        if let password = ProcessEnvironment.variables["REDISCLI_AUTH"] {
            requests.append(["AUTH", password])
        }
        requests.append(["LARDER", "EXPLAIN", key])
        let lines = try converse(requests, with: address)
        let width = stride(from: 0, to: lines.count, by: 2).map { lines[$0].count }.max() ?? 0
        for index in stride(from: 0, to: lines.count - 1, by: 2) {
            let gap = String(repeating: " ", count: width - lines[index].count + 2)
            print(lines[index] + gap + lines[index + 1])
        }
        return 0
    }

    /// Sends the requests, and returns the strings of the last reply.
    private static func converse(
        _ requests: [[String]], with address: ReplayAddress
    ) throws(CommandFailure) -> [String] {
        let socket = try address.connect()
        let bytes = requests.flatMap(request)
        var sent = 0
        while sent < bytes.count {
            switch socket.send(bytes, from: sent) {
            case .moved(let count): sent += count
            case .wouldBlock: continue
            case .closed(let reason): throw .failure("\(address): \(reason)")
            }
        }
        var reply = ExplainReply(expecting: requests.count)
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            switch reply.state() {
            case .incomplete: break
            case .strings(let strings): return strings
            case .failure(let text): throw .failure("\(address) answers: \(text)")
            }
            switch socket.receive(into: &buffer, from: 0, waiting: true) {
            case .moved(let count): reply.bytes += buffer[..<count]
            case .wouldBlock: continue
            case .closed(let reason): throw .failure("\(address): \(reason)")
            }
        }
    }

    private static func request(_ words: [String]) -> [UInt8] {
        let parts = words.map { "$\($0.utf8.count)\r\n\($0)\r\n" }
        return Array("*\(words.count)\r\n\(parts.joined())".utf8)
    }
}

/// Replies as they come: lines before the last one, which is an array of strings.
struct ExplainReply {
    enum State: Equatable {
        case incomplete
        case strings([String])
        case failure(String)
    }

    var bytes: [UInt8] = []
    private let count: Int

    /// So many replies are to come.
    init(expecting count: Int) {
        self.count = count
    }

    /// What has come so far.
    func state() -> State {
        var rest = bytes[...]
        for _ in 0..<count {
            guard let line = Self.line(&rest) else { return .incomplete }
            if line.hasPrefix("-") { return .failure(String(line.dropFirst())) }
            guard line.hasPrefix("*"), let number = Int(line.dropFirst()) else { continue }
            return Self.strings(number, &rest)
        }
        return .strings([])
    }

    private static func strings(_ number: Int, _ rest: inout ArraySlice<UInt8>) -> State {
        var strings: [String] = []
        for _ in 0..<number {
            guard let head = line(&rest), let length = Int(head.dropFirst()),
                rest.count >= length + 2
            else { return .incomplete }
            strings.append(String(decoding: rest.prefix(length), as: UTF8.self))
            rest = rest.dropFirst(length + 2)
        }
        return .strings(strings)
    }

    private static func line(_ rest: inout ArraySlice<UInt8>) -> String? {
        guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        defer { rest = rest[(end + 1)...] }
        return String(decoding: rest[..<end].dropLast(), as: UTF8.self)
    }
}
