/// Finds what somebody meant who wrote something else.
public enum Suggestion {
    /// `; did you mean 'trace'?` for the end of a message, or nothing when no name is near.
    public static func question(for word: String, among names: [String]) -> String {
        nearest(to: word, in: names).map { "; did you mean '\($0)'?" } ?? ""
    }

    /// The candidate nearest to `word`; nil when none is near: a third of its letters may be wrong.
    public static func nearest<Candidates: Sequence<String>>(
        to word: String, in candidates: Candidates, distanceMax: Int = .max
    ) -> String? {
        // Longer words are no typing mistakes, and the table below grows with their square.
        guard word.count <= 64 else { return nil }
        let rated = candidates.map { (name: $0, distance: distance(word, $0)) }
        guard let best = rated.min(by: { $0.distance < $1.distance }) else { return nil }
        let bound = min(distanceMax, max(1, best.name.count / 3))
        return best.distance <= bound ? best.name : nil
    }

    /// How many letters must be added, dropped, changed or swapped with their neighbour.
    static func distance(_ left: String, _ right: String) -> Int {
        let (left, right) = (Array(left.lowercased()), Array(right.lowercased()))
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for row in left.indices {
            var current = [row + 1]
            for column in right.indices {
                let change = last[column] + (left[row] == right[column] ? 0 : 1)
                var best = min(change, last[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, left[row] == right[column - 1],
                    left[row - 1] == right[column]
                {
                    best = min(best, beforeLast[column - 1] + 1)
                }
                current.append(best)
            }
            (beforeLast, last) = (last, current)
        }
        return last[right.count]
    }
}

extension Suggestion {
    /// What redis and memcached call the keys: what one types who comes from there.
    private static let foreignNames = [
        "maxmemory": "memory.limit", "maxmemory-policy": "memory.policy", "bind": "listen.resp",
        "port": "listen.resp", "unixsocket": "listen.resp", "maxclients": "clients.max",
        "timeout": "clients.idle", "requirepass": "password", "loglevel": "log.level",
        "databases": "server.databases", "tcp-backlog": "server.tcp-backlog",
        "tcp-keepalive": "server.tcp-keepalive", "protected-mode": "server.protected-mode",
        "io-threads": "server.loops", "threads": "server.loops", "dir": "data",
        "proto-max-bulk-len": "memory.max-value", "slowlog-max-len": "slowlog.length",
        "slowlog-log-slower-than": "slowlog.threshold",
    ]

    /// What to say about the unknown key `name`, in a section or outside of all.
    static func hint(for name: String, in section: String?) -> String {
        let here = names(in: section)
        let later = Setting.later.compactMap { path -> String? in
            let parts = path.split(separator: ".")
            let isHere = parts.dropLast().first.map(String.init) == section
            return isHere ? parts.last.map(String.init) : nil
        }
        let structured = section == nil ? Setting.structured : []
        if let meant = nearest(to: name, in: here + later + structured) ?? path(for: name) {
            return "did you mean '\(meant)'?"
        }
        let place = section.map { "in '\($0)'" } ?? "here"
        return "the keys \(place) are \(here.joined(separator: ", "))"
    }

    /// The whole key that `text` was meant to be, whatever section it was looked for in.
    static func path(for text: String) -> String? {
        let paths = Setting.all.map(\.path)
        if let path = nearest(to: text, in: paths) { return path }
        if let path = foreignNames[text.lowercased()] { return path }
        let byName = Dictionary(Setting.all.map { ($0.name, $0.path) }) { first, _ in first }
        let word = text.split(separator: ".").last.map(String.init) ?? text
        return nearest(to: word, in: byName.keys.sorted()).flatMap { byName[$0] }
    }

    /// The keys of a section, or those outside of all.
    static func names(in section: String?) -> [String] {
        let inside = Setting.all.filter { $0.section == section }.map(\.name)
        return section == nil ? Setting.sections + inside : inside
    }
}
