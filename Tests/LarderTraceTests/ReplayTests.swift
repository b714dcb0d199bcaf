import LarderTrace
import Testing

@testable import LarderCommand

@Suite struct ReplayTests {
    /// Replays a file of plain keys.
    static func replay(
        _ keys: [String], to server: FakeServer, _ options: ReplayOptions,
        watch: (ReplayRun) -> Void = { _ in }
    ) throws -> ReplayOutcome {
        let folder = try TemporaryFolder()
        let path = try folder.write(keys.map { $0 + "\n" }.joined().utf8, as: "t.txt")
        let source = ReplaySource(
            try TraceReader(path: path), requestsMax: options.requestsMax)
        let run = ReplayRun(source, to: try server.address, options)
        return run.run { _ in watch(run) }
    }

    static func zipfKeys(_ count: Int, objects: Int = 100) -> [String] {
        var generator = TraceGenerator(
            [WorkloadPart(.zipf(objects: objects, alpha: 1))], seed: 5)
        return (0..<count).map { _ in "key:\(generator.next().key)" }
    }

    static func options(
        _ dialect: ReplayDialect = .resp, connections: Int = 1, pipeline: Int = 1, threads: Int = 1
    ) -> ReplayOptions {
        var options = ReplayOptions()
        options.dialect = dialect
        options.connections = connections
        options.pipeline = pipeline
        options.threads = threads
        options.valueSize = .fixed(10)
        return options
    }

    @Test(arguments: [ReplayDialect.resp, .memcached])
    func `one connection without pipeline looks aside request by request`(dialect: ReplayDialect)
        throws
    {
        let keys = Self.zipfKeys(500)
        let server = try FakeServer(dialect)
        let outcome = try Self.replay(keys, to: server, Self.options(dialect))
        var expected: [String] = []
        var known: Set<String> = []
        for key in keys {
            expected.append("GET \(key)")
            if known.insert(key).inserted { expected.append("SET \(key) 10") }
        }
        #expect(server.seen.commands == expected)
        #expect(outcome.failure == nil)
        #expect(outcome.tally.misses == known.count)
        #expect(outcome.tally.hits == keys.count - known.count)
        #expect(outcome.tally.stored == known.count)
        #expect(outcome.tally.hitBytes == 10 * outcome.tally.hits)
        #expect(outcome.tally.errors == 0)
        #expect(outcome.tally.getLatency.count == UInt64(keys.count))
        #expect(outcome.tally.setLatency.count == UInt64(known.count))
    }

    @Test(
        arguments: [ReplayDialect.resp, .memcached], [(1, 16, 1), (4, 1, 1), (5, 7, 2), (3, 50, 3)])
    func `pipelines, connections and threads answer and store everything`(
        dialect: ReplayDialect, shape: (connections: Int, pipeline: Int, threads: Int)
    ) throws {
        let keys = Self.zipfKeys(2000)
        let server = try FakeServer(dialect)
        let options = Self.options(
            dialect, connections: shape.connections, pipeline: shape.pipeline,
            threads: shape.threads)
        let outcome = try Self.replay(keys, to: server, options)
        #expect(outcome.failure == nil)
        #expect(outcome.tally.requests == keys.count)
        #expect(outcome.tally.misses >= Set(keys).count)
        #expect(outcome.tally.stored == outcome.tally.misses)
        #expect(server.seen.connectionCount == shape.connections)
        #expect(Set(server.seen.values.keys) == Set(keys))
        let gets = server.seen.commands.filter { $0.hasPrefix("GET") }
        #expect(gets.sorted() == keys.map { "GET \($0)" }.sorted())
    }

    @Test(arguments: [ReplayDialect.resp, .memcached])
    func `replies that come byte by byte count the same`(dialect: ReplayDialect) throws {
        let keys = Self.zipfKeys(200)
        let server = try FakeServer(dialect, .dribble)
        let outcome = try Self.replay(keys, to: server, Self.options(dialect, pipeline: 5))
        #expect(outcome.failure == nil)
        #expect(outcome.tally.requests == keys.count)
        #expect(Set(server.seen.values.keys) == Set(keys))
    }

    @Test(arguments: [
        (ReplayDialect.resp, "-OOM command not allowed\r\n", "OOM command not allowed"),
        (.memcached, "SERVER_ERROR out of memory\r\n", "SERVER_ERROR out of memory"),
    ])
    func `refusals are counted and the first is kept`(
        dialect: ReplayDialect, reply: String, message: String
    ) throws {
        let server = try FakeServer(dialect, .refuseSets(reply))
        let outcome = try Self.replay(["a", "b"], to: server, Self.options(dialect))
        #expect(outcome.failure == nil)
        #expect(outcome.tally.errors == 2)
        #expect(outcome.tally.stored == 0)
        #expect(outcome.tally.firstError == message)
    }

