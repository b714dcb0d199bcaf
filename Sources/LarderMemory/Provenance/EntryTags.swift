/// Names by which an entry can be banned together with others.
///
/// One run of bytes: each tag behind its length. They lie so behind the value of their entry, which
/// costs a byte for each tag and its own bytes. Sets that entries share would cost four bytes for
/// an entry, but most pages have a set of their own, and that would cost a table besides.
public struct EntryTags: Hashable, Sendable {
    let packed: [UInt8]

    /// Most tags of an entry: a ban looks each of them up.
    public static var countMax: Int { 16 }
    /// Most bytes of a tag.
    public static var lengthMax: Int { 255 }

    /// No tags.
    public init() {
        packed = []
    }

    init(packed: [UInt8]) {
        self.packed = packed
    }

    /// These tags, each once; `nil` if they are too many, or one is empty or too long.
    ///
    /// - Complexity: O(tags), however often one of them is repeated.
    public init?(_ tags: [[UInt8]]) {
        var bytes: [UInt8] = []
        var known: [[UInt8]] = []
        for tag in tags where !known.contains(tag) {
            guard known.count < Self.countMax, !tag.isEmpty, tag.count <= Self.lengthMax else {
                return nil
            }
            known.append(tag)
            bytes.append(UInt8(tag.count))
            bytes += tag
        }
        packed = bytes
    }

    /// Whether there are none.
    public var isEmpty: Bool { packed.isEmpty }

    /// Each of them.
    public var all: [[UInt8]] {
        var tags: [[UInt8]] = []
        var position = 0
        while position < packed.count {
            let end = position + 1 + Int(packed[position])
            tags.append(Array(packed[position + 1..<end]))
            position = end
        }
        return tags
    }
}
