extension WTinyLfu {
    /// Entries that change their region in one call at most, so that no request waits long; the
    /// rest follows with the next.
    static let movesMax = 1000

    /// What the window has beyond its first share was taken from here.
    var protectedMax: Int { max(0, capacity - windowMax - probationMax) }

    mutating func setCapacity(_ newCapacity: Int) {
        guard newCapacity != capacity else { return }
        capacity = newCapacity
        let firstMain = Int((1 - firstWindowShare) * Double(capacity))
        probationMax = firstMain - Int(Self.protectedShare * Double(firstMain))
        let main = Int((1 - windowShare) * Double(capacity))
        windowMax = min(capacity - main, capacity - probationMax)
    }

    /// Moves what the protected region has too much to the front of probation.
    mutating func demote() {
        var movesLeft = Self.movesMax
        while protectedWeight > protectedMax, movesLeft > 0, let slot = protected.last(in: links) {
            move(slot, to: .probation)
            movesLeft -= 1
        }
    }

    /// Asks the climber if a sample is complete, and goes on with what it said last.
    mutating func adaptWindow() {
        if climber.isDue, capacity > 0 {
            let share = Double(windowMax) / Double(capacity)
            windowChange = Int(climber.nextStep(windowShare: share) * Double(capacity))
        }
        if windowChange != 0 { changeWindow() }
    }

    private mutating func changeWindow() {
        let old = windowMax
        if windowChange > 0 { growWindow() } else { shrinkWindow() }
        windowChange -= windowMax - old
        if windowMax != old { windowShare = Double(windowMax) / Double(capacity) }
    }

    /// Takes space from the protected region, and with it the coldest entries of the main part.
    private mutating func growWindow() {
        var left = min(windowChange, protectedMax)
        windowMax += left
        demote()
        for _ in 0..<Self.movesMax {
            guard let slot = coldestOfMain(weightMax: left) else { break }
            left -= Int(weights[slot])
            move(slot, to: .window)
        }
        windowMax -= left
    }

    private func coldestOfMain(weightMax: Int) -> SlotID? {
        if let slot = probation.last(in: links), weights[slot] <= weightMax { return slot }
        if let slot = protected.last(in: links), weights[slot] <= weightMax { return slot }
        return nil
    }

    /// Gives space to the protected region, and the coldest of the window to probation.
    private mutating func shrinkWindow() {
        var left = min(-windowChange, max(0, windowMax - 1))
        windowMax -= left
        for _ in 0..<Self.movesMax {
            guard let slot = window.last(in: links), weights[slot] <= left else { break }
            left -= Int(weights[slot])
            move(slot, to: .probation)
        }
        windowMax += left
    }
}
