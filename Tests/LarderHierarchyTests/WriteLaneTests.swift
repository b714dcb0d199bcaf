import LarderCore
import LarderTesting
import Testing

@testable import LarderHierarchy

/// Lanes against a list of all who have entered: who may go has nobody before it with a key of its
/// own.
@Suite struct WriteLaneTests {
    private struct Model {
        var writers: [(number: Int, keys: Set<Key>)] = []

        func mayGo(_ number: Int) -> Bool {
            guard let place = writers.firstIndex(where: { $0.number == number }) else {
                return false
            }
            return writers[..<place].allSatisfy { $0.keys.isDisjoint(with: writers[place].keys) }
        }
    }

    @Test(arguments: UInt64(0)..<64)
    func `one writes a key at a time, in the order of their coming`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var lanes = WriteLanes<Int>(capacity: 12)
        var model = Model()
        var ids: [Int: WriteLanes<Int>.LaneID] = [:]
        var going: Set<Int> = []
        for number in 0..<400 {
            let isLeaving = Bool.random(using: &random)
            if isLeaving, let leaver = ids.keys.sorted().randomElement(using: &random),
                let id = ids.removeValue(forKey: leaver)
            {
                model.writers.removeAll { $0.number == leaver }
                going.remove(leaver)
                let freed = lanes.leave(id)
                #expect(Set(freed).count == freed.count)
                going.formUnion(freed)
            } else {
                let keys = (0..<Int.random(in: 1...3, using: &random)).map { _ in
                    Key([UInt8.random(in: 0..<5, using: &random)])
                }
                guard let (id, mayGo) = lanes.enter(keys, number) else {
                    #expect(ids.count == 12)
                    continue
                }
                model.writers.append((number, Set(keys)))
                ids[number] = id
                if mayGo { going.insert(number) }
            }
            #expect(going == Set(ids.keys.filter(model.mayGo)))
            #expect(lanes.count == ids.count)
        }
    }
}
