import CSocket
import Glibc

/// The output of a TLS connection: plain until the socket has room for it, then encrypted.
extension PendingOutput {
    /// Plain bytes encrypted at once: what has to wait encrypted is never much more.
    private static let sealStep = 64 << 10

    /// Puts encrypted bytes behind those that are encrypted already, before all plain ones.
    func appendSealed(_ bytes: UnsafeRawBufferPointer) {
        let block = sealed ?? ByteBlock(capacity: bytes.count)
        block.makeRoom(bytes.count)
        unsafe block.append(bytes)
        sealed = block
    }

    /// Puts back what the socket did not take.
    func prependSealed(_ bytes: UnsafeRawBufferPointer) {
        let block = ByteBlock(capacity: bytes.count + (sealed?.count ?? 0))
        unsafe block.append(bytes)
        if let sealed { unsafe block.append(sealed.bytes) }
        sealed = block
    }

    func sendSealed(
        _ session: TLSSession, to descriptor: Int32, turnLimit: Int, sent: inout Int
    ) -> Progress {
        let before = sent
        while byteCount > 0 {
            let result = sealed.map { sendBlock($0, to: descriptor) }
            guard let taken = result ?? sealAndSend(session, to: descriptor) else { return .failed }
            sent += taken
            if sealed != nil { return .blocked }
            if sent - before >= turnLimit { return byteCount == 0 ? .finished : .blocked }
        }
        return .finished
    }

    /// Nil when the connection is broken.
    private func sendBlock(_ block: ByteBlock, to descriptor: Int32) -> Int? {
        let bytes = unsafe block.bytes
        let result = unsafe Glibc.send(
            descriptor, bytes.baseAddress, bytes.count, csocket_send_flags)
        guard let taken = Self.taken(result) else { return nil }
        block.removeFirst(taken)
        if block.count == 0 { sealed = nil }
        return taken
    }

    private func sealAndSend(_ session: TLSSession, to descriptor: Int32) -> Int? {
        defer { session.wire.removeOutput() }
        guard sealNext(session) else { return nil }
        guard let taken = Self.taken(session.wire.sendOutput(to: descriptor)) else { return nil }
        let rest = unsafe session.wire.output[taken...]
        if unsafe rest.count > 0 { unsafe appendSealed(UnsafeRawBufferPointer(rebasing: rest)) }
        return taken
    }

    private static func taken(_ result: Int) -> Int? {
        if result >= 0 { return result }
        return errno == EAGAIN || errno == EINTR || errno == ENOBUFS ? 0 : nil
    }

    private func sealNext(_ session: TLSSession) -> Bool {
        var room = Self.sealStep
        while room > 0, plainCount > 0 {
            let count = unsafe withFirstPiece { bytes in
                let count = min(bytes.count, room)
                let part = unsafe UnsafeRawBufferPointer(rebasing: bytes[..<count])
                return unsafe session.seal(part) ? count : -1
            }
            guard count >= 0 else { return false }
            removeFirst(count)
            room -= count
        }
        return true
    }
}
