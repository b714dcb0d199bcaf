import LarderCore
import Synchronization
import Testing

@Suite struct OutputBufferTests {
    private func bytes(_ buffer: borrowing OutputBuffer) -> [UInt8] {
        buffer.withBytes { span in
            unsafe span.withUnsafeBytes { unsafe Array($0) }
        }
    }

    private func append(_ value: [UInt8], to buffer: inout OutputBuffer) {
        unsafe value.withUnsafeBytes { unsafe buffer.append($0.bytes) }
    }

    @Test func `holds what was appended, in order`() {
        var buffer = OutputBuffer(capacity: 4096, limit: 1 << 20)
        buffer.append("+OK")
        buffer.append(UInt8(ascii: "\r"))
        append([10, 0, 255], to: &buffer)
        #expect(bytes(buffer) == Array("+OK\r\n".utf8) + [0, 255])
        #expect(buffer.count == 7)
    }

    @Test func `grows where it is, and is empty again`() {
        var buffer = OutputBuffer(capacity: 4096, limit: 1 << 20)
        let value = (0..<100_000).map { UInt8(truncatingIfNeeded: $0) }
        append(value, to: &buffer)
        #expect(bytes(buffer) == value)
        let isFull = buffer.isFull
        #expect(isFull)
        buffer.removeAll()
        #expect(buffer.count == 0)
        append(value, to: &buffer)
        #expect(bytes(buffer) == value)
    }

    @Test func `leaves out what exceeds its limit and says so`() {
        var buffer = OutputBuffer(capacity: 4096, limit: 8192)
        append([UInt8](repeating: 1, count: 8192), to: &buffer)
        var isOverflowed = buffer.isOverflowed
        #expect(isOverflowed == false)
        let hasRoom = buffer.reserve(1)
        #expect(hasRoom == false)
        buffer.append(2)
        isOverflowed = buffer.isOverflowed
        #expect(isOverflowed)
        #expect(buffer.count == 8192)
        buffer.truncate(to: 8000)
        isOverflowed = buffer.isOverflowed
        #expect(isOverflowed == false)
    }

    @Test func `takes in pieces of another, and references move along`() {
        let journal = Journal()
        var buffer = OutputBuffer(capacity: 4096)
        var other = OutputBuffer(capacity: 4096)
        buffer.append("abc")
        buffer.append(shared: SegmentedValue(byteCount: 10, segment: 10, journal))
        buffer.append("de")
        buffer.append(shared: SegmentedValue(byteCount: 20, segment: 10, journal))
        other.append("123456")
        buffer.insert(
            [
                .init(position: 0, end: 1), .init(position: 2, end: 3), .init(position: 4, end: 3),
                .init(position: 4, end: 5), .init(position: 5, end: 6),
            ], of: other)
        #expect(bytes(buffer) == Array("1ab23cd45e6".utf8))
        #expect(buffer.takeReferences().map(\.position) == [6, 10])
        buffer.insert([], of: other)
        #expect(buffer.count == 11)
    }

    @Test func `takes back references with the bytes before them`() {
        let journal = Journal()
        var buffer = OutputBuffer(capacity: 4096, limit: 8192)
        buffer.append("a")
        buffer.append(shared: SegmentedValue(byteCount: 3000, segment: 1000, journal))
        buffer.append("b")
        buffer.append(shared: SegmentedValue(byteCount: 2000, segment: 1000, journal))
        #expect(buffer.referencedBytes == 5000)
        buffer.truncate(to: 1)
        #expect(buffer.referencedBytes == 3000)
        #expect(journal.valuesAlive.load(ordering: .relaxed) == 1)
        let references = buffer.takeReferences()
        #expect(references.map(\.position) == [1])
        #expect(buffer.referencedBytes == 0)
    }

    @Test func `gives references back when it is emptied`() {
        let journal = Journal()
        var buffer = OutputBuffer(capacity: 4096, limit: 8192)
        buffer.append(shared: SegmentedValue(byteCount: 5000, segment: 1000, journal))
        let isFull = buffer.isFull
        #expect(isFull)
        buffer.removeAll()
        #expect(journal.valuesAlive.load(ordering: .relaxed) == 0)
        let isEmpty = buffer.isEmpty
        #expect(isEmpty)
    }
}
