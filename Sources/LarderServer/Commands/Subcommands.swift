import LarderCore
import LarderWire

/// The commands whose second word says what they do. Redis refuses a wrong one when it is queued
/// between MULTI and EXEC already.
enum Subcommands {
    /// Numbers of arguments as in `CommandSpecification.arity`, by the second word.
    private static func arities(of command: Command) -> [String: Int]? {
        switch command {
        case .acl:
            [
                "cat": -2, "deluser": -3, "dryrun": -4, "genpass": -2, "getuser": 3, "help": 2,
                "list": 2, "load": 2, "log": -2, "save": 2, "setuser": -3, "users": 2,
                "whoami": 2,
            ]
        case .client:
            [
                "caching": 3, "getname": 2, "getredir": 2, "help": 2, "id": 2, "info": 2,
                "kill": -3, "list": -2, "no-evict": 3, "pause": -3, "reply": 3, "setinfo": 4,
                "setname": 3, "tracking": -3, "trackinginfo": 2, "unblock": -3, "unpause": 2,
            ]
        case .config: ["get": -3, "set": -4, "resetstat": 2, "help": 2]
        case .object: ["refcount": 3, "encoding": 3, "help": 2]
        case .command:
            ["count": 2, "info": -2, "docs": -2, "list": -2, "getkeys": -4, "help": 2]
        default: nil
        }
    }

    /// Why a call may not be queued; `nil` when it may.
    static func refusal(of call: borrowing Call, _ command: Command) -> String? {
        guard call.count > 1, let arities = arities(of: command) else { return nil }
        let word = call[1].text
        let name = "\(command.specification.name)"
        guard let arity = arities[word.lowercased()] else {
            return "ERR unknown subcommand '\(word.prefix(128))'. Try \(name.uppercased()) HELP."
        }
        let isRight = arity >= 0 ? call.count == arity : call.count >= -arity
        let full = "\(name)|\(word.lowercased())"
        return isRight ? nil : "ERR wrong number of arguments for '\(full)' command"
    }
}
