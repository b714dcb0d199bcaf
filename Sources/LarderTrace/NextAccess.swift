extension [TraceRequest] {
    /// Tells each request the place, counted from 1, of the next one for its key.
    ///
    /// - Complexity: O(requests), and 40 bytes of memory per object.
    public mutating func fillNextAccess() {
        var index = KeyIndex()
        var laterPlaces: [Int64] = []
        for place in indices.reversed() {
            let number = index.number(of: self[place].key)
            if number == laterPlaces.count {
                laterPlaces.append(TraceRequest.neverAgain)
            }
            self[place].nextAccess = laterPlaces[number]
            laterPlaces[number] = Int64(place + 1)
        }
    }
}
