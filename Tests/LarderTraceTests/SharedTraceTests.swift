import Glibc
import LarderTrace
import Testing

/// The real traces that lie beside the repository, where there are any, against their index.
@Suite struct SharedTraceTests {
    struct Expected: Sendable, CustomTestStringConvertible {
        let name: String
        let columns: [String: String]
        var testDescription: String { name }

        func number(_ column: String) -> Double? { columns[column].flatMap(Double.init) }
    }

    /// `LARDER_TRACES`, or `../shared/traces` as seen from the repository.
    static let folder = {
        if let path = unsafe getenv("LARDER_TRACES") { return unsafe String(cString: path) }
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        return "/\(root)/../shared/traces"
    }()

    /// Traces of at most this many requests, unless `LARDER_ALL_TRACES` is set: a debug build reads
    /// about a million a second.
    static let requestsMax =
        unsafe getenv("LARDER_ALL_TRACES") == nil ? 200_000.0 : .infinity

    static let expected: [Expected] = {
        let rows = FileText.lines("\(folder)/index.tsv").map { line in
            line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        }
        return rows.dropFirst().compactMap { row in
            let columns = Dictionary(zip(rows[0], row)) { first, _ in first }
            let expected = Expected(name: row[0], columns: columns)
            return (expected.number("requests") ?? .infinity) <= requestsMax ? expected : nil
        }
    }()

    @Test(.enabled(if: !expected.isEmpty), arguments: expected)
    func `figures agree with the index`(expected: Expected) throws {
        var reader = try TraceReader(path: "\(Self.folder)/\(expected.name).oracleGeneral.zst")
        var batch = TraceBatch()
        var statistics = TraceStatistics()
        var requests: [TraceRequest] = []
        while try reader.read(into: &batch) {
            statistics.add(batch)
            requests += batch.requests
        }
        let summary = statistics.summary()
        #expect(Double(summary.requestCount) == expected.number("requests"))
        #expect(Double(summary.objectCount) == expected.number("unique_objects"))
        #expect(Double(summary.footprintBytes) == expected.number("byte_footprint"))
        #expect(Double(summary.requestedBytes) == expected.number("total_bytes"))
        let oneHit = try #require(expected.number("one_hit_wonder_share"))
        #expect(abs(summary.oneHitShare - oneHit) <= 0.000_51)
        var again = requests
        again.fillNextAccess()
        #expect(again == requests, "the trace's own next accesses are ours")
    }
}

/// Small text files.
enum FileText {
    /// The lines of a file; none if there is no such file.
    static func lines(_ path: String) -> [String] {
        guard let stream = unsafe fopen(path, "r") else { return [] }
        defer { unsafe fclose(stream) }
        var bytes: [UInt8] = []
        while case let byte = unsafe getc(stream), byte >= 0 { bytes.append(UInt8(byte)) }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}
