import Foundation
import Glibc
import LarderAssembly
import LarderTesting
import Testing

@testable import LarderServer

/// Signals of a server with origins, whose threads start before its loops.
@Suite(.onOwnThread) struct OriginSignalTests {
    /// SIGHUP and SIGTERM, as `SigBlk` of /proc has them.
    private static let blocked: UInt64 = 1 << 0 | 1 << 14

    /// Whether this process has a thread with a name that begins so, and that blocks them. No other
    /// test makes one.
    private func hasBlockingThread(_ name: String) throws -> Bool {
        let tasks = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")
        return tasks.contains { task in
            let path = "/proc/self/task/\(task)/status"
            let lines = (try? String(contentsOfFile: path, encoding: .utf8))?.split(separator: "\n")
            let word = lines?.first { $0.hasPrefix("SigBlk:") }?.split(separator: "\t").last
            let mask = word.flatMap { UInt64($0, radix: 16) } ?? 0
            return lines?.first?.hasPrefix("Name:\t\(name)") == true
                && mask & Self.blocked == Self.blocked
        }
    }

    /// Fails when an origin starts threads before the signals are blocked: one of them takes SIGHUP
    /// then, and ends the process.
    @Test(arguments: ["larder-sql", "larder-http"])
    func `no thread of an origin takes a signal`(name: String) throws {
        let folder = try ScratchFolder(["larder.yaml", "a.db", "a.db-wal", "a.db-shm"])
        _ = try SQLiteShell.run("SELECT 1", in: folder.file("a.db"))
        folder.write(
            """
            listen: { resp: "127.0.0.1:0", memcached: "127.0.0.1:0" }
            origins:
              a: { sqlite: \(folder.file("a.db")) }
              b: { http: "http://127.0.0.1:1" }
            namespaces:
              - { match: "a:{id}", ttl: 1h, origin: { use: a, get: "SELECT {id}" } }
              - { match: "b:{id}", ttl: 1h, origin: { use: b, get: "/{id}" } }
            """, to: "larder.yaml")
        let configuration = try ConfigurationSources(
            arguments: try ServeArguments([folder.file("larder.yaml")]), environment: [:]
        ).load().configuration
        // Who starts the tests may have blocked them.
        var none = sigset_t()
        _ = unsafe pthread_sigmask(SIG_SETMASK, &none, nil)
        let server = try Server(
            configuration, version: "test",
            logger: Logger(configuration.log, now: { 0 }, write: { _ in }), endsOnSignal: true)
        try server.start()
        defer {
            server.stop(drain: .zero)
            server.wait()
        }
        #expect(try hasBlockingThread(name))
    }
}
