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
                throw UserSecretFailure(
                    user, password, "password-file \(path) cannot be read: \(error)")
            }
            return try digest(of: bytes, user, password, "password-file \(path)")
        case .environment(let name):
            guard let value = unsafe getenv(name) else {
                throw UserSecretFailure(user, password, "the environment has no \(name)")
            }
            return try digest(of: Array(unsafe String(cString: value).utf8), user, password, name)
        }
    }

    private static func digest(
        of bytes: [UInt8], _ user: String, _ password: UserConfiguration.Password,
        _ place: String
    ) throws(UserSecretFailure) -> PasswordDigest {
        var secret = bytes[...]
        if secret.last == 10 { secret.removeLast() }
        if secret.last == 13 { secret.removeLast() }
        guard secret.isEmpty == false else {
            throw UserSecretFailure(user, password, "\(place) is empty")
        }
        guard secret.count <= PasswordDigest.passwordBytesMax else {
            let most = PasswordDigest.passwordBytesMax
            throw UserSecretFailure(user, password, "\(place) is longer than \(most) bytes")
        }
        return PasswordDigest(of: Array(secret))
    }
}

/// Why a user has no password now, without the password.
public struct UserSecretFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// One sentence with the user and the place.
    public let description: String
    /// The key that names the place, such as `users.app.password-file`.
    public let key: String
    /// What it says there.
    public let element: String?

    init(_ user: String, _ password: UserConfiguration.Password, _ reason: String) {
        (key, element) =
            switch password {
            case .digest: ("users.\(user).password-sha256", nil)
            case .file(let path): ("users.\(user).password-file", path)
            case .environment(let name): ("users.\(user).password-environment", name)
            }
        description = "users: '\(user.clipped)': \(reason)"
    }
}
