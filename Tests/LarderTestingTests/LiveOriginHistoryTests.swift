import Foundation
import LarderTesting
import Testing

/// The checker against a server and an origin that run already, the origin in trouble all the time;
/// `Tests/Acceptance/histories.py` names them.
@Suite struct LiveOriginHistoryTests {
    static let environment = ProcessInfo.processInfo.environment
    static let resp = environment["LARDER_ORIGIN_RESP"].flatMap { ServerAddress($0) }
    static let text = environment["LARDER_ORIGIN_TEXT"].flatMap { ServerAddress($0) }
    static let origin = environment["LARDER_ORIGIN_HTTP"].flatMap { ServerAddress($0) }
    static let seconds = environment["LARDER_ORIGIN_SECONDS"].flatMap { Int($0) } ?? 10

    @Test(.enabled(if: origin != nil, "needs a server, an origin, and its addresses"))
    func `finds nothing wrong with the server and the origin that it was given`() throws {
        let (resp, text) = (try #require(Self.resp), try #require(Self.text))
        let origin = try #require(Self.origin)
        let deadline = ContinuousClock.now + .seconds(Self.seconds)
        var (rounds, operations, failed, doubtful, late) = (0, 0, 0, 0, 0)
        repeat {
            var load = OriginLoad(resp: resp, text: text) { key, value in
                Self.change(key, value, at: origin)
            }
            load.seed = UInt64(rounds + 1)
            load.operationsPerClient = 150
            // An origin that was stopped does what it was sent when it goes on.
            load.countsInOrigin = false
            while !load.prepare(), ContinuousClock.now < deadline {}
            let history = try load.record()
            let verdict = try load.verdict(on: history)
            try #require(verdict.isLinearizable, "round \(rounds): \(verdict)")
            rounds += 1
            operations += history.count
            for operation in history {
                switch operation.outcome {
                case .failed: failed += 1
                case .doubtful: doubtful += 1
                case .unknown: late += 1
                default: continue
                }
            }
        } while ContinuousClock.now < deadline
        print(
            "\(rounds) histories, \(operations) operations, \(failed) reads failed, "
                + "\(doubtful) writes in doubt, \(late) late or never")
        #expect(failed > 0 && doubtful > 0, "the origin was in no trouble")
    }

    /// PUT or DELETE by another program, as the namespaces of `histories.py` have the path.
    private static func change(
        _ key: String, _ value: Int64?, at origin: ServerAddress
    ) -> OriginLoad.ProgramOutcome {
        let body = value.map { "\($0)" } ?? ""
        let path = "/" + key.replacing(":", with: "/")
        let head =
            "\(value == nil ? "DELETE" : "PUT") \(path) HTTP/1.1\r\nHost: origin\r\n"
            + "Content-Length: \(body.utf8.count)\r\n\r\n"
        do throws(SocketFault) {
            var socket = try BlockingSocket.connected(to: origin, patience: .seconds(2))
            try socket.send(Array((head + body).utf8))
            return try socket.line().hasPrefix("HTTP/1.1 200") ? .done : .doubtful
        } catch {
            // It hangs, and will do it when it goes on; else nobody listens, or it was killed.
            return error == .noReply(number: EAGAIN) ? .late : .doubtful
        }
    }
}
