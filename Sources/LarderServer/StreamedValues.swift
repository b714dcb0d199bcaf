import LarderMemory

/// Values of one request that are in the store's memory already, by the place of their argument; or
/// were, if there was no room for them.
struct StreamedValues {
    private var values: [Int: LargeValue?] = [:]

    @inline(__always) var isEmpty: Bool { values.isEmpty }

    /// The value of an argument; `nil` when it stands in the request, and `.some(nil)` when there
    /// was no room for it.
    subscript(index: Int) -> LargeValue?? {
        get { values[index] }
        set { values[index] = newValue }
    }
}
