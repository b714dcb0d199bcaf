import Synchronization
import LarderCore
import LarderRuntime
import Testing

@Suite struct EchoTests {
    @Test(arguments: backends)
    func `answers a line`(backend: RuntimeConfiguration.BackendChoice) throws {
        let server = try TestGroup(backend)
        let client = try server.client()
        try client.send("hello\n")
        #expect(try client.text(6) == "hello\n")
    }

    @Test(arguments: backends)
    func `puts together what came in single bytes`(
        backend: RuntimeConfiguration.BackendChoice
    ) throws {
        let server = try TestGroup(backend)
        let client = try server.client()
        for byte in "one\ntwo\n".utf8 { try client.send([byte]) }
        #expect(try client.text(8) == "one\ntwo\n")
    }

    @Test(arguments: backends)
    func `answers a long pipeline in order`(backend: RuntimeConfiguration.BackendChoice) throws {
        let server = try TestGroup(backend)
        let client = try server.client()
        let lines = (0..<20_000).map { "line \($0)\n" }.joined()
        try client.send(lines)
        #expect(try client.text(lines.utf8.count) == lines)
        #expect(server.journal.lines.load(ordering: .relaxed) == 20_000)
    }

    @Test(arguments: backends)
    func `keeps a large announced request together`(
        backend: RuntimeConfiguration.BackendChoice
    ) throws {
        let server = try TestGroup(backend)
        let client = try server.client()
        let body = String(repeating: "x", count: 5_000_000 - 10)
        let line = "#5000000:" + body + "\n"
        try client.send(line)
        #expect(try client.text(line.utf8.count) == line)
    }

    @Test(arguments: backends)
    func `many large answers at once reach their own clients`(
        backend: RuntimeConfiguration.BackendChoice
    ) throws {
        let server = try TestGroup(backend) { $0.outputBufferBytes = 64 << 10 }
        let clients = try (0..<6).map { _ in try server.greetedClient() }
        for (number, client) in clients.enumerated() {
            try client.send(String(repeating: "client \(number)\n*\n", count: 20))
        }
        let stars = [UInt8](repeating: UInt8(ascii: "*"), count: 65_536)
        for (number, client) in clients.enumerated() {
            for _ in 0..<20 {
                #expect(try client.text(9) == "client \(number)\n")
                #expect(try client.receive(exactly: stars.count) == stars)
            }
        }
    }
}
