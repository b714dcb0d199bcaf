import LarderAssembly
import LarderCore
import Synchronization

/// All users at one time, by name.
struct UserTable: Sendable {
    private let byName: [String: User]
    /// Who a connection speaks for until it has logged in.
    let standard: User
    /// The passwords that each user brought along, without what `password` adds.
    let secrets: UserSecrets

    /// Nobody but `default`, who may do everything.
    init() {
        standard = User(defaultWith: [], isEnabled: true)
        byName = [standard.name: standard]
        secrets = UserSecrets()
    }

    /// The users of a configuration. Reads nothing: `secrets` are the passwords of its users.
    init(_ configuration: Configuration, _ secrets: UserSecrets) throws(UserFailure) {
        self.secrets = secrets
        let extra = configuration.password.map { [PasswordDigest(of: Array($0.utf8))] } ?? []
        var byName: [String: User] = [:]
        for user in configuration.users {
            let isDefault = user.name == UserConfiguration.defaultName
            byName[user.name] = try User(
                user, digests: secrets.digests(of: user) + (isDefault ? extra : []))
        }
        if let user = byName[UserConfiguration.defaultName] {
            standard = user
        } else {
            // Who lists users means those and no others.
            let isEnabled = configuration.users.isEmpty || !extra.isEmpty
            standard = User(defaultWith: extra, isEnabled: isEnabled)
            byName[standard.name] = standard
        }
        self.byName = byName
    }

    /// The users in the order of their names.
    var all: [User] { byName.values.sorted { $0.name < $1.name } }

    subscript(name: String) -> User? { byName[name] }

    /// What a user may do now.
    func rights(of name: String) -> User.Rights {
        guard let user = byName[name], user.isEnabled else { return .none }
        return user.rights
    }

    /// Who a TLS client certificate of that name speaks for.
    func user(certificate: String) -> User? {
        byName.values.first { $0.isEnabled && $0.certificate == certificate }
    }
}

/// The users in force, shared by the loops.
final class UserDirectory: Sendable {
    private let table: Guarded<UserTable>

    init(_ table: UserTable) {
        self.table = Guarded(table)
    }

    var current: UserTable { table.withLock { $0 } }

    /// Puts other users in the place of these.
    ///
    /// - Returns: The names of those who are gone, or whose rights are others now.
    func replace(by new: UserTable) -> Set<String> {
        let old = table.withLock { table in
            let old = table
            table = new
            return old
        }
        let changed = old.all.filter { user in
            guard let successor = new[user.name] else { return true }
            return successor.rights != user.rights || successor.isEnabled != user.isEnabled
        }
        for user in changed { user.isReplaced.store(true, ordering: .relaxed) }
        return Set(changed.map(\.name))
    }
}
