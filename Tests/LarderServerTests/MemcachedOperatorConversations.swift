/// What is said by those who run a server, as memcached 1.6.18 has it.
extension Conversation {
    static let operators: [Conversation] = [
        Conversation(
            "lru_crawler answers as if it crawled",
            [
                ("lru_crawler|", "ERROR|"),
                ("lru_crawler crawl all|", "OK|"),
                ("lru_crawler crawl 1,2|", "OK|"),
                ("lru_crawler crawl 64|", "BADCLASS invalid class id|"),
                ("lru_crawler crawl x|", "BADCLASS invalid class id|"),
                ("lru_crawler crawl|", "ERROR|"),
                ("lru_crawler sleep 5|", "OK|"),
                ("lru_crawler sleep x|", "CLIENT_ERROR bad command line format|"),
                ("lru_crawler sleep 1000001|", "CLIENT_ERROR sleep must be one second or less|"),
                ("lru_crawler tocrawl 5|", "OK|"),
                ("lru_crawler tocrawl x|", "CLIENT_ERROR bad command line format|"),
                ("lru_crawler foo|", "ERROR|"),
                ("lru_crawler metadump 99|", "BADCLASS invalid class id|"),
                ("lru_crawler metadump all|", "END|"),
                ("lru_crawler disable|", "OK|"),
                ("lru_crawler crawl all|", "CLIENT_ERROR lru crawler disabled|"),
                ("lru_crawler metadump all|", "CLIENT_ERROR lru crawler disabled|"),
                ("lru_crawler enable|", "OK|"),
                ("lru_crawler metadump 1|", "END|"),
            ]),
        Conversation(
            "tuning is understood",
            [
                ("slabs|", "ERROR|"),
                ("slabs reassign 1 1|", "SAME src and dst class are identical|"),
                ("slabs reassign x 1|", "CLIENT_ERROR bad command line format|"),
                ("slabs reassign 77 5|", "BADCLASS invalid src or dst class id|"),
                ("slabs automove 1|", "OK|"),
                ("slabs automove 5|", "ERROR|"),
                ("slabs automove x|", "CLIENT_ERROR bad command line format|"),
                ("slabs automove ratio 0.5|", "OK|"),
                ("slabs automove ratio|", "ERROR|"),
                ("slabs automove|", "ERROR|"),
                ("slabs automove 1 noreply|", ""),
                ("lru tune 20 40 0.2 2|", "OK|"),
                ("lru tune 50 40 0.2 2|", "ERROR hot and warm pcts must not exceed 80|"),
                ("lru tune 5 40 0 2|", "ERROR hot/warm age factors must be greater than 0|"),
                ("lru tune 5 40 0|", "ERROR|"),
                ("lru tune x 40 1 2|", "ERROR|"),
                ("lru mode flat|", "OK|"),
                ("lru mode x|", "ERROR|"),
                ("lru temp_ttl 5|", "OK|"),
                ("lru temp_ttl x|", "ERROR|"),
                ("lru|", "ERROR|"),
                ("lru x|", "ERROR|"),
                ("lru mode flat noreply|", ""),
                ("extstore item_size 5|", "OK|"),
                ("extstore foo 1|", "ERROR|"),
                ("extstore|", "ERROR|"),
                ("extstore item_size|", "ERROR|"),
                ("extstore item_size x|", "ERROR|"),
                ("extstore free_memchunks 1 2|", "OK|"),
                ("extstore free_memchunks 99 2|", "ERROR|"),
                ("extstore max_frag 0.5|", "OK|"),
                ("extstore max_frag x|", "ERROR|"),
            ]),
        Conversation(
            "the memory limit is changed within bounds",
            [
                ("cache_memlimit 5|", "MEMLIMIT_TOO_SMALL cannot set maxbytes to less than 8m|"),
                ("cache_memlimit 100|", "OK|"),
                ("cache_memlimit 101 noreply|", ""),
                (
                    "cache_memlimit 1000000001|",
                    "MEMLIMIT_ADJUST_FAILED input value is megabytes not bytes|"
                ),
                ("cache_memlimit|", "ERROR|"),
                ("cache_memlimit x|", "ERROR|"),
                ("cache_memlimit 1 2 3|", "ERROR|"),
            ]),
        Conversation(
            "what is not allowed is refused",
            [
                ("shutdown|", "ERROR: shutdown not enabled|"),
                ("shutdown graceful|", "ERROR: shutdown not enabled|"),
                ("misbehave|", "ERROR|"),
                ("watch foo|", "ERROR|"),
                ("watch foo noreply|", ""),
                ("refresh_certs|", "Error TLS not enabled|"),
                ("verbosity|", "ERROR|"),
                ("verbosity 1 noreply|", ""),
                ("stats extstore|", "END|"),
                ("stats proxy|", "ERROR|"),
                ("stats sizes_disable|", "STAT sizes_status disabled|"),
                ("stats cachedump|", "CLIENT_ERROR bad command line|"),
                ("stats cachedump 99 1|", "CLIENT_ERROR Illegal slab id|"),
                ("stats cachedump x 1|", "CLIENT_ERROR bad command line format|"),
                ("stats cachedump 5 0|", "END|"),
                ("abc HTTP/1.1|", "ERROR|"),
                ("m HTTP/1.1|", "ERROR|"),
            ]),
        Conversation(
            "stats detail counts by prefix",
            [
                ("stats detail dump|", "END|"),
                ("stats detail on|", "OK|"),
                (
                    "set b:c 0 0 1|x|get b:c q:x none|delete q:x|",
                    "STORED|VALUE b:c 0 1|x|END|NOT_FOUND|"
                ),
                ("gat 0 b:c|gets b:d|ms b:c 1|y|", "VALUE b:c 0 1|x|END|END|HD|"),
                (
                    "stats detail dump|",
                    "PREFIX b get 3 hit 2 set 1 del 0|PREFIX q get 1 hit 0 set 0 del 1|END|"
                ),
                ("stats detail off|get b:c|", "OK|VALUE b:c 0 1|y|END|"),
                (
                    "stats detail dump|",
                    "PREFIX b get 3 hit 2 set 1 del 0|PREFIX q get 1 hit 0 set 0 del 1|END|"
                ),
                ("stats reset|stats detail dump|", "RESET|END|"),
                ("stats detail x|", "CLIENT_ERROR usage: stats detail on|off|dump|"),
            ]),
        Conversation(
            "stats cachedump lists keys",
            [
                ("set a 0 0 3|abc|stats cachedump 1 0|", "STORED|ITEM a [3 b; 0 s]|END|")
            ]),
    ]
}
