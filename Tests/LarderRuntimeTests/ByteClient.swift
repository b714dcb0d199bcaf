/// What a client can do that can send bytes and receive some, with TLS or without.
protocol ByteClient {
    func send(_ bytes: [UInt8]) throws
    /// Some bytes, at most `limit`; empty at the end.
    func receive(atMost limit: Int) throws -> [UInt8]
}

extension ByteClient {
    func send(_ text: String) throws {
        try send(Array(text.utf8))
    }

    func receive() throws -> [UInt8] {
        try receive(atMost: 1 << 16)
    }

    /// Exactly `count` bytes, or fewer when the server closes.
    func receive(exactly count: Int) throws -> [UInt8] {
        var all: [UInt8] = []
        all.reserveCapacity(count)
        while all.count < count {
            let piece = try receive(atMost: min(count - all.count, 1 << 16))
            if piece.isEmpty { break }
            all += piece
        }
        return all
    }

    func text(_ count: Int) throws -> String {
        String(decoding: try receive(exactly: count), as: UTF8.self)
    }

    /// All bytes until the server closes.
    func receiveAll() throws -> [UInt8] {
        var all: [UInt8] = []
        while true {
            let piece = try receive()
            if piece.isEmpty { return all }
            all += piece
        }
    }
}
