import LarderAssembly
import LarderCore
import LarderMemory
import LarderRuntime
import LarderWire

extension CommandLoop {
    /// ACL: who may do what. It only tells; users are in the configuration.
    mutating func acl(
        _ call: borrowing Call, _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        let users = shared.users.current
        switch call[1].text.lowercased() {
        case "whoami": output.appendBulkText(connection.user.name)
        case "users":
            output.appendArrayHeader(users.all.count)
            for user in users.all { output.appendBulkText(user.name) }
        case "list":
            output.appendArrayHeader(users.all.count)
            for user in users.all { output.appendBulkText(user.line) }
        case "getuser": describe(users[call[2].text], connection, &output)
        case "cat": listCategories(call, &output)
        case "log": showAccessLog(call, connection, &output)
        case "genpass": makePassword(call, &output)
        case "dryrun": tryOut(call, connection, &output)
        case "help": output.appendHelp(of: "ACL", HelpText.acl)
        default:
            output.appendError(
                "ERR users are in Larder's configuration file, under 'users'; change them there")
        }
    }

    private func describe(
        _ user: User?, _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        guard let user else { return output.appendNull(connection.version) }
        output.appendMapHeader(6, connection.version)
        output.appendBulk("flags")
        output.appendSetHeader(user.flags.count, connection.version)
        for flag in user.flags { output.appendBulkText(flag) }
        output.appendBulk("passwords")
        output.appendArrayHeader(user.digests.count)
        for digest in user.digests { output.appendBulkText(digest.hex) }
        output.appendBulk("commands")
        output.appendBulkText(user.rights.rules.words.joined(separator: " "))
        output.appendBulk("keys")
        output.appendBulkText(user.rights.keyWords.joined(separator: " "))
        output.appendBulk("channels")
        output.appendBulkText(user.rights.channelWords.joined(separator: " "))
        output.appendBulk("selectors")
        output.appendArrayHeader(0)
    }

    private func listCategories(_ call: borrowing Call, _ output: inout OutputBuffer) {
        guard call.count <= 3 else { return output.appendSubcommandSyntax(call, "ACL") }
        guard call.count == 3 else {
            output.appendArrayHeader(CommandCategories.names.count)
            for name in CommandCategories.names { output.appendBulkText(name) }
            return
        }
        let category = CommandCategories(named: call[2].text.lowercased())
        guard !category.isEmpty else {
            output.append("-ERR Unknown category '")
            output.appendPrintable(call[2], max: 128)
            return output.append("'\r\n")
        }
        let catalog = CommandCatalog.shared
        let members = catalog.names.indices.filter {
            catalog.categories[$0].contains(category)
        }
        output.appendArrayHeader(members.count)
        for place in members { output.appendBulkText(catalog.names[place]) }
    }

    private mutating func makePassword(_ call: borrowing Call, _ output: inout OutputBuffer) {
        guard call.count <= 3 else { return output.appendSubcommandSyntax(call, "ACL") }
        var bits: Int64 = 256
        if call.count == 3 {
            guard let number = Decimal.integer(call[2]) else { return output.appendNotAnInteger() }
            guard (1...4096).contains(number) else {
                return output.appendErrorText(
                    "ERR ACL GENPASS argument must be the number of bits for the output "
                        + "password, a positive number up to 4096")
            }
            bits = number
        }
        let digits = (0..<(bits + 3) / 4).map { _ in
            String(UInt8.random(in: 0...15, using: &random), radix: 16)
        }
        output.appendBulkText(digits.joined())
    }

    /// Whether a user could run a command.
    private func tryOut(
        _ call: borrowing Call, _ connection: ClientConnection, _ output: inout OutputBuffer
    ) {
        guard let user = shared.users.current[call[2].text] else {
            output.append("-ERR User '")
            output.appendPrintable(call[2], max: 128)
            return output.append("' not found\r\n")
        }
        guard let command = CommandTable.shared.command(call[3]) else {
            output.append("-ERR Command '")
            output.appendPrintable(call[3], max: 128)
            return output.append("' not found\r\n")
        }
        let list = ArgumentBox()
        var parser = RequestParser()
        let request = call.request(from: 3)
        let bytes = unsafe request.span.bytes
        let limits = RequestLimits()
        guard (try? list.parse(&parser, bytes, from: 0, limits: limits)) != nil else { return }
        let tried = list.call(in: bytes)
        guard isWhole(tried, command) else { return appendFault(of: tried, command, &output) }
        guard let (kind, index) = user.rights.denial(of: command, tried) else {
            return output.appendSimple("OK")
        }
        let name = CommandTable.shared.fullName(of: command, tried)
        appendDenial(kind, name, tried[index].text, &output)
    }

    /// What is wrong with the command of DRYRUN itself.
    private func appendFault(
        of call: borrowing Call, _ command: Command, _ output: inout OutputBuffer
    ) {
        let isContainer = command.specification.hasSubcommands && call.count > 1
        let name = CommandTable.shared.fullName(of: command, call)
        if isContainer, name == "\(command.specification.name)" {
            return output.appendErrorText("ERR Command '\(name)' not found")
        }
        output.appendErrorText("ERR wrong number of arguments for '\(name)' command")
    }

    private func appendDenial(
        _ kind: User.Rights.Denial, _ name: String, _ object: String,
        _ output: inout OutputBuffer
    ) {
        switch kind {
        case .command:
            output.appendBulkText("This user has no permissions to run the '\(name)' command")
        case .key:
            output.appendBulkText("This user has no permissions to access the '\(object)' key")
        case .channel:
            output.appendBulkText(
                "This user has no permissions to access the '\(object)' channel")
        }
    }
}

extension Call {
    /// The arguments from `first` on, as a request of their own.
    fileprivate func request(from first: Int) -> [UInt8] {
        var bytes = Array("*\(count - first)\r\n".utf8)
        for index in first..<count {
            bytes += Array("$\(self[index].byteCount)\r\n".utf8)
            bytes.append(self[index])
            bytes += Array("\r\n".utf8)
        }
        return bytes
    }
}

// Redis's way to write users.
extension User {
    var flags: [String] {
        (isEnabled ? ["on"] : ["off"]) + (isOpenAndEnabled ? ["nopass"] : [])
    }

    /// The line of ACL LIST.
    var line: String {
        let channels =
            rights.channels == nil
            ? rights.channelWords : ["resetchannels"] + rights.channelWords
        let words =
            ["user", name] + flags + digests.map { "#\($0.hex)" } + rights.keyWords + channels
            + rights.rules.words
        return words.joined(separator: " ")
    }
}

extension User.Rights {
    var keyWords: [String] {
        keys.map { $0.map { "~" + String(decoding: $0, as: UTF8.self) } } ?? ["~*"]
    }

    var channelWords: [String] {
        channels.map { $0.map { "&" + String(decoding: $0, as: UTF8.self) } } ?? ["&*"]
    }
}
