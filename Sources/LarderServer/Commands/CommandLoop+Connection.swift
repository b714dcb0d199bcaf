import LarderCore
import LarderMemory
import LarderRuntime
import LarderWire
import Synchronization

extension CommandLoop {
    func ping(
        _ call: borrowing Call, _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        guard call.count <= 2 else { return output.appendWrongArity("ping") }
        if connection.isRestricted {
            output.appendArrayHeader(2)
            output.appendBulk("pong")
            if call.count == 2 { output.appendBulk(call[1]) } else { output.appendBulk("") }
            return
        }
        if call.count == 2 { output.appendBulk(call[1]) } else { output.appendSimple("PONG") }
    }

    func time(_ output: inout OutputBuffer) {
        let (seconds, microseconds) = WallClock.now()
        output.appendArrayHeader(2)
        output.appendBulk(DecimalText(seconds).bytes)
        output.appendBulk(DecimalText(microseconds).bytes)
    }

    func select(
        _ call: borrowing Call, _ connection: inout ClientConnection,
        _ output: inout OutputBuffer
    ) {
        guard let number = Decimal.integer(call[1]) else {
            return output.appendNotAnInteger()
        }
        guard number >= 0, number < store.databaseCount else {
            return output.appendError("ERR DB index is out of range")
        }
        setDatabase(Int(number), of: &connection)
        output.appendSimple("OK")
    }

    private func setDatabase(_ database: Int, of connection: inout ClientConnection) {
        connection.database = database
        connection.client.database.store(database, ordering: .relaxed)
    }

    mutating func reset(_ connection: inout ClientConnection, _ output: inout OutputBuffer) {
        endTransaction(of: &connection)
        shared.endMonitoring(connection.client.id)
        unsubscribeAll(&connection, &output)
        setVersion(.v2, of: &connection, &output)
        setDatabase(0, of: &connection)
        connection.client.name = ""
        connection.gate.remove([.mute, .muteNext])
        logOut(&connection)
        output.appendSimple("RESET")
    }

    mutating func hello(
        _ call: borrowing Call, _ connection: inout ClientConnection,
        _ output: inout OutputBuffer
    ) {
        guard let options = HelloOptions(call, &output) else { return }
        if let user = options.user {
            let name = call[user].text
            let outcome = logIn(name, call[user + 1], &connection, of: "HELLO")
            guard case .done = outcome else { return output.append(outcome) }
        }
        guard connection.isAuthenticated else {
            return output.appendText(
                "-NOAUTH HELLO must be called with the client already authenticated, otherwise "
                    + "the HELLO AUTH <user> <pass> option can be used to authenticate "
                    + "the client and select the RESP protocol version at the same time\r\n")
        }
        if let name = options.name {
            guard setName(call[name], of: connection, &output) else { return }
        }
        if let version = options.version {
            setVersion(version, of: &connection, &output)
        }
        appendGreeting(connection, &output)
    }

    private func appendGreeting(_ connection: ClientConnection, _ output: inout OutputBuffer) {
        output.appendMapHeader(7, connection.version)
        output.appendBulk("server")
        output.appendBulk("redis")
        output.appendBulk("version")
        output.appendBulk("7.0.15")
        output.appendBulk("proto")
        output.appendInteger(Int64(connection.version.rawValue))
        output.appendBulk("id")
        output.appendInteger(Int64(connection.client.id.serial))
        output.appendBulk("mode")
        output.appendBulk("standalone")
        output.appendBulk("role")
        output.appendBulk("master")
        output.appendBulk("modules")
        output.appendArrayHeader(0)
    }

    /// Names a connection; `false` after an error was written.
    func setName(
        _ name: RawSpan, of connection: ClientConnection, _ output: inout OutputBuffer
    ) -> Bool {
        guard name.isPlainName else {
            output.appendError(
                "ERR Client names cannot contain spaces, newlines or special characters.")
            return false
        }
        guard name.byteCount <= Client.textBytesMax else {
            output.appendErrorText(
                "ERR Client names cannot be longer than \(Client.textBytesMax) bytes.")
            return false
        }
        connection.client.name = name.text
        return true
    }
}

/// The options of HELLO.
struct HelloOptions {
    var version: RESPVersion?
    /// Places of the user, before the password, and of the name.
    var user: Int?
    var name: Int?

    /// Reads them; `nil` after an error was written.
    init?(_ call: borrowing Call, _ output: inout OutputBuffer) {
        guard call.count > 1 else { return }
        guard let number = Decimal.integer(call[1]) else {
            output.appendError("ERR Protocol version is not an integer or out of range")
            return nil
        }
        guard let version = UInt8(exactly: number).flatMap(RESPVersion.init) else {
            output.appendError("NOPROTO unsupported protocol version")
            return nil
        }
        self.version = version
        var index = 2
        while index < call.count {
            if call[index].equalsIgnoringCase("auth"), index + 2 < call.count {
                user = index + 1
                index += 3
            } else if call[index].equalsIgnoringCase("setname"), index + 1 < call.count {
                name = index + 1
                index += 2
            } else {
                output.append("-ERR Syntax error in HELLO option '")
                output.appendPrintable(call[index], max: 128)
                output.append("'\r\n")
                return nil
            }
        }
    }
}

extension RawSpan {
    /// Whether it may stand in a line of CLIENT LIST.
    var isPlainName: Bool {
        for offset in 0..<byteCount where !(33...126).contains(byte(at: offset)) { return false }
        return true
    }
}
