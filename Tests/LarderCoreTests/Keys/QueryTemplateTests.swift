import LarderCore
import Testing

@Suite struct QueryTemplateTests {
    private static let captures = ["id", "n"]

    private func sql(
        _ text: String, _ dialect: SQLDialect = .sqlite, takesValue: Bool = false
    ) throws(TextFormError) -> QueryTemplate {
        try QueryTemplate(
            sql: text, dialect: dialect, captures: Self.captures, takesValue: takesValue)
    }

    private func url(_ text: String, _ parts: [String]) throws -> String? {
        let template = try QueryTemplate(url: text, captures: Self.captures)
        return template.percentEncoded(parts: parts.map { Array($0.utf8) }).map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    @Test(arguments: [
        ("/price/{id}?in={n}", "/price/42?in=eur"), ("/all", "/all"), ("/{id}{n}", "/42eur"),
        ("/a.b/{n}.{id}", "/a.b/eur.42"), ("/%20/{id}", "/%20/42"),
    ])
    func `parts stand in the URL`(template: String, expected: String) throws {
        #expect(try url(template, ["42", "eur"]) == expected)
    }

    @Test(
        arguments: [
            ("a/b", "/p/a%2Fb"), ("../../x", "/p/..%2F..%2Fx"),
            ("a?b=c&d#e", "/p/a%3Fb%3Dc%26d%23e"),
            ("%2e%2e", "/p/%252e%252e"), ("a\r\nHost: b", "/p/a%0D%0AHost%3A%20b"),
            ("é", "/p/%C3%A9"),
            ("\0", "/p/%00"), ("-._~", "/p/-._~"), ("..", nil), (".", nil), ("...", "/p/..."),
        ] as [(String, String?)])
    func `a part cannot lead elsewhere`(part: String, expected: String?) throws {
        #expect(try url("/p/{id}", [part, ""]) == expected)
    }

    @Test func `parts cannot make dots together, and may be dots in a query`() throws {
        #expect(try url("/p/{id}{n}/x", [".", "."]) == nil)
        #expect(try url("/p/.{id}", [".", "x"]) == nil)
        #expect(try url("/p?a={id}", ["..", "x"]) == "/p?a=..")
    }

    @Test(arguments: [
        ("price", 0, "It begins with '/' and is put behind the origin's URL"),
        ("/{sku}", 1, "The pattern has no {sku}; there is {id}, {n}"),
        ("/{id", 1, "The '{' is never closed"), ("/a}", 2, "There is a '}' without '{'"),
        ("/a b", 2, "Blanks and letters beyond ASCII are percent-encoded"),
        ("/a#b", 2, "A part behind '#' is never sent"),
        ("/%2", 1, "Behind '%' stand two hexadecimal digits"),
        ("/%2E%2e/x", 1, "'%2E' is written '.'"),
        ("/a/../b", 0, "The path has a segment '.' or '..'"),
    ])
    func `a mistake in a URL is told with its place`(text: String, position: Int, cause: String) {
        let error = #expect(throws: TextFormError.self) { try self.url(text, []) }
        #expect(
            error?.position == position && error?.cause == cause, "\(String(describing: error))")
    }

