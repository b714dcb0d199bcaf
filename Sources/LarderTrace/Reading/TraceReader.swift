/// Reads a trace batch by batch, in constant memory.
///
/// After an error nothing more comes. What was read before it stays valid: a batch that meets an
/// error ends before it, and the next call throws.
public struct TraceReader: ~Copyable {
    private enum Decoder {
        case oracleGeneral
        /// `nil` until the first line is known.
        case csv(CSVLayout?)
        case keys
    }

    private let path: String
    private var input: ByteInput
    private var decoder: Decoder
    private let wantedColumns: CSVColumns?
    /// Records or lines read so far.
    private var recordCount = 0
    private var isAtEnd = false
    private var failure: TraceError?

    /// Opens a trace.
    ///
    /// - Parameters:
    ///   - path: The file. An ending `.zst` says that it is compressed.
    ///   - format: Its layout, if not the one that the path tells.
    ///   - columns: What the columns of a CSV file are, if the header is missing or not enough.
    /// - Throws: `TraceError` if there is no such file, or no knowing its format.
    public init(
        path: String, format: TraceFormat? = nil, columns: CSVColumns? = nil
    ) throws(TraceError) {
        let input = try ByteInput(path: path)
        guard let format = format ?? TraceFormat(ofPath: path) else {
            throw TraceError(.unknownFormat, path: path)
        }
        self.path = path
        wantedColumns = columns
        decoder =
            switch format {
            case .oracleGeneral: .oracleGeneral
            case .csv: .csv(nil)
            case .keys: .keys
            }
        self.input = input
    }

    /// How much of the file was read, from 0 to 1; `nil` for a pipe.
    public var progress: Double? { input.progress }

    /// Replaces what `batch` holds by the next requests.
    ///
    /// - Parameters:
    ///   - batch: The caller's buffer.
    ///   - limit: The most requests to read, if fewer than the batch's capacity.
    /// - Returns: Whether there are any; `false` at the end of the trace.
    /// - Complexity: O(requests).
    /// - Throws: `TraceError` where the file cannot be understood, or ends within a record.
    public mutating func read(
        into batch: inout TraceBatch, limit: Int = .max
    ) throws(TraceError) -> Bool {
        batch.removeAll()
        let most = min(limit, batch.capacity)
        if failure == nil, !isAtEnd, most > 0 {
            do throws(TraceError) {
                try decode(into: &batch, most: most)
            } catch {
                failure = error
            }
        }
        if batch.requests.isEmpty, let failure { throw failure }
        return !batch.requests.isEmpty
    }

    private mutating func decode(into batch: inout TraceBatch, most: Int) throws(TraceError) {
        switch decoder {
        case .oracleGeneral: try decodeRecords(into: &batch, most: most)
        case .csv(let layout): try decodeCSV(layout, into: &batch, most: most)
        case .keys: try decodeKeys(into: &batch, most: most)
        }
    }

    // MARK: Records

    private mutating func decodeRecords(
        into batch: inout TraceBatch, most: Int
    ) throws(TraceError) {
        let stride = OracleGeneral.recordBytes
        let atHand = min(most, ByteInput.bufferBytes / stride)
        _ = input.fill(atHand * stride)
        let count = min(atHand, input.range.count / stride)
        let start = input.range.lowerBound
        OracleGeneral.decode(input.buffer, from: start, count: count, into: &batch.requests)
        input.consume(count * stride)
        recordCount += count
        guard count < atHand else { return }
        isAtEnd = true
        if let failure = input.failure { throw failure }
        guard input.range.isEmpty else {
            let place = TraceError.Place.record(recordCount + 1, offset: input.offset)
            throw TraceError(
                .truncatedRecord(bytes: input.range.count), path: path, place: place)
        }
    }

    // MARK: Lines

    private mutating func decodeCSV(
        _ known: CSVLayout?, into batch: inout TraceBatch, most: Int
    ) throws(TraceError) {
        var layout = known
        while batch.requests.count < most, let line = try nextLine() {
            do throws(TraceError.Problem) {
                let chosen: CSVLayout
                if let layout {
                    chosen = layout
                } else {
                    chosen = try CSVLayout(firstLine: input.buffer[line], columns: wantedColumns)
                    layout = chosen
                    decoder = .csv(chosen)
                    if chosen.hasHeader { continue }
                }
                guard !line.isEmpty else { continue }
                try chosen.decode(input.buffer[line], into: &batch)
            } catch {
                throw TraceError(error, path: path, place: .line(recordCount))
            }
        }
    }

    private mutating func decodeKeys(into batch: inout TraceBatch, most: Int) throws(TraceError) {
        while batch.requests.count < most, let line = try nextLine() {
            guard !line.isEmpty else { continue }
            let (key, text) = TextualKey.parse(input.buffer[line])
            batch.append(TraceRequest(key: key), key: text)
        }
    }

    /// Steps over a line and returns its place in the input's buffer, without its end; `nil` at the
    /// end of the file.
    private mutating func nextLine() throws(TraceError) -> Range<Int>? {
        let line = LineScan.next(in: &input)
        guard let length = line.length else {
            isAtEnd = true
            if let failure = input.failure { throw failure }
            return nil
        }
        recordCount += 1
        guard length <= LineScan.lineBytesMax else {
            let problem = TraceError.Problem.lineTooLong(max: LineScan.lineBytesMax)
            throw TraceError(problem, path: path, place: .line(recordCount))
        }
        let start = input.range.lowerBound
        input.consume(line.consumed)
        let end = start + length
        let hasReturn = length > 0 && input.buffer[end - 1] == UInt8(ascii: "\r")
        return start..<(hasReturn ? end - 1 : end)
    }
}
