import LarderCore

/// How the server works.
public struct ServerConfiguration: Sendable, Hashable {
    /// What waits for the sockets.
    public enum InputOutput: String, Sendable, Hashable, CaseIterable {
        /// The better one of those that work here.
        case auto
        /// libevent, everywhere.
        case libevent
        /// io_uring, where the kernel has it and the container allows it.
        case uring
    }

    /// Event loops, each a thread; nil: one per processor that this process may use.
    public var loops: Int?

    /// Databases that SELECT reaches. 16, as in redis; programs count on it.
    public var databases = 16

    /// What waits for the sockets.
    public var io = InputOutput.auto

    /// Connections that the system accepts before we do. 511, as in redis.
    public var tcpBacklog = 511

    /// How long a connection may be silent before the system asks whether the peer lives; zero:
    /// never. 300 s, as in redis: long enough to be free, short enough to notice dead peers.
    public var tcpKeepalive = Duration.seconds(300)

    /// Refuse to bind what other machines reach without a password. Off only for those who mean it.
    public var isProtected = true

    /// Whether memcached's `shutdown` ends the server. Off, as in memcached.
    public var allowsShutdown = false

    /// Most loads under way over all origins. 512: eight origins with the limit that each has
    /// unless told otherwise.
    public var originLoads = 512

    /// The defaults.
    public init() {}

    /// What cannot work.
    func violations() -> [ConfigurationError] {
        [
            .unless(1...1_000_000, originLoads, "server.origin-loads"),
            .unless(1...64, loops ?? 1, "server.loops"),
            .unless(1...16384, databases, "server.databases"),
            .unless(1...65535, tcpBacklog, "server.tcp-backlog"),
            .unless(.zero ... .seconds(32767), tcpKeepalive, "server.tcp-keepalive"),
        ].compactMap(\.self)
    }
}

/// What connected programs may use.
public struct ClientsConfiguration: Sendable, Hashable {
    /// Most connections; further ones get an error. 10,000, as in redis.
    public var max = 10_000

    /// How long a connection may be idle before it is closed; zero: for ever, as in redis, because
    /// pools keep connections for days.
    public var idle = Duration.zero

    /// Bytes of all connections' buffers together. 64 MiB: 6 KiB for each of 10,000, and idle ones
    /// hold next to nothing.
    public var memoryBytes = 64 << 20

    /// Bytes of replies that a slow reader may leave unread before its next requests wait. 1 MiB:
    /// sixty of them fill the budget above, one is hardly noticed.
    public var outputLimitBytes = 1 << 20

    /// The defaults.
    public init() {}

    /// What cannot work.
    func violations() -> [ConfigurationError] {
        [
            .unless(1...1_000_000, self.max, "clients.max"),
            .unless(.zero ... .seconds(Int32.max), idle, "clients.idle"),
            .unless(bytes: (1 << 20)...(1 << 40), memoryBytes, "clients.memory"),
            .unless(bytes: (64 << 10)...(1 << 40), outputLimitBytes, "clients.output-limit"),
        ].compactMap(\.self)
    }
}

/// What is kept about slow commands.
public struct SlowlogConfiguration: Sendable, Hashable {
    /// Commands that take longer are kept; nil: none. 10 ms, as in redis.
    public var threshold: Duration? = .milliseconds(10)

    /// How many are kept; older ones go. 128, as in redis.
    public var length = 128

    /// The defaults.
    public init() {}

    /// What cannot work.
    func violations() -> [ConfigurationError] {
        [
            .unless(.zero ... .seconds(86_400), threshold ?? .zero, "slowlog.threshold"),
            .unless(0...1_000_000, length, "slowlog.length"),
        ].compactMap(\.self)
    }
}

/// What is kept about events that held up clients.
public struct LatencyConfiguration: Sendable, Hashable {
    /// Events that take as long are kept, in whole milliseconds; zero: none, as in redis.
    public var threshold = Duration.zero

    /// The defaults.
    public init() {}

    /// What cannot work.
    func violations() -> [ConfigurationError] {
        [.unless(.zero ... .seconds(86_400), threshold, "latency.threshold")].compactMap(\.self)
    }
}

extension ConfigurationError {
    static func unless(
        _ bounds: ClosedRange<Int>, _ value: Int, _ field: String
    ) -> ConfigurationError? {
        bounds.contains(value)
            ? nil : outside("\(bounds.lowerBound)", "\(bounds.upperBound)", "\(value)", field)
    }

    static func unless(
        bytes bounds: ClosedRange<Int>, _ value: Int, _ field: String
    ) -> ConfigurationError? {
        let (low, high) = (bounds.lowerBound.byteText, bounds.upperBound.byteText)
        return bounds.contains(value) ? nil : outside(low, high, value.byteText, field)
    }

    static func unless(
        _ bounds: ClosedRange<Duration>, _ value: Duration, _ field: String
    ) -> ConfigurationError? {
        let low = bounds.lowerBound.text
        let high = bounds.upperBound.text
        return bounds.contains(value) ? nil : outside(low, high, value.text, field)
    }

    private static func outside(
        _ low: String, _ high: String, _ value: String, _ field: String
    ) -> ConfigurationError {
        let name = field.split(separator: ".").last.map(String.init) ?? field
        return ConfigurationError(
            field: field, message: "\(name) is \(value); it is at least \(low) and at most \(high)")
    }
}
