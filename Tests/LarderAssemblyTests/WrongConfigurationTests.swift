import LarderAssembly
import Testing

/// What is printed for wrong configurations, word for word.
@Suite struct WrongConfigurationTests {
    /// The lines printed for a file `larder.yaml` with this text.
    private func lines(
        _ text: String, environment: [String: String] = [:], flags: [String] = []
    ) -> [String] {
        do throws(ConfigurationProblems) {
            let arguments = try ServeArguments(flags)
            let file = ConfigurationInput.File(name: "larder.yaml", bytes: Array(text.utf8))
            _ = try Configuration.load(
                ConfigurationInput(file: file, environment: environment, flags: arguments.flags))
            return []
        } catch {
            return error.description.split(separator: "\n").map(String.init)
        }
    }

    static let sizeForm = "a size is a number with b, kb, mb, gb or tb, such as 512mb"
    static let levelForm = "it is debug, info, warning or error"
    static let addressForm =
        "an address is 127.0.0.1:5273, [::1]:5273, localhost:5273 or unix:/run/larder.sock, or none"

    /// The ten of the acceptance: a slip in a section's name, one in a key, a size, a duration, an
    /// address, a word, a list, a tab, a key twice, an open door.
    static let ten: [(String, String)] = [
        ("data: ./d\nmemroy: {}\n", "2:1: unknown key 'memroy'; did you mean 'memory'?"),
        ("memory:\n  limmit: 1gb\n", "2:3: unknown key 'limmit'; did you mean 'limit'?"),
        (
            "memory:\n  limit: 5 potatoes\n",
            "2:10: limit is '5 potatoes'; \(sizeForm), or a share of the memory, such as 50%"
        ),
        (
            "clients: { idle: 30 }",
            "1:18: idle is '30'; a duration is a number with ms, s, m, h or d, such as 2.5s"
        ),
        (
            "listen:\n  resp: [127.0.0.1:5273, 127.0.0.1:99999]\n",
            "2:26: resp is '127.0.0.1:99999'; \(addressForm)"
        ),
        ("memory: { policy: lfu }", "1:19: policy is 'lfu'; it is s3fifo, lru or fifo"),
        ("log: { format: [text, json] }", "1:16: format is no list; it is text or json"),
        (
            "memory:\n\tlimit: 1gb\n",
            "2:1: this is not YAML: found character that cannot start any token"
                + " (YAML indents with blanks)"
        ),
        ("memory:\n  limit: 1gb\n  limit: 2gb\n", "3:3: 'limit' stands in line 2 already"),
        (
            "listen: { resp: 0.0.0.0:5273 }",
            "1:17: resp is 0.0.0.0:5273, which other machines reach, and there is no password;"
                + " set 'password', or 'protected-mode: no' under 'server' if everyone may in"
        ),
    ]

    @Test(arguments: ten)
    func `says what is wrong, where, and what would be right`(text: String, expected: String) {
        #expect(lines(text) == ["larder.yaml:\(expected)"])
    }

    static let more: [(String, String)] = [
        ("maxmemory: 1gb", "1:1: unknown key 'maxmemory'; did you mean 'memory.limit'?"),
        ("limit: 1gb", "1:1: unknown key 'limit'; did you mean 'memory.limit'?"),
        ("disks: []", "1:1: unknown key 'disks'; did you mean 'disk'?"),
        (
            "slowlog: { colour: red }",
            "1:12: unknown key 'colour'; the keys in 'slowlog' are threshold, length"
        ),
        (
            "memory: 512mb",
            "1:9: memory is a section; its keys are limit, policy, max-value, max-entries"
        ),
        (
            "- a",
            "1:1: a configuration is a list of keys with values, such as 'data: ./larder-data'"
        ),
        ("log: { level: }", "1:15: level has no value; \(levelForm)"),
        ("log: { level: { a: b } }", "1:15: level is no section; \(levelForm)"),
        ("clients: { max: 0 }", "1:17: max is 0; it is at least 1 and at most 1000000"),
        ("clients: { max: -5 }", "1:17: max is '-5'; a count is a whole number, such as 128"),
        ("clients: { memory: 1kb }", "1:20: memory is 1kb; it is at least 1mb and at most 1tb"),
        ("memory: { limit: 100 }", "1:18: limit is 100; it needs at least 1mb"),
        (
            "memory: { limit: 0% }",
            "1:18: limit is 0%; a share is more than 0% and at most 100%"
        ),
        (
            "memory: { limit: 8mb, max-value: 6mb }",
            "1:34: max-value is 6mb; with a limit of 8mb it is at most 4mb, a half"
        ),
        (
            "listen: { memcached: '[::]:1' }",
            "1:22: memcached is [::]:1, which other machines reach, and there is no password;"
                + " set 'password', or 'protected-mode: no' under 'server' if everyone may in"
        ),
        (
            "listen: { memcached: localhost:5273 }",
            "1:22: memcached is 127.0.0.1:5273, where resp listens too; give each its own port"
        ),
        (
            "listen: { resp: localhost:5274 }",
            "1:17: memcached is 127.0.0.1:5274, where resp listens too; give each its own port"
        ),
        (
            "listen: { resp: none, memcached: off }",
            "1:17: resp and memcached are both off; a server without an address serves nobody"
        ),
        (
            "password: \"a\\nb\"",
            "1:11: password is '(hidden)'; it is a text without line breaks, or empty for none"
        ),
        ("data: ''", "1:7: data is ''; it is the path of a folder, such as ./larder-data"),
    ]