    @Test(arguments: [1, 4])
    func `a connection that is lost is opened again, and its answers count as errors`(pipeline: Int)
        throws
    {
        let keys = Self.zipfKeys(300)
        let server = try FakeServer(.resp, .hangUp(after: 50))
        let outcome = try Self.replay(keys, to: server, Self.options(pipeline: pipeline))
        #expect(outcome.failure == nil)
        #expect(outcome.tally.errors > 0)
        #expect(outcome.tally.firstError?.hasPrefix("connection lost: ") == true)
        #expect(server.seen.connectionCount > 2)
        let operations = outcome.tally.requests + outcome.tally.stored + outcome.tally.errors
        #expect(operations == keys.count + outcome.tally.misses)
    }

    @Test func `a server that hangs up before any answer ends the replay`() throws {
        let server = try FakeServer(.resp, .hangUp(after: 0))
        let outcome = try Self.replay(["a"], to: server, Self.options())
        #expect(outcome.failure?.exitCode == 1)
        #expect(outcome.failure?.message.hasPrefix("127.0.0.1:\(server.port): ") == true)
    }

    @Test func `an answer in another protocol ends the replay with what was said`() throws {
        let server = try FakeServer(.resp, .babble("HTTP/1.1 400 Bad Request\r\n"))
        let outcome = try Self.replay(["a"], to: server, Self.options())
        #expect(
            outcome.failure?.message
                == "127.0.0.1:\(server.port) answered 'HTTP/1.1 400 Bad Request', which is not resp"
        )
    }

    @Test func `nobody at the port is said so, with what to do`() throws {
        let port = try FakeServer().port
        let address = try ReplayAddress(parsing: "127.0.0.1:\(port)")
        let folder = try TemporaryFolder()
        let path = try folder.write("a\n".utf8, as: "t.txt")
        let source = ReplaySource(try TraceReader(path: path), requestsMax: 1)
        let outcome = ReplayRun(source, to: address, Self.options()).run { _ in }
        #expect(
            outcome.failure?.message == """
                cannot connect to 127.0.0.1:\(port): connection refused; \
                start the server with 'make serve'
                """)
    }

    @Test func `a replay that is stopped tells what it did so far`() throws {
        let server = try FakeServer(.resp, .fallSilent(after: 20))
        let outcome = try Self.replay(Self.zipfKeys(100), to: server, Self.options()) { $0.stop() }
        #expect(outcome.failure == nil)
        #expect(outcome.tally.requests + outcome.tally.stored == 20)
    }

    @Test func `a server that falls silent is given up`() throws {
        let server = try FakeServer(.resp, .fallSilent(after: 0))
        var options = Self.options()
        options.silenceSecondsMax = 0
        let outcome = try Self.replay(["a"], to: server, options)
        #expect(
            outcome.failure?.message
                == "127.0.0.1:\(server.port) has not answered for 0 seconds")
    }

    @Test func `sizes of the trace, prefix and TTL reach the server`() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("1,a,3\n1,b,0\n1,a,3\n1,c,100000\n".utf8, as: "t.csv")
        for dialect in [ReplayDialect.resp, .memcached] {
            let server = try FakeServer(dialect)
            var options = Self.options(dialect)
            options.valueSize = .trace
            options.keyPrefix = Array("p:".utf8)
            options.ttlSeconds = 60
            options.requestsMax = 3
            let source = ReplaySource(try TraceReader(path: path), requestsMax: 3)
            let outcome = ReplayRun(source, to: try server.address, options).run { _ in }
            #expect(outcome.failure == nil)
            #expect(
                server.seen.commands == [
                    "GET p:a", "SET p:a 3 60", "GET p:b", "SET p:b 0 60", "GET p:a",
                ])
        }
    }

    @Test func `values larger than all buffers pass`() throws {
        let server = try FakeServer()
        var options = Self.options(pipeline: 4)
        options.valueSize = .fixed(3_000_000)
        let keys = ["a", "b", "c", "d", "a", "b", "c", "d", "a", "b", "c", "d"]
        let outcome = try Self.replay(keys, to: server, options)
        #expect(outcome.failure == nil)
        #expect(outcome.tally.misses == 4)
        #expect(outcome.tally.hitBytes == 8 * 3_000_000)
    }

    @Test func `keys that memcached does not take go by their number`() throws {
        let server = try FakeServer(.memcached)
        let long = String(repeating: "x", count: 251)
        let outcome = try Self.replay(
            ["with blank", long, "with blank"], to: server, Self.options(.memcached))
        #expect(outcome.tally.misses == 2)
        #expect(outcome.tally.hits == 1)
        #expect(server.seen.values.keys.allSatisfy { UInt64($0) != nil })
    }

    @Test func `a trace that is cut off is replayed to the cut, then fails`() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(repeatElement(1, count: 24 * 5 + 3), as: "t.bin")
        let server = try FakeServer()
        let source = ReplaySource(try TraceReader(path: path), requestsMax: .max)
        let outcome = ReplayRun(source, to: try server.address, Self.options()).run { _ in }
        #expect(outcome.tally.requests == 5)
        #expect(outcome.failure?.message.contains("record 6, byte 120") == true)
    }
}
