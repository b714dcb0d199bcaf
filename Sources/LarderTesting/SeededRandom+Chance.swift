package import LarderCore

extension SeededRandom {
    /// Whether an event of probability `share` happens.
    package mutating func happens(_ share: Double) -> Bool {
        Double.random(in: 0..<1, using: &self) < share
    }
}
