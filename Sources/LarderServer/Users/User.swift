import LarderAssembly
import LarderCore
import LarderWire
import Synchronization

/// Who a connection speaks for. Never changes: a change of the users makes new ones.
final class User: Sendable {
    /// What a user may do.
    struct Rights: Hashable, Sendable {
        var rules = CommandRules.all
        /// Patterns of keys; nil: all.
        var keys: [[UInt8]]?
        /// Patterns of channels; nil: all.
        var channels: [[UInt8]]?

        static let none = Rights(rules: .none, keys: [], channels: [])

        /// Whether nothing needs a look.
        var areAll: Bool { rules.allowsAll && keys == nil && channels == nil }
    }

    let name: String
    let isEnabled: Bool
    let digests: [PasswordDigest]
    /// Name in a TLS client certificate that lets in.
    let certificate: String?
    let rights: Rights
    /// Whether the users in force have none of this name, or one with other rights. Set once, when
    /// they are replaced. EXEC asks it before each command, so that it need not ask for their lock.
    let isReplaced = Atomic<Bool>(false)

    /// The user `default`, who may do everything; with a password, only those who know it.
    init(defaultWith digests: [PasswordDigest], isEnabled: Bool) {
        name = UserConfiguration.defaultName
        self.isEnabled = isEnabled
        self.digests = digests
        certificate = nil
        rights = isEnabled ? Rights() : .none
    }

    /// The user of a configuration, with its passwords.
    init(_ user: UserConfiguration, digests: [PasswordDigest]) throws(UserFailure) {
        name = user.name
        isEnabled = true
        certificate = user.certificate
        self.digests = digests
        let keys = Self.patterns(user.keys)
        rights = Rights(
            rules: try CommandRules(user), keys: keys,
            channels: user.channels.map(Self.patterns) ?? (keys == nil ? nil : []))
    }

    private static func patterns(_ texts: [String]) -> [[UInt8]]? {
        texts.contains("*") ? nil : texts.map { Array($0.utf8) }
    }

    /// Whether AUTH lets in with any password.
    var isOpen: Bool { digests.isEmpty && name == UserConfiguration.defaultName }

    /// Whether `digest` is one of the user's. Takes as long for a wrong one as for the right one.
    func accepts(_ digest: PasswordDigest) -> Bool {
        digests.reduce(false) { $1.matches(digest) || $0 }
    }
}

extension User.Rights {
    /// Why a user may not run a command.
    enum Denial: Hashable, Sendable {
        case command, key, channel
    }

    /// Why a call is not allowed; nil when it is.
    func denial(of command: Command, _ call: borrowing Call) -> (kind: Denial, index: Int)? {
        if !rules.allowsAll, !allows(command, call) { return (.command, 0) }
        if let keys, let index = KeyPlaces(of: command, call).first(in: call, outside: keys) {
            return (.key, index)
        }
        if let channels, let index = deniedChannel(channels, command, call) {
            return (.channel, index)
        }
        return nil
    }

    private func allows(_ command: Command, _ call: borrowing Call) -> Bool {
        let place = Int(command.rawValue)
        guard CommandCatalog.shared.traits(of: command).isContainer else {
            return rules.allow(place)
        }
        let inner = CommandTable.shared.place(of: command, call)
        // An unknown subcommand is answered as such, whoever asks.
        return inner == place ? call.count > 1 || rules.allow(place) : rules.allow(inner)
    }

    private func deniedChannel(
        _ channels: [[UInt8]], _ command: Command, _ call: borrowing Call
    ) -> Int? {
        let use = CommandCatalog.shared.traits(of: command).channels
        let last: Int
        switch use {
        case .none: return nil
        case .one: last = min(1, call.count - 1)
        case .all, .patterns: last = call.count - 1
        }
        guard last > 0 else { return nil }
        for index in 1...last {
            let isAllowed =
                use == .patterns
                ? channels.contains { call[index].equals($0) }
                : channels.contains { unsafe Glob.matches(call[index], $0.span.bytes) }
            if !isAllowed { return index }
        }
        return nil
    }
}

/// Which arguments of a command are keys.
struct KeyPlaces {
    private var first = 0
    private var last = -1
    private var step = 1

    init(of command: Command, _ call: borrowing Call) {
        let row = command.specification
        let traits = CommandCatalog.shared.traits(of: command)
        // To redis's clusters the channels of shards are like keys, to users they are not.
        if traits.channels != .none || traits.subscribes { return }
        if row.firstKey > 0 {
            first = row.firstKey
            step = max(1, row.keyStep)
            last = row.lastKey < 0 ? call.count + row.lastKey : min(row.lastKey, call.count - 1)
        } else if row.hasSubcommands, call.count > 2,
            let page = CommandTable.shared.subcommand(call[1], of: command)?.page,
            let keys = page.keys.first(where: { !$0.isNoKey }),
            let places = keys.places(count: call.count)
        {
            first = keys.first
            step = max(1, keys.step)
            last = Array(places).last ?? -1
        }
    }

    /// The first key that matches none of the patterns.
    func first(in call: borrowing Call, outside patterns: [[UInt8]]) -> Int? {
        guard first > 0, last >= first else { return nil }
        return stride(from: first, through: last, by: step).first { index in
            !RawSpan.matches(call[index], patterns)
        }
    }
}

extension RawSpan {
    /// Whether `key` matches one of the patterns.
    static func matches(_ key: RawSpan, _ patterns: [[UInt8]]) -> Bool {
        patterns.contains { unsafe Glob.matches(key, $0.span.bytes) }
    }

    fileprivate func equals(_ bytes: [UInt8]) -> Bool {
        guard byteCount == bytes.count else { return false }
        for offset in 0..<byteCount where byte(at: offset) != bytes[offset] { return false }
        return true
    }
}
