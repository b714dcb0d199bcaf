import LarderTesting

/// A blocking client of either protocol. No wait is for ever: it fails after a few seconds.
final class TestClient {
    private var socket: BlockingSocket
    private var received: [UInt8] = []
    private var position = 0
    /// The server in this process, which runs as long as it has clients.
    private let server: ServerFixture?

    init(to address: ServerAddress, of server: ServerFixture? = nil) throws(SocketFault) {
        self.server = server
        socket = try BlockingSocket.connected(to: address, patience: .seconds(20))
    }

    func send(_ bytes: [UInt8]) throws(SocketFault) {
        try socket.send(bytes)
    }

    func send(_ text: String) throws(SocketFault) {
        try socket.send(Array(text.utf8))
    }

    /// The next `count` bytes.
    func bytes(_ count: Int) throws(SocketFault) -> [UInt8] {
        while received.count - position < count { try receive() }
        defer { position += count }
        return Array(received[position..<position + count])
    }

    /// The next `count` bytes as text.
    func text(_ count: Int) throws(SocketFault) -> String {
        String(decoding: try bytes(count), as: UTF8.self)
    }

    /// The bytes up to the next line feed, with it.
    func line() throws(SocketFault) -> [UInt8] {
        var scanned = position
        while true {
            if let end = received[scanned...].firstIndex(of: UInt8(ascii: "\n")) {
                return try bytes(end + 1 - position)
            }
            let ahead = received.count - position
            try receive()
            scanned = position + ahead
        }
    }

    /// What comes until the server closes.
    func remainder() throws(SocketFault) -> String {
        do throws(SocketFault) {
            while true { try receive() }
        } catch .noReply(number: 0) {
            return try text(received.count - position)
        }
    }

    private func receive() throws(SocketFault) {
        if position > 0 {
            received.removeFirst(position)
            position = 0
        }
        received += try socket.available()
    }
}

/// RESP.
extension TestClient {
    /// Sends a command and returns the bytes of its reply, as text.
    func ask(_ words: String...) throws(SocketFault) -> String {
        try ask(words)
    }

    func ask(_ words: [String]) throws(SocketFault) -> String {
        try send(Self.request(words))
        return String(decoding: try reply(), as: UTF8.self)
    }

    /// A command as clients send it.
    static func request(_ words: [String]) -> [UInt8] {
        var bytes = Array("*\(words.count)\r\n".utf8)
        for word in words { bytes += Array("$\(word.utf8.count)\r\n\(word)\r\n".utf8) }
        return bytes
    }

    /// The bytes of one whole reply, of RESP2 or RESP3.
    func reply() throws(SocketFault) -> [UInt8] {
        var reply = try line()
        let count = Int(String(decoding: reply.dropFirst().dropLast(2), as: UTF8.self)) ?? 0
        switch reply.first {
        case UInt8(ascii: "$"), UInt8(ascii: "="):
            if count >= 0 { reply += try bytes(count + 2) }
        case UInt8(ascii: "*"), UInt8(ascii: "~"), UInt8(ascii: ">"):
            for _ in 0..<max(0, count) { reply += try self.reply() }
        case UInt8(ascii: "%"):
            for _ in 0..<2 * count { reply += try self.reply() }
        default: break
        }
        return reply
    }
}
