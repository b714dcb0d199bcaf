import LarderAssembly
import LarderCore

extension ServerShared {
    /// Puts the users of a configuration in force. Who is connected as one that is gone, or whose
    /// rights are others now, is cut: what they may do was settled when they logged in.
    ///
    /// - Returns: Why not, when a password cannot be read; then all stays as it was.
    func changeUsers(_ configuration: Configuration) -> SettingRefusal? {
        let table: UserTable
        do throws(UserFailure) {
            table = try UserTable(configuration)
        } catch {
            return SettingRefusal(message: "ERR \(error.description)")
        }
        let changed = users.replace(by: table)
        guard !changed.isEmpty else { return nil }
        var cut = 0
        for client in clients.all where changed.contains(client.userName) {
            if traffic.close(client.id) { cut += 1 }
        }
        let names = changed.sorted().joined(separator: " ")
        logger.info("users changed", ["users": .text(names), "cut": .integer(cut)])
        return nil
    }
}
