/// The eviction policies that a store can run.
public enum PolicyKind: String, Sendable, CaseIterable {
    /// First in, first out.
    case fifo
    /// Least recently used.
    case lru
    /// A small queue in front of a main one, and the memory of what left.
    case s3fifo
}
