extension MemcachedVerb {
    /// The verb that a word names. The case of letters counts.
    static func named(_ bytes: RawSpan, _ word: Range<Int>) -> MemcachedVerb {
        switch word.count {
        case 2: meta(bytes, word.lowerBound)
        case 3: ofThree(bytes, word.lowerBound)
        case 4: ofFour(bytes, word.lowerBound)
        default: longer(bytes, word)
        }
    }

    private static func meta(_ bytes: RawSpan, _ start: Int) -> MemcachedVerb {
        guard bytes.byte(at: start) == UInt8(ascii: "m") else { return .unknown }
        switch bytes.byte(at: start + 1) {
        case UInt8(ascii: "g"): return .metaGet
        case UInt8(ascii: "s"): return .metaSet
        case UInt8(ascii: "d"): return .metaDelete
        case UInt8(ascii: "a"): return .metaArithmetic
        case UInt8(ascii: "n"): return .metaNoOperation
        case UInt8(ascii: "e"): return .metaDebug
        default: return .unknown
        }
    }

    private static func ofThree(_ bytes: RawSpan, _ start: Int) -> MemcachedVerb {
        if bytes.matches("get", at: start) { return .get }
        if bytes.matches("set", at: start) { return .set }
        if bytes.matches("add", at: start) { return .add }
        if bytes.matches("cas", at: start) { return .cas }
        if bytes.matches("gat", at: start) { return .gat }
        return bytes.matches("lru", at: start) ? .lru : .unknown
    }

    private static func ofFour(_ bytes: RawSpan, _ start: Int) -> MemcachedVerb {
        if bytes.matches("gets", at: start) { return .gets }
        if bytes.matches("incr", at: start) { return .increment }
        if bytes.matches("decr", at: start) { return .decrement }
        if bytes.matches("gats", at: start) { return .gats }
        if bytes.matches("quit", at: start) { return .quit }
        // Not documented for ten years, and still taken by memcached.
        return bytes.matches("bget", at: start) ? .get : .unknown
    }

    private static func longer(_ bytes: RawSpan, _ word: Range<Int>) -> MemcachedVerb {
        if bytes.equals("touch", in: word) { return .touch }
        if bytes.equals("delete", in: word) { return .delete }
        if bytes.equals("append", in: word) { return .append }
        if bytes.equals("prepend", in: word) { return .prepend }
        if bytes.equals("replace", in: word) { return .replace }
        if bytes.equals("stats", in: word) { return .stats }
        if bytes.equals("version", in: word) { return .version }
        if bytes.equals("flush_all", in: word) { return .flushAll }
        if bytes.equals("verbosity", in: word) { return .verbosity }
        if bytes.equals("shutdown", in: word) { return .shutdown }
        return forOperators(bytes, word)
    }

    private static func forOperators(_ bytes: RawSpan, _ word: Range<Int>) -> MemcachedVerb {
        if bytes.equals("watch", in: word) { return .watch }
        if bytes.equals("lru_crawler", in: word) { return .lruCrawler }
        if bytes.equals("cache_memlimit", in: word) { return .cacheMemoryLimit }
        if bytes.equals("slabs", in: word) { return .slabs }
        if bytes.equals("extstore", in: word) { return .extstore }
        return bytes.equals("refresh_certs", in: word) ? .refreshCertificates : .unknown
    }
}
