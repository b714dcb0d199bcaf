import LarderMemory

/// A loop's readers of entries that came from origins: they differ in what they take.
final class LoadedReaders {
    /// Takes what is within its namespace's stale window.
    let stale: LoadedReader
    /// Takes what may be served when the origin fails.
    let onError: LoadedReader
    /// Takes all that there is: the origin has just said that it is good.
    let renewed = LoadedReader { _ in true }

    init(_ reads: ReadThrough) {
        stale = LoadedReader { reads.takesStale($0) }
        onError = LoadedReader { reads.takesOnError($0) }
    }
}
