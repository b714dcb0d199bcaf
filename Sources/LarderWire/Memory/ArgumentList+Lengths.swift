extension ArgumentList {
    /// Takes arguments that lie in `bytes` one behind the other, right behind their lengths, which
    /// are `count` numbers of 32 bits from `start` on.
    ///
    /// - Returns: Where the last argument ends.
    /// - Complexity: O(`count`).
    public mutating func refill(_ bytes: RawSpan, lengthsAt start: Int, count: Int) -> Int {
        let first = start + count * MemoryLayout<UInt32>.stride
        var position = first
        begin(at: first)
        for index in 0..<count {
            let offset = start + index * MemoryLayout<UInt32>.stride
            let length = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self)
            append(offset: position - first, length: Int(length))
            position += Int(length)
        }
        precondition(position <= bytes.byteCount, "The arguments are in the bytes.")
        return position
    }
}
