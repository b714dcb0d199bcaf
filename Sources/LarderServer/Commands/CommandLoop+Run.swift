import LarderAssembly
import LarderCore
import LarderMemory
import LarderWire
import Synchronization

extension CommandLoop {
    /// Runs one command and writes its reply.
    mutating func run(
        _ call: borrowing Call, on connection: inout ClientConnection,
        into output: inout OutputBuffer
    ) {
        if connection.gate.isEmpty {
            runAdmitted(call, on: &connection, into: &output)
        } else {
            runGated(call, on: &connection, into: &output)
        }
    }

    /// Runs a command of a client who may.
    @inline(__always)
    mutating func runAdmitted(
        _ call: borrowing Call, on connection: inout ClientConnection,
        into output: inout OutputBuffer
    ) {
        guard let command = table.command(call[0]) else {
            return refuseUnknown(call, &connection, &output)
        }
        let traits = table.traits[Int(command.rawValue)]
        if traits.hasSubcommands, call.count > 1, !admitsSubcommand(of: call, command, &output) {
            connection.transaction?.abort()
            return
        }
        guard traits.accepts(argumentCount: call.count) else {
            return refuseArity(of: command, call, &connection, &output)
        }
        if connection.isRestricted, !isInTransaction, !command.runsSubscribed {
            return refuseRestricted(command, call, &connection, &output)
        }
        if let transaction = connection.transaction, !command.isTransactional {
            queue(command, call, transaction, &output)
            return note(command, call, queuedIn: transaction, &connection)
        }
        perform(command, traits, call, on: &connection, into: &output)
    }

    @inline(never)
    private func refuseUnknown(
        _ call: borrowing Call, _ connection: inout ClientConnection, _ output: inout OutputBuffer
    ) {
        if HTTPGuard.isRequest(call) {
            connection.isClosing = true
            shared.logger.warning("an HTTP request on the RESP port was refused")
            return
        }
        connection.transaction?.abort()
        shared.errors.count("ERR")
        output.appendUnknownCommand(call)
    }

    @inline(never)
    private mutating func refuseArity(
        of command: Command, _ call: borrowing Call, _ connection: inout ClientConnection,
        _ output: inout OutputBuffer
    ) {
        reject(Int(command.rawValue), "ERR")
        connection.transaction?.abort()
        guard command != .exec else {
            let reason = "wrong number of arguments for 'exec' command"
            return abortTransaction(of: &connection, call, because: reason, &output)
        }
        output.appendWrongArity(command.specification.name)
    }

    /// The commands that make up most traffic come first.
    mutating func runHot(
        _ command: Command, _ call: borrowing Call, on connection: inout ClientConnection,
        into output: inout OutputBuffer
    ) {
        switch command {
        case .get: get(call, &connection, &output)
        case .set: set(call, &connection, &output)
        case .mget: mget(call, connection, &output)
        case .mset: mset(call, connection, &output)
        case .msetnx: msetnx(call, connection, &output)
        case .setex: setex(call, connection, .seconds, &output)
        case .psetex: setex(call, connection, .milliseconds, &output)
        case .setnx: setnx(call, connection, &output)
        case .getset: getset(call, connection, &output)
        case .getdel: getdel(call, connection, &output)
        case .getex: getex(call, connection, &output)
        case .incr: increment(call, connection, by: 1, &output)
        case .decr: increment(call, connection, by: -1, &output)
        case .incrby: incrby(call, connection, &output)
        case .decrby: decrby(call, connection, &output)
        case .append: append(call, connection, &output)
        case .strlen: strlen(call, connection, &output)
        case .getrange, .substr: getrange(call, connection, &output)
        case .setrange: setrange(call, connection, &output)
        case .del, .unlink: delete(call, connection, &output)
        case .exists: exists(call, connection, isTouch: false, &output)
        case .touch: exists(call, connection, isTouch: true, &output)
        case .type: type(call, connection, &output)
        default: runExpiry(command, call, on: &connection, into: &output)
        }
    }

