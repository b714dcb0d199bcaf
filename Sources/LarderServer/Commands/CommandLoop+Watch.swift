import LarderCore
import LarderMemory
import LarderWire

extension CommandLoop {
    /// WATCH.
    func watch(
        _ call: borrowing Call, _ connection: inout ClientConnection,
        _ output: inout OutputBuffer
    ) {
        guard connection.transaction == nil else {
            return output.appendError("ERR WATCH inside MULTI is not allowed")
        }
        let watch = connection.watch ?? KeyWatch()
        connection.watch = watch
        guard watch.count + call.count - 1 <= KeyWatch.keyCountMax else {
            return output.appendErrorText(
                "ERR too many watched keys: at most \(KeyWatch.keyCountMax) at a time")
        }
        for index in 1..<call.count {
            store.watch(
                call[index], store.hash(call[index]), database: connection.database, at: now,
                by: watch)
        }
        output.appendSimple("OK")
    }

    /// UNWATCH.
    func unwatch(_ connection: ClientConnection, _ output: inout OutputBuffer) {
        if let watch = connection.watch { store.endWatch(watch) }
        output.appendSimple("OK")
    }
}

extension Command {
    /// The rows of WATCH and UNWATCH.
    func makeWatchSpecification() -> CommandSpecification {
        let flags: [StaticString] = ["noscript", "loading", "stale", "fast", "allow_busy"]
        return self == .watch
            ? .init("watch", -2, flags, keys: 1, to: -1, step: 1) : .init("unwatch", 1, flags)
    }
}
