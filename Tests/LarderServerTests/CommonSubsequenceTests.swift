import LarderCore
@testable import LarderServer
import Testing

/// The bit-parallel table against the textbook's.
@Suite(.onOwnThread) struct CommonSubsequenceTests {
    /// The table of all lengths, and the way back through it that redis takes.
    struct Textbook {
        var table: [[Int]]
        var bytes: [UInt8] = []
        var matches: [CommonSubsequence.Match] = []

        init(_ first: [UInt8], _ second: [UInt8]) {
            table = Array(
                repeating: Array(repeating: 0, count: second.count + 1), count: first.count + 1)
            for row in first.indices {
                for column in second.indices {
                    table[row + 1][column + 1] =
                        first[row] == second[column]
                        ? table[row][column] + 1
                        : max(table[row][column + 1], table[row + 1][column])
                }
            }
            goBack(first, second)
        }

        private mutating func goBack(_ first: [UInt8], _ second: [UInt8]) {
            var (row, column) = (first.count, second.count)
            var run: CommonSubsequence.Match?
            while row > 0, column > 0 {
                if first[row - 1] == second[column - 1] {
                    (row, column) = (row - 1, column - 1)
                    bytes.insert(first[row], at: 0)
                    run = .init(
                        first: row..<(run?.first.upperBound ?? row + 1),
                        second: column..<(run?.second.upperBound ?? column + 1))
                } else {
                    if let run { matches.append(run) }
                    run = nil
                    if table[row - 1][column] > table[row][column - 1] {
                        row -= 1
                    } else {
                        column -= 1
                    }
                }
            }
            if let run { matches.append(run) }
        }
    }

    @Test(arguments: UInt64(0)..<64) func `agrees with the textbook`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let letters = UInt8.random(in: 1...20, using: &random)
        for _ in 0..<10 {
            let strings = (0..<2).map { _ in
                (0..<Int.random(in: 0...150, using: &random)).map { _ in
                    UInt8.random(in: 0..<letters, using: &random)
                }
            }
            let textbook = Textbook(strings[0], strings[1])
            let common = CommonSubsequence(strings[0], strings[1])
            #expect(common.length == textbook.bytes.count)
            #expect(common.bytes() == textbook.bytes)
            #expect(common.matches() == textbook.matches)
        }
    }

    /// Bounded in what it really takes, not in cells alone: a row is at least a word.
    @Test func `a long and a short string may need more memory than there is`() throws {
        let client = try ServerFixture().client()
        _ = try client.ask("SETRANGE", "long", "3999999", "x")
        _ = try client.ask("SET", "short", "x")
        #expect(
            try client.ask("LCS", "long", "short")
                == "-ERR Insufficient memory, failed allocating transient memory for LCS\r\n")
        #expect(try client.ask("LCS", "short", "long", "LEN") == ":1\r\n")
        _ = try client.ask("SETRANGE", "a", "11584", "x")
        _ = try client.ask("SETRANGE", "b", "11584", "x")
        #expect(
            try client.ask("LCS", "a", "b", "LEN")
                == "-ERR Insufficient memory, transient memory for LCS exceeds"
                + " proto-max-bulk-len\r\n")
    }
}
