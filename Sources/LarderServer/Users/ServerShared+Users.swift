import LarderAssembly
import LarderCore

extension ServerShared {
    /// Puts the users of a configuration in force. The lock of the settings is held, so it only
    /// stores; `cut` is for afterwards.
    ///
    /// - Returns: The names of those who are gone, or whose rights are others now; or why none is.
    func changeUsers(
        _ configuration: Configuration, _ secrets: UserSecrets
    ) -> Result<Set<String>, SettingRefusal> {
        do throws(UserFailure) {
            return .success(users.replace(by: try UserTable(configuration, secrets)))
        } catch {
            return .failure(SettingRefusal(message: "ERR \(error.description)"))
        }
    }

    /// Cuts who is connected as one of these: what they may do was settled when they logged in.
    func cut(_ names: Set<String>) {
        guard !names.isEmpty else { return }
        var cut = 0
        for client in clients.all where names.contains(client.userName) {
            if traffic.close(client.id) { cut += 1 }
        }
        let list = names.sorted().joined(separator: " ")
        logger.info("users changed", ["users": .text(list), "cut": .integer(cut)])
    }
}

extension LoadedConfiguration {
    /// Why a running server does not take over what the files say of users. A file that somebody
    /// has emptied by mistake, or is still writing, must not remove all of them, nor the password.
    func userRefusal(comingFrom current: Configuration) -> SettingRefusal? {
        if !current.users.isEmpty, configuration.users.isEmpty, !keysInFiles.contains("users") {
            return SettingRefusal(
                message: "it names no users, and there are \(current.users.count); those stay."
                    + " To remove them all, say 'users: []'")
        }
        if current.password != nil, configuration.password == nil, keysInFiles.isEmpty {
            return SettingRefusal(
                message: "it is empty, and there is a password; that stays."
                    + " To remove it, leave another key in the file")
        }
        return nil
    }
}
