/// The longest common subsequence of two byte strings, 64 cells of the table at a time.
///
/// The textbook table has the length for each pair of prefixes. Neighbours in a row differ by 0 or
/// 1, so a row is kept as one bit per column, and the next row comes from it by an addition that
/// carries through its words [1]:
///
///     matches = columns whose byte is that of the row
///     row = (row + (row & matches)) | (row & ~matches)      a clear bit: one longer here
///
/// All rows are kept for the way back, which asks one bit per step: with a difference here the
/// prefix of the first string that is one shorter has a longer subsequence than that of the second.
/// So it takes the same way as redis, through a table that is 32 times as large.
///
/// [1] M. Crochemore, C. Iliopoulos, Y. Pinzon, J. Reid, A fast and practical bit-vector algorithm
///     for the longest common subsequence problem, 2001, DOI 10.1016/S0020-0190(01)00182-X
struct CommonSubsequence {
    private let first: [UInt8]
    private let second: [UInt8]
    private let wordsPerRow: Int
    /// A row for each byte of `first`, behind that of the empty prefix.
    private var rows: [UInt64]
    /// Bytes of the subsequence.
    let length: Int

    /// A run of bytes that both strings have, and where.
    struct Match: Equatable {
        var first: Range<Int>
        var second: Range<Int>
    }

    /// - Complexity: O(bytes of `first` × bytes of `second` / 64).
    init(_ first: [UInt8], _ second: [UInt8]) {
        self.first = first
        self.second = second
        wordsPerRow = Self.words(second.count)
        rows = [UInt64](repeating: .max, count: wordsPerRow * (first.count + 1))
        let columns = Self.columns(of: second, wordsPerRow, for: first)
        for row in first.indices {
            Self.fill(&rows, row, wordsPerRow, columns.bits, columns.start[Int(first[row])])
        }
        let last = rows.suffix(wordsPerRow)
        var sum = last.reduce(0) { $0 + (~$1).nonzeroBitCount }
        // Columns beyond the end never match, so their bits stay set, as they are in `~` clear.
        if first.isEmpty || second.isEmpty { sum = 0 }
        length = sum
    }

    private static func words(_ columns: Int) -> Int { (columns + 63) / 64 }

    /// Bytes of the table for strings of these lengths.
    static func tableBytes(_ first: Int, _ second: Int) -> Int {
        words(second) * (first + 1) * MemoryLayout<UInt64>.stride
    }

    /// For each byte that `first` has, the columns of `second` that have it too.
    private static func columns(
        of second: [UInt8], _ words: Int, for first: [UInt8]
    ) -> (bits: [UInt64], start: [Int]) {
        var start = [Int](repeating: -1, count: 256)
        var count = 0
        for byte in first where start[Int(byte)] < 0 {
            start[Int(byte)] = count * words
            count += 1
        }
        var bits = [UInt64](repeating: 0, count: count * words)
        for (column, byte) in second.enumerated() where start[Int(byte)] >= 0 {
            bits[start[Int(byte)] + column >> 6] |= 1 << UInt64(column & 63)
        }
        return (bits, start)
    }

    /// Computes the row behind `row`.
    private static func fill(
        _ rows: inout [UInt64], _ row: Int, _ words: Int, _ columns: [UInt64], _ start: Int
    ) {
        var carry: UInt64 = 0
        for word in 0..<words {
            let old = rows[row &* words &+ word]
            let shared = old & columns[start &+ word]
            let (partial, overflow) = old.addingReportingOverflow(shared)
            let (sum, second) = partial.addingReportingOverflow(carry)
            carry = overflow || second ? 1 : 0
            rows[(row &+ 1) &* words &+ word] = sum | (old & ~columns[start &+ word])
        }
    }

    /// Whether the prefixes of these lengths have a longer subsequence than with one byte less of
    /// the second.
    private func grows(_ row: Int, _ column: Int) -> Bool {
        let bit = UInt64((column - 1) & 63)
        return rows[row * wordsPerRow + (column - 1) >> 6] >> bit & 1 == 0
    }

    /// The bytes of the subsequence.
    ///
    /// - Complexity: O(bytes).
    func bytes() -> [UInt8] {
        var result = [UInt8](repeating: 0, count: length)
        var left = length
        walk { row, _ in
            left -= 1
            result[left] = first[row]
        }
        return result
    }

    /// The runs of the subsequence, the last first.
    func matches() -> [Match] {
        var found: [Match] = []
        walk { row, column in
            if let last = found.last, last.first.lowerBound == row + 1,
                last.second.lowerBound == column + 1
            {
                found[found.count - 1] = Match(
                    first: row..<last.first.upperBound, second: column..<last.second.upperBound)
            } else {
                found.append(Match(first: row..<row + 1, second: column..<column + 1))
            }
        }
        return found
    }

    /// Visits the places of the subsequence's bytes, from the last to the first.
    private func walk(_ visit: (_ row: Int, _ column: Int) -> Void) {
        var (row, column) = (first.count, second.count)
        while row > 0, column > 0 {
            if first[row - 1] == second[column - 1] {
                row -= 1
                column -= 1
                visit(row, column)
            } else if grows(row, column) {
                row -= 1
            } else {
                column -= 1
            }
        }
    }
}
