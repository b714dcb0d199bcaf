/// Kinds of RESP2 and RESP3 values, by the byte they start with.
@frozen public enum ReplyKind: UInt8, Hashable, Sendable {
    case simple = 0x2B  // +
    case error = 0x2D  // -
    case integer = 0x3A  // :
    case bulk = 0x24  // $
    case array = 0x2A  // *
    case null = 0x5F  // _
    case double = 0x2C  // ,
    case boolean = 0x23  // #
    case bulkError = 0x21  // !
    case verbatim = 0x3D  // =
    case bigNumber = 0x28  // (
    case map = 0x25  // %
    case set = 0x7E  // ~
    case push = 0x3E  // >
    /// Remarks on the value that follows.
    case attribute = 0x7C  // |
}

/// One value, or the header of one that holds others.
public struct ReplyToken: Hashable, Sendable {
    /// What it is. `$-1` and `*-1` of RESP2 are `null`.
    public var kind: ReplyKind
    /// Where its bytes are: without mark, header and line end. Empty for a header.
    public var payload: Range<Int>
    /// An integer's value; the number of tokens that follow a header, of a map two for each pair.
    public var number: Int64 = 0
    /// Where the next token starts.
    public var end: Int
}

/// Why bytes are not a RESP reply, and where.
public struct ReplyFailure: Error, Hashable {
    /// What is wrong.
    public enum Cause: Hashable, Sendable {
        /// No value starts with this byte.
        case unknownKind(UInt8)
        /// An integer was required here.
        case notAnInteger
        /// A length or a number of elements beyond the limit.
        case outOfRange
        /// CRLF was required here.
        case expectedLineEnd
        /// A line of more than 64 KiB.
        case lineTooLong
    }

    /// What is wrong.
    public let cause: Cause
    /// Position of the offending byte or line, counted from the start of the bytes.
    public let offset: Int

    init(_ cause: Cause, at offset: Int) {
        self.cause = cause
        self.offset = offset
    }
}
