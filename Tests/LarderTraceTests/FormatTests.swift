import Glibc
import LarderTrace
import Testing

@Suite struct FormatTests {
    /// Keys that come back, keys that do not, and the largest of everything.
    static let requests = [
        TraceRequest(time: 0, key: 7, size: 100),
        TraceRequest(time: 1, key: .max, size: 1),
        TraceRequest(time: 1, key: 7, size: 100),
        TraceRequest(time: .max, key: 0, size: .max),
        TraceRequest(time: 5, key: 7, size: 0),
    ]
    static let nextAccesses: [Int64] = [3, -1, 5, -1, -1]

    @Test(arguments: ["t.oracleGeneral", "t.bin", "t.bin.zst", "t.csv", "t.csv.zst", "t.zst"])
    func `a written trace reads back the same`(name: String) throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/\(name)"
        try TraceFile.write(Self.requests, to: path)
        let read = try ReadTrace(path)
        var expected = Self.requests
        for (index, place) in zip(expected.indices, Self.nextAccesses) {
            expected[index].nextAccess = place
        }
        #expect(read.requests == expected)
        #expect(read.error == nil)
        #expect(read.keys == ["7", "\(UInt64.max)", "7", "0", "7"])
        #expect(folder.names == [name], "no partial file is left")
    }

    @Test(arguments: ["many.bin", "many.bin.zst", "many.csv"])
    func `more than a buffer reads back the same in any batch`(name: String) throws {
        let folder = try TemporaryFolder()
        var generator = TraceGenerator(
            [WorkloadPart(.zipf(objects: 1000, alpha: 0.9))],
            sizes: .logNormal(median: 1000, sigma: 1), seed: 3)
        var requests = (0..<30_000).map { _ in generator.next() }
        let path = "\(folder.path)/\(name)"
        try TraceFile.write(requests, to: path)
        requests.fillNextAccess()
        for batch in [1000, 4096, 20_000] {
            #expect(try ReadTrace(path, batch: batch).requests == requests)
        }
    }

    @Test func `a record is 24 little-endian bytes`() throws {
        let folder = try TemporaryFolder()
        let request = TraceRequest(time: 0x0102_0304, key: 0x1112_1314_1516_1718, size: 0x2122_2324)
        try TraceFile.write([request], to: "\(folder.path)/t.bin")
        let expected: [UInt8] =
            [4, 3, 2, 1, 0x18, 0x17, 0x16, 0x15, 0x14, 0x13, 0x12, 0x11, 0x24, 0x23, 0x22, 0x21]
            + [UInt8](repeating: 0xFF, count: 8)
        #expect(try folder.read("t.bin") == expected)
    }

    @Test func `no more than the limit is read, and the rest stays for the next call`() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/t.bin"
        try TraceFile.write(Self.requests, to: path)
        var reader = try TraceReader(path: path)
        var batch = TraceBatch(capacity: 3)
        var counts: [Int] = []
        while try reader.read(into: &batch, limit: 2) { counts.append(batch.requests.count) }
        #expect(counts == [2, 2, 1])
    }

    @Test func `plain keys are numbers where they look like numbers, else kept as text`() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("user:1\n42\r\n\n007\nuser:1".utf8, as: "t.txt")
        let read = try ReadTrace(path)
        #expect(read.keys == ["user:1", "42", "007", "user:1"])
        #expect(read.requests.count == 4)
        #expect(read.requests[1].key == 42)
        #expect(read.requests[0].key == read.requests[3].key)
        #expect(Set(read.requests.map(\.key)).count == 3)
    }

    @Test(arguments: [
        ("a.oracleGeneral", TraceFormat.oracleGeneral), ("a.b.BIN.ZST", .oracleGeneral),
        ("a.zst", .oracleGeneral), ("d.csv/a.tsv", .csv), ("a.csv.zst", .csv), ("a.txt", .keys),
    ])
    func `a name tells the format`(name: String, format: TraceFormat) {
        #expect(TraceFormat(ofPath: name) == format)
    }

    @Test(arguments: ["a", "a.dat", "csv", "d.csv/a", "", "a.gz"])
    func `other names tell nothing`(name: String) {
        #expect(TraceFormat(ofPath: name) == nil)
    }

    @Test func `a file without a known name or at no known place is refused with the reason`() {
        let unknown = #expect(throws: TraceError.self) { try ReadTrace(#filePath) }
        let reason = """
            the name does not tell the format: end it in .oracleGeneral, .bin, .csv or .txt \
            (each may be followed by .zst), or give --input
            """
        #expect(unknown?.description == "\(#filePath): \(reason)")
        let missing = #expect(throws: TraceError.self) { try ReadTrace("no/such/trace.bin") }
        #expect(
            missing?.description == "no/such/trace.bin: cannot open: No such file or directory")
    }

    @Test func `a trace that cannot be written leaves nothing behind`() throws {
        let folder = try TemporaryFolder()
        // A folder cannot be replaced by a file.
        let path = "\(folder.path)/x.bin"
        #expect(unsafe mkdir(path, 0o755) == 0)
        defer { unsafe rmdir(path) }
        let error = #expect(throws: TraceError.self) {
            try TraceFile.write(Self.requests, to: path)
        }
        #expect(error?.problem == .cannotWrite(reason: "Is a directory"))
        #expect(folder.names == ["x.bin"])
    }

    @Test func `plain keys cannot be written`() throws {
        let folder = try TemporaryFolder()
        #expect(throws: TraceError.self) {
            try TraceFile.write(Self.requests, to: "\(folder.path)/t.txt")
        }
        #expect(folder.names.isEmpty)
    }
}
