/// The protocol that the server speaks: how a replay's two requests are written.
enum ReplayDialect: Hashable, Sendable {
    case resp
    case memcached

    /// Appends a request for the value of `key`.
    func appendGet(_ key: ArraySlice<UInt8>, to bytes: inout [UInt8]) {
        switch self {
        case .resp:
            bytes.append(contentsOf: "*2\r\n$3\r\nGET\r\n".utf8)
            Self.appendBulk(key, to: &bytes)
        case .memcached:
            bytes.append(contentsOf: "get ".utf8)
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
            bytes.append(contentsOf: (ttlSeconds > 0 ? "*5" : "*3").utf8)
            bytes.append(contentsOf: "\r\n$3\r\nSET\r\n".utf8)
            Self.appendBulk(key, to: &bytes)
            Self.appendBulk(value, to: &bytes)
            guard ttlSeconds > 0 else { return }
            bytes.append(contentsOf: "$2\r\nEX\r\n".utf8)
            Self.appendBulk(Array(String(ttlSeconds).utf8)[...], to: &bytes)
        case .memcached:
            bytes.append(contentsOf: "set ".utf8)
            bytes.append(contentsOf: key)
            bytes.append(contentsOf: " 0 ".utf8)
            Self.appendNumber(ttlSeconds, to: &bytes)
            bytes.append(UInt8(ascii: " "))
            Self.appendNumber(value.count, to: &bytes)
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
        appendNumber(payload.count, to: &bytes)
        appendLineEnd(to: &bytes)
        bytes.append(contentsOf: payload)
        appendLineEnd(to: &bytes)
    }

    private static func appendLineEnd(to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\r"))
        bytes.append(UInt8(ascii: "\n"))
    }

    /// Appends decimal digits; `number` is not negative.
    private static func appendNumber(_ number: Int, to bytes: inout [UInt8]) {
        var divisor = 1
        while number / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(number / divisor % 10))
            divisor /= 10
        }
    }
}
