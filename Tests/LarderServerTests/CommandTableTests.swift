import LarderWire
import Testing

@testable import LarderServer

@Suite(.onOwnThread) struct CommandTableTests {
    private func command(_ name: [UInt8]) -> Command? {
        unsafe CommandTable.shared.command(name.span.bytes)
    }

    @Test(arguments: Command.allCases)
    func `a command is found in any case, and under no name that is nearly its own`(
        _ expected: Command
    ) {
        let name = expected.specification.nameBytes
        #expect(command(name) == expected)
        #expect(command(Array("\(expected.specification.name)".uppercased().utf8)) == expected)
        #expect(command(Array(name.dropLast())) != expected)
        #expect(command(name + [0]) != expected)
        #expect(command(name + name.suffix(1)) != expected)
        for place in name.indices {
            var other = name
            other[place] ^= 1
            #expect(command(other) != expected)
        }
    }

    @Test(arguments: 0...15)
    func `names of one letter are told apart by their length`(_ count: Int) {
        let name = packed(count)
        for other in 0...15 { #expect((packed(other) == name) == (other == count)) }
    }

    private func packed(_ count: Int) -> PackedName {
        let letters = [UInt8](repeating: 97, count: count)
        return unsafe PackedName(letters.span.bytes)
    }
}
