import LarderTesting
import Testing

/// What `LARDER GET key LEASE` answers.
struct LeaseReply: Equatable {
    var value: String?
    var token: String?
    var state: String

    init(_ value: String?, token: String? = nil, _ state: String) {
        (self.value, self.token, self.state) = (value, token, state)
    }

    /// Reads one of RESP2 or RESP3.
    init(_ reply: [UInt8]) throws {
        var lines = String(decoding: reply, as: UTF8.self).split(
            separator: "\r\n", omittingEmptySubsequences: false)[...]
        try #require(lines.popFirst() == "*3", "\(lines)")
        var words: [String?] = []
        for _ in 0..<3 {
            let head = lines.popFirst() ?? ""
            words.append(head == "$-1" || head == "_" ? nil : lines.popFirst().map(String.init))
        }
        (value, token) = (words[0], words[1])
        state = try #require(words[2])
    }
}

extension TestClient {
    /// Asks for a lease, and waits for the answer.
    func lease(_ key: String, _ options: String...) throws -> LeaseReply {
        try sendLease(key, options)
        return try leaseReply()
    }

    /// Asks for a lease.
    func sendLease(_ key: String, _ options: [String] = []) throws {
        try send(Self.request(["LARDER", "GET", key, "LEASE"] + options))
    }

    func leaseReply() throws -> LeaseReply { try LeaseReply(reply()) }

    /// The token of a lease that nobody else holds.
    func token(_ key: String, _ options: String...) throws -> String {
        try sendLease(key, options)
        let reply = try leaseReply()
        #expect(reply.value == nil && reply.state == "miss")
        return try #require(reply.token)
    }

    /// Sets a key by a lease.
    func set(_ key: String, _ value: String, by token: String, _ options: String...) throws
        -> String
    {
        try ask(["LARDER", "SET", key, value, "LEASE", token] + options)
    }

    /// The number of this connection, by which it can be killed.
    func id() throws -> String {
        try ask("CLIENT", "ID").filter(\.isNumber)
    }
}

extension ServerFixture {
    /// Waits until so many clients wait for leases.
    func settle(leaseWaiters count: Int, _ control: TestClient) throws {
        try settle { _ in
            (try? control.ask("INFO", "stats").contains("larder_lease_waiters:\(count)\r\n"))
                ?? false
        }
    }
}
