import LarderCore
import LarderWire

/// The commands whose second word says what they do. Redis refuses a wrong one when it is queued
/// between MULTI and EXEC already.
enum Subcommands {
    /// Numbers of arguments as in `CommandSpecification.arity`, by the second word.
    private static func arities(of command: Command) -> [String: Int]? {
        switch command {
        case .client:
            ["id": 2, "getname": 2, "setname": 3, "setinfo": 4, "list": -2, "info": 2, "help": 2]
        case .config: ["get": -3, "set": -4, "resetstat": 2, "help": 2]
        case .object: ["refcount": 3, "encoding": 3, "help": 2]
        case .command:
            ["count": 2, "info": -2, "docs": -2, "list": -2, "getkeys": -4, "help": 2]
        case .pubsub:
            [
                "channels": -2, "numsub": -2, "numpat": 2, "shardchannels": -2,
                "shardnumsub": -2, "help": 2,
            ]
        default: nil
        }
    }

    /// Whether the command has any.
    static func areKnown(for command: Command) -> Bool { arities(of: command) != nil }

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
