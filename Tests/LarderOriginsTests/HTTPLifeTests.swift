import LarderCore
import Testing

@testable import LarderOrigins

/// Servers that die, hang and come back; callers that leave; and what is held meanwhile.
@Suite(.serialized) struct HTTPLifeTests {
    @Test func `a server that was killed and started again is found again`() async throws {
        let server = try OriginServer()
        let origin = try server.origin()
        #expect(await origin.text("/size/1") == "s")
        server.kill()
        #expect(await origin.load("/size/1").cause == .unreachable)
        let next = try OriginServer(["--port", "\(server.port)"])
        #expect(await origin.text("/size/1") == "s")
        next.kill()
        #expect(await origin.load("/size/1").cause == .unreachable)
    }

    @Test(arguments: [true, false])
    func `a server that dies during its answer has not said anything`(isWrite: Bool) async throws {
        let server = try OriginServer()
        let origin = try server.origin()
        let load = Task { await origin.load("/wait/a").cause }
        let write = Task { isWrite ? await origin.write("/wait/b", [1]).summary : "" }
        #expect(await origin.text("/await/a") == "came")
        if isWrite { #expect(await origin.text("/await/b") == "came") }
        server.kill()
        #expect(await load.value == .unreachable)
        #expect(await write.value == (isWrite ? "unknown unreachable" : ""))
        let other = try OriginServer()
        let trickle = Task { [origin = try other.origin()] in await origin.load("/trickle") }
        let counter = try other.origin()
        while await counter.text("/counts")?.contains("trickles=1") != true {}
        other.kill()
        let cause = await trickle.value.cause
        #expect(cause == .corrupt || cause == .unreachable)
    }

    @Test func `a server that hangs costs the time limit, and is found again`() async throws {
        let server = try OriginServer()
        let quick = try server.origin { $0.timeout = .milliseconds(150) }
        server.hang()
        #expect(await quick.load("/size/1").cause == .timeout)
        #expect(await quick.write("/kv/a", [1]).summary == "unknown timeout")
        server.awaken()
        #expect(try await server.origin().text("/size/1") == "s")
    }

    @Test func `who leaves ends the request`() async throws {
        let server = try OriginServer()
        let origin = try server.origin()
        let load = Task { await origin.load("/wait/a") }
        #expect(await origin.text("/await/a") == "came")
        load.cancel()
        let outcome = await load.value
        #expect(outcome.failure?.detail == "cancelled")
        let early = Task { await origin.load("/hang") }
        early.cancel()
        #expect(await early.value.failure != nil)
        #expect(await origin.text("/open/a") == "open")
    }

    @Test func `more than its bound is refused, not queued`() async throws {
        let server = try OriginServer()
        let origin = try server.origin { $0.requestsMax = 2 }
        let first = Task { await origin.load("/wait/a") }
        #expect(await origin.text("/await/a") == "came")
        let keys = (0..<4).map { _ in Key(Array("/wait/b".utf8)) }
        let rest = Task { await origin.load(keys) }
        #expect(try await server.origin().text("/await/b") == "came")
        #expect(try await server.origin().text("/open/b") == "open")
        let outcomes = await rest.value
        #expect(outcomes.contains { $0.cause == .overloaded })
        #expect(outcomes.contains { $0.text == "waited" })
        #expect(try await server.origin().text("/open/a") == "open")
        #expect(await first.value.text == "waited")
    }

    @Test func `nothing stays behind a request, however it ended`() async throws {
        let server = try OriginServer()
        let service = try HTTPService(name: "pricing", server.configuration)
        let origin = HTTPOrigin(service, .keysArePaths)
        let paths = [
            "/size/10", "/truncated", "/status/500", "/kv/none", "/garbage", "/big-head", "/loop",
        ]
        for _ in 0..<30 {
            _ = await origin.load(paths.map { Key(Array($0.utf8)) })
            _ = await origin.write("/kv/a", [1])
            let left = Task { await origin.load("/hang") }
            left.cancel()
            _ = await left.value
        }
        #expect(await origin.text("/size/1") == "s")
        #expect(service.client.runningCount == 0)
        let statistics = service.client.statistics
        #expect(statistics.transferCount >= 30 * 8)
        #expect(statistics.handleCount <= 64)
        let before = statistics.handleCount
        for _ in 0..<100 { _ = await origin.text("/size/1") }
        #expect(service.client.statistics.handleCount == before)
    }

    @Test func `the thread and its handles go with the service`() async throws {
        let server = try OriginServer()
        weak var mailbox: HTTPMailbox?
        let load: Task<LoadOutcome, Never>
        do {
            let service = try HTTPService(name: "pricing", server.configuration)
            mailbox = service.client.mailbox
            let origin = HTTPOrigin(service, .keysArePaths)
            load = Task { await origin.load("/size/1") }
        }
        #expect(await load.value.text == "s")
        let deadline = ContinuousClock.now + .seconds(20)
        while mailbox != nil, ContinuousClock.now < deadline { await Task.yield() }
        #expect(mailbox == nil)
    }
}
