import LarderTrace

/// What a replay does.
struct ReplayOptions: Sendable {
    enum ValueSize: Hashable, Sendable {
        /// The size that the trace gives the object, at most `valueBytesMax`.
        case trace
        case fixed(Int)
    }

    /// The largest value that servers take by default; larger objects are cut to it.
    static let valueBytesMax = 512 << 20

    var dialect = ReplayDialect.resp
    /// Connections, dealt out to the threads.
    var connections = 1
    /// Operations in flight on a connection.
    var pipeline = 1
    var threads = 1
    var valueSize = ValueSize.trace
    /// Stop after so many requests of the trace.
    var requestsMax = Int.max
    /// Seconds until a stored value expires; 0 never.
    var ttlSeconds = 0
    /// Goes before each key.
    var keyPrefix: [UInt8] = []
    /// Give up when a server has not answered for so long. Longer than any pause of a server that
    /// is of use as a cache.
    var silenceSecondsMax = 30
}

extension ReplayOptions {
    static let commandOptions =
        [
            CommandOption("--to", "HOST:PORT", "the server; [::1]:PORT for IPv6"),
            CommandOption("--protocol", "resp|memcached", "what it speaks (default: resp)"),
            CommandOption("--connections", "N", "connections to it (default: 1)"),
            CommandOption("--pipeline", "P", "operations in flight on each (default: 1)"),
            CommandOption("--threads", "T", "client threads (default: half the cores)"),
            CommandOption(
                "--value-size", "SIZE|trace",
                "bytes of stored values, e.g. 4kb (default: as in the trace)"),
            CommandOption("--requests", "N", "stop after so many requests of the trace"),
            CommandOption("--ttl", "SECONDS", "stored values expire after so long"),
            CommandOption("--key-prefix", "TEXT", "goes before each key"),
            CommandOption("--format", "text|json", "form of the result (default: text)"),
        ] + TraceCommand.inputOptions

    init(_ arguments: Arguments, coreCount: Int) throws(CommandFailure) {
        let name = try arguments.choice("--protocol", of: ["resp", "memcached"])
        dialect = name == "resp" ? .resp : .memcached
        connections = try arguments.integer("--connections", in: 1...10_000) ?? 1
        pipeline = try arguments.integer("--pipeline", in: 1...10_000) ?? 1
        let threads = try arguments.integer("--threads", in: 1...256) ?? max(1, coreCount / 2)
        self.threads = min(threads, connections)
        if arguments.text("--value-size") != "trace",
            let size = try arguments.byteCount("--value-size", in: 0...Self.valueBytesMax)
        {
            valueSize = .fixed(size)
        }
        requestsMax = try arguments.integer("--requests", in: 1 ... .max) ?? .max
        ttlSeconds = try arguments.integer("--ttl", in: 1...2_592_000) ?? 0
        keyPrefix = Array((arguments.text("--key-prefix") ?? "").utf8)
    }
}
