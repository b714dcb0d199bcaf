/// Cuts lines into fields.
enum CSVLine {
    /// The fields of `line`, without blanks around them. Fields may stand in double quotes, with
    /// quotes inside doubled; a quoted field ends on its line.
    static func fields(
        of line: ArraySlice<UInt8>, separator: UInt8
    ) throws(TraceError.Problem) -> [ArraySlice<UInt8>] {
        guard line.contains(UInt8(ascii: "\"")) else {
            return line.split(separator: separator, omittingEmptySubsequences: false).map(trimmed)
        }
        var fields: [ArraySlice<UInt8>] = []
        var rest = line
        while true {
            let (field, end) = try firstField(of: rest, separator: separator)
            fields.append(field)
            guard let end else { return fields }
            rest = rest[(end + 1)...]
        }
    }

    /// The number before the decimal point of `text`, if the whole of it is a number.
    static func wholeSeconds(_ text: ArraySlice<UInt8>) -> UInt64? {
        guard let point = text.firstIndex(of: UInt8(ascii: ".")) else {
            return Decimal.parse(text)
        }
        let isFraction = text[(point + 1)...].allSatisfy { (0x30...0x39).contains($0) }
        return isFraction ? Decimal.parse(text[..<point]) : nil
    }

    /// The first field, and where the separator after it stands, if one does.
    private static func firstField(
        of line: ArraySlice<UInt8>, separator: UInt8
    ) throws(TraceError.Problem) -> (ArraySlice<UInt8>, end: Int?) {
        let quote = UInt8(ascii: "\"")
        var field: [UInt8] = []
        var isQuoted = false
        for (index, byte) in zip(line.indices, line) {
            if byte == quote {
                // The second of a doubled quote opens the field again: it stands for itself.
                if !isQuoted, index > line.startIndex, line[index - 1] == quote {
                    field.append(quote)
                }
                isQuoted.toggle()
            } else if byte == separator, !isQuoted {
                return (trimmed(field[...]), index)
            } else {
                field.append(byte)
            }
        }
        guard !isQuoted else { throw .openQuote }
        return (trimmed(field[...]), nil)
    }

    private static func trimmed(_ field: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var rest = field
        while rest.first == UInt8(ascii: " ") { rest = rest.dropFirst() }
        while rest.last == UInt8(ascii: " ") { rest = rest.dropLast() }
        return rest
    }
}
