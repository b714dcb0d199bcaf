/// Elements in places that are used again, found by ticket in constant time.
///
/// The storage grows with the largest number of elements there ever was at once, and is given back
/// when the last of many leaves.
public struct Pool<Element: Sendable>: Sendable {
    @usableFromInline struct Place: Sendable {
        @usableFromInline var element: Element?
        @usableFromInline var serial: UInt32
        /// The next free place, when this one is free.
        @usableFromInline var next: UInt32

        @inlinable init(element: Element?, serial: UInt32, next: UInt32) {
            self.element = element
            self.serial = serial
            self.next = next
        }
    }

    /// Fewer places than this are kept when the pool is empty: it will be used again.
    @inlinable static var keptPlaces: Int { 1024 }

    @usableFromInline var places: [Place] = []
    @usableFromInline var free = Ticket.none
    @usableFromInline var serial: UInt32 = 0

    /// Empty.
    @inlinable public init() {}

    /// How many there are.
    @inlinable public var count: Int { held }
    @usableFromInline var held = 0

    /// Bytes that the storage holds.
    @inlinable public var storageBytes: Int { places.capacity * MemoryLayout<Place>.stride }

    /// - Complexity: O(1) amortised.
    @inlinable public mutating func insert(_ element: Element) -> Ticket {
        serial &+= 1
        held += 1
        guard free != Ticket.none else {
            places.append(Place(element: element, serial: serial, next: Ticket.none))
            return Ticket(index: UInt32(places.count - 1), serial: serial)
        }
        let index = free
        free = places[Int(index)].next
        places[Int(index)] = Place(element: element, serial: serial, next: Ticket.none)
        return Ticket(index: index, serial: serial)
    }

    /// The element, unless it left.
    @inlinable public func element(_ ticket: Ticket) -> Element? {
        guard Int(ticket.index) < places.count else { return nil }
        let place = places[Int(ticket.index)]
        return place.serial == ticket.serial ? place.element : nil
    }

    /// The ticket of whoever is at `index`.
    @inlinable public func ticket(at index: UInt32) -> Ticket? {
        guard Int(index) < places.count, places[Int(index)].element != nil else { return nil }
        return Ticket(index: index, serial: places[Int(index)].serial)
    }

    /// Changes the element in its place, unless it left.
    @discardableResult
    @inlinable public mutating func change<Result>(
        _ ticket: Ticket, _ body: (inout Element) -> Result
    ) -> Result? {
        guard Int(ticket.index) < places.count, places[Int(ticket.index)].serial == ticket.serial,
            var element = places[Int(ticket.index)].element.take()
        else { return nil }
        let result = body(&element)
        places[Int(ticket.index)].element = element
        return result
    }

    /// Takes the element out, unless it left before.
    @inlinable public mutating func remove(_ ticket: Ticket) -> Element? {
        guard Int(ticket.index) < places.count, places[Int(ticket.index)].serial == ticket.serial,
            let element = places[Int(ticket.index)].element.take()
        else { return nil }
        places[Int(ticket.index)].next = free
        free = ticket.index
        held -= 1
        if count == 0 && places.count > Self.keptPlaces {
            places = []
            free = Ticket.none
        }
        return element
    }
}
