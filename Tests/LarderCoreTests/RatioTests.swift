import LarderCore
import Testing

@Suite struct RatioTests {
    @Test(
        arguments: [
            ("10%", 100_000), ("0.1", 100_000), ("0%", 0), ("0", 0), ("1", 1_000_000),
            ("100%", 1_000_000), ("2.5%", 25_000), ("0.000001", 1), ("0.10", 100_000),
        ])
    func `reads percentages and fractions`(text: String, millionths: Int) throws {
        #expect(try Ratio(parsing: text).millionths == millionths)
    }

    @Test(arguments: [(100_000, "10%"), (0, "0%"), (25_000, "2.5%"), (1, "0.0001%")])
    func `describes itself in percent`(millionths: Int, text: String) {
        #expect(Ratio(millionths: millionths).description == text)
    }

    @Test func `every description is read back as the same ratio`() throws {
        for millionths in stride(from: 0, through: 1_000_000, by: 997) {
            let ratio = Ratio(millionths: millionths)
            #expect(try Ratio(parsing: ratio.description) == ratio)
        }
    }

    @Test(
        arguments: [
            ("101%", 0, "The ratio is above 100%"), ("1.1", 0, "The ratio is above 100%"),
            ("0.0000001", 0, "The ratio has more than six decimals"),
            ("10 %", 2, "' %' is not '%'"), ("%", 0, "A digit is missing"),
        ])
    func `says where the text is wrong and what would be right`(
        text: String, position: Int, cause: String
    ) {
        let error = #expect(throws: TextFormError.self) { try Ratio(parsing: text) }
        #expect(error == TextFormError(position: position, cause: cause, example: "10%"))
    }

    @Test func `takes its share of a count, rounded down`() {
        #expect(Ratio(millionths: 333_333).of(10) == 3)
        #expect(Ratio(millionths: 1_000_000).of(.max) == .max)
        #expect(Ratio(millionths: 500_000).fraction == 0.5)
    }

    @Test func `a ratio above 1 cannot be made`() async {
        await #expect(processExitsWith: .failure) { _ = Ratio(millionths: 1_000_001) }
    }
}
