public import LarderCore

/// Why bytes are not a RESP request, and where. The client gets the text and is disconnected.
public struct ProtocolFailure: Error, Hashable {
    /// What is wrong.
    public enum Cause: Hashable, Sendable {
        /// A header that was to start with `$` starts with this byte.
        case expectedDollar(UInt8)
        /// A `*` line that is no integer, or beyond the limit.
        case invalidMultibulkLength
        /// A `$` line that is no integer, negative, or beyond the limit.
        case invalidBulkLength
        /// A `*` line without an end.
        case multibulkLineTooLong
        /// A `$` line without an end.
        case bulkLineTooLong
        /// A quote without its partner, or with text right behind it.
        case unbalancedQuotes
        /// An inline command without an end.
        case inlineTooLong
        /// More than 10 arguments before the client has authenticated.
        case unauthenticatedMultibulkLength
        /// An argument above 16 KiB before the client has authenticated.
        case unauthenticatedBulkLength
        /// A request above `RequestLimits.requestBytesMax`.
        case requestTooLarge
    }

    /// What is wrong.
    public let cause: Cause
    /// Position of the offending byte or line, counted from the start of the bytes.
    public let offset: Int

    /// `cause`, found at `offset`.
    public init(_ cause: Cause, at offset: Int) {
        self.cause = cause
        self.offset = offset
    }
}

extension ProtocolFailure {
    /// The cause in the words of redis, without `ERR `. The byte of `expectedDollar` is left out.
    public var text: StaticString {
        switch cause {
        case .expectedDollar: "Protocol error: expected '$', got '"
        case .invalidMultibulkLength: "Protocol error: invalid multibulk length"
        case .invalidBulkLength: "Protocol error: invalid bulk length"
        case .multibulkLineTooLong: "Protocol error: too big mbulk count string"
        case .bulkLineTooLong: "Protocol error: too big bulk count string"
        case .unbalancedQuotes: "Protocol error: unbalanced quotes in request"
        case .inlineTooLong: "Protocol error: too big inline request"
        case .unauthenticatedMultibulkLength: "Protocol error: unauthenticated multibulk length"
        case .unauthenticatedBulkLength: "Protocol error: unauthenticated bulk length"
        case .requestTooLarge: "Protocol error: too big request"
        }
    }

    /// Appends the error reply, `-ERR Protocol error: …␍␊`.
    public func append(to output: inout OutputBuffer) {
        output.append("-ERR ")
        output.append(text)
        if case .expectedDollar(let byte) = cause {
            let isLineEnd = byte == UInt8(ascii: "\r") || byte == UInt8(ascii: "\n")
            output.append(isLineEnd ? UInt8(ascii: " ") : byte)
            output.append("'")
        }
        output.append("\r\n")
    }
}
