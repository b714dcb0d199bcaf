import COpenSSL
import CSocket
import Glibc

/// Where the TLS sessions of one loop take encrypted bytes from, and put them: one for all, since
/// each step of a session is done with before the next.
@safe final class TLSWire {
    /// Encrypted bytes read from one connection per turn: four full records.
    static let inputBytes = 64 << 10
    /// What a whole input and the rest of a record before it come to, decrypted.
    private static let openedBytes = inputBytes + 32 << 10
    /// Memory for encrypted output that is kept for the next time.
    private static let outputBytesKept = 256 << 10

    let method: OpaquePointer
    let wire: UnsafeMutablePointer<copenssl_wire>
    private let received: UnsafeMutableRawBufferPointer
    private let opened: UnsafeMutableRawBufferPointer

    /// Nil when no memory is left.
    init?() {
        guard let method = unsafe copenssl_wire_method() else { return nil }
        unsafe self.method = method
        unsafe wire = .allocate(capacity: 1)
        unsafe wire.initialize(to: copenssl_wire())
        unsafe received = .allocate(byteCount: Self.inputBytes, alignment: 4096)
        unsafe opened = .allocate(byteCount: Self.openedBytes, alignment: 4096)
    }

    deinit {
        unsafe free(wire.pointee.output)
        unsafe wire.deallocate()
        unsafe received.deallocate()
        unsafe opened.deallocate()
        unsafe BIO_meth_free(method)
    }

    /// One `recv`: its result.
    func receive(from descriptor: Int32) -> Int {
        unsafe recv(descriptor, received.baseAddress, received.count, csocket_receive_flags)
    }

    /// What `receive` brought.
    func received(_ count: Int) -> UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(rebasing: received[..<count])
    }

    /// Lets sessions read `bytes`, which stay where they are until `endInput`.
    func beginInput(_ bytes: UnsafeRawBufferPointer) {
        unsafe wire.pointee.input = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        unsafe wire.pointee.input_count = bytes.count
    }

    func endInput() {
        unsafe wire.pointee.input = nil
        unsafe wire.pointee.input_count = 0
    }

    /// Decrypts what was given. Returns the number of bytes, and a code of `copenssl_open`.
    func open(_ session: OpaquePointer) -> (count: Int, code: Int32) {
        var count = 0
        let code = unsafe copenssl_open(
            session, wire, opened.baseAddress, opened.count, &count)
        return (count, code)
    }

    /// The first bytes of what was decrypted. Valid until the next `open`.
    func opened(_ count: Int) -> UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(rebasing: opened[..<count])
    }

    /// What sessions have written. Valid until the next step of a session.
    var output: UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(
            start: wire.pointee.output, count: wire.pointee.output_count)
    }

    var hasOutput: Bool { unsafe wire.pointee.output_count > 0 }

    /// Forgets the output, and gives back what a burst took.
    func removeOutput() {
        unsafe wire.pointee.output_count = 0
        guard unsafe wire.pointee.output_capacity > Self.outputBytesKept else { return }
        unsafe free(wire.pointee.output)
        unsafe wire.pointee.output = nil
        unsafe wire.pointee.output_capacity = 0
    }

    /// Sends the output, as far as the socket takes it at once. The result of `send`.
    func sendOutput(to descriptor: Int32) -> Int {
        let bytes = unsafe output
        return unsafe send(descriptor, bytes.baseAddress, bytes.count, csocket_send_flags)
    }
}
