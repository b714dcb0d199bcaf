import LarderCore
import Testing

@testable import LarderOrigins

/// Replicas as servers: reads go round a dead one, and see what was written.
@Suite(.serialized) struct HTTPReplicaTests {
    private let primary: OriginServer
    private let replica: OriginServer

    init() throws {
        primary = try OriginServer(["--name", "primary"])
        replica = try OriginServer(["--name", "replica"])
    }

    private func origin() throws -> HTTPOrigin {
        try primary.origin {
            $0.replicas = [replica.address()]
            $0.primaryAfterWrite = .seconds(3_600)
        }
    }

    @Test func `a load after a write or an invalidation is the primary's`() async throws {
        let origin = try origin()
        // The replica has an old value, as one that lags behind.
        #expect(try await replica.origin().write("/kv/a", Array("old".utf8)) == .applied)
        #expect(await origin.write("/kv/a", Array("new".utf8)) == .applied)
        for _ in 0..<200 { #expect(await origin.text("/kv/a") == "new") }
        #expect(await origin.remove("/kv/a") == .applied)
        for _ in 0..<200 { #expect(await origin.load("/kv/a") == .absent) }

        origin.invalidated(.key(Key(Array("/name?1".utf8))))
        for _ in 0..<200 { #expect(await origin.text("/name?1") == "primary") }
        var seen: Set<String?> = []
        for _ in 0..<200 { seen.insert(await origin.text("/name?2")) }
        #expect(seen.contains("replica"))
        origin.invalidated(.tag([1]))
        for _ in 0..<200 { #expect(await origin.text("/name?2") == "primary") }
    }

    @Test func `a dead replica costs one load`() async throws {
        let origin = try origin()
        // Both are asked while neither is measured.
        #expect(await origin.text("/name") != nil)
        #expect(await origin.text("/name") != nil)
        replica.kill()
        var failureCount = 0
        let start = ContinuousClock.now
        for _ in 0..<300 where await origin.text("/name") != "primary" { failureCount += 1 }
        // It rests a second after the first failure, two after the next.
        let seconds = Int((ContinuousClock.now - start) / .seconds(1))
        #expect(failureCount <= 2 + seconds)
    }

    @Test func `a replica that answers with errors rests too`() async throws {
        let origin = try origin()
        var failures = 0
        for _ in 0..<100 where await origin.load("/status/500").cause != nil { failures += 1 }
        #expect(failures == 100, "all rest, and still somebody is asked")
    }
}
