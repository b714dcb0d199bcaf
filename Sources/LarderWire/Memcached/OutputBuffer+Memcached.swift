public import LarderCore

extension OutputBuffer {
    /// Appends `VALUE key flags count␍␊`, and the version behind the count if there is one. The
    /// caller appends `count` bytes and `appendLineEnd()`.
    ///
    /// - Complexity: O(bytes of the key).
    public mutating func appendValueHeader(
        key: RawSpan, flags: UInt32, count: Int, version: UInt64? = nil
    ) {
        append("VALUE ")
        append(key)
        append(UInt8(ascii: " "))
        appendDecimal(UInt64(flags))
        append(UInt8(ascii: " "))
        appendDecimal(UInt64(count))
        if let version {
            append(UInt8(ascii: " "))
            appendDecimal(version)
        }
        append("\r\n")
    }

    /// Appends `VALUE key flags count␍␊value␍␊`.
    ///
    /// - Complexity: O(bytes).
    @inlinable public mutating func appendValue(
        key: RawSpan, flags: UInt32, value: RawSpan, version: UInt64? = nil
    ) {
        appendValueHeader(key: key, flags: flags, count: value.byteCount, version: version)
        append(value)
        append("\r\n")
    }

    /// Appends a number and CRLF: the reply of `incr` and `decr`.
    public mutating func appendNumberLine(_ number: UInt64) {
        appendDecimal(number)
        append("\r\n")
    }

    /// Appends `STAT name value␍␊`.
    public mutating func appendStatistic(_ name: StaticString, _ value: UInt64) {
        append("STAT ")
        append(name)
        append(UInt8(ascii: " "))
        appendDecimal(value)
        append("\r\n")
    }

    /// Appends `STAT name value␍␊`.
    public mutating func appendStatistic(_ name: StaticString, _ value: RawSpan) {
        append("STAT ")
        append(name)
        append(UInt8(ascii: " "))
        append(value)
        append("\r\n")
    }

    /// Appends a reply of fixed words.
    @inlinable public mutating func append(_ reply: MemcachedReplyLine) {
        switch reply {
        case .stored: append("STORED\r\n")
        case .notStored: append("NOT_STORED\r\n")
        case .exists: append("EXISTS\r\n")
        case .notFound: append("NOT_FOUND\r\n")
        case .deleted: append("DELETED\r\n")
        case .touched: append("TOUCHED\r\n")
        case .ok: append("OK\r\n")
        case .end: append("END\r\n")
        case .reset: append("RESET\r\n")
        case .metaNoOperation: append("MN\r\n")
        case .notANumber:
            append("CLIENT_ERROR cannot increment or decrement non-numeric value\r\n")
        case .outOfMemory: append("SERVER_ERROR out of memory storing object\r\n")
        }
    }
}

/// Replies of memcached that are always the same.
@frozen public enum MemcachedReplyLine: UInt8, Hashable, Sendable, CaseIterable {
    // Of writes, `delete`, `touch`, `flush_all` and `verbosity`.
    case stored, notStored, exists, notFound, deleted, touched, ok
    /// Behind the values of a read, and behind statistics.
    case end
    /// Of `stats reset`.
    case reset
    /// Of `mn`.
    case metaNoOperation
    /// Of `incr` and `decr` on something else.
    case notANumber
    /// Of a write for which there is no memory.
    case outOfMemory
}
