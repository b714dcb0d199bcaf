import LarderAssembly
import Testing

/// What is printed for wrong origins and namespaces, word for word.
@Suite struct WrongNamespaceTests {
    private func problem(_ text: String) -> String {
        do throws(ConfigurationProblems) {
            _ = try NamespaceConfigurationTests.load(text)
            return ""
        } catch {
            return error.description
        }
    }

    private static let span =
        "a duration is a number with ms, s, m, h or d, from 1ms to 3650d, such as 2.5s"

    @Test(arguments: [
        (
            "namespaces: 1",
            "1:13: namespaces is a list, such as [{ match: \"product:{id}\", ttl: 1h }]"
        ),
        (
            "namespaces: [a]",
            "1:14: a namespace is keys with values, such as [{ match: \"product:{id}\", ttl: 1h }]"
        ),
        (
            "namespaces: [{ ttl: 1h }]",
            "1:14: a namespace has a pattern, such as 'match: \"product:{id}\"'"
        ),
        (
            "namespaces:\n  - match: \"a:{id\"\n",
            "2:12: match: The '{' is never closed at position 3; write it like 'user:{id}:posts'"
        ),
        (
            "namespaces:\n  - match: a\n    tll: 1h\n",
            "3:5: unknown key 'tll' of a namespace; did you mean 'ttl'?"
        ),
        ("namespaces: [{ match: a, ttl: 1 }]", "1:31: ttl is '1'; \(span), or never"),
        ("namespaces: [{ match: a, lease: 0s }]", "1:33: lease is '0s'; \(span)"),
        (
            "namespaces: [{ match: a, jitter: 0.1 }]",
            "1:34: jitter is '0.1'; a share is a number with %, from 0% to 100%, such as 10%"
        ),
        (
            "namespaces: [{ match: a, budget: 40%..10% }]",
            "1:34: budget is '40%..10%'; it is two shares of the memory, such as 10%..40%, or none"
        ),
        (
            "namespaces: [{ match: a, priority: top }]",
            "1:36: priority is 'top'; it is low, normal or high"
        ),
        (
            "namespaces: [{ match: a, write: [a] }]",
            "1:33: write is no list; it is cache, through, around or invalidate"
        ),
        (
            "namespaces: [{ match: a, write: behind }]",
            "1:33: write is 'behind', which is not there yet; it is cache, through, around or"
                + " invalidate"
        ),
        (
            "namespaces: [{ match: a, write: through }]",
            "1:26: write is 'through', which is for namespaces with an 'origin'; without one it is"
                + " cache"
        ),
        (
            "namespaces: [{ match: a, stale-if-error: 1h }]",
            "1:26: stale-if-error is for namespaces with an 'origin', and this one has none"
        ),
        (
            "namespaces: [{ match: a, cache: never, ttl: 1h }]",
            "1:40: ttl says nothing when cache is 'never'; leave one of them away"
        ),
        (
            "origins: { o: { http: \"http://h\" } }\nnamespaces: [{ match: \"a:{b}\", ttl: 1h,"
                + " origin: { use: o, get: \"/{b}\", get-many: \"/{b}\" } }]",
            "2:41: get-many is for origins with 'sqlite'"
        ),
        (
            "origins: { o: { http: \"http://u:p@h\", headers: { A: b } } }",
            "1:23: http has a login in its URL, which does not stand here; 'headers: {"
                + " Authorization: env:NAME }' has it, or file:PATH"
        ),
        (
            "namespaces: [{ match: \"{a}\" }]",
            "1:23: '{a}' has no words to be called by; add a 'name'"
        ),
        (
            "namespaces: [{ match: a, name: \"b c\" }]",
            "1:32: name is 'b c'; a name has letters, digits, '-', '_' and '.', at most 64"
        ),
        (
            "namespaces:\n  - match: \"a:{b}\"\n  - match: \"a:{c}:{d}\"\n",
            "3:5: namespace 'a' stands in line 2 already; give one of them another 'name'"
        ),
        (
            "namespaces:\n  - match: \"a:{b}\"\n  - { match: \"a:{c}\", name: c }\n",
            "3:5: 'a:{c}' matches the same keys as the namespace in line 2"
        ),
        (
            "origins: { a: { limit: 5 } }",
            "1:12: origin 'a' is one of http: URL, sqlite: PATH, postgres: URL"
        ),
        (
            "origins: { a: { sqlite: b, limit: 0 } }",
            "1:35: limit is '0'; it is a whole number from 1 to 100000, such as 64"
        ),
        (
            "origins: { a: { sqlite: b, headers: { C: d } } }",
            "1:28: headers are for origins with 'http'"
        ),
        (
            "origins: { \"a b\": { sqlite: b } }",
            "1:12: 'a b' is no name; a name has letters, digits,"
        ),
        ("origins: { a: { http: ftp://b } }", "1:23: http is no such URL; it is a URL such as"),
        ("origins: { a: { http: http:///b } }", "1:23: http names no host, or has blanks;"),
        (
            "origins: { a: { http: \"http://b/?c\" } }",
            "1:23: http has a query, which stands in 'get';"
        ),
        (
            "origins: { a: { http: http://b, headers: { Host: c } } }",
            "1:50: Host is set by the request itself; leave it away"
        ),
        ("origin: {}", "1:1: unknown key 'origin'; did you mean 'origins'?"),
        ("namespace: []", "1:1: unknown key 'namespace'; did you mean 'namespaces'?"),
    ])
    func `a mistake is told with its place and what would be right`(text: String, told: String) {
        #expect(problem(text).hasPrefix("larder.yaml:" + told), "\(problem(text))")
    }

