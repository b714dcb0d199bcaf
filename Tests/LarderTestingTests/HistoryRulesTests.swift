import LarderCore
import LarderTesting
import Testing

/// The rules of the model one by one: what a client may and may not see.
@Suite struct HistoryRulesTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let isLinearizable: Bool
        let history: [RecordedOperation]

        init(_ name: String, _ isLinearizable: Bool, _ history: [RecordedOperation]) {
            testDescription = name
            self.isLinearizable = isLinearizable
            self.history = history
        }

        init(_ name: String, _ isLinearizable: Bool, _ steps: [(KeyCommand, KeyOutcome)]) {
            self.init(name, isLinearizable, Script.sequence(steps))
        }
    }

    static let brief = Lifetime(.microseconds(20))

    @Test(arguments: grounded + doubtful)
    func `knows what is allowed of keys with an origin`(example: Case) throws {
        var checker = HistoryChecker()
        if example.testDescription.hasPrefix("origin") { checker.grounds["k"] = 7 }
        let verdict = try checker.verdict(on: example.history)
        #expect(verdict.isLinearizable == example.isLinearizable, "\(verdict)")
    }

    /// The origin has 7, which a key is read as that memory has not.
    static let grounded: [Case] = [
        Case("origin: reads it", true, [(.get, .found(7))]),
        Case("origin: reads nothing", false, [(.get, .absent)]),
        Case("origin: counts on", true, [(.increment(by: 1, createsAbsent: true), .found(8))]),
        Case(
            "origin: counts from nothing", false,
            [(.increment(by: 1, createsAbsent: true), .found(1))]),
        Case(
            "origin: shines through a write", false, [(.set(1, nil), .applied), (.get, .found(7))]),
        Case(
            "origin: is read after a ban", true,
            [(.set(1, nil), .applied), (.delete, .cleared), (.get, .found(7))]),
        Case(
            "origin: is not read after a ban", false,
            [(.set(1, nil), .applied), (.delete, .cleared), (.get, .found(1))]),
    ]

    static let doubtful: [Case] = [
        Case("done", true, [(.set(1, nil), .doubtful("?")), (.get, .found(1))]),
        Case("not done", true, [(.set(1, nil), .doubtful("?")), (.get, .absent)]),
        Case(
            "done late", false,
            [(.set(1, nil), .doubtful("?")), (.get, .absent), (.get, .found(1))]),
        Case(
            "done and undone", false,
            [(.set(1, nil), .doubtful("?")), (.get, .found(1)), (.get, .absent)]),
        Case("cleared", false, [(.set(1, nil), .applied), (.delete, .cleared), (.get, .found(1))]),
    ]

    @Test(arguments: sequential + tokens + expiry + concurrent)
    func `knows what is allowed`(example: Case) throws {
        let verdict = try HistoryChecker().verdict(on: example.history)
        #expect(verdict.isLinearizable == example.isLinearizable, "\(verdict)")
    }

    static let sequential: [Case] = [
        Case("reads what was set", true, [(.set(1, nil), .applied), (.get, .found(1))]),
        Case("reads another value", false, [(.set(1, nil), .applied), (.get, .found(2))]),
        Case("reads nothing", false, [(.set(1, nil), .applied), (.get, .absent)]),
        Case(
            "reads the value before", false,
            [(.set(1, nil), .applied), (.set(2, nil), .applied), (.get, .found(1))]),
        Case(
            "reads after delete", false,
            [(.set(1, nil), .applied), (.delete, .applied), (.get, .found(1))]),
        Case("deletes nothing", false, [(.delete, .applied)]),
        Case("does not delete", false, [(.set(1, nil), .applied), (.delete, .absent)]),
        Case(
            "counts", true,
            [(.set(5, nil), .applied), (.increment(by: 2, createsAbsent: false), .found(7))]),
        Case(
            "loses a count", false,
            [
                (.increment(by: 1, createsAbsent: true), .found(1)),
                (.increment(by: 1, createsAbsent: true), .found(1)),
            ]),
        Case("counts from nothing", false, [(.increment(by: 1, createsAbsent: false), .found(1))]),
        Case("adds over an entry", false, [(.set(1, nil), .applied), (.add(2, nil), .applied)]),
        Case("refuses to add to nothing", false, [(.add(2, nil), .notApplied)]),
        Case("replaces nothing", false, [(.replace(2, nil), .applied)]),
        Case("an error does nothing", true, [(.set(1, nil), .failed("OOM")), (.get, .absent)]),
        Case(
            "an error did something", false,
            [(.set(1, nil), .failed("OOM")), (.get, .found(1))]),
        Case("nonsense", false, [(.get, .nonsense("banana"))]),
    ]

    static let tokens: [Case] = [
        Case("stores with the token", true, tokenSteps(between: [], outcome: .applied)),
        Case("refuses its token", false, tokenSteps(between: [], outcome: .changed)),
        Case(
            "stores over a change", false,
            tokenSteps(between: [(.set(1, nil), .applied)], outcome: .applied)),
        Case(
            "refuses after a change", true,
            tokenSteps(between: [(.set(1, nil), .applied)], outcome: .changed)),
        Case(
            "a count is a change", false,
            tokenSteps(
                between: [(.increment(by: 1, createsAbsent: true), .found(2))], outcome: .applied)),
        Case(
            "a lifetime is no change", true,
            tokenSteps(between: [(.expire(nil), .applied)], outcome: .applied)),
        Case(
            "stores over nothing", false,
            tokenSteps(between: [(.delete, .applied)], outcome: .applied)),
        Case(
            "one version, two tokens", false,
            tokenSteps(between: [(.gets, .foundVersion(1, token: 8))], outcome: .changed)),
        Case(
            "two versions, one token", false,
            tokenSteps(
                between: [
                    (.delete, .applied), (.set(2, nil), .applied),
                    (.gets, .foundVersion(2, token: 7)),
                ], outcome: .applied)),
    ]

    static let expiry: [Case] = [
        Case("lives", true, [(.set(1, brief), .applied), (.get, .found(1))]),
        Case("dies early", false, [(.set(1, brief), .applied), (.get, .absent)]),
        Case("dies", true, expirySteps(.absent)),
        Case("lives too long", false, expirySteps(.found(1))),
        Case(
            "is dead for good", false,
            expirySteps(.absent) + [Script.operation(1, .get, .found(1), 90, 95)]),
        Case(
            "a shorter lifetime holds", false,
            Script.sequence([
                (.set(1, nil), .applied), (.expire(brief), .applied),
            ]) + [Script.operation(1, .get, .found(1), 90, 95)]),
        Case(
            "a new value lives for ever", true,
            Script.sequence([
                (.set(1, brief), .applied), (.set(2, nil), .applied),
            ]) + [Script.operation(1, .get, .found(2), 90, 95)]),
        Case(
            "counting keeps the lifetime", false,
            Script.sequence([
                (.set(1, brief), .applied), (.increment(by: 1, createsAbsent: true), .found(2)),
            ]) + [Script.operation(1, .get, .found(2), 90, 95)]),
    ]

    static let concurrent: [Case] = [
        Case(
            "either order", true,
            [
                Script.operation(0, .set(1, nil), .applied, 0, 50),
                Script.operation(1, .get, .absent, 10, 20),
                Script.operation(2, .get, .found(1), 12, 18),
            ]),
        Case(
            "back in time", false,
            [
                Script.operation(0, .set(1, nil), .applied, 0, 50),
                Script.operation(1, .get, .found(1), 10, 20),
                Script.operation(2, .get, .absent, 21, 30),
            ]),
        Case(
            "a write of the value that is there, after the delete", true,
            [
                Script.operation(0, .set(5, nil), .applied, 0, 10),
                Script.operation(0, .set(5, nil), .applied, 20, 60),
                Script.operation(1, .delete, .applied, 20, 30),
                Script.operation(1, .get, .found(5), 70, 80),
            ]),
        Case(
            "a lost reply may take effect late", true,
            [
                Script.operation(0, .set(1, nil), .applied, 0, 10),
                lost(1, .delete, 12), Script.operation(0, .get, .found(1), 20, 30),
                Script.operation(0, .get, .absent, 40, 50),
            ]),
        Case(
            "a lost reply takes effect once", false,
            [
                lost(1, .set(1, nil), 2), Script.operation(0, .get, .found(1), 10, 20),
                Script.operation(0, .delete, .applied, 30, 40),
                Script.operation(0, .get, .found(1), 50, 60),
            ]),
    ]

    private static func tokenSteps(
        between: [(KeyCommand, KeyOutcome)], outcome: KeyOutcome
    ) -> [(KeyCommand, KeyOutcome)] {
        [(.set(1, nil), .applied), (.gets, .foundVersion(1, token: 7))] + between
            + [(.compareAndSet(9, token: 7, nil), outcome)]
    }

    /// Set with a lifetime that ends by 35 at the latest, read at 80.
    private static func expirySteps(_ outcome: KeyOutcome) -> [RecordedOperation] {
        Script.sequence([(.set(1, brief), .applied)]) + [
            Script.operation(1, .get, outcome, 80, 85)
        ]
    }

    private static func lost(
        _ client: Int, _ command: KeyCommand, _ from: UInt64
    ) -> RecordedOperation {
        var operation = Script.operation(client, command, .unknown, from, from)
        operation.returned = .never
        return operation
    }
}
