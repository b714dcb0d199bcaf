import CSocket
import Glibc
import LarderCore
@testable import LarderRuntime
import Testing

@Suite struct ListenerTests {
    typealias Backend = RuntimeConfiguration.BackendChoice

    /// A socket file's place that nobody else uses.
    private func freePath() -> String {
        "\(P_tmpdir)/larder-\(getpid())-\(UInt64.random(in: 0...(.max))).sock"
    }

    @Test(arguments: backends)
    func `serves IPv6`(backend: Backend) throws {
        let server = try TestGroup(backend) {
            $0.listeners = [ListenerConfiguration(.tcp(address: "::1", port: 0), tag: 1)]
        }
        _ = try server.greetedClient()
        #expect(server.group.addresses[0].description.hasPrefix("[::1]:"))
        #expect(server.group.addresses[0].isLocal)
    }

    @Test(arguments: backends)
    func `serves a unix socket with its permissions`(backend: Backend) throws {
        let path = freePath()
        do {
            let server = try TestGroup(backend) {
                $0.listeners = [ListenerConfiguration(.unix(path: path, mode: 0o640), tag: 1)]
            }
            _ = try server.greetedClient()
            var status = stat()
            #expect(unsafe stat(path, &status) == 0)
            #expect(status.st_mode & 0o777 == 0o640)
        }
        #expect(unsafe access(path, F_OK) != 0)
    }

    @Test func `serves several listeners at once`() throws {
        let path = freePath()
        let server = try TestGroup(.libevent) {
            $0.listeners.append(ListenerConfiguration(.tcp(address: "::1", port: 0), tag: 2))
            $0.listeners.append(ListenerConfiguration(.unix(path: path, mode: 0o600), tag: 3))
        }
        for address in server.group.addresses {
            let client = try TestClient(address)
            try client.send("x\n")
            #expect(try client.text(2) == "x\n")
        }
    }

    @Test func `takes the place of a socket file that nobody serves`() throws {
        let path = freePath()
        var address = try SocketAddress(.unix(path: path, mode: 0))
        let dead = socket(AF_UNIX, csocket_stream, 0)
        #expect(unsafe csocket_bind(dead, &address.storage, address.length) == 0)
        close(dead)
        let server = try TestGroup(.libevent) {
            $0.listeners = [ListenerConfiguration(.unix(path: path, mode: 0o600), tag: 1)]
        }
        _ = try server.greetedClient()
    }

    @Test func `leaves a served socket file alone`() throws {
        let path = freePath()
        let listener = ListenerConfiguration(.unix(path: path, mode: 0o600), tag: 1)
        let server = try TestGroup(.libevent) { $0.listeners = [listener] }
        #expect(
            throws: RuntimeError.cannotListen(
                on: "unix:\(path)", cause: "address already in use")
        ) {
            _ = try TestGroup(.libevent) { $0.listeners = [listener] }
        }
        _ = try server.greetedClient()
    }

    @Test func `names the address that is in use`() throws {
        let server = try TestGroup(.libevent)
        let port = try #require(server.group.addresses[0].port)
        let error = #expect(throws: RuntimeError.self) {
            _ = try TestGroup(.libevent) {
                $0.listeners[0].endpoint = .tcp(address: "127.0.0.1", port: port)
            }
        }
        #expect(
            error?.description == "cannot listen on 127.0.0.1:\(port): address already in use")
    }

    @Test(arguments: [
        ("localhost", "cannot listen on localhost: not a numeric IPv4 or IPv6 address"),
        ("1.2.3", "cannot listen on 1.2.3: not a numeric IPv4 or IPv6 address"),
        ("192.0.2.1", "cannot listen on 192.0.2.1:0: cannot assign requested address"),
    ])
    func `says what is wrong with an address`(address: String, text: String) {
        let error = #expect(throws: RuntimeError.self) {
            _ = try TestGroup(.libevent) {
                $0.listeners[0].endpoint = .tcp(address: address, port: 0)
            }
        }
        #expect(error?.description == text)
    }

    @Test func `refuses a path that is too long`() {
        let path = String(repeating: "x", count: 200)
        let error = #expect(throws: RuntimeError.self) {
            _ = try TestGroup(.libevent) {
                $0.listeners[0].endpoint = .unix(path: path, mode: 0o600)
            }
        }
        #expect(error == .pathTooLong(path, limit: 107))
    }

    @Test(arguments: [
        ("127.0.0.1", true), ("127.9.9.9", true), ("10.0.0.1", false), ("::1", true),
        ("::ffff:127.0.0.1", true), ("2001:db8::1", false),
    ])
    func `knows what is local`(address: String, isLocal: Bool) throws {
        #expect(try SocketAddress(.tcp(address: address, port: 1)).isLocal == isLocal)
    }

    @Test func `a configuration out of range names its field`() {
        let error = #expect(throws: RuntimeError.self) {
            _ = try TestGroup(.libevent) { $0.loopCount = 0 }
        }
        #expect(error?.description == "loopCount: must be 1 to 256")
    }

    @Test func `an idle connection costs less than 300 bytes`() {
        // Beside it: libevent's record of 128 bytes, and the handler's state.
        #expect(MemoryLayout<LinkState>.stride <= 128)
    }
}
