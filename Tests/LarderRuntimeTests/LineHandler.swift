import LarderCore
import LarderRuntime
import Synchronization

/// A value in pieces, to see that it is sent from where it lies and given back.
final class SegmentedValue: SharedBytes {
    let byteCount: Int
    private let journal: Journal
    private let segments: [[UInt8]]
    private let size: Int

    /// `byteCount` bytes in segments of `segment`, each filled with its number.
    init(byteCount: Int, segment: Int, _ journal: Journal) {
        self.byteCount = byteCount
        self.journal = journal
        size = segment
        segments = stride(from: 0, to: byteCount, by: segment).map { start in
            [UInt8](repeating: UInt8(start / segment), count: min(segment, byteCount - start))
        }
        journal.valuesAlive.add(1, ordering: .relaxed)
    }

    deinit {
        journal.valuesAlive.subtract(1, ordering: .relaxed)
    }

    /// All of it.
    var bytes: [UInt8] { segments.flatMap(\.self) }

    func withSegment<Result>(at offset: Int, _ body: (RawSpan) -> Result) -> Result {
        let segment = segments[offset / size]
        return unsafe segment.withUnsafeBytes { all in
            let rest = unsafe UnsafeRawBufferPointer(rebasing: all[(offset % size)...])
            return unsafe body(rest.bytes)
        }
    }
}

/// What the handlers of all loops of a test tell it.
final class Journal: Sendable {
    let closed = Guarded<[CloseReason]>([])
    let lines = Atomic<Int>(0)
    let ticks = Atomic<Int>(0)
    /// Large values that somebody still holds.
    let valuesAlive = Atomic<Int>(0)
    let opened = Guarded<[ConnectionID]>([])
    /// Whom certificates named, in the order in which clients came.
    let names = Guarded<[String?]>([])
    /// Connections by loop.
    let perLoop = Guarded<[Int: Int]>([:])

    func closes(_ reason: CloseReason) -> Int {
        closed.withLock { $0.count { $0 == reason } }
    }
}

/// Answers each line with itself; some lines are orders.
final class LineHandler: ConnectionHandler {
    /// What a connection carries.
    struct Connection {
        let id: ConnectionID
        var lines = 0
    }

    private let journal: Journal
    private let context: LoopContext

    init(_ journal: Journal, _ context: LoopContext) {
        self.journal = journal
        self.context = context
    }

    func opened(_ peer: Peer, into output: inout OutputBuffer) -> Connection? {
        journal.opened.withLock { $0.append(peer.id) }
        journal.names.withLock { $0.append(peer.certificateName) }
        journal.perLoop.withLock { $0[context.index, default: 0] += 1 }
        if peer.tag == 99 {
            output.append("go away\n")
            return nil
        }
        return Connection(id: peer.id)
    }

    func received(
        _ bytes: RawSpan, on connection: inout Connection, into output: inout OutputBuffer,
        at now: Tick
    ) -> Received {
        var start = 0
        while let end = lineEnd(bytes, from: start) {
            if output.isFull { return Received(consumed: start, next: .yield) }
            let line = bytes.extracting(start..<end)
            start = end
            connection.lines += 1
            journal.lines.add(1, ordering: .relaxed)
            if let next = answer(line, connection, &output) {
                return Received(consumed: start, next: next)
            }
        }
        return Received(consumed: start, next: partial(bytes.extracting(start...)))
    }

    /// `#1000:` announces so many bytes in total before the newline.
    private func partial(_ bytes: RawSpan) -> Received.Next {
        guard bytes.byteCount > 0, byte(bytes, 0) == UInt8(ascii: "#") else { return .keepOpen }
        var total = 0
        for index in 1..<bytes.byteCount {
            guard byte(bytes, index) != UInt8(ascii: ":") else { return .needBytes(total) }
            total = total * 10 + Int(byte(bytes, index) & 15)
        }
        return .keepOpen
    }

    private func answer(
        _ line: RawSpan, _ connection: Connection, _ output: inout OutputBuffer
    ) -> Received.Next? {
        switch byte(line, 0) {
        case UInt8(ascii: "!"): return .closeNow
        case UInt8(ascii: "."):
            output.append("bye\n")
            return .closeAfterFlush
        case UInt8(ascii: "~"): return .pause
        case UInt8(ascii: "$"):
            // Ten bytes of text around a large value of 3 MiB in pieces of 100,000 bytes.
            output.append("begin")
            output.append(shared: SegmentedValue(byteCount: 3 << 20, segment: 100_000, journal))
            output.append("after")
        case UInt8(ascii: "*"):
            // 64 KiB of stars.
            for _ in 0..<4096 { output.append("****************") }
        default: output.append(line)
        }
        return nil
    }

    func closed(_ connection: Connection, reason: CloseReason) {
        journal.closed.withLock { $0.append(reason) }
    }

    func ticked(at now: Tick) -> Bool {
        journal.ticks.add(1, ordering: .relaxed).newValue % 3 == 1
    }

    func refusal(of peer: Peer) -> StaticString { "-ERR max number of clients reached\r\n" }

    private func byte(_ bytes: RawSpan, _ index: Int) -> UInt8 {
        unsafe bytes.unsafeLoad(fromByteOffset: index, as: UInt8.self)
    }

    private func lineEnd(_ bytes: RawSpan, from start: Int) -> Int? {
        for index in start..<bytes.byteCount where byte(bytes, index) == UInt8(ascii: "\n") {
            return index + 1
        }
        return nil
    }
}
