import LarderCore

/// The protocol that the server speaks: how a replay's two requests are written.
enum ReplayDialect: Hashable, Sendable {
    case resp
    case memcached

    /// Kept as bytes: appending a string's bytes costs five times as much.
    private static let respGet = Array("*2\r\n$3\r\nGET\r\n".utf8)
    private static let respSet = Array("*3\r\n$3\r\nSET\r\n".utf8)
    private static let respSetExpiring = Array("*5\r\n$3\r\nSET\r\n".utf8)
    private static let respExpiry = Array("$2\r\nEX\r\n".utf8)
    private static let memcachedGet = Array("get ".utf8)
    private static let memcachedSet = Array("set ".utf8)
    private static let memcachedFlags = Array(" 0 ".utf8)

    /// Appends a request for the value of `key`.
    func appendGet(_ key: ArraySlice<UInt8>, to bytes: inout [UInt8]) {
        switch self {
        case .resp:
            bytes.append(contentsOf: Self.respGet)
            Self.appendBulk(key, to: &bytes)
        case .memcached:
            bytes.append(contentsOf: Self.memcachedGet)
            bytes.append(contentsOf: key)
            Self.appendLineEnd(to: &bytes)
        }
    }

    /// Appends a request to store `value` under `key`, for so many seconds if they are not 0.
    func appendSet(
        _ key: ArraySlice<UInt8>, value: ArraySlice<UInt8>, ttlSeconds: Int,
        to bytes: inout [UInt8]
    ) {
        switch self {
        case .resp:
            bytes.append(contentsOf: ttlSeconds > 0 ? Self.respSetExpiring : Self.respSet)
            Self.appendBulk(key, to: &bytes)
            Self.appendBulk(value, to: &bytes)
            guard ttlSeconds > 0 else { return }
            bytes.append(contentsOf: Self.respExpiry)
            Self.appendBulk(Array(String(ttlSeconds).utf8)[...], to: &bytes)
        case .memcached:
            bytes.append(contentsOf: Self.memcachedSet)
            bytes.append(contentsOf: key)
            bytes.append(contentsOf: Self.memcachedFlags)
            bytes.appendDecimal(UInt64(ttlSeconds))
            bytes.append(UInt8(ascii: " "))
            bytes.appendDecimal(UInt64(value.count))
            Self.appendLineEnd(to: &bytes)
            bytes.append(contentsOf: value)
            Self.appendLineEnd(to: &bytes)
        }
    }

    /// Whether the protocol can carry `key`: memcached takes 250 bytes without blanks or control
    /// characters.
    func allows(_ key: ArraySlice<UInt8>) -> Bool {
        switch self {
        case .resp: true
        case .memcached: key.count <= 250 && key.allSatisfy { $0 > 0x20 && $0 != 0x7F }
        }
    }

    private static func appendBulk(_ payload: ArraySlice<UInt8>, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "$"))
        bytes.appendDecimal(UInt64(payload.count))
        appendLineEnd(to: &bytes)
        bytes.append(contentsOf: payload)
        appendLineEnd(to: &bytes)
    }

    private static func appendLineEnd(to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\r"))
        bytes.append(UInt8(ascii: "\n"))
    }
}