    private mutating func runExpiry(
        _ command: Command, _ call: borrowing Call, on connection: inout ClientConnection,
        into output: inout OutputBuffer
    ) {
        switch command {
        case .expire: expire(call, connection, .seconds, isAbsolute: false, &output)
        case .pexpire: expire(call, connection, .milliseconds, isAbsolute: false, &output)
        case .expireat: expire(call, connection, .seconds, isAbsolute: true, &output)
        case .pexpireat: expire(call, connection, .milliseconds, isAbsolute: true, &output)
        case .ttl: remaining(call, connection, .seconds, isAbsolute: false, &output)
        case .pttl: remaining(call, connection, .milliseconds, isAbsolute: false, &output)
        case .expiretime: remaining(call, connection, .seconds, isAbsolute: true, &output)
        case .pexpiretime: remaining(call, connection, .milliseconds, isAbsolute: true, &output)
        case .persist: persist(call, connection, &output)
        case .scan: scan(call, connection, &output)
        case .keys: keys(call, connection, &output)
        case .randomkey: randomkey(connection, &output)
        case .dbsize: output.appendInteger(Int64(store.count(database: connection.database)))
        case .flushall: flush(call, 0..<store.databaseCount, &output)
        case .flushdb: flush(call, connection.database..<connection.database + 1, &output)
        case .rename: rename(call, connection, isConditional: false, &output)
        case .renamenx: rename(call, connection, isConditional: true, &output)
        case .copy: copy(call, connection, &output)
        default: runConnection(command, call, on: &connection, into: &output)
        }
    }

    private mutating func runConnection(
        _ command: Command, _ call: borrowing Call, on connection: inout ClientConnection,
        into output: inout OutputBuffer
    ) {
        switch command {
        case .ping: ping(call, connection, &output)
        case .echo: output.appendBulk(call[1])
        case .hello: hello(call, &connection, &output)
        case .auth: auth(call, &connection, &output)
        case .select: select(call, &connection, &output)
        case .acl: acl(call, connection, &output)
        case .reset: reset(&connection, &output)
        case .multi: multi(&connection, &output)
        case .exec: exec(&connection, &output)
        case .discard: discard(&connection, &output)
        case .watch: watch(call, &connection, &output)
        case .unwatch: unwatch(connection, &output)
        case .quit:
            output.appendSimple("OK")
            connection.isClosing = true
        case .time: time(&output)
        case .client: client(call, &connection, &output)
        case .command: describeCommands(call, connection, &output)
        case .config: configure(call, connection, &output)
        case .info: info(call, connection, &output)
        case .object: object(call, connection, &output)
        default: runBits(command, call, on: &connection, into: &output)
        }
    }

    private mutating func runBits(
        _ command: Command, _ call: borrowing Call, on connection: inout ClientConnection,
        into output: inout OutputBuffer
    ) {
        switch command {
        case .bitcount: bitcount(call, connection, &output)
        case .bitfield: bitfield(call, connection, isReadOnly: false, &output)
        case .bitfieldRO: bitfield(call, connection, isReadOnly: true, &output)
        case .bitop: bitop(call, connection, &output)
        case .bitpos: bitpos(call, connection, &output)
        case .getbit: getbit(call, connection, &output)
        case .setbit: setbit(call, connection, &output)
        case .incrbyfloat: incrbyfloat(call, connection, &output)
        case .lcs: lcs(call, connection, &output)
        case .move: move(call, connection, &output)
        case .swapdb: swapdb(call, &output)
        default: runMessages(command, call, on: &connection, into: &output)
        }
    }

    private mutating func runMessages(
        _ command: Command, _ call: borrowing Call, on connection: inout ClientConnection,
        into output: inout OutputBuffer
    ) {
        switch command {
        case .publish: publish(call, isShard: false, &connection, &output)
        case .spublish: publish(call, isShard: true, &connection, &output)
        case .pubsub: pubsub(call, connection, &output)
        case .subscribe: subscribe(call, .channel, &connection, &output)
        case .psubscribe: subscribe(call, .pattern, &connection, &output)
        case .ssubscribe: subscribe(call, .shard, &connection, &output)
        case .unsubscribe: unsubscribe(call, .channel, &connection, &output)
        case .punsubscribe: unsubscribe(call, .pattern, &connection, &output)
        case .sunsubscribe: unsubscribe(call, .shard, &connection, &output)
        default: runServer(command, call, on: &connection, into: &output)
        }
    }
}

extension Command {
    /// What a client may say before it has given the password.
    var runsUnauthenticated: Bool {
        switch self {
        case .auth, .hello, .quit, .reset: true
        default: false
        }
    }
}

/// Browsers and curl that were led to a RESP port, perhaps by somebody with bad intentions.
enum HTTPGuard {
    /// Whether the request is `POST …` or a `Host:` header, as redis checks.
    static func isRequest(_ call: borrowing Call) -> Bool {
        call[0].equalsIgnoringCase("post") || call[0].equalsIgnoringCase("host:")
    }
}
