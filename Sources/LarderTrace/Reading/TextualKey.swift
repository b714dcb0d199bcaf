import LarderCore

/// Keys of formats made of text.
enum TextualKey {
    /// Fixed, so that a key has one hash in all traces of all time.
    private static let hasher = KeyHasher(seed: 0x6C61_7264_6572)

    /// The key's number and the text to keep: a decimal number as the writers print it stands for
    /// itself and needs no text; anything else is hashed.
    ///
    /// - Complexity: O(bytes).
    static func parse(_ text: ArraySlice<UInt8>) -> (key: UInt64, text: ArraySlice<UInt8>) {
        let isPadded = text.count > 1 && text.first == UInt8(ascii: "0")
        if !isPadded, let number = Decimal.parse(text) { return (number, []) }
        return unsafe (hasher.hash(text.span.bytes), text)
    }
}
