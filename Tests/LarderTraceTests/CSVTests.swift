import LarderTrace
import Testing

@Suite struct CSVTests {
    static func read(_ text: String, columns: String? = nil) throws -> ReadTrace {
        let folder = try TemporaryFolder()
        let path = try folder.write(text.utf8, as: "t.csv")
        return try ReadTrace(path, columns: try columns.map { try CSVColumns(parsing: $0) })
    }

    @Test(
        arguments: [
            ("time,key,size\n5,a,7\n", nil), ("5,a,7", nil), ("5;a;7\r\n", nil), ("5\ta\t7\n", nil),
            ("size,obj_id,timestamp\n7,a,5\n", nil), ("a,7,5\n", "key,size,time"),
            ("key,size,time\na,7,5\n", "key,size,time"), ("x,5,y,a,7\n", "-,time,-,key,size"),
            ("when,what,much\n5,a,7\n", "time,key,size"), ("5, a , 7\n", nil),
            ("5.25,\"a\",7\n\n", nil),
        ] as [(String, String?)])
    func `all these say the same request`(text: String, columns: String?) throws {
        let read = try Self.read(text, columns: columns)
        #expect(read.error == nil)
        #expect(read.keys == ["a"])
        #expect(read.requests.map(\.time) == [5])
        #expect(read.requests.map(\.size) == [7])
        #expect(read.requests.map(\.nextAccess) == [TraceRequest.unknownNextAccess])
    }

    @Test func `one column is keys, two are time and key`() throws {
        #expect(try Self.read("a\nb\n").keys == ["a", "b"])
        let two = try Self.read("9,a\n")
        #expect(two.requests.map(\.time) == [9])
        #expect(two.requests.map(\.size) == [1])
    }

    @Test func `quotes keep separators and quotes of a key`() throws {
        let read = try Self.read("1,\"a,b\",2\n1,\"say \"\"x\"\"\",2\n")
        #expect(read.keys == ["a,b", "say \"x\""])
    }

    @Test(arguments: [
        ("1,a,2\n1,b\n", 2, "the size should be field 3, but there are only 2 fields"),
        ("1,a,2\n1,b,many\n", 2, "the size 'many' is not a whole number from 0 to 4294967295"),
        (
            "1,a,2\n1,b,4294967296\n", 2,
            "the size '4294967296' is not a whole number from 0 to 4294967295"
        ),
        (
            "time,key,size\nnoon,a,1\n", 2,
            "the time 'noon' is not a whole number from 0 to 4294967295"
        ),
        ("1,a,2\n\n1,,2\n", 3, "the key is empty"),
        ("1,\"a,2\n", 1, "a quoted field has no closing quote on its line"),
        (
            "time,key,size,next\n1,a,1,-5\n", 2,
            "the next access '-5' is not a whole number from 0 to 9223372036854775807"
        ),
    ])
    func `a bad line is an error with its number and what would be right`(
        text: String, line: Int, problem: String
    ) throws {
        let read = try Self.read(text)
        #expect(read.error?.place == .line(line))
        #expect(read.error?.problem.description == problem)
        #expect(read.error?.description.hasSuffix("t.csv:\(line): \(problem)") == true)
    }

    @Test func `the requests before a bad line are given first`() throws {
        let read = try Self.read("1,a,2\n1,b,2\n1,c,x\n1,d,2\n")
        #expect(read.keys == ["a", "b"])
        #expect(read.error?.place == .line(3))
    }

    @Test func `a line without end is refused, not collected`() throws {
        let read = try Self.read("1,a,2\n" + String(repeating: "x", count: 70_000))
        #expect(read.keys == ["a"])
        #expect(read.error?.problem == .lineTooLong(max: 65_536))
    }

    @Test func `the longest line that is allowed is read`() throws {
        let key = String(repeating: "x", count: 65_536)
        #expect(try Self.read("\(key)\n\(key)").keys == [key, key])
    }

    @Test(arguments: [
        ("time,size", "no column is named key"), ("key,key", "a name comes twice"),
        ("key,weight", "'weight' is none of time, key, size, next_access and -"),
    ])
    func `columns that make no sense are refused`(text: String, reason: String) {
        let error = #expect(throws: TraceError.self) { try CSVColumns(parsing: text) }
        #expect(error?.problem == .badColumns(text, reason: reason))
    }
}
