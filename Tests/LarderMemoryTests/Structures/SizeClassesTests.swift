import Testing

@testable import LarderMemory

@Suite struct SizeClassesTests {
    @Test func `loses at most 12 percent over uniform sizes`() {
        let sizes = 64...8192
        let asked = sizes.reduce(0, +)
        let given = sizes.reduce(0) { $0 + SizeClasses.blockBytes(for: $1) }
        let slack = Double(given - asked) / Double(given)
        #expect(slack > 0 && slack < 0.12, "\(slack)")
    }

    @Test func `loses at most an eighth of any size above 64`() {
        for size in 65...8192 {
            #expect(SizeClasses.blockBytes(for: size) * 8 <= size * 9 + 64, "\(size)")
        }
    }

    @Test func `loses at most 12 percent of a large value`() {
        for size in stride(from: 8192, through: 200_000, by: 97) {
            let stored = LargeValue.Layout(byteCount: size).storedBytes
            #expect(stored >= size && Double(stored) < Double(size) * 1.12, "\(size)")
        }
    }

    @Test func `arithmetic and table agree on every size`() {
        let classes = SizeClasses.shared
        for size in 1...SizeClasses.blockMax {
            let expected = classes.sizes[classes.sizeClass(for: size)]
            #expect(expected >= size)
            #expect(SizeClasses.blockBytes(for: size) == expected, "\(size)")
        }
    }
}
