import LarderCore

/// What is kept of a password: its SHA-256. It is compared in constant time, and never printed
/// outside of ACL.
public struct PasswordDigest: Sendable, Hashable {
    /// Most bytes of a password; longer attempts are wrong unseen.
    public static let passwordBytesMax = 512

    private let bytes: [UInt8]

    /// The digest of `password`.
    public init(of password: [UInt8]) {
        bytes = SHA256.digest(of: password)
    }

    /// A digest as `sha256sum` prints it: 64 hexadecimal digits.
    public init?(hex: String) {
        let digits = hex.utf8.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
        guard hex.utf8.count == 2 * SHA256.digestByteCount, digits.count == hex.utf8.count else {
            return nil
        }
        bytes = stride(from: 0, to: digits.count, by: 2).map {
            UInt8(digits[$0] << 4 | digits[$0 + 1])
        }
    }

    /// 64 hexadecimal digits, as ACL shows them.
    public var hex: String {
        bytes.map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }.joined()
    }

    /// Whether both are the same, in a time that does not tell how much of them is.
    public func matches(_ other: PasswordDigest) -> Bool {
        zip(bytes, other.bytes).reduce(0) { $0 | $1.0 ^ $1.1 } == 0
    }
}

extension PasswordDigest: CustomStringConvertible {
    /// Nothing of the digest: descriptions end in logs.
    public var description: String { "(hidden)" }
}
