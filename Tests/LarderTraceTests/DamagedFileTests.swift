import LarderTrace
import Testing

@Suite struct DamagedFileTests {
    static func bytes(of name: String) throws -> [UInt8] {
        let folder = try TemporaryFolder()
        try TraceFile.write(FormatTests.requests, to: "\(folder.path)/\(name)")
        return try folder.read(name)
    }

    @Test func `a file cut at any byte gives its whole records, then an error that says where`()
        throws
    {
        let whole = try Self.bytes(of: "t.bin")
        let folder = try TemporaryFolder()
        for length in 0...whole.count {
            let path = try folder.write(whole[..<length], as: "cut.bin")
            let read = try ReadTrace(path)
            let (records, rest) = length.quotientAndRemainder(dividingBy: 24)
            #expect(read.requests.map(\.key) == FormatTests.requests.prefix(records).map(\.key))
            if rest == 0 {
                #expect(read.error == nil)
            } else {
                #expect(read.error?.place == .record(records + 1, offset: records * 24))
                #expect(read.error?.problem == .truncatedRecord(bytes: rest))
            }
        }
    }

    @Test func `a compressed file cut at any byte is truncated`() throws {
        let whole = try Self.bytes(of: "t.bin.zst")
        let folder = try TemporaryFolder()
        for length in 1..<whole.count {
            let read = try ReadTrace(try folder.write(whole[..<length], as: "cut.bin.zst"))
            #expect(read.error?.problem == .truncatedCompression, "cut at \(length)")
            #expect(read.error?.place == .compressedByte(length))
        }
        let read = try ReadTrace(try folder.write(whole, as: "cut.bin.zst"))
        #expect(read.error == nil)
        #expect(read.requests.count == FormatTests.requests.count)
    }

    @Test func `a truncated compressed file still gives the requests before its end`() throws {
        let folder = try TemporaryFolder()
        var generator = TraceGenerator([WorkloadPart(.zipf(objects: 50_000, alpha: 0.5))], seed: 1)
        let requests = (0..<50_000).map { _ in generator.next() }
        try TraceFile.write(requests, to: "\(folder.path)/t.bin.zst")
        let whole = try folder.read("t.bin.zst")
        let read = try ReadTrace(try folder.write(whole.dropLast(), as: "cut.bin.zst"))
        #expect(read.requests.count > 10_000)
        #expect(read.requests.map(\.key) == requests.prefix(read.requests.count).map(\.key))
        #expect(read.error?.problem == .truncatedCompression)
    }

    @Test func `bytes that are not zstd are refused with the library's reason`() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(repeatElement(0x2A, count: 100), as: "t.bin.zst")
        let read = try ReadTrace(path)
        #expect(
            read.error?.description.hasSuffix("not valid zstd data: Unknown frame descriptor")
                == true)
        #expect(read.requests.isEmpty)
    }

    @Test func `two frames, one after the other, are one trace`() throws {
        let frame = try Self.bytes(of: "t.bin.zst")
        let folder = try TemporaryFolder()
        let read = try ReadTrace(try folder.write(frame + frame, as: "two.bin.zst"))
        #expect(read.requests.count == 2 * FormatTests.requests.count)
        #expect(read.error == nil)
    }

    @Test(arguments: UInt64(0)..<50)
    func `random bytes in any format give requests or an error, never a trap`(seed: UInt64) throws {
        var generator = TraceGenerator([WorkloadPart(.zipf(objects: 256, alpha: 0.3))], seed: seed)
        let bytes = (0..<Int(seed * 97)).map { _ in UInt8(truncatingIfNeeded: generator.next().key)
        }
        let folder = try TemporaryFolder()
        for name in ["r.bin", "r.bin.zst", "r.csv", "r.txt"] {
            let read = try ReadTrace(try folder.write(bytes, as: name))
            #expect(read.requests.count <= bytes.count)
            if name == "r.bin" { #expect(read.requests.count == bytes.count / 24) }
        }
    }
}
