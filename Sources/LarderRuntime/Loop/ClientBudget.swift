import Synchronization

/// Memory that the clients of all loops hold together: partial requests and copied output.
///
/// Loops report in steps of 64 KiB, so that the shared line is rarely written; the sum is therefore
/// late by less than that per loop.
final class ClientBudget: Sendable {
    static let step = 64 << 10

    let limit: Int
    private let used = Atomic<Int>(0)

    init(limit: Int) {
        self.limit = limit
    }

    var usedBytes: Int { used.load(ordering: .relaxed) }

    /// Adds `amount`; true when the clients now hold too much.
    func add(_ amount: Int) -> Bool {
        used.wrappingAdd(amount, ordering: .relaxed).newValue > limit
    }
}

/// One loop's share of the budget.
struct ClientAccount: ~Copyable {
    let budget: ClientBudget
    /// The largest connection of the loop when it last looked. Others compare with it.
    private var unreported = 0

    init(_ budget: ClientBudget) {
        self.budget = budget
    }

    /// Notes a change; true when the clients now hold too much and the loop has to look.
    mutating func add(_ amount: Int) -> Bool {
        unreported += amount
        guard abs(unreported) >= ClientBudget.step else { return false }
        return report()
    }

    mutating func report() -> Bool {
        defer { unreported = 0 }
        return budget.add(unreported)
    }
}
