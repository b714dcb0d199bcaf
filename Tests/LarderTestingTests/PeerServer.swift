import Foundation
import LarderTesting

/// A server of another make, started for one test on a free port and stopped after it.
final class PeerServer {
    let address: ServerAddress
    private let process = Process()

    /// Where Debian puts servers; a test needs no search path.
    private static let folders = ["/usr/bin", "/usr/local/bin", "/usr/sbin"]

    static func path(of name: String) -> String? {
        folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    enum Fault: Error {
        case notInstalled(String)
        case didNotListen(String)
    }

    /// Starts `name` and waits until it accepts connections.
    init(_ name: String, arguments: (UInt16) -> [String]) throws {
        guard let path = Self.path(of: name) else { throw Fault.notInstalled(name) }
        address = try BlockingListener.bound().address
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments(address.port)
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        let deadline = ContinuousClock.now + .seconds(10)
        while (try? BlockingSocket.connected(to: address)) == nil {
            guard ContinuousClock.now < deadline, process.isRunning else {
                kill(process.processIdentifier, SIGKILL)
                throw Fault.didNotListen(name)
            }
            sched_yield()
        }
    }

    /// SIGKILL, because the child inherits the mask of a thread that blocks the gentle signals.
    deinit { kill(process.processIdentifier, SIGKILL) }

    static func redis(_ extra: [String] = []) throws -> PeerServer {
        try PeerServer("redis-server") { port in
            ["--port", "\(port)", "--save", "", "--appendonly", "no", "--dir", "/"] + extra
        }
    }

    static func memcached(_ extra: [String] = []) throws -> PeerServer {
        try PeerServer("memcached") { port in
            ["-u", "nobody", "-l", "127.0.0.1", "-p", "\(port)", "-t", "2"] + extra
        }
    }
}
