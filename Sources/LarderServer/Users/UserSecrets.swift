import LarderAssembly

/// The passwords of all users, read from where they stand. Reading waits for files, so it is done
/// before any lock is taken.
struct UserSecrets: Sendable {
    private var byName: [String: [PasswordDigest]] = [:]

    /// Of nobody.
    init() {}

    /// Reads the files and variables that the users of a configuration name.
    init(of configuration: Configuration) throws(UserFailure) {
        for user in configuration.users { byName[user.name] = try Self.digests(reading: user) }
    }

    /// Reads the files and variables that one user names.
    static func digests(
        reading user: UserConfiguration
    ) throws(UserFailure) -> [PasswordDigest] {
        do throws(UserSecretFailure) {
            return try user.digests()
        } catch {
            throw UserFailure(error)
        }
    }

    func digests(of user: UserConfiguration) -> [PasswordDigest] { byName[user.name] ?? [] }
}
