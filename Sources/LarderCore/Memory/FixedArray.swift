/// A fixed number of elements in one block of memory with one owner.
///
/// `Array` asks before every write whether its storage is shared, by a call that the optimiser
/// does not remove. Here nothing can be shared; bounds are checked all the same. For what grows,
/// there is `ReservedArray`.
///
/// Not `Sendable`, and need not be: a lock takes over what it is to guard.
@safe public struct FixedArray<Element: BitwiseCopyable>: ~Copyable {
    @usableFromInline let base: UnsafeMutablePointer<Element>
    /// Number of elements.
    public let count: Int

    /// An array of `count` times `element`.
    ///
    /// - Complexity: O(`count`).
    public init(repeating element: Element, count: Int) {
        precondition(count >= 0, "A number of elements is not negative.")
        unsafe base = .allocate(capacity: count)
        unsafe base.initialize(repeating: element, count: count)
        self.count = count
    }

    deinit {
        unsafe base.deallocate()
    }

    /// - Complexity: O(1).
    @inlinable public subscript(index: Int) -> Element {
        get {
            check(index)
            return unsafe base[index]
        }
        set {
            check(index)
            unsafe base[index] = newValue
        }
    }

    @inlinable func check(_ index: Int) {
        precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "An index is in bounds.")
    }
}
