extension Command {
    /// What the command does, in a few words: for COMMAND DOCS.
    var summary: StaticString {
        switch self {
        case .acl: "who may do what"
        case .append: "add to the end of a value"
        case .auth: "give the password"
        case .client: "name, describe and list connections"
        case .command: "describe the commands"
        case .config: "read and change settings"
        case .copy: "store an entry under another key too"
        case .dbsize: "count the keys of the database"
        case .decr: "take one from a number"
        case .decrby: "take from a number"
        case .del: "remove keys"
        case .echo: "answer the argument"
        case .exists: "count which keys exist"
        case .expire: "let a key expire in so many seconds"
        case .expireat: "let a key expire at a time in seconds"
        case .expiretime: "when a key expires, in seconds"
        case .flushall: "remove all keys of all databases"
        case .flushdb: "remove all keys of the database"
        case .get: "read a value"
        case .getdel: "read a value and remove its key"
        case .getex: "read a value and change when it expires"
        case .getrange: "read a part of a value"
        case .getset: "store a value and answer the old one"
        case .hello: "choose the protocol and introduce oneself"
        case .incr: "add one to a number"
        case .incrby: "add to a number"
        case .info: "what the server is, has and did"
        case .keys: "all keys that match a pattern"
        case .mget: "read values"
        default: laterSummary
        }
    }

    private var laterSummary: StaticString {
        switch self {
        case .mset: "store values, all at once"
        case .msetnx: "store values if none of the keys exists"
        case .object: "how a value is kept"
        case .persist: "let a key never expire"
        case .pexpire: "let a key expire in so many milliseconds"
        case .pexpireat: "let a key expire at a time in milliseconds"
        case .pexpiretime: "when a key expires, in milliseconds"
        case .ping: "ask whether the server answers"
        case .psetex: "store a value for so many milliseconds"
        case .pttl: "how long a key lives, in milliseconds"
        case .quit: "end the connection"
        case .randomkey: "some key of the database"
        case .rename: "give an entry another key"
        case .renamenx: "give an entry another key if that is free"
        case .discard: "forget what was queued since MULTI"
        case .exec: "run what was queued since MULTI, all at once"
        case .multi: "queue the commands that follow, until EXEC"
        case .reset: "make the connection like a new one"
        case .scan: "the keys of the database, some at a time"
        case .select: "change the database"
        case .set: "store a value"
        case .setex: "store a value for so many seconds"
        case .setnx: "store a value if the key is free"
        case .setrange: "overwrite a part of a value"
        case .strlen: "bytes of a value"
        case .substr: "read a part of a value"
        case .time: "the time of the server"
        case .touch: "count which keys exist, as an access"
        case .ttl: "how long a key lives, in seconds"
        case .type: "the kind of a value"
        case .unlink: "remove keys"
        default: preconditionFailure("Every command has a summary.")
        }
    }
}
