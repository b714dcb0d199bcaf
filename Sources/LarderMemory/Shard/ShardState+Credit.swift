import LarderCore

// Tables grow within an operation, so the budget is asked ahead of them.
extension ShardState {
    /// Bytes of tables and policy.
    var overheadBytes: Int {
        index.storageBytes + slots.storageBytes + driver.storageBytes + arena.bookkeepingBytes
    }

    /// Pays for tables that have grown, out of the credit; and refills that while memory is easy.
    mutating func settleOverhead() {
        payOverhead()
        guard credit < Self.creditMin else {
            if credit > Self.creditMax {
                budget.release(credit - Self.creditMax)
                credit = Self.creditMax
            }
            return
        }
        refillCredit()
    }

    /// Pays for tables that have grown, without refilling the credit.
    mutating func payOverhead() {
        let overhead = overheadBytes
        credit -= overhead - paidOverhead
        paidOverhead = overhead
    }

    /// Enough for one step of growth of each array that an insertion touches.
    static var creditMin: Int { 6 * ReservedArray<UInt32>.growthBytes }
    static var creditMax: Int { creditMin + 2 * SizeClasses.slabBytes }

    /// Steps by which credit is collected at once. A policy's ghost may grow by more than the
    /// credit; that debt is paid over the next operations, and its pages are touched even later.
    private static var refillStepMax: Int { 64 }

    private mutating func refillCredit() {
        for _ in 0..<Self.refillStepMax where credit < Self.creditMin {
            let wanted = max(SizeClasses.slabBytes, Self.creditMin - credit)
            if budget.reserve(wanted) {
                credit += wanted
            } else if arena.discardSpare() {
                credit += SizeClasses.slabBytes
            } else {
                let compactions = statistics.compactions
                var ignored = false
                guard reclaim(protecting: nil, wasUnheld: &ignored) else { return }
                // One in an operation: it moves up to a slab.
                if statistics.compactions > compactions { return collectSpare() }
            }
        }
    }

    private mutating func collectSpare() {
        if arena.discardSpare() { credit += SizeClasses.slabBytes }
    }
}
