/// Which column of a CSV file holds what. Columns are counted from 0.
public struct CSVColumns: Hashable, Sendable {
    /// The column of the key.
    public let key: Int
    /// The column of the seconds, if there is one.
    public let time: Int?
    /// The column of the object's bytes, if there is one.
    public let size: Int?
    /// The column of the next access, if there is one.
    public let nextAccess: Int?

    /// Names in order, as in `time,key,size`; `-` stands for a column to skip.
    ///
    /// - Throws: `TraceError` for a name that means nothing, or comes twice, or if no key is named.
    public init(parsing text: String) throws(TraceError) {
        let names = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        if let strange = names.first(where: { $0 != "-" && Self.meaning($0) == nil }) {
            throw Self.error(text, "'\(strange)' is none of time, key, size, next_access and -")
        }
        let meanings = names.compactMap(Self.meaning)
        if Set(meanings).count < meanings.count {
            throw Self.error(text, "a name comes twice")
        }
        guard let columns = Self(names: names) else {
            throw Self.error(text, "no column is named key")
        }
        self = columns
    }

    /// The columns that a header names, `nil` if it names no key.
    init?(names: [String]) {
        let meanings = names.map(Self.meaning)
        guard let key = meanings.firstIndex(of: .key) else { return nil }
        self.key = key
        time = meanings.firstIndex(of: .time)
        size = meanings.firstIndex(of: .size)
        nextAccess = meanings.firstIndex(of: .nextAccess)
    }

    /// What columns mean that nobody named, by their number.
    init(defaultsFor count: Int) {
        key = count == 1 ? 0 : 1
        time = count == 1 ? nil : 0
        size = count >= 3 ? 2 : nil
        nextAccess = count >= 4 ? 3 : nil
    }

    private enum Meaning: Hashable { case key, time, size, nextAccess }

    private static func meaning(_ name: String) -> Meaning? {
        switch name.lowercased() {
        case "key", "id", "object", "obj_id", "object_id": .key
        case "time", "timestamp", "ts", "clock_time", "seconds": .time
        case "size", "bytes", "obj_size", "object_size", "value_size": .size
        case "next_access", "next_access_vtime", "next": .nextAccess
        default: nil
        }
    }

    private static func error(_ text: String, _ reason: String) -> TraceError {
        TraceError(.badColumns(text, reason: reason), path: "--columns")
    }
}
