import Glibc
import LarderCore

@testable import LarderCommand

/// A server on a port of its own that keeps everything and notes what it is asked. It speaks RESP
/// or memcached text, well enough for GET and SET.
final class FakeServer: Sendable {
    enum Manner: Sendable {
        case remember
        /// As `remember`, each byte in a segment of its own.
        case dribble
        /// Answers each SET with an error.
        case refuseSets(String)
        /// Closes each connection after so many commands.
        case hangUp(after: Int)
        /// Never answers after so many commands.
        case fallSilent(after: Int)
        /// Answers everything with this.
        case babble(String)
    }

    struct Notes: Sendable {
        var values: [String: Int] = [:]
        /// `GET key` or `SET key size`, or `SET key size ttl`.
        var commands: [String] = []
        var connectionCount = 0
    }

    let port: UInt16
    private let listener: Int32
    private let dialect: ReplayDialect
    private let manner: Manner
    private let notes = Guarded(Notes())

    init(_ dialect: ReplayDialect = .resp, _ manner: Manner = .remember) throws {
        self.dialect = dialect
        self.manner = manner
        let listener = socket(AF_INET, SocketConstant.stream, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe bind(listener, generic, size) + listen(listener, 128)
                    + getsockname(listener, generic, &size)
            }
        }
        guard code == 0 else { throw SystemFailure(code: errno) }
        self.listener = listener
        port = UInt16(bigEndian: address.sin_port)
        _ = WorkerThread.start(named: "fake-server") { [listener, weak self] in
            while case let connection = accept(listener, nil, nil), connection >= 0 {
                _ = WorkerThread.start(named: "fake-client") { [weak self] in
                    self?.serve(connection)
                }
            }
            close(listener)
        }
    }

    /// Ends the accepting thread, which closes the socket.
    deinit { shutdown(listener, Int32(SHUT_RDWR)) }

    var address: ReplayAddress {
        get throws { try ReplayAddress(parsing: "127.0.0.1:\(port)") }
    }

    var seen: Notes { notes.withLock { $0 } }

    private func serve(_ connection: Int32) {
        notes.withLock { $0.connectionCount += 1 }
        guard let stream = unsafe fdopen(connection, "r") else { return }
        defer { unsafe fclose(stream) }
        var count = 0
        while let words = unsafe command(from: stream) {
            count += 1
            if case .hangUp(let most) = manner, count > most { return }
            if case .fallSilent(let most) = manner, count > most { continue }
            send(answer(to: words), on: connection)
        }
    }

    private func send(_ text: String, on connection: Int32) {
        let bytes = Array(text.utf8)
        guard case .dribble = manner else {
            _ = unsafe Glibc.send(connection, bytes, bytes.count, SocketConstant.noSignal)
            return
        }
        var on: Int32 = 1
        _ = unsafe setsockopt(connection, Int32(IPPROTO_TCP), TCP_NODELAY, &on, 4)
        for byte in bytes { _ = unsafe Glibc.send(connection, [byte], 1, SocketConstant.noSignal) }
    }

    private func answer(to words: [String]) -> String {
        if case .babble(let text) = manner { return text }
        let isSet = words[0].uppercased() == "SET"
        let size = isSet ? words[2].utf8.count : 0
        let found = notes.withLock { notes in
            let tail = isSet ? ([" \(size)"] + words.dropFirst(4).map { " \($0)" }).joined() : ""
            notes.commands.append("\(isSet ? "SET" : "GET") \(words[1])\(tail)")
            if isSet { notes.values[words[1]] = size }
            return notes.values[words[1]]
        }
        if isSet, case .refuseSets(let error) = manner { return error }
        switch (dialect, isSet, found) {
        case (.resp, true, _): return "+OK\r\n"
        case (.resp, false, nil): return "$-1\r\n"
        case (.resp, false, let size?): return "$\(size)\r\n\(Self.value(size))\r\n"
        case (.memcached, true, _): return "STORED\r\n"
        case (.memcached, false, nil): return "END\r\n"
        case (.memcached, false, let size?):
            return "VALUE \(words[1]) 0 \(size)\r\n\(Self.value(size))\r\nEND\r\n"
        }
    }

    private static func value(_ size: Int) -> String { String(repeating: "v", count: size) }

    // MARK: Commands

    /// `GET key`, `SET key value` or `SET key value EX ttl`; `nil` at the end.
    private func command(from stream: UnsafeMutablePointer<FILE>) -> [String]? {
        guard let line = unsafe Self.line(from: stream) else { return nil }
        guard dialect == .resp else {
            let words = line.split(separator: " ").map(String.init)
            guard words.count == 5, let size = Int(words[4]) else { return words }
            let value = unsafe Self.payload(size, from: stream)
            let ttl = words[3] == "0" ? [] : ["EX", words[3]]
            return value.map { [words[0], words[1], $0] + ttl }
        }
        guard let count = Int(line.dropFirst()) else { return nil }
        var words: [String] = []
        for _ in 0..<count {
            guard let header = unsafe Self.line(from: stream), let size = Int(header.dropFirst()),
                let word = unsafe Self.payload(size, from: stream)
            else { return nil }
            words.append(word)
        }
        return words
    }

    private static func line(from stream: UnsafeMutablePointer<FILE>) -> String? {
        var bytes: [UInt8] = []
        while case let byte = unsafe getc(stream), byte >= 0 {
            if byte == 10 { return String(decoding: bytes.dropLast(), as: UTF8.self) }
            bytes.append(UInt8(byte))
        }
        return nil
    }

    private static func payload(_ size: Int, from stream: UnsafeMutablePointer<FILE>) -> String? {
        var bytes = [UInt8](repeating: 0, count: size + 2)
        guard unsafe fread(&bytes, 1, size + 2, stream) == size + 2 else { return nil }
        return String(decoding: bytes.dropLast(2), as: UTF8.self)
    }
}
