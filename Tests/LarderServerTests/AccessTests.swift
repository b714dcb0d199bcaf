import LarderAssembly
import LarderServer
import LarderTesting
import Testing

@Suite(.onOwnThread) struct AccessTests {
    @Test func `without the password nothing but its asking is answered`() throws {
        let fixture = try ServerFixture { $0.password = "secret" }
        let client = try fixture.client()
        let refused = "-NOAUTH Authentication required.\r\n"
        for words in [
            ["GET", "a"], ["SET", "a", "1"], ["PING"], ["FLUSHALL"], ["CONFIG", "GET", "*"],
        ] {
            #expect(try client.ask(words) == refused)
        }
        #expect(try client.ask("HELLO", "3").hasPrefix("-NOAUTH HELLO must be called"))
        #expect(try client.ask("NOSUCH").hasPrefix("-ERR unknown command"))
        #expect(
            try client.ask("AUTH", "wrong")
                == "-WRONGPASS invalid username-password pair or user is disabled.\r\n")
        #expect(try client.ask("GET", "a") == refused)
        #expect(try client.ask("AUTH", "secret") == "+OK\r\n")
        #expect(try client.ask("GET", "a") == "$-1\r\n")
        #expect(try client.ask("RESET") == "+RESET\r\n")
        #expect(try client.ask("GET", "a") == refused)
        #expect(try client.ask("AUTH", "default", "secret") == "+OK\r\n")
        #expect(try client.ask("AUTH", "nobody", "secret").hasPrefix("-WRONGPASS"))
    }

    /// Both are the same text to a reader, and other bytes.
    @Test func `a password is compared by its bytes`() throws {
        let fixture = try ServerFixture { $0.password = "caf\u{E9}" }
        let client = try fixture.client()
        #expect(try client.ask("AUTH", "cafe\u{301}").hasPrefix("-WRONGPASS"))
        #expect(try client.ask("AUTH", "caf\u{E8}").hasPrefix("-WRONGPASS"))
        #expect(try client.ask("AUTH", "caf\u{E9}") == "+OK\r\n")
    }

    @Test func `HELLO takes the password along`() throws {
        let fixture = try ServerFixture { $0.password = "secret" }
        let client = try fixture.client()
        #expect(try client.ask("HELLO", "3", "AUTH", "default", "no").hasPrefix("-WRONGPASS"))
        #expect(try client.ask("GET", "a").hasPrefix("-NOAUTH"))
        #expect(try client.ask("HELLO", "3", "AUTH", "default", "secret").hasPrefix("%7\r\n"))
        #expect(try client.ask("GET", "a") == "_\r\n")
    }

    @Test func `strangers may not send much`() throws {
        let fixture = try ServerFixture { $0.password = "secret" }
        let many = try fixture.client()
        try many.send("*11\r\n")
        #expect(
            try many.remainder() == "-ERR Protocol error: unauthenticated multibulk length\r\n")
        let long = try fixture.client()
        try long.send("*2\r\n$4\r\nAUTH\r\n$16385\r\n")
        #expect(try long.remainder() == "-ERR Protocol error: unauthenticated bulk length\r\n")
    }

    @Test func `CONFIG SET requirepass asks later connections for the password`() throws {
        let fixture = try ServerFixture()
        let first = try fixture.client()
        #expect(try first.ask("CONFIG", "SET", "requirepass", "secret") == "+OK\r\n")
        #expect(try first.ask("PING") == "+PONG\r\n")
        let second = try fixture.client()
        #expect(try second.ask("PING").hasPrefix("-NOAUTH"))
        #expect(try second.ask("AUTH", "secret") == "+OK\r\n")
    }

    @Test(arguments: ["0.0.0.0", "::", "192.0.2.1"])
    func `P13: without a password the server binds loopback only`(host: String) throws {
        #expect(throws: ServerFailure.self) {
            try ServerFixture { $0.listen.resp = [.tcp(host: host, port: 0)] }
        }
        #expect(throws: ServerFailure.self) {
            try ServerFixture { $0.listen.memcached = [.tcp(host: host, port: 0)] }
        }
    }

    @Test func `P13: a password, or saying so twice, opens the server`() throws {
        let withPassword = try ServerFixture {
            $0.listen.resp = [.tcp(host: "0.0.0.0", port: 0)]
            $0.password = "secret"
        }
        #expect(try withPassword.client().ask("PING").hasPrefix("-NOAUTH"))
        let unprotected = try ServerFixture {
            $0.listen.resp = [.tcp(host: "0.0.0.0", port: 0)]
            $0.server.isProtected = false
        }
        #expect(try unprotected.client().ask("PING") == "+PONG\r\n")
    }

    @Test func `P13: the password of an open server cannot be taken away`() throws {
        let fixture = try ServerFixture {
            $0.listen.resp = [.tcp(host: "0.0.0.0", port: 0)]
            $0.password = "secret"
        }
        let client = try fixture.client()
        _ = try client.ask("AUTH", "secret")
        #expect(
            try client.ask("CONFIG", "SET", "requirepass", "").hasPrefix("-ERR CONFIG SET failed"))
        #expect(try fixture.client().ask("PING").hasPrefix("-NOAUTH"))
    }

    @Test(arguments: ["POST / HTTP/1.1\r\nHost: x\r\n\r\n", "Host: larder\r\nSET a b\r\n"])
    func `a web page cannot speak to the server`(request: String) throws {
        let fixture = try ServerFixture()
        let browser = try fixture.client()
        try browser.send(request)
        #expect(try browser.remainder().isEmpty)
        #expect(try fixture.client().ask("DBSIZE") == ":0\r\n")
        #expect(fixture.log.contains { $0.contains("HTTP request") })
    }

    @Test func `one client too many is told so`() throws {
        let fixture = try ServerFixture { $0.clients.max = 2 }
        let first = try fixture.client()
        let second = try fixture.memcachedClient()
        #expect(try first.ask("PING") == "+PONG\r\n")
        try second.send("version\r\n")
        _ = try second.line()
        #expect(try fixture.client().remainder() == "-ERR max number of clients reached\r\n")
        #expect(
            try fixture.memcachedClient().remainder() == "ERROR Too many open connections\r\n")
        #expect(try first.ask("PING") == "+PONG\r\n")
    }
}
