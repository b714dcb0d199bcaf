import Testing

@testable import LarderServer

@Suite(.onOwnThread) struct CommandManualTests {
    @Test(arguments: Command.allCases)
    func `every command has a page`(command: Command) {
        let page = CommandTable.shared.page(of: command)
        #expect(page.name == "\(command.specification.name)")
        #expect(!page.since.isEmpty && !page.group.isEmpty && !page.summary.isEmpty)
        #expect(!command.specification.categories.isEmpty)
        for subcommand in page.subcommands {
            #expect(subcommand.name.hasPrefix("\(page.name)|"))
            #expect(subcommand.arity != 0 && !subcommand.summary.isEmpty)
        }
    }

    @Test(arguments: Command.allCases)
    func `the keys of a row are those of its page`(command: Command) {
        let row = command.specification
        let page = CommandTable.shared.page(of: command)
        // Enough words for every kind of command, and an even number of arguments.
        let count = 9
        // Shard channels too: redis has them in the row, though they are no keys.
        let described = Set(page.keys.flatMap { $0.places(count: count).map(Array.init) ?? [] })
        guard row.firstKey > 0 else {
            #expect(described.isEmpty)
            return
        }
        let last = row.lastKey < 0 ? count + row.lastKey : row.lastKey
        #expect(described == Set(stride(from: row.firstKey, through: last, by: row.keyStep)))
    }

    @Test(arguments: Command.allCases)
    func `arguments belong to keys that there are`(command: Command) {
        func check(_ arguments: [CommandArgument], _ keyCount: Int) {
            for argument in arguments {
                if let key = argument.key { #expect(key < keyCount, "\(argument.name)") }
                let isNested = ["block", "oneof"].contains(argument.type)
                #expect(isNested == !argument.arguments.isEmpty, "\(argument.name)")
                if argument.type == "pure-token" { #expect(argument.token != nil) }
                check(argument.arguments, keyCount)
            }
        }
        let page = CommandTable.shared.page(of: command)
        for page in [page] + page.subcommands { check(page.arguments, page.keys.count) }
    }

    @Test func `a page is read as it is written`() throws {
        var reader = ManualReader(
            """
            set: store a value
              acl string
              tips one two
              doc string 1.0.0 O(1)
              instead 6.2.0 another one
              key RW access 1 -1 2
              note only now and then
              arg expiration oneof +2.6 -7.0 optional
                seconds integer =EX @0
            client|id 2 loading stale: a number
            """)
        let pages = reader.pages()
        let page = try #require(pages.first)
        #expect(pages.count == 2 && page.name == "set" && page.summary == "store a value")
        #expect(page.ownCategories == CommandCategories(named: "string"))
        #expect(page.tips == ["one", "two"])
        #expect(page.group == "string" && page.since == "1.0.0" && page.complexity == "O(1)")
        #expect(
            page.deprecation?.since == "6.2.0" && page.deprecation?.replacement == "another one")
        #expect(page.keys.first?.flags == ["RW", "access"])
        #expect(page.keys.first?.places(count: 6).map(Array.init) == [1, 3, 5])
        #expect(page.keys.first?.note == "only now and then")
        let argument = try #require(page.arguments.first)
        #expect(argument.since == "2.6" && argument.deprecatedSince == "7.0")
        #expect(argument.flags == ["optional"] && argument.arguments.first?.token == "EX")
        #expect(argument.arguments.first?.key == 0)
        #expect(pages[1].arity == 2 && pages[1].flags == ["loading", "stale"])
    }

    @Test func `categories follow from flags`() {
        let own = CommandCategories(named: "keyspace")
        let all = CommandCategories(own: own, flags: ["write", "admin", "fast"])
        #expect(all.names == ["keyspace", "write", "admin", "fast", "dangerous"])
        #expect(CommandCategories(own: [], flags: []).names == ["slow"])
        #expect(CommandCategories(named: "none").isEmpty)
    }
}
