extension Command {
    /// The rows of commands about the server and its surroundings, most of which have nothing to do
    /// here, or are refused.
    func makeServerSpecification() -> CommandSpecification {
        let quiet: [StaticString] = ["loading", "stale"]
        let administration: [StaticString] = ["admin", "noscript", "loading", "stale"]
        let refused: [StaticString] = ["admin", "noscript", "stale", "no_async_loading"]
        return switch self {
        case .asking: .init("asking", 1, ["fast"])
        case .bgrewriteaof: .init("bgrewriteaof", 1, ["admin", "noscript", "no_async_loading"])
        case .bgsave: .init("bgsave", -1, ["admin", "noscript", "no_async_loading"])
        case .cluster: .init("cluster", -2, [])
        case .debug: .init("debug", -2, administration)
        case .function: .init("function", -2, [])
        case .lastsave: .init("lastsave", 1, quiet + ["fast"])
        case .larder: .init("larder", -2, [])
        case .latency: .init("latency", -2, [])
        case .lolwut: .init("lolwut", -1, ["readonly", "fast"])
        case .memory: .init("memory", -2, [])
        case .module: .init("module", -2, [])
        case .monitor: .init("monitor", 1, administration)
        case .readonly: .init("readonly", 1, quiet + ["fast"])
        case .readwrite: .init("readwrite", 1, quiet + ["fast"])
        case .replicaof: .init("replicaof", 3, refused)
        case .role: .init("role", 1, ["noscript", "loading", "stale", "fast"])
        case .save: .init("save", 1, ["admin", "noscript", "no_async_loading", "no_multi"])
        case .script: .init("script", -2, [])
        case .shutdown: .init("shutdown", -1, administration + ["no_multi", "allow_busy"])
        case .slaveof: .init("slaveof", 3, refused)
        case .slowlog: .init("slowlog", -2, [])
        case .wait: .init("wait", 3, ["noscript"])
        default: preconditionFailure("Every command has a row.")
        }
    }
}
