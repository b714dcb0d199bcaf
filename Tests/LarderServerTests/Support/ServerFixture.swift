import LarderAssembly
import LarderCore
import LarderMemory
import LarderServer
import LarderTesting
import Testing

/// A server in this process, on ports of the system's choice. It is stopped, and waited for, when
/// neither the test nor a client of it is left.
final class ServerFixture: Sendable {
    let server: Server
    /// Where it speaks RESP.
    let resp: ServerAddress
    /// Where it speaks memcached text.
    let memcached: ServerAddress
    private let lines: LogLines

    /// Two loops, 64 MiB, no password, unless `change` decides otherwise; `origins` stand in for
    /// those of the configuration.
    init(
        sources: ConfigurationSources? = nil, origins: OriginSet? = nil,
        _ change: (inout Configuration) -> Void = { _ in }
    ) throws {
        var configuration = try sources?.load().configuration ?? Configuration()
        configuration.listen.resp = [.tcp(host: "127.0.0.1", port: 0)]
        configuration.listen.memcached = [.tcp(host: "127.0.0.1", port: 0)]
        configuration.memory.limit = .bytes(64 << 20)
        configuration.server.loops = 2
        change(&configuration)
        let lines = LogLines()
        let logger = Logger(configuration.log, now: { 0 }, write: { lines.add($0) })
        server = try Server(
            configuration, version: "test", logger: logger, sources: sources, endsOnSignal: false,
            origins: origins)
        self.lines = lines
        try server.start()
        let ports = server.ports
        try #require(ports.count == 2, "The fixture listens on one port for each protocol.")
        resp = ServerAddress(port: ports[0])
        memcached = ServerAddress(port: ports[1])
    }

    deinit {
        server.stop(drain: .zero)
        server.wait()
    }

    var store: ByteStore { server.store }

    /// What was logged so far.
    var log: [String] { lines.all }

    /// Whoever logs while `body` runs waits for its end.
    func whileLogIsHeld(_ body: () -> Void) { lines.hold(body) }

    /// A new connection that speaks RESP.
    func client() throws -> TestClient {
        try TestClient(to: resp, of: self)
    }

    /// A new connection that speaks memcached text.
    func memcachedClient() throws -> TestClient {
        try TestClient(to: memcached, of: self)
    }
}

private final class LogLines: Sendable {
    private let lines = Guarded<[String]>([])

    func add(_ line: [UInt8]) {
        lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
    }

    var all: [String] { lines.withLock { $0 } }

    func hold(_ body: () -> Void) { lines.withLock { _ in body() } }
}
