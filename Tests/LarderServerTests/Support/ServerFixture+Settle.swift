import LarderTesting
import Testing

extension ServerFixture {
    /// Asks until `condition` holds, by requests on a connection of its own. It fails after many.
    func settle(_ condition: (ServerFixture) -> Bool) throws {
        let client = try client()
        for _ in 0..<20_000 {
            if condition(self) { return }
            _ = try client.ask("PING")
        }
        Issue.record("what should come to be did not")
    }
}
