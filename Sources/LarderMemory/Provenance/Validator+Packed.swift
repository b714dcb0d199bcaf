import LarderCore

// A validator behind a value: two bytes that say how long the tag is, the tag, the date.
extension Validator {
    var packed: [UInt8] {
        [UInt8(truncatingIfNeeded: tag.count), UInt8(tag.count >> 8)] + tag + modified
    }

    init?(packed: [UInt8]) {
        guard packed.count >= 2 else { return nil }
        let length = Int(packed[0]) | Int(packed[1]) << 8
        guard length <= packed.count - 2 else { return nil }
        self.init(tag: Array(packed[2..<2 + length]), modified: Array(packed[(2 + length)...]))
    }
}
