import LarderCore
import LarderMemory
import LarderWire

extension CommandLoop {
    /// MOVE. A key is in the same shard whatever its database, so the entry stays where it is.
    func move(
        _ call: borrowing Call, _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        guard let target = DatabaseNumber.read(call[2], store.databaseCount, &output) else {
            return
        }
        guard target != connection.database else {
            return output.appendError("ERR source and destination objects are the same")
        }
        var isMoved = false
        var set = ShardSet()
        let hash = store.hash(call[1])
        store.insertShard(of: hash, into: &set)
        store.withShards(set, database: connection.database, at: now) { keys in
            var isFree = false
            keys.withKey(call[1], hash, database: target) { isFree = !$0.exists }
            keys.withKey(call[1], hash) { access in
                isMoved = access.exists && isFree
                if isMoved { access.move(toDatabase: target) }
            }
        }
        output.appendInteger(isMoved ? 1 : 0)
    }

    /// SWAPDB.
    func swapdb(_ call: borrowing Call, _ output: inout OutputBuffer) {
        guard let first = DatabaseNumber.int32(call[1]) else {
            return output.appendError("ERR invalid first DB index")
        }
        guard let second = DatabaseNumber.int32(call[2]) else {
            return output.appendError("ERR invalid second DB index")
        }
        let databases = 0..<store.databaseCount
        guard databases.contains(first), databases.contains(second) else {
            return output.appendError("ERR DB index is out of range")
        }
        store.swap(first, second, at: now.earlier(by: Self.batchAgeMax))
        output.appendSimple("OK")
    }

    /// What expired so many milliseconds ago may be alive to another loop still, which has read
    /// the clock before its batch: a watch on it is broken rather than that it reads it unseen.
    private static var batchAgeMax: UInt64 { 100 }
}

/// Numbers of databases in arguments.
enum DatabaseNumber {
    /// An integer of 32 bits.
    static func int32(_ word: RawSpan) -> Int? {
        guard let number = Decimal.integer(word), Int32(exactly: number) != nil else { return nil }
        return Int(number)
    }

    /// The number of a database that there is; `nil` after an error was written.
    static func read(
        _ word: RawSpan, _ databaseCount: Int, _ output: inout OutputBuffer
    ) -> Int? {
        guard let number = Decimal.integer(word) else {
            output.appendNotAnInteger()
            return nil
        }
        guard Int32(exactly: number) != nil else {
            output.appendError(
                "ERR value is out of range, value must between -2147483648 and 2147483647")
            return nil
        }
        guard number >= 0, number < databaseCount else {
            output.appendError("ERR DB index is out of range")
            return nil
        }
        return Int(number)
    }
}

extension Moment {
    fileprivate func earlier(by milliseconds: UInt64) -> Moment {
        Moment(milliseconds: self.milliseconds - min(milliseconds, self.milliseconds))
    }
}
