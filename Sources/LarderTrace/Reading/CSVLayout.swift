/// How the lines of one CSV file are cut and read, as its first line tells.
struct CSVLayout: Hashable, Sendable {
    let separator: UInt8
    let columns: CSVColumns
    /// Whether the first line holds names rather than a request.
    let hasHeader: Bool

    /// The layout of a file that starts with `firstLine`.
    ///
    /// The separator is the first of comma, semicolon and tab that the line has. The line is a
    /// header if it names a key column, or, with `columns` given, if a field that should be a
    /// number is none.
    init(
        firstLine: ArraySlice<UInt8>, columns wanted: CSVColumns?
    ) throws(TraceError.Problem) {
        let candidates = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")]
        separator = candidates.first(where: firstLine.contains) ?? UInt8(ascii: ",")
        let fields = try CSVLine.fields(of: firstLine, separator: separator)
        let named = CSVColumns(names: fields.map { String(decoding: $0, as: UTF8.self) })
        columns = wanted ?? named ?? CSVColumns(defaultsFor: fields.count)
        let numbers = [columns.time, columns.size].compactMap(\.self)
        let isOdd = numbers.contains { column in
            column < fields.count && CSVLine.wholeSeconds(fields[column]) == nil
        }
        hasHeader = named != nil || (wanted != nil && isOdd)
    }

    /// Appends the request of one line.
    func decode(_ line: ArraySlice<UInt8>, into batch: inout TraceBatch) throws(TraceError.Problem)
    {
        let fields = try CSVLine.fields(of: line, separator: separator)
        var request = TraceRequest(key: 0)
        if let time = columns.time {
            let text = try field(time, "time", in: fields)
            request.time = try Self.number(CSVLine.wholeSeconds(text), "time", text)
        }
        if let size = columns.size {
            let text = try field(size, "size", in: fields)
            request.size = try Self.number(Decimal.parse(text), "size", text)
        }
        if let column = columns.nextAccess {
            let text = try field(column, "next access", in: fields)
            request.nextAccess = try Self.nextAccess(text)
        }
        let key = try field(columns.key, "key", in: fields)
        guard !key.isEmpty else { throw .emptyKey }
        let (number, text) = TextualKey.parse(key)
        request.key = number
        batch.append(request, key: text)
    }

    private func field(
        _ column: Int, _ name: String, in fields: [ArraySlice<UInt8>]
    ) throws(TraceError.Problem) -> ArraySlice<UInt8> {
        guard column < fields.count else {
            throw .missingField(column: name, number: column + 1, found: fields.count)
        }
        return fields[column]
    }

    private static func number(
        _ parsed: UInt64?, _ name: String, _ text: ArraySlice<UInt8>
    ) throws(TraceError.Problem) -> UInt32 {
        guard let parsed, parsed <= UInt32.max else {
            throw .notANumber(column: name, text: quoted(text), max: UInt64(UInt32.max))
        }
        return UInt32(parsed)
    }

    private static func nextAccess(
        _ text: ArraySlice<UInt8>
    ) throws(TraceError.Problem) -> Int64 {
        if text.elementsEqual("-1".utf8) { return TraceRequest.neverAgain }
        let most = UInt64(Int64.max)
        guard let place = Decimal.parse(text, most: most) else {
            throw .notANumber(column: "next access", text: quoted(text), max: most)
        }
        return Int64(place)
    }

    /// A field as an error shows it: the start is enough to find it.
    private static func quoted(_ text: ArraySlice<UInt8>) -> String {
        String(decoding: text.prefix(40), as: UTF8.self)
    }
}
