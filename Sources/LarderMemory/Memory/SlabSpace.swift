import LarderCore

/// How a slab is used. 16 bytes.
struct Slab: BitwiseCopyable {
    /// First free block, in units of 8 bytes from the slab's start; `none` if there is none.
    var freeHead: UInt16
    var liveCount: UInt16
    /// Blocks that were handed out at least once; those behind have no link yet.
    var usedCount: UInt16
    var sizeClass: UInt8
    /// Number of the arena in one of whose classes it is; `nobody` if it is in none.
    var owner: UInt8
    /// Neighbours among the slabs of the class that have a free block; `next` also links the
    /// slabs that belong to no class.
    var previous: UInt32
    var next: UInt32

    static var none: UInt16 { .max }
    /// What the zeros of a row that was never used say.
    static var nobody: UInt8 { 0 }
    static var noSlab: UInt32 { .max }
}

/// A row for each slab of a space.
///
/// Safety: a row is used by one arena at a time, the owner of its slab, under its shard's lock;
/// rows of slabs without an owner under the lock of the space, which is also where they change
/// hands.
@safe struct SlabTable: Sendable {
    private nonisolated(unsafe) let base: UnsafeMutablePointer<Slab>
    let count: Int

    @unsafe init(_ base: UnsafeMutablePointer<Slab>, count: Int) {
        unsafe self.base = unsafe base
        self.count = count
    }

    subscript(index: Int) -> Slab {
        precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "A slab exists.")
        return unsafe base[index]
    }

    /// Changes a row by a copy of it. A setter would do, were it not that the thread sanitizer
    /// takes a change through one for a change of the table itself, which all arenas share.
    @inline(__always)
    func update(_ index: Int, _ change: (inout Slab) -> Void) {
        var slab = self[index]
        change(&slab)
        unsafe base[index] = slab
    }
}

/// The range of addresses from which the arenas of a store take their slabs.
///
/// They share it so that their slabs lie side by side in huge pages of 2 MiB, as far as the system
/// has them: a look-up in memory of many megabytes is then spared the walk through the page tables,
/// which costs more than the memory itself. Where slabs were given back, small pages are used, so
/// that nothing is resident that is not accounted.
@safe final class SlabSpace: Sendable {
    let range: AddressRange
    let table: SlabTable
    let slabCountMax: Int
    private let state = Guarded(State())
    // Safety: an address, which never changes.
    private nonisolated(unsafe) let rows: UnsafeMutablePointer<Slab>

    /// As far as a `BlockRef` reaches.
    static var bytesMax: Int { 1 << 34 }
    /// Slabs of a huge page.
    private static var slabsPerExtent: Int { PageMemory.hugePageSize / SizeClasses.slabBytes }

    private struct State {
        /// Slabs that were ever taken.
        var used = 0
        /// Slabs that were given back, linked by their rows.
        var free = Slab.noSlab
        /// Slabs in use of each extent, and whether it may have a huge page.
        var extents: [Extent] = []
    }

    private struct Extent {
        var live = 0
        var isHuge = true
    }

    /// A space for up to `slabCountMax` slabs, at most 16 GiB. Takes addresses, no memory.
    init(slabCountMax: Int) {
        let most = min(slabCountMax, Self.bytesMax / SizeClasses.slabBytes)
        self.slabCountMax = most
        range = AddressRange(byteCount: most * SizeClasses.slabBytes)
        let bytes = most * MemoryLayout<Slab>.stride
        let start = unsafe PageMemory.reserve(byteCount: bytes)
        unsafe PageMemory.commit(start, byteCount: PageMemory.roundedUp(bytes))
        unsafe rows = start.bindMemory(to: Slab.self, capacity: most)
        table = unsafe SlabTable(rows, count: most)
    }

    deinit {
        unsafe PageMemory.release(
            UnsafeMutableRawPointer(rows), byteCount: slabCountMax * MemoryLayout<Slab>.stride)
    }

    /// A slab, whose owner the caller is from now on; `nil` when all are taken.
    ///
    /// - Complexity: O(1), rarely with a system call.
    func take() -> UInt32? {
        state.withLock { state in
            let index: UInt32
            if state.free != Slab.noSlab {
                index = state.free
                state.free = table[Int(index)].next
            } else {
                guard state.used < slabCountMax else { return nil }
                index = UInt32(state.used)
                if state.used % Self.slabsPerExtent == 0 { addExtent(&state) }
                state.used += 1
            }
            let extent = Int(index) / Self.slabsPerExtent
            state.extents[extent].live += 1
            if state.extents[extent].live == Self.slabsPerExtent {
                setHuge(true, extent, &state)
            }
            return index
        }
    }

    /// Takes a slab back from its owner, and its memory to the system.
    ///
    /// - Complexity: One system call or two.
    func give(_ index: UInt32) {
        state.withLock { state in
            let extent = Int(index) / Self.slabsPerExtent
            setHuge(false, extent, &state)
            let start = unsafe range.base + Int(index) * SizeClasses.slabBytes
            unsafe PageMemory.discard(start, byteCount: SizeClasses.slabBytes)
            state.extents[extent].live -= 1
            table.update(Int(index)) { $0.next = state.free }
            state.free = index
        }
    }

    private func addExtent(_ state: inout State) {
        let slabs = min(Self.slabsPerExtent, slabCountMax - state.used)
        let start = unsafe range.base + state.used * SizeClasses.slabBytes
        unsafe PageMemory.commit(start, byteCount: slabs * SizeClasses.slabBytes)
        unsafe PageMemory.setHuge(true, start, byteCount: slabs * SizeClasses.slabBytes)
        state.extents.append(Extent())
    }

    private func setHuge(_ isHuge: Bool, _ extent: Int, _ state: inout State) {
        guard state.extents[extent].isHuge != isHuge else { return }
        state.extents[extent].isHuge = isHuge
        let first = extent * Self.slabsPerExtent
        let slabs = min(Self.slabsPerExtent, slabCountMax - first)
        let start = unsafe range.base + first * SizeClasses.slabBytes
        unsafe PageMemory.setHuge(isHuge, start, byteCount: slabs * SizeClasses.slabBytes)
    }
}
