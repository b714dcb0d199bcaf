@testable import LarderMemory
import Testing

@Suite struct EntryHeaderTests {
    @Test(arguments: [0, 1, 250, EntryHeader.keyLengthMax])
    func `an entry has the identity of its key`(keyLength: Int) {
        let header = EntryHeader(
            keyLength: keyLength, valueLength: 9, space: 4095, shape: [.expiry, .flags])
        let identity = EntryHeader.identity(keyLength: keyLength, space: 4095)
        #expect(header.bits & EntryHeader.identityMask == identity)
    }

    /// Planted bug that this fails with: lengths that run over into the bits of the key space, so
    /// that a long key of database 0 is compared with a short one of database 1.
    @Test(arguments: [0, 1, 250, EntryHeader.keyLengthMax])
    func `a key that is too long to be stored is nobody's`(keyLength: Int) {
        let header = EntryHeader(keyLength: keyLength, valueLength: 0, space: 1, shape: [])
        let tooLong = EntryHeader.identity(
            keyLength: EntryHeader.keyLengthMax + 1 + keyLength, space: 0)
        #expect(header.bits & EntryHeader.identityMask != tooLong)
    }
}
