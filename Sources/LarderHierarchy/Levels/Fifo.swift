/// A queue: what came first leaves first.
///
/// - Complexity: O(1) amortised for each step.
struct Fifo<Element: Sendable>: Sendable {
    private var elements: [Element] = []
    /// What is before it has left.
    private var head = 0

    var count: Int { elements.count - head }

    mutating func append(_ element: Element) { elements.append(element) }

    mutating func popFirst() -> Element? {
        guard head < elements.count else { return nil }
        let first = elements[head]
        head += 1
        if 2 * head >= elements.count {
            elements.removeFirst(head)
            head = 0
        }
        return first
    }
}
