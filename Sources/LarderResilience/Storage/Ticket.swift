/// A place in one of the bounded structures here, with a number that no later holder of that place
/// has. What is done with a ticket whose holder is gone has no effect.
///
/// The number repeats after four billion holders; by then no ticket is that old.
public struct Ticket: Hashable, Sendable, BitwiseCopyable {
    /// Below the structure's bound, so that a shell may keep what belongs to it in an array.
    public let index: UInt32
    @usableFromInline let serial: UInt32

    /// "No place", where an index is stored.
    @inlinable static var none: UInt32 { .max }

    @inlinable init(index: UInt32, serial: UInt32) {
        self.index = index
        self.serial = serial
    }
}