    @Test func `parts are parameters of SQL, each with one number`() throws {
        let query = try sql("SELECT body FROM p WHERE n = {n} AND (id = {id} OR m = {n})")
        #expect(
            query.bound(for: .sqlite)
                == BoundQuery("SELECT body FROM p WHERE n = ?1 AND (id = ?2 OR m = ?1)", [1, 0]))
        #expect(query.bound(for: .postgres).text.contains("n = $1 AND (id = $2 OR m = $1)"))
        #expect(query.captures == [0, 1])
        let write = try sql("INSERT INTO p VALUES ({id}, {value})", takesValue: true)
        #expect(write.takesValue)
        #expect(write.bound(for: .sqlite).parameters == [.capture(0), .value])
    }

    @Test(arguments: [
        "SELECT '{}', '{1,2}', 'it''s', \"a{b\" FROM [x{] -- {\n WHERE id = {id} /* } */;  ",
        "SELECT `a` -- it's\n, {id}", "SELECT '-- {' || {id}", "SELECT 1/{id}-{n}",
    ])
    func `quotes and comments hold what they hold`(text: String) throws {
        let template = try sql(text)
        #expect(template.captures.contains(0))
        let expected = text.replacing("{id}", with: "?1").replacing("{n}", with: "?2")
        #expect(template.bound(for: .sqlite).text == expected)
    }

    private static let quoted =
        "A capture stands in quotes, where it is only text"
        + " (a parameter needs no quotes)"

    @Test(arguments: [
        ("SELECT '{id}'", 8, quoted), ("SELECT \"{id}\"", 8, quoted),
        ("SELECT 'it''s {id}'", 14, quoted), ("SELECT [{id}]", 8, quoted),
        ("SELECT `{other}`", 8, quoted),
        ("SELECT 1 -- {id}", 12, "A capture stands in a comment, where it is only text"),
        ("SELECT /* {id} */ 1", 10, "A capture stands in a comment, where it is only text"),
        ("SELECT {sku}", 7, "The pattern has no {sku}; there is {id}, {n}"),
        ("SELECT {value}", 7, "The pattern has no {value}; there is {id}, {n}"),
        ("SELECT ?", 7, "Parameters are captures of the pattern, in braces"),
        ("SELECT :id", 7, "Parameters are captures of the pattern, in braces"),
        ("SELECT $id", 7, "Parameters are captures of the pattern, in braces"),
        ("SELECT @id", 7, "Parameters are captures of the pattern, in braces"),
        ("SELECT 1; DROP TABLE p", 8, "A second statement follows; it is one"),
        ("SELECT 'a", 7, "The quote is never closed"), (" ", 0, "There is no statement"),
        ("SELECT /* a", 7, "The comment is never closed"),
        ("SELECT }", 7, "There is a '}' without '{'"),
        ("SELECT {1}", 8, "A capture's name begins with a letter or '_'"),
    ])
    func `a mistake in SQL is told with its place`(text: String, position: Int, cause: String) {
        let error = #expect(throws: TextFormError.self) { try self.sql(text) }
        #expect(
            error?.position == position && error?.cause == cause, "\(String(describing: error))")
    }

    @Test(arguments: [
        ("SELECT a::text, b ? 'x', c @> d, arr[{id}]", true), ("SELECT $$ {id} $$", false),
        ("SELECT $t$ $$ $t$, {id}", true), ("SELECT E'\\'' || {id}", true),
        ("SELECT E'\\'{id}'", false), ("SELECT '\\', {id}", true), ("SELECT $1", false),
        ("SELECT /* /* */ {id} */ 1", false), ("SELECT $t$ {n}", false),
        ("SELECT a$b$ + {id}", true),
    ])
    func `PostgreSQL has quotes of its own`(text: String, isRight: Bool) throws {
        if isRight {
            #expect(try sql(text, .postgres).captures == [0])
        } else {
            #expect(throws: TextFormError.self) { try self.sql(text, .postgres) }
        }
    }

    @Test(arguments: UInt64(0)..<32)
    func `no text makes the reader trap`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let pieces = [
            "{", "}", "id", "'", "\"", "`", "[", "]", "$", "t", "--", "/*", "*/", "\n", "E",
            "\\", ";", "?", " ", "%", "2", "/", ".",
        ]
        for _ in 0..<500 {
            let text = (0..<Int.random(in: 0...12, using: &random))
                .map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
            for dialect in [SQLDialect.sqlite, .postgres] { _ = try? sql(text, dialect) }
            _ = try? url("/" + text, ["a", "b"])
            _ = try? KeyPattern(parsing: text)
        }
    }
}

extension BoundQuery {
    fileprivate init(_ text: String, _ captures: [Int]) {
        self = BoundQuery(text: text, parameters: captures.map { .capture($0) })
    }
}
