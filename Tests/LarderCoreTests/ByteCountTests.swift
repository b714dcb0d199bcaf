import LarderCore
import Testing

@Suite struct ByteCountTests {
    @Test(
        arguments: [
            ("0", 0), ("64", 64), ("64b", 64), ("1k", 1000), ("1kb", 1024), ("100kb", 102_400),
            ("512mb", 536_870_912), ("1M", 1_000_000), ("1Gb", 1_073_741_824),
            ("5g", 5_000_000_000), ("2tb", 2_199_023_255_552), ("1t", 1_000_000_000_000),
            ("1.5gb", 1_610_612_736),
            ("0.5k", 500), ("9223372036854775807", Int.max),
        ])
    func `reads what redis reads, and whole fractions`(text: String, bytes: Int) throws {
        #expect(try ByteCount(parsing: text).bytes == bytes)
    }

    @Test(
        arguments: [
            (0, "0"), (64, "64"), (1000, "1k"), (1024, "1kb"), (1025, "1025"), (1500, "1500"),
            (536_870_912, "512mb"), (1_073_741_824, "1gb"), (5_000_000_000, "5g"),
            (1_610_612_736, "1536mb"), (1 << 40, "1tb"), (2_048_000, "2048k"),
        ])
    func `describes itself in the shortest exact form`(bytes: Int, text: String) throws {
        #expect(ByteCount(bytes).description == text)
        #expect(try ByteCount(parsing: text).bytes == bytes)
    }

    @Test func `every description is read back as the same number`() throws {
        var random = SeededRandom(seed: 1)
        for _ in 0..<2000 {
            let bytes = Int.random(in: 0...Int.max, using: &random) >> Int.random(in: 0..<63)
            #expect(try ByteCount(parsing: ByteCount(bytes).description).bytes == bytes)
        }
    }

    @Test(
        arguments: [
            ("", 0, "A digit is missing"), ("mb", 0, "A digit is missing"),
            ("-1", 0, "A digit is missing"), ("1.", 2, "A digit is missing"),
            ("5 mb", 1, "' mb' is no unit of bytes (b, k, kb, m, mb, g, gb, t, tb)"),
            ("12mib", 2, "'mib' is no unit of bytes (b, k, kb, m, mb, g, gb, t, tb)"),
            ("1.2.3k", 3, "'.3k' is no unit of bytes (b, k, kb, m, mb, g, gb, t, tb)"),
            ("0.3kb", 0, "The size is not a whole number of bytes"),
            ("9223372036854775808", 0, "The number is too large"),
            ("9000000tb", 0, "The number is too large"),
        ])
    func `says where the text is wrong and what would be right`(
        text: String, position: Int, cause: String
    ) {
        let error = #expect(throws: TextFormError.self) { try ByteCount(parsing: text) }
        #expect(error == TextFormError(position: position, cause: cause, example: "512mb"))
    }

    @Test func `an error reads as one sentence`() {
        let error = #expect(throws: TextFormError.self) { try ByteCount(parsing: "12x") }
        #expect(
            error?.description == "'x' is no unit of bytes (b, k, kb, m, mb, g, gb, t, tb)"
                + " at position 3; write it like '512mb'")
    }

    @Test func `a negative size cannot be made`() async {
        await #expect(processExitsWith: .failure) { _ = ByteCount(-1) }
    }

    @Test(arguments: [
        (0, "0B"), (1023, "1023B"), (1024, "1.00K"), (1100, "1.07K"), (2_293_760, "2.19M"),
        (12_638_255_104, "11.77G"), (Int.max, "8.00E"),
    ])
    func `rounds as redis does for people`(bytes: Int, text: String) {
        #expect(ByteCount(bytes).rounded == text)
    }
}
