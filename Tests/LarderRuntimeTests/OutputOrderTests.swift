import Dispatch
import LarderCore
import Testing

@testable import LarderRuntime

/// What a socket does not take of a batch goes before all that came later.
@Suite struct OutputOrderTests {
    typealias Backend = RuntimeConfiguration.BackendChoice

    @Test(arguments: backends)
    func `the rest of a batch goes before the next`(backend: Backend) throws {
        let starCount = 200
        let server = try TestGroup(backend) { configuration in
            configuration.pendingSoftLimit = 64 << 20
            configuration.outputBufferBytes = 16 << 20
        }
        let client = try server.greetedClient(receiveBuffer: 8 << 10)
        let gate = DispatchSemaphore(value: 0)
        #expect(server.group.contexts[0].run { gate.wait() })
        // While the loop waits, two receives' worth arrives, in io_uring's buffers of 16 KiB. The
        // answer to the first is more than a socket takes.
        let stars = String(repeating: "*\n", count: starCount)
        let padding = String(repeating: "x", count: (16 << 10) - stars.utf8.count - 1)
        try client.send(stars + padding + "\ntail\n")
        gate.signal()
        let received = try client.receive(exactly: starCount * 65_536 + padding.utf8.count + 6)
        #expect(received.prefix(starCount * 65_536).allSatisfy { $0 == UInt8(ascii: "*") })
        #expect(received.suffix(8).elementsEqual("xx\ntail\n".utf8))
    }

    /// Planted bug that this fails with: a block of 16 KiB for the few bytes between two values,
    /// which costs a client that reads 6,000 of them the whole of `clients.memory`.
    @Test func `a reply of many large values holds little memory of its own`() {
        let pending = PendingOutput()
        let value = SegmentedValue(byteCount: 20_000, segment: 4096, Journal())
        for _ in 0..<1000 {
            var frame = "\r\n$20000\r\n"
            frame.withUTF8 {
                unsafe pending.append(UnsafeRawBufferPointer($0), isBeforeValue: true)
            }
            pending.append(value)
        }
        #expect(pending.byteCount == 1000 * 20_010)
        #expect(pending.ownedBytes < 1000 * 128)
        pending.removeFirst(pending.byteCount)
        #expect(pending.ownedBytes == 0)
    }

    @Test func `what is encrypted already keeps its order`() {
        let pending = PendingOutput()
        func add(_ text: String, _ body: (UnsafeRawBufferPointer) -> Void) {
            var text = text
            text.withUTF8 { unsafe body(UnsafeRawBufferPointer($0)) }
        }
        unsafe add("behind") { unsafe pending.appendSealed($0) }
        unsafe add(", last") { unsafe pending.appendSealed($0) }
        unsafe add("before, ") { unsafe pending.prependSealed($0) }
        let text = pending.sealed.map { unsafe String(decoding: $0.bytes, as: UTF8.self) }
        #expect(text == "before, behind, last")
        #expect(pending.byteCount == 20)
        #expect(pending.ownedBytes >= 20)
    }
}
