import Testing

@testable import LarderAssembly

@Suite struct SuggestionTests {
    @Test(arguments: [
        ("memory", "memory", 0), ("memroy", "memory", 1), ("limit", "limmit", 1), ("a", "", 1),
        ("kitten", "sitting", 3), ("", "", 0), ("abc", "cba", 2),
    ])
    func `counts the slips between two words`(left: String, right: String, distance: Int) {
        #expect(Suggestion.distance(left, right) == distance)
        #expect(Suggestion.distance(right, left) == distance)
    }

    @Test func `suggests only what is near`() {
        #expect(Suggestion.nearest(to: "memroy", in: ["log", "memory"]) == "memory")
        #expect(Suggestion.nearest(to: "xyz", in: ["log", "memory"]) == nil)
        #expect(Suggestion.nearest(to: String(repeating: "a", count: 5000), in: ["a"]) == nil)
    }

    @Test(
        arguments: [
            ("replya", "; did you mean 'replay'?"), ("trcae", "; did you mean 'trace'?"),
            ("relay", "; did you mean 'replay'?"), ("xyzzy", ""), ("", ""),
        ] as [(String, String)])
    func `asks whether the nearest was meant, if one is near`(name: String, question: String) {
        #expect(Suggestion.question(for: name, among: ["trace", "replay"]) == question)
    }
}
