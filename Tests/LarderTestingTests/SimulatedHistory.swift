import LarderCore
import LarderTesting

/// Clients in virtual time, each with one request under way, whose requests take effect at a random
/// moment between their two times.
struct SimulatedHistory {
    var clients = 8
    var keys = 2
    var operationsPerClient = 40
    /// Share of operations before which the key is evicted.
    var evictionShare = 0.0
    /// Share of requests whose reply is lost, half of them with their effect.
    var lossShare = 0.0
    var bug: Bug?

    private struct Client {
        var id: Int
        var left: Int
        var tokens: [String: UInt64] = [:]
        var key = ""
        var command = KeyCommand.get
        var invoked: UInt64
        var point: UInt64 = 0
        var returned: UInt64 = 0
    }

    func operations(seed: UInt64) -> [RecordedOperation] {
        var random = SeededRandom(seed: seed)
        var server = SimulatedServer(bug: bug, seed: seed)
        var history: [RecordedOperation] = []
        var active = (0..<clients).map { Client(id: $0, left: operationsPerClient, invoked: 1_000) }
        var nextID = clients
        for index in active.indices { plan(&active[index], &random) }
        while let index = active.indices.min(by: { active[$0].point < active[$1].point }) {
            step(&active[index], &server, &history, &random, &nextID)
            active[index].left -= 1
            if active[index].left == 0 {
                active.remove(at: index)
            } else {
                let pause = UInt64.random(in: 1...9_000, using: &random)
                active[index].invoked = active[index].returned + pause
                plan(&active[index], &random)
            }
        }
        return history.shuffled(using: &random)
    }

    private func step(
        _ client: inout Client, _ server: inout SimulatedServer,
        _ history: inout [RecordedOperation], _ random: inout SeededRandom, _ nextID: inout Int
    ) {
        if random.happens(evictionShare) { server.evict(client.key) }
        let isLost = random.happens(lossShare)
        var outcome = KeyOutcome.unknown
        if !isLost || random.happens(0.5) {
            outcome = server.reply(to: client.command, on: client.key, at: client.point)
        }
        if case .foundVersion(_, let token) = outcome { client.tokens[client.key] = token }
        history.append(
            RecordedOperation(
                client: client.id, key: client.key, command: client.command,
                outcome: isLost ? .unknown : outcome,
                invoked: Tick(nanoseconds: client.invoked),
                returned: isLost ? .never : Tick(nanoseconds: client.returned)))
        if isLost {
            client.id = nextID
            nextID += 1
            client.tokens = [:]
        }
    }

    private func plan(_ client: inout Client, _ random: inout SeededRandom) {
        client.key = "key\(Int.random(in: 0..<keys, using: &random))"
        client.command = command(for: client, &random)
        client.point = client.invoked + .random(in: 1...20_000, using: &random)
        client.returned = client.point + .random(in: 1...20_000, using: &random)
    }

    /// Values start far apart, so that counting never makes one that was also set.
    private func command(for client: Client, _ random: inout SeededRandom) -> KeyCommand {
        let value = Int64(client.id * 10_000 + client.left) * 1_000
        let lifetime: Lifetime? =
            random.happens(0.3)
            ? Lifetime(.microseconds(Int.random(in: 20...300, using: &random))) : nil
        switch Int.random(in: 0..<20, using: &random) {
        case 0..<6: return .get
        case 6..<9: return .gets
        case 9..<11: return .set(value, lifetime)
        case 11: return .add(value, lifetime)
        case 12: return .replace(value, lifetime)
        case 13..<15:
            guard let token = client.tokens[client.key] else { return .gets }
            return .compareAndSet(value, token: token, lifetime)
        case 15..<17: return .increment(by: 1, createsAbsent: client.id.isMultiple(of: 2))
        case 17..<19: return .delete
        default: return .expire(lifetime)
        }
    }
}
