import LarderCore

/// How values of one kind are written.
struct Form<Value: Sendable>: Sendable {
    /// The right form in words, with an article: "a size is a number with …".
    let description: String
    /// Whether several values may be given, as a list.
    var isList = false
    /// The value; nil when the texts are not of this form.
    let read: @Sendable ([String]) -> Value?
    /// The texts; one, unless it is a list.
    let write: @Sendable (Value) -> [String]

    /// A form of one text.
    init(
        _ description: String, read: @escaping @Sendable (String) -> Value?,
        write: @escaping @Sendable (Value) -> String
    ) {
        self.description = description
        self.read = { texts in texts.count == 1 ? read(texts[0]) : nil }
        self.write = { [write($0)] }
    }
}

extension Form where Value == Int {
    static let size = Form(
        "a size is a number with b, kb, mb, gb or tb, such as 512mb",
        read: { try? ByteCount(parsing: $0).bytes },
        write: { $0.byteText })

    static let count = Form(
        "a count is a whole number, such as 128", read: CountText.read, write: { "\($0)" })
}

extension Form {
    /// `form`, or `word` for nil.
    static func optional<Wrapped>(
        _ form: Form<Wrapped>, nilAs word: String
    ) -> Form where Value == Wrapped? {
        Form(
            "\(form.description), or \(word)",
            read: { $0 == word ? .some(nil) : form.read([$0]).map { .some($0) } },
            write: { $0.map { form.write($0)[0] } ?? word })
    }

    /// One of the words of `words`.
    static func word(
        _ words: [(String, Value)], synonyms: [(String, Value)] = []
    ) -> Form where Value: Hashable {
        let names = words.map(\.0)
        let list = names.dropLast().joined(separator: ", ") + " or " + (names.last ?? "")
        return Form(
            "it is \(list)",
            read: { text in (words + synonyms).first { $0.0 == text.lowercased() }?.1 },
            write: { value in words.first { $0.1 == value }?.0 ?? "" })
    }
}

extension Form where Value: CaseIterable & RawRepresentable<String> & Hashable {
    /// One of the names of the cases.
    static func name(synonyms: [(String, Value)] = []) -> Form {
        .word(Value.allCases.map { ($0.rawValue, $0) }, synonyms: synonyms)
    }
}

extension Form where Value == Duration {
    static let duration = Form(
        "a duration is a number with ms, s, m, h or d, such as 2.5s",
        read: { try? Duration(parsing: $0) },
        write: { $0.text })
}

extension Form where Value == Bool {
    static let yesOrNo = Form.word(
        [("yes", true), ("no", false)],
        synonyms: [("true", true), ("false", false), ("on", true), ("off", false)])
}

extension Form where Value == LogLevel {
    static let level = Form.word(LogLevel.allCases.map { ($0.name, $0) })
}

extension Form where Value == String {
    static let path = Form(
        "it is the path of a folder, such as ./larder-data",
        read: { $0.isEmpty || $0.utf8.contains(0) ? nil : $0 }, write: { $0 })
}

extension Form where Value == String? {
    static let secret = Form(
        "it is a text without line breaks, or empty for none",
        read: { text in
            if text.isEmpty { return .some(nil) }
            return text.utf8.allSatisfy { $0 >= 32 } ? .some(text) : nil
        },
        write: { $0 ?? "" })
}

extension Form where Value == MemoryConfiguration.Limit {
    static let limit = Form(
        "\(Form<Int>.size.description), or a share of the memory, such as 50%",
        read: { text in
            // `0.5` alone would be half a byte rather than a half: a share has its sign.
            if text.hasSuffix("%") { return (try? Ratio(parsing: text)).map { .share($0) } }
            return (try? ByteCount(parsing: text)).map { .bytes($0.bytes) }
        },
        write: { limit in
            switch limit {
            case .bytes(let count): count.byteText
            case .share(let share): share.description
            }
        })
}

extension Form where Value == [Endpoint] {
    static let endpoints = Form()

    private init() {
        description =
            "an address is 127.0.0.1:5273, [::1]:5273, localhost:5273 or unix:/run/larder.sock,"
            + " or none"
        isList = true
        read = { texts in
            if texts.isEmpty { return [] }
            if texts.count == 1, ["none", "off"].contains(texts[0].lowercased()) { return [] }
            let endpoints = texts.compactMap(Endpoint.init)
            guard endpoints.count == texts.count else { return nil }
            return Set(endpoints).count == texts.count ? endpoints : nil
        }
        write = { $0.isEmpty ? ["none"] : $0.map(\.description) }
    }
}

/// Whole numbers.
enum CountText {
    /// The number; nil when `text` has anything but digits or is too large.
    static func read(_ text: String) -> Int? {
        text.utf8.allSatisfy { (48...57).contains($0) } ? Int(text) : nil
    }
}
