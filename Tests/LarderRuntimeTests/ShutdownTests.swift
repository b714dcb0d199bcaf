import LarderCore
import LarderRuntime
import Synchronization
import Testing

@Suite struct ShutdownTests {
    typealias Backend = RuntimeConfiguration.BackendChoice

    @Test(arguments: backends)
    func `what was received is answered before the end`(backend: Backend) throws {
        let server = try TestGroup(backend) { $0.loopCount = 2 }
        let clients = try (0..<8).map { _ in try server.greetedClient() }
        let lines = (0..<2000).map { "line \($0)\n" }.joined()
        for client in clients { try client.send(lines) }
        server.group.stop(drain: .seconds(10))
        for client in clients {
            #expect(String(decoding: try client.receiveAll(), as: UTF8.self) == lines)
        }
        server.group.wait()
        #expect(server.journal.closes(.shutdown) == 8)
        #expect(server.group.connections == 0)
    }

    @Test(arguments: backends)
    func `pending output is sent before the end`(backend: Backend) throws {
        let server = try TestGroup(backend)
        let client = try server.greetedClient(receiveBuffer: 8 << 10)
        try client.send(String(repeating: "*\n", count: 100))
        #expect(server.reaches { server.total { $0.slowReaderStops.value } > 0 })
        server.group.stop(drain: .seconds(10))
        #expect(try client.receiveAll().count == 100 * 65_536)
        server.group.wait()
    }

    @Test(arguments: backends)
    func `the drain time is kept`(backend: Backend) throws {
        let server = try TestGroup(backend)
        let client = try server.greetedClient(receiveBuffer: 8 << 10)
        try client.send(String(repeating: "*\n", count: 400))
        #expect(server.reaches { server.total { $0.slowReaderStops.value } > 0 })
        server.group.stop(drain: .milliseconds(20))
        server.group.wait()
        #expect(server.journal.closes(.shutdown) == 1)
        #expect(client.waitForEnd())
    }

    @Test(arguments: backends)
    func `the port is free again`(backend: Backend) throws {
        let server = try TestGroup(backend)
        let port = try #require(server.group.addresses[0].port)
        _ = try server.greetedClient()
        server.group.stop(drain: .seconds(1))
        server.group.wait()
        let next = try TestGroup(backend) {
            $0.listeners[0].endpoint = .tcp(address: "127.0.0.1", port: port)
        }
        _ = try next.greetedClient()
    }
}
