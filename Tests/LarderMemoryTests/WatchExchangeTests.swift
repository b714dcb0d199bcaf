import LarderCore
import Testing

@testable import LarderMemory

/// What happens between an exchange of two databases and its search for watched keys.
@Suite struct WatchExchangeTests {
    /// The key may have been read meanwhile, and is gone before the search comes to it.
    @Test(arguments: [true, false])
    func `a key that was got and has expired breaks its watch`(isRead: Bool) throws {
        var fixture = StoreFixture { $0.databaseCount = 2 }
        let start = fixture.now
        let expiry = Moment(milliseconds: start.milliseconds + 10)
        let key = StoreFixture.bytes("key")
        let watch = KeyWatch()
        unsafe fixture.store.watch(
            key.span.bytes, fixture.hash("key"), database: 0, at: fixture.now, by: watch)
        fixture.put("key", StoreFixture.bytes("value"), database: 1, expiry: expiry)
        let gains = fixture.store.exchange(0, 1)
        #expect(fixture.value("key") == StoreFixture.bytes("value"))
        fixture.now = expiry
        if isRead { #expect(fixture.value("key") == nil) } else { fixture.settle() }
        fixture.store.breakWatches(afterExchange: gains, at: start)
        fixture.store.shared.moves.endExchange()
        #expect(fixture.store.isBroken(watch, at: fixture.now))
        fixture.store.endWatch(watch)
    }
}
