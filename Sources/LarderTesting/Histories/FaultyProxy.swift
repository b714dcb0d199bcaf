import LarderCore

/// Stands between clients and a correct server and makes it wrong now and then, in order to prove
/// that a checker notices.
///
/// It serves one request at a time on each connection, as a recorded client sends them.
package final class FaultyProxy: Sendable {
    /// What goes wrong, once in a while.
    package enum Fault: CaseIterable, Sendable {
        /// A read is answered with what another read got before.
        case staleRead
        /// A set is confirmed and not done.
        case lostWrite
        /// A count is done twice and told once.
        case countedTwice
        /// A delete is confirmed and not done.
        case lostDelete
    }

    private struct State {
        var random: SeededRandom
        var copies: [String: [UInt8]] = [:]
    }

    private let fault: Fault?
    private let upstream: ServerAddress
    private let state: Locked<State>
    /// One in how many requests that could go wrong does.
    private static let rarity = 0.02

    /// Without a fault it is a plain proxy.
    package init(to upstream: ServerAddress, fault: Fault?, seed: UInt64) {
        self.upstream = upstream
        self.fault = fault
        state = Locked(State(random: SeededRandom(seed: seed)))
    }

    /// Runs `body` with the proxy's address while it serves.
    package func serve<Value>(
        _ body: (ServerAddress) throws(SocketFault) -> Value
    ) throws(SocketFault) -> Value {
        let listener = Listener(try BlockingListener.bound())
        let thread = BlockingThread { self.acceptAll(listener) }
        let outcome: Result<Value, SocketFault>
        do { outcome = .success(try body(listener.socket.address)) } catch {
            outcome = .failure(error)
        }
        listener.socket.stop()
        thread.join()
        return try outcome.get()
    }

    private final class Listener: Sendable {
        let socket: BlockingListener

        init(_ socket: consuming BlockingListener) {
            self.socket = socket
        }
    }

    /// The thread of a connection ends before that of the connection accepted before it does.
    private func acceptAll(_ listener: Listener) {
        guard let client = listener.socket.accept() else { return }
        let handover = Locked<BlockingSocket?>(client)
        let thread = BlockingThread {
            guard var client = handover.withLock({ $0.take() }) else { return }
            try? self.relay(&client)
        }
        acceptAll(listener)
        thread.join()
    }

    private func relay(_ client: inout BlockingSocket) throws(SocketFault) {
        var server = try BlockingSocket.connected(to: upstream)
        while true {
            let request = try ProxiedRequest(from: &client)
            try client.send(answer(to: request, from: &server))
        }
    }

    private func answer(
        to request: ProxiedRequest, from server: inout BlockingSocket
    ) throws(SocketFault) -> [UInt8] {
        if isTime(.lostWrite, for: request, of: .set) { return request.confirmation }
        if isTime(.lostDelete, for: request, of: .delete) { return request.confirmation }
        if isTime(.countedTwice, for: request, of: .count) {
            try server.send(request.bytes)
            _ = try request.reply(from: &server)
        }
        try server.send(request.bytes)
        let reply = try request.reply(from: &server)
        guard fault == .staleRead, request.kind == .read else { return reply }
        return state.withLock { state in
            if let copy = state.copies[request.key], state.random.happens(Self.rarity) {
                return copy
            }
            if state.copies[request.key] == nil { state.copies[request.key] = reply }
            return reply
        }
    }

    private func isTime(
        _ fault: Fault, for request: ProxiedRequest, of kind: ProxiedRequest.Kind
    ) -> Bool {
        guard self.fault == fault, request.kind == kind else { return false }
        return state.withLock { $0.random.happens(Self.rarity) }
    }
}
