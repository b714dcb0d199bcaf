/// Finds the ends of lines.
enum LineScan {
    /// Longer than any key that a cache takes; it bounds what a file of garbage can ask for.
    static let lineBytesMax = 65_536

    /// The line that starts at the input's first byte: its length without the newline and the bytes
    /// to step over, or no length at the end of the file. A length above `lineBytesMax` says that
    /// no end was found so far.
    static func next(in input: inout ByteInput) -> (length: Int?, consumed: Int) {
        var searched = 0
        while true {
            let start = input.range.lowerBound
            let end = input.range.upperBound
            if let newline = firstNewline(input.buffer, (start + searched)..<end) {
                return (newline - start, newline - start + 1)
            }
            searched = input.range.count
            guard searched <= lineBytesMax else { return (searched, searched) }
            guard input.fill(min(searched + lineBytesMax, ByteInput.bufferBytes)) else {
                return last(in: input, searched: searched)
            }
        }
    }

    /// What is left when the file has no more bytes; a failed file has no last line.
    private static func last(
        in input: borrowing ByteInput, searched: Int
    ) -> (length: Int?, consumed: Int) {
        let start = input.range.lowerBound
        let end = input.range.upperBound
        if let newline = firstNewline(input.buffer, (start + searched)..<end) {
            return (newline - start, newline - start + 1)
        }
        let isComplete = input.failure == nil && !input.range.isEmpty
        return (isComplete ? input.range.count : nil, input.range.count)
    }

    private static func firstNewline(_ buffer: [UInt8], _ range: Range<Int>) -> Int? {
        let bytes = buffer.span
        var index = range.lowerBound
        while index < range.upperBound {
            if bytes[index] == UInt8(ascii: "\n") { return index }
            index += 1
        }
        return nil
    }
}
