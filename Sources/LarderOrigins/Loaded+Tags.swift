import LarderCore

extension Loaded {
    /// Takes the names in a text, divided by blanks or commas.
    mutating func setTags(_ text: [UInt8]) {
        let isDivider: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x2C }
        let names = text.split(whereSeparator: isDivider)
        tags = names.prefix(Entry.tagCountMax).map { Array($0) }
        // A ban of a name that is not kept would miss it.
        if names.count > Entry.tagCountMax { lifetime.isCacheable = false }
    }
}
