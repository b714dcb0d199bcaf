/// Who may log in, and what for: an element of `users`.
public struct UserConfiguration: Sendable, Hashable {
    /// Where a password comes from. What is kept is only its digest.
    public enum Password: Sendable, Hashable {
        /// SHA-256 of the password, in the configuration itself.
        case digest(PasswordDigest)
        /// A file that holds the password; a line end behind it does not count.
        case file(String)
        /// A variable of the environment that holds it.
        case environment(String)
    }

    /// As AUTH calls it. `default` is who has not logged in.
    public var name: String
    /// Any of them lets in. None: no AUTH does, and as `default` everybody is in.
    public var passwords: [Password] = []
    /// Name in a TLS client certificate that lets in without a password.
    public var certificate: String?
    /// `read`, `write`, `admin`; or single commands (`info`, `config|get`) and categories
    /// (`@pubsub`). Read and write: what a program needs that uses a cache.
    public var can = ["read", "write"]
    /// Commands and categories that are taken away again.
    public var deny: [String] = []
    /// Patterns of the keys that commands may name.
    public var keys = ["*"]
    /// Patterns of the channels; nil: all for who may use all keys, otherwise none.
    public var channels: [String]?

    /// Somebody called `name`, who may read and write everything but has no password yet.
    public init(name: String) {
        self.name = name
    }

    /// Most users. A lookup is by name, so the bound is only one of sense.
    public static let countMax = 1000
    /// Most elements of any of the lists.
    public static let listMax = 100

    /// The name of who has not logged in.
    public static let defaultName = "default"

    /// What cannot work.
    func violations() -> [String] {
        var found: [String] = []
        let isDefault = name == Self.defaultName
        if passwords.isEmpty, certificate == nil, isDefault == false {
            found.append(
                "user '\(name.clipped)' has no way in; set password-file, password-sha256,"
                    + " password-environment or certificate")
        }
        return found
    }
}

extension UserConfiguration {
    /// The digests of all passwords.
    ///
    /// - Throws: `UserSecretFailure` that names the file or variable that gives none.
    public func digests() throws(UserSecretFailure) -> [PasswordDigest] {
        var digests: [PasswordDigest] = []
        for password in passwords { digests.append(try UserSecret.digest(of: password, for: name)) }
        return digests
    }
}
