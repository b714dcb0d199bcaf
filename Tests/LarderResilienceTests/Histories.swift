/// A state to which events happen.
protocol Scenario {
    associatedtype Event: CaseIterable

    /// False when the event cannot happen here.
    ///
    /// - Throws: The promise that is broken.
    mutating func apply(_ event: Event) throws -> Bool
}

extension Scenario {
    /// Goes through all histories of at most `eventsMax` events.
    ///
    /// - Returns: How many there are.
    func countOfHistories(of eventsMax: Int) throws -> Int {
        guard eventsMax > 0 else { return 1 }
        var count = 1
        for event in Event.allCases {
            var next = self
            guard try next.apply(event) else { continue }
            count += try next.countOfHistories(of: eventsMax - 1)
        }
        return count
    }
}
