import CSocket
import Glibc
import LarderCore

/// Output that the system did not take yet, in order: copied bytes, and values where they lie.
@safe final class PendingOutput {
    private enum Piece {
        case copied(ByteBlock)
        case shared(any SharedBytes, offset: Int)
        /// Sent, and not forgotten yet.
        case spent
    }

    /// What a send came to.
    enum Progress: Equatable {
        case finished
        case blocked
        case failed
    }

    /// Small enough not to waste, large enough that one send carries much.
    private static let blockBytes = 16 << 10
    /// Pieces handed to the system at once.
    private static let piecesPerSend = 64

    private var pieces: [Piece] = []
    private var head = 0
    /// Encrypts what waits; nil for a plain connection.
    private let session: TLSSession?
    /// What is encrypted and waits: it goes before the pieces.
    var sealed: ByteBlock?
    /// Bytes of the pieces, referenced values included.
    private(set) var plainCount = 0
    private var pieceBytes = 0

    init(_ session: TLSSession? = nil) {
        self.session = session
    }

    /// Bytes that wait, referenced values included.
    var byteCount: Int { plainCount + (sealed?.count ?? 0) }
    /// Bytes of memory held for this connection alone.
    var ownedBytes: Int { pieceBytes + (sealed?.capacity ?? 0) }
    /// Since when more waits for a subscriber than may wait for long.
    var muchSince: Tick?

    /// Appends a copy. `isBeforeValue`: a value follows, so no more will fit behind it.
    func append(_ bytes: UnsafeRawBufferPointer, isBeforeValue: Bool = false) {
        guard bytes.count > 0 else { return }
        plainCount += bytes.count
        if case .copied(let last)? = pieces.last, last.room >= bytes.count, head < pieces.count {
            unsafe last.append(bytes)
            return
        }
        let least = isBeforeValue ? 0 : Self.blockBytes
        let block = ByteBlock(capacity: max(bytes.count, least))
        unsafe block.append(bytes)
        pieceBytes += block.capacity
        pieces.append(.copied(block))
    }

    /// Puts back what the system did not take of a batch: it goes before all that came later.
    func prepend(_ bytes: UnsafeRawBufferPointer) {
        guard session == nil else { return unsafe prependSealed(bytes) }
        plainCount += bytes.count
        let block = ByteBlock(capacity: bytes.count)
        unsafe block.append(bytes)
        pieceBytes += block.capacity
        pieces.insert(.copied(block), at: head)
    }

    func append(_ value: any SharedBytes) {
        plainCount += value.byteCount
        pieceBytes += MemoryLayout<Piece>.stride
        pieces.append(.shared(value, offset: 0))
    }

    /// Sends until all is gone, the socket is full, or `turnLimit` bytes went: others wait too.
    func send(to descriptor: Int32, turnLimit: Int, sent: inout Int) -> Progress {
        if let session {
            return sendSealed(session, to: descriptor, turnLimit: turnLimit, sent: &sent)
        }
        let before = sent
        while plainCount > 0 {
            let result = sendSome(to: descriptor)
            if result < 0 {
                if errno == EINTR { continue }
                return errno == EAGAIN || errno == ENOBUFS ? .blocked : .failed
            }
            sent += result
            removeFirst(result)
            if sent - before >= turnLimit { return plainCount == 0 ? .finished : .blocked }
        }
        return .finished
    }

    private func sendSome(to descriptor: Int32) -> Int {
        unsafe withUnsafeTemporaryAllocation(of: iovec.self, capacity: Self.piecesPerSend) { list in
            var count = 0
            var index = head
            while index < pieces.count, count < Self.piecesPerSend {
                unsafe count += describe(pieces[index], into: list, from: count)
                index += 1
            }
            return unsafe csocket_send_pieces(descriptor, list.baseAddress, count)
        }
    }

    /// Writes where the piece lies, and returns how many entries that took.
    private func describe(
        _ piece: Piece, into list: UnsafeMutableBufferPointer<iovec>, from first: Int
    ) -> Int {
        switch piece {
        case .copied(let block):
            let bytes = unsafe block.bytes
            unsafe list[first] = iovec(
                iov_base: UnsafeMutableRawPointer(mutating: bytes.baseAddress),
                iov_len: bytes.count)
            return 1
        case .shared(let value, let offset):
            var next = first
            var at = offset
            while at < value.byteCount, next < list.count {
                let entry = unsafe value.withSegment(at: at) { segment in
                    unsafe segment.withUnsafeBytes { bytes in
                        unsafe iovec(
                            iov_base: UnsafeMutableRawPointer(mutating: bytes.baseAddress),
                            iov_len: bytes.count)
                    }
                }
                unsafe list[next] = entry
                at += unsafe entry.iov_len
                next += 1
            }
            return next - first
        case .spent:
            return 0
        }
    }

    /// Gives `body` the beginning of what waits, as far as it lies in one place.
    func withFirstPiece(_ body: (UnsafeRawBufferPointer) -> Int) -> Int {
        while case .spent = pieces[head] { dropHead() }
        switch pieces[head] {
        case .copied(let block): return unsafe body(block.bytes)
        case .shared(let value, let offset):
            return value.withSegment(at: offset) { segment in
                unsafe segment.withUnsafeBytes { unsafe body($0) }
            }
        case .spent: return 0
        }
    }

    func removeFirst(_ amount: Int) {
        var left = amount
        plainCount -= amount
        while left > 0 {
            switch pieces[head] {
            case .copied(let block):
                let taken = min(left, block.count)
                block.removeFirst(taken)
                left -= taken
                if block.count > 0 { return }
                pieceBytes -= block.capacity
            case .shared(let value, let offset):
                let taken = min(left, value.byteCount - offset)
                left -= taken
                if offset + taken < value.byteCount {
                    pieces[head] = .shared(value, offset: offset + taken)
                    return
                }
                pieceBytes -= MemoryLayout<Piece>.stride
            case .spent:
                break
            }
            dropHead()
        }
    }

    /// Forgets the first piece, which gives its memory or its reference back at once.
    private func dropHead() {
        pieces[head] = .spent
        head += 1
        if head == pieces.count {
            pieces.removeAll(keepingCapacity: true)
            head = 0
        } else if head >= 64, head * 2 >= pieces.count {
            pieces.removeFirst(head)
            head = 0
        }
    }
}
