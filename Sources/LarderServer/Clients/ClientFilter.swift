import LarderCore
import LarderMemory
import LarderRuntime
import LarderWire

/// Which clients CLIENT KILL means.
struct ClientFilter {
    var id: UInt64?
    var address: String?
    var localAddress: String?
    var kind: ClientKind?
    var user: String?
    /// Whether the client that asks is left out.
    var skipsSelf = true

    /// The filter of `CLIENT KILL <option> <value> …`; nil after an error was written.
    init?(_ call: borrowing Call, _ users: UserTable, _ output: inout OutputBuffer) {
        var index = 2
        while index < call.count {
            guard index + 1 < call.count else {
                output.appendSyntaxError()
                return nil
            }
            guard read(call[index], call[index + 1], users, &output) else { return nil }
            index += 2
        }
    }

    /// `CLIENT KILL <address>`, which also kills the client that asks.
    init(address: String) {
        self.address = address
        skipsSelf = false
    }

    /// Takes one option; false after an error was written.
    private mutating func read(
        _ option: RawSpan, _ value: RawSpan, _ users: UserTable, _ output: inout OutputBuffer
    ) -> Bool {
        switch option.text.lowercased() {
        case "id":
            guard let number = Decimal.integer(value), number > 0 else {
                output.appendError("ERR client-id should be greater than 0")
                return false
            }
            id = UInt64(number)
        case "addr": address = value.text
        case "laddr": localAddress = value.text
        case "type":
            kind = ClientKind(value)
            guard kind != nil else {
                output.appendUnknownClientType(value)
                return false
            }
        case "user":
            user = value.text
            guard users[value.text] != nil else {
                output.append("-ERR No such user '")
                output.appendPrintable(value, max: 128)
                output.append("'\r\n")
                return false
            }
        case "skipme" where value.equalsIgnoringCase("yes"): skipsSelf = true
        case "skipme" where value.equalsIgnoringCase("no"): skipsSelf = false
        default:
            output.appendSyntaxError()
            return false
        }
        return true
    }

    func matches(_ client: Client) -> Bool {
        (id == nil || client.id.serial == id) && (address == nil || client.address == address)
            && (localAddress == nil || client.localAddress == localAddress)
            && (kind == nil || client.kind == kind)
            && (user == nil || client.userName == user)
    }
}
