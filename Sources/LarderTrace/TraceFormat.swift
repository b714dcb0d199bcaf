/// How a trace file is laid out.
public enum TraceFormat: String, Hashable, Sendable, CaseIterable {
    /// Records of 24 bytes, little-endian: time u32, key u64, size u32, next access i64. As
    /// libCacheSim writes them.
    case oracleGeneral
    /// Lines of fields between commas, semicolons or tabs, with or without a header.
    case csv
    /// One key per line.
    case keys

    static let endings = ".oracleGeneral, .bin, .csv or .txt"
    static let names = "oracleGeneral, csv or keys"

    /// The format called `name`, in any case.
    public init(named name: String) throws(TraceError) {
        let wanted = name.lowercased()
        guard let format = Self.allCases.first(where: { $0.rawValue.lowercased() == wanted }) else {
            throw TraceError(.unknownFormatName(name), path: "--input")
        }
        self = format
    }

    /// The format that the end of `path` tells, `nil` if it tells none. A bare `.zst` is
    /// oracleGeneral.
    ///
    /// - Complexity: O(length of the path).
    public init?(ofPath path: String) {
        let name = path.lowercased().split(separator: "/").last ?? ""
        var parts = name.split(separator: ".").dropFirst()
        if parts.last == "zst" {
            parts.removeLast()
            if parts.isEmpty { parts = ["bin"] }
        }
        switch parts.last {
        case "bin", "oraclegeneral": self = .oracleGeneral
        case "csv", "tsv": self = .csv
        case "txt", "keys": self = .keys
        default: return nil
        }
    }

    /// Whether the end of `path` says that the file is compressed.
    static func isCompressed(path: String) -> Bool {
        path.lowercased().hasSuffix(".zst")
    }
}