    /// The second line is a namespace `a:{id}` with what is given.
    @Test(arguments: [
        (
            "use: catalgo, get: \"SELECT {id}\"", "ttl: 1h",
            "2:48: there is no origin 'catalgo'; did you mean 'catalog'?"
        ),
        (
            "use: zzz, get: \"SELECT {id}\"", "ttl: 1h",
            "2:48: there is no origin 'zzz'; there is catalog, web"
        ),
        ("use: catalog", "ttl: 1h", "2:33: an origin is asked by 'get', such as"),
        (
            "use: catalog, get: \"SELECT {sku}\"", "ttl: 1h",
            "2:62: get: The pattern has no {sku}; there is {id} at position 8;"
        ),
        (
            "use: catalog, get: \"SELECT '{id}'\"", "ttl: 1h",
            "2:62: get: A capture stands in quotes, where it is only text (a parameter needs no"
                + " quotes) at position 9;"
        ),
        (
            "use: catalog, get: \"SELECT 1\"", "ttl: 1h",
            "2:62: get asks the same for all keys; it has none of {id}"
        ),
        (
            "use: catalog, get: \"SELECT {id}\", set: \"DELETE {id}\"", "ttl: 1h",
            "2:82: set writes no {value}"
        ),
        (
            "use: web, get: \"{id}\"", "ttl: 1h",
            "2:58: get: It begins with '/' and is put behind the origin's URL at position 1;"
        ),
        (
            "use: catalog, get: \"SELECT {id}\"", "write: around, ttl: 1h",
            "2:79: write is 'around', and the origin has no 'set', which says how to write"
        ),
        ("use: catalog, get: \"SELECT {id}\"", "jitter: 1%", "2:16: there is no ttl, and what"),
        (
            "use: catalog, get: \"SELECT {id}\"", "ttl: never, stale: 1h",
            "2:91: stale begins when the ttl ends, and the ttl is 'never'"
        ),
        (
            "use: catalog, gett: \"SELECT {id}\"", "ttl: 1h",
            "2:57: unknown key 'gett' of a namespace's origin; did you mean 'get'?"
        ),
    ])
    func `a namespace fits its origin`(origin: String, rest: String, told: String) {
        let text = """
            origins: { catalog: { sqlite: shop.db }, web: { http: http://b } }
            namespaces: [{ match: "a:{id}", origin: { \(origin) }, \(rest) }]
            """
        #expect(problem(text).hasPrefix("larder.yaml:" + told), "\(problem(text))")
    }

    @Test(arguments: [
        "http: \"http://u:hunter2@b\"", "http: \"http://hunter2@b\"",
        "postgres: \"postgresql://app:hunter2@db/shop\"",
        "postgres: \"postgresql://db/shop?password=hunter2\"",
        "http: http://b, headers: { Authorization: hunter2 }",
        "http: http://b, headers: { X-Token: \"Bearer hunter2\" }",
        "http: http://b, headers: { a b: hunter2 }",
        "http: http://b, replicas: [\"http://u:hunter2@c\"]",
    ])
    func `a secret in the file is refused, and not repeated`(origin: String) {
        let told = problem("origins: { a: { \(origin) } }")
        #expect(told.hasPrefix("larder.yaml:1:"))
        #expect(told.contains("hunter2") == false, "\(told)")
    }

    @Test func `an origin that is wrong is not missed as well`() {
        let told = problem(
            """
            origins: { a: { limit: 0 } }
            namespaces: [{ match: b, origin: { use: a, get: "/{c}" }, ttl: 1h }]
            """)
        #expect(told.split(separator: "\n").count == 2, "\(told)")
        #expect(told.contains("there is no origin") == false)
    }
}
