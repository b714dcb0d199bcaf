/// Clients that move amounts between accounts, by WATCH and by plain transactions, and now and then
/// read all accounts at once.
package struct TransferLoad: Sendable {
    /// What goes wrong on purpose, once in a while, to prove that the checker notices.
    package enum Fault: CaseIterable, Sendable {
        /// A WATCH is not sent, as if the server had forgotten it.
        case forgottenWatch
        /// A transaction's commands are sent without MULTI and EXEC, so that others come between.
        case tornTransaction
        /// A transaction is sent twice and told once.
        case runTwice
    }

    package var resp: ServerAddress
    package var seed: UInt64 = 1
    package var clients = 8
    package var accounts = 4
    package var transfersPerClient = 200
    /// What each account has at first.
    package var amount: Int64 = 1_000
    package var fault: Fault?
    /// One in how many transfers that could go wrong does.
    static var faultShare: Double { 0.2 }

    package init(resp: ServerAddress) {
        self.resp = resp
    }

    /// The sum over all accounts, at any time.
    package var sum: Int64 { amount * Int64(accounts) }

    func key(_ account: Int) -> String { "account:\(seed):\(account)" }
}

/// What a load brought.
package struct TransferRecord: Sendable {
    package var steps: [RecordedStep] = []
    /// Transactions that a broken watch kept from running.
    package var broken = 0
    package var balances: [Int64] = []
}