    @Test(arguments: more)
    func `says it for every kind of key`(text: String, expected: String) {
        #expect(lines(text) == ["larder.yaml:\(expected)"])
    }

    @Test func `tells all errors of a file, in its order`() {
        let text = "clients: { max: 0, idle: x }\nfoo: 1\nlog: { level: loud }\n"
        #expect(
            lines(text).map { String($0.prefix(17)) } == [
                "larder.yaml:1:17:", "larder.yaml:1:26:", "larder.yaml:2:1: ", "larder.yaml:3:15:",
            ])
    }

    @Test func `tells twenty errors at most, and how many more there are`() {
        let text = (1...25).map { "wrong\($0): x\n" }.joined()
        let printed = lines(text)
        #expect(printed.count == 21)
        #expect(printed.last == "… and 5 more")
    }

    @Test func `does not judge what rests on a wrong value`() {
        #expect(lines("listen: { resp: 0.0.0.0:1 }\npassword: \"\\n\"").count == 1)
        #expect(lines("memory: { limit: x, max-value: 400mb }").count == 1)
    }

    @Test func `keeps what it quotes on one line and short`() {
        let printed = lines("data: 5\n\"a\\nb\(String(repeating: "c", count: 90))\": 1")
        #expect(printed.count == 1)
        #expect(printed[0].hasPrefix("larder.yaml:2:1: unknown key 'a?bccc"))
        #expect(printed[0].contains("c…'; the keys here are"))
    }

    static let flags: [([String], String)] = [
        (
            ["--memory.limit", "5 potatoes"],
            "--memory.limit: limit is '5 potatoes'; \(sizeForm), or a share of the memory,"
                + " such as 50%"
        ),
        (["--memroy.limit=1gb"], "--memroy.limit: unknown flag; did you mean '--memory.limit'?"),
        (["--limit", "1gb"], "--limit: unknown flag; did you mean '--memory.limit'?"),
        (["--requirepass", "x"], "--requirepass: unknown flag; did you mean '--password'?"),
        (["--zzzzzzzzz"], "--zzzzzzzzz: unknown flag; 'larder serve --help' lists them"),
        (["--log.format"], "--log.format: there is no value; it is text or json"),
        (
            ["--log.format", "--log.level=info"],
            "--log.format: there is no value; it is text or json"
        ),
        (["-x"], "-x: unknown flag; the form is: larder serve [FILE] [--key value]"),
        (["a", "b"], "b: a second file; the form is: larder serve [FILE] [--key value]"),
        (
            ["--listen.resp=127.0.0.1:1,foo"],
            "--listen.resp: resp is '127.0.0.1:1, foo'; \(addressForm)"
        ),
    ]

    @Test(arguments: flags)
    func `names the flag`(arguments: [String], expected: String) {
        #expect(lines("", flags: arguments) == [expected])
    }

    @Test func `names the variable`() {
        #expect(
            lines("", environment: ["LARDER_CLIENTS_MAX": "many"])
                == [
                    "environment LARDER_CLIENTS_MAX: max is 'many'; a count is a whole number,"
                        + " such as 128"
                ])
    }

    @Test func `a file that cannot be read is named with the reason`() {
        #expect(throws: ConfigurationProblems.self) {
            try ConfigurationInput.File(path: "/nowhere/larder.yaml")
        }
        do throws(ConfigurationProblems) {
            _ = try ConfigurationInput.File(path: "/nowhere/larder.yaml")
        } catch {
            let reason = "cannot be read: No such file or directory"
            #expect(error.description == "/nowhere/larder.yaml: \(reason)")
        }
        do throws(ConfigurationProblems) {
            _ = try ConfigurationInput.File(path: "/")
        } catch {
            #expect(error.description == "/: cannot be read: Is a directory")
        }
    }
}
