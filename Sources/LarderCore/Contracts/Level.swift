/// One store on the path from client to origin, below memory: a disk, a cold store, a remote cache.
///
/// Batches come first, because every level has a cost per call that a batch shares. A level keeps
/// its own bounds (queue, time, concurrency) and answers `failed` beyond them: it never makes a
/// caller wait without limit. Calls may come from any task, many at once; of two writes to one key
/// the one that began later wins, if the first had returned before.
public protocol Level: Sendable {
    /// The configured name, as failures and metrics show it.
    var name: String { get }

    /// Looks `keys` up. The answers are in their order, one for each.
    ///
    /// Entries that are expired or softly banned are `found`: the caller decides what stale means.
    func getMany(_ keys: [Key]) async -> [Lookup<Entry>]

    /// Stores `entries`, each in place of what its key had. A level may evict any entry at any
    /// time, these too.
    ///
    /// - Throws: `SourceFailure` if one of them could not be stored. Each key then has its old
    ///   value, the new one, or none.
    func putMany(_ entries: [Entry]) async throws(SourceFailure)

    /// Drops `keys`. Those that are absent are no error.
    ///
    /// - Throws: `SourceFailure` if one of them may still be there.
    func removeMany(_ keys: [Key]) async throws(SourceFailure)

    /// Lets all matching entries die, or grow stale, at once; space may come back later.
    ///
    /// - Throws: `SourceFailure` if some may still be served.
    func ban(_ ban: Ban) async throws(SourceFailure)
}
