/// How much an operator wants the entries of a namespace kept.
public enum Priority: UInt8, Sendable {
    case low, normal, high
}
