import LarderAssembly
import LarderCore
import LarderMemory
import LarderWire

extension CommandLoop {
    /// `LARDER EXPLAIN key`: pairs of names and texts.
    func explain(
        _ key: RawSpan, _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        let hash = store.hash(key)
        let plan = connection.database == 0 ? reads?.plan(for: key) : nil
        let entry = store.describe(key, hash, database: connection.database, at: now)
        var lines: [(String, String)] = [
            ("namespace", plan?.name ?? "none"),
            ("origin", plan.flatMap { $0.source == nil ? nil : $0.origin } ?? "none"),
            ("writes", plan?.write.rawValue ?? "cache"),
            ("memory", Self.text(entry?.standing ?? .absent)),
        ]
        if let entry { lines += describe(entry) }
        let generation = store.generation(of: hash).generation
        lines.append(("generation", "\(generation)"))
        lines.append(("get", whatGetDoes(entry, plan)))
        output.appendMapHeader(lines.count, connection.version)
        for (name, text) in lines {
            output.appendBulkText(name)
            output.appendBulkText(text)
        }
    }

    private static func text(_ standing: Standing) -> String {
        switch standing {
        case .absent: "absent"
        case .negative: "known not to exist"
        case .fresh: "fresh"
        case .stale: "stale"
        }
    }

    private func describe(_ entry: EntryDescription) -> [(String, String)] {
        var lines = [
            ("ttl-ms", text(until: entry.expiry)), ("kept-ms", text(until: entry.end)),
            ("value-bytes", "\(entry.valueBytes)"), ("stored-bytes", "\(entry.storedBytes)"),
            ("idle-ms", "\(entry.idleMilliseconds)"), ("shard", "\(entry.shard)"),
        ]
        if let frequency = entry.frequency { lines.append(("frequency", "\(frequency)")) }
        if let version = entry.version { lines.append(("version", "\(version)")) }
        guard let provenance = entry.provenance else { return lines }
        let age = now.milliseconds - min(now.milliseconds, provenance.loaded.milliseconds)
        let tags = provenance.tags.all.map { String(decoding: $0, as: UTF8.self) }
            .joined(separator: " ")
        return lines + [
            ("age-ms", "\(age)"), ("cost-us", "\(provenance.cost)"),
            ("priority", "\(provenance.priority)"), ("tags", tags),
            ("softly-banned", provenance.isSoftlyBanned ? "yes" : "no"),
        ]
    }

    private func text(until moment: Moment) -> String {
        guard moment != .never else { return "never" }
        return "\(moment.milliseconds - min(moment.milliseconds, now.milliseconds))"
    }

    private func whatGetDoes(_ entry: EntryDescription?, _ plan: NamespacePlan?) -> String {
        let canLoad = plan?.source != nil
        switch entry?.standing ?? .absent {
        case .fresh: return "answers from memory"
        case .negative: return "answers null without asking the origin"
        case .stale:
            guard let plan, canLoad, let until = entry?.expiry else { return "answers null" }
            let late = now.milliseconds - min(now.milliseconds, until.milliseconds)
            return late < plan.staleMilliseconds
                ? "answers the stale value and loads" : "loads from the origin"
        case .absent: return canLoad ? "loads from the origin" : "answers null"
        }
    }
}
