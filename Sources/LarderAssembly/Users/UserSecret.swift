import Glibc

/// Reads the passwords that stand elsewhere.
enum UserSecret {
    static func digest(
        of password: UserConfiguration.Password, for user: String
    ) throws(UserSecretFailure) -> PasswordDigest {
        switch password {
        case .digest(let digest): return digest
        case .file(let path):
            let bytes: [UInt8]
            do throws(SystemError) {
                bytes = try TextFile.bytes(
                    at: path, byteCountMax: PasswordDigest.passwordBytesMax + 3)
            } catch {
                throw UserSecretFailure(user, "password-file \(path) cannot be read: \(error)")
            }
            return try digest(of: bytes, user, "password-file \(path)")
        case .environment(let name):
            guard let value = unsafe getenv(name) else {
                throw UserSecretFailure(user, "the environment has no \(name)")
            }
            return try digest(of: Array(unsafe String(cString: value).utf8), user, name)
        }
    }

    private static func digest(
        of bytes: [UInt8], _ user: String, _ place: String
    ) throws(UserSecretFailure) -> PasswordDigest {
        var secret = bytes[...]
        if secret.last == 10 { secret.removeLast() }
        if secret.last == 13 { secret.removeLast() }
        guard secret.isEmpty == false else { throw UserSecretFailure(user, "\(place) is empty") }
        guard secret.count <= PasswordDigest.passwordBytesMax else {
            let most = PasswordDigest.passwordBytesMax
            throw UserSecretFailure(user, "\(place) is longer than \(most) bytes")
        }
        return PasswordDigest(of: Array(secret))
    }
}

/// Why a user has no password now, without the password.
public struct UserSecretFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// One sentence with the user and the place.
    public let description: String

    init(_ user: String, _ reason: String) {
        description = "users: '\(user.clipped)': \(reason)"
    }
}
