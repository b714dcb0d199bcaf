import LarderCore
import Testing

@testable import LarderHierarchy

@Suite struct MarksTests {
    private let keys = (0..<5).map { Key([UInt8($0)]) }

    @Test func `a load sees each write of its key, and no other`() {
        var marks = WriteMarks()
        let first = marks.beginLoad(of: keys[0])
        let second = marks.beginLoad(of: keys[1])
        let isByName = marks.beginWrite(of: [keys[0]])
        #expect(marks.isBeingWritten(keys[0]) && !marks.isBeingWritten(keys[1]))
        marks.endWrite(of: [keys[0]], isByName: isByName)
        #expect(marks.hasMoved(keys[0], since: first))
        #expect(!marks.hasMoved(keys[1], since: second))
        let third = marks.beginLoad(of: keys[0])
        #expect(!marks.hasMoved(keys[0], since: third))
        for key in [keys[0], keys[1], keys[0]] { marks.endLoad(of: key) }
        #expect(marks.isEmpty)
    }

    @Test func `more keys than are remembered are all keys`() {
        var marks = WriteMarks(capacity: 3)
        let load = marks.beginLoad(of: keys[4])
        let isByName = marks.beginWrite(of: Array(keys[0..<4]))
        #expect(!isByName && marks.overflowCount == 1)
        #expect(marks.isBeingWritten(keys[4]))
        let other = marks.beginWrite(of: [keys[0]])
        marks.endWrite(of: Array(keys[0..<4]), isByName: isByName)
        marks.endWrite(of: [keys[0]], isByName: other)
        #expect(!marks.isBeingWritten(keys[4]))
        #expect(marks.hasMoved(keys[4], since: load))
        marks.endLoad(of: keys[4])
        #expect(marks.isEmpty)
    }

    @Test func `a ban that is no longer kept is one of everything`() {
        var bans = RecentBans(capacity: 2)
        let entry = Entry(key: keys[0], value: [], created: Tick(nanoseconds: 0))
        for time in UInt64(1)...3 {
            let time = Tick(nanoseconds: 10 * time)
            bans.append(Ban(.key(keys[1]), .hard, before: time), at: time)
        }
        #expect(bans.matches(entry, namespace: nil, since: Tick(nanoseconds: 10)))
        #expect(!bans.matches(entry, namespace: nil, since: Tick(nanoseconds: 11)))
        let meant = Entry(key: keys[1], value: [], created: Tick(nanoseconds: 0))
        #expect(bans.matches(meant, namespace: nil, since: Tick(nanoseconds: 30)))
        #expect(!bans.matches(meant, namespace: nil, since: Tick(nanoseconds: 31)))
    }
}
