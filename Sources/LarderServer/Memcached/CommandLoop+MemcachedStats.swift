import LarderCore
import LarderMemory
import LarderWire

extension CommandLoop {
    /// `stats`.
    func stats(
        _ call: borrowing Call, _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        guard call.count > 0 else {
            return append(MemcachedStatistics(shared, at: tick).general, &output)
        }
        let statistics = MemcachedStatistics(shared, at: tick)
        switch call[0].text {
        case "settings": append(statistics.settings, &output)
        case "items": append(statistics.items, &output)
        case "slabs": append(statistics.slabs, &output)
        case "sizes": append([("sizes_status", "disabled")], &output)
        case "conns": append(statistics.connections, &output)
        case "reset":
            shared.memcached.reset(shared)
            output.append(.reset)
        case "detail": output.appendRefusal("CLIENT_ERROR usage: stats detail on|off|dump")
        case "cachedump": output.appendRefusal("CLIENT_ERROR stats cachedump not allowed")
        default: MemcachedFailure.unknownCommand.append(to: &output)
        }
    }

    private func append(_ fields: [(String, String)], _ output: inout OutputBuffer) {
        for (name, value) in fields {
            output.appendText("STAT \(name) \(value)\r\n")
        }
        output.append(.end)
    }
}
