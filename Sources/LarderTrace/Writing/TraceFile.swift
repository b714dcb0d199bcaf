import LarderCore

/// Writes whole traces.
public enum TraceFile {
    /// What is written is held in memory at 24 bytes a request, since the next access is known only
    /// from the end.
    public static let requestsMax = 100_000_000

    /// Writes `requests`, with their next accesses filled in, to a file.
    ///
    /// - Parameters:
    ///   - requests: The trace, in order.
    ///   - path: The file. An ending `.zst` compresses it.
    ///   - format: Its layout, if not the one that the path tells.
    /// - Complexity: O(requests).
    /// - Throws: `TraceError` if the file cannot be written, and for formats that are read only.
    public static func write(
        _ requests: consuming [TraceRequest], to path: String, format: TraceFormat? = nil
    ) throws(TraceError) {
        guard let format = format ?? TraceFormat(ofPath: path) else {
            throw TraceError(.unknownFormat, path: path)
        }
        guard format != .keys else { throw TraceError(.keysCannotBeWritten, path: path) }
        guard requests.count <= requestsMax else {
            throw TraceError(.tooManyRequests(max: requestsMax), path: path)
        }
        requests.fillNextAccess()
        var output = try ByteOutput(path: path)
        if format == .csv { output.buffer.append(contentsOf: "time,key,size,next_access\n".utf8) }
        for request in requests {
            switch format {
            case .csv: appendLine(of: request, to: &output.buffer)
            case .oracleGeneral, .keys: OracleGeneral.encode(request, to: &output.buffer)
            }
            try output.flushIfLarge()
        }
        try output.finish()
    }

    private static func appendLine(of request: TraceRequest, to bytes: inout [UInt8]) {
        bytes.appendDecimal(UInt64(request.time))
        bytes.append(UInt8(ascii: ","))
        bytes.appendDecimal(request.key)
        bytes.append(UInt8(ascii: ","))
        bytes.appendDecimal(UInt64(request.size))
        bytes.append(UInt8(ascii: ","))
        if request.nextAccess < 0 { bytes.append(UInt8(ascii: "-")) }
        bytes.appendDecimal(request.nextAccess.magnitude)
        bytes.append(UInt8(ascii: "\n"))
    }
}
