import LarderServer
import Testing

@Suite(.onOwnThread) struct ServerLifeTests {
    @Test func `serves both protocols on ports of their own`() throws {
        let fixture = try ServerFixture()
        #expect(try fixture.client().ask("PING") == "+PONG\r\n")
        let memcached = try fixture.memcachedClient()
        try memcached.send("version\r\n")
        #expect(try String(decoding: memcached.line(), as: UTF8.self) == "VERSION 1.6.18\r\n")
    }

    @Test func `answers what was received before it ends`() throws {
        let fixture = try ServerFixture()
        let client = try fixture.client()
        // The first reply proves that the connection is served; the rest is on its way at the stop.
        #expect(try client.ask("SET", "key", "value") == "+OK\r\n")
        try client.send(String(repeating: "GET key\r\n", count: 100))
        fixture.server.stop(drain: .seconds(10))
        fixture.server.wait()
        #expect(try client.remainder() == String(repeating: "$5\r\nvalue\r\n", count: 100))
    }

    @Test(arguments: ["SHUTDOWN", "shutdown nosave", "SHUTDOWN SAVE NOW", "SHUTDOWN FORCE NOW"])
    func `SHUTDOWN ends the server without a reply`(request: String) throws {
        let fixture = try ServerFixture()
        let other = try fixture.client()
        #expect(try other.ask("PING") == "+PONG\r\n")
        let client = try fixture.client()
        try client.send("SET key value\r\n\(request)\r\nGET key\r\n")
        #expect(try client.remainder() == "+OK\r\n")
        #expect(try other.remainder() == "")
        fixture.server.wait()
        #expect(fixture.log.contains { $0.contains("SHUTDOWN by a client") })
    }

    @Test(arguments: ["SHUTDOWN", "SAVE"])
    func `what redis does not queue is refused inside MULTI`(request: String) throws {
        let client = try ServerFixture().client()
        #expect(try client.ask("MULTI") == "+OK\r\n")
        let refused = "-ERR Command not allowed inside a transaction\r\n"
        #expect(try client.ask(request) == refused)
        #expect(try client.ask("EXEC").hasPrefix("-EXECABORT"))
        #expect(try client.ask("PING") == "+PONG\r\n")
    }
}
