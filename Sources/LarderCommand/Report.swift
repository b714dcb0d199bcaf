/// Results as named figures: aligned lines for people, one JSON object for programs.
struct Report {
    enum Value {
        case text(String)
        case count(UInt64)
        case bytes(UInt64)
        case real(Double, unit: String, digits: Int)
        /// From 0 to 1 in JSON, in percent for people.
        case share(Double)
        case missing
    }

    private struct Field {
        /// With underscores, as JSON has it; people read blanks.
        let name: String
        let value: Value
    }

    private var fields: [Field] = []

    mutating func add(_ name: String, _ value: Value) {
        fields.append(Field(name: name, value: value))
    }

    /// The form that `--format` asks for.
    func rendered(asJSON: Bool) -> String {
        asJSON ? json : text
    }

    private var text: String {
        let width = fields.map(\.name.count).max() ?? 0
        return fields.map { field in
            let label = String(field.name.map { $0 == "_" ? " " : $0 })
            let gap = String(repeating: " ", count: width - label.count + 2)
            return label + gap + Self.text(of: field.value)
        }.joined(separator: "\n")
    }

    private var json: String {
        let members = fields.map { "  \"\($0.name)\": \(Self.json(of: $0.value))" }
        return "{\n" + members.joined(separator: ",\n") + "\n}"
    }

    private static func text(of value: Value) -> String {
        switch value {
        case .text(let text): text
        case .count(let count): NumberText.grouped(count)
        case .bytes(let bytes): NumberText.bytes(bytes)
        case .real(let number, let unit, let digits):
            NumberText.fixed(number, digits: digits) + (unit.isEmpty ? "" : " \(unit)")
        case .share(let share): NumberText.fixed(share * 100, digits: 3) + " %"
        case .missing: "-"
        }
    }

    private static func json(of value: Value) -> String {
        switch value {
        case .text(let text): quoted(text)
        case .count(let number), .bytes(let number): "\(number)"
        case .real(let number, _, _), .share(let number): number.isFinite ? "\(number)" : "null"
        case .missing: "null"
        }
    }

    static func quoted(_ text: String) -> String {
        let escaped = text.unicodeScalars.map { scalar in
            switch scalar {
            case "\"": "\\\""
            case "\\": "\\\\"
            case _ where scalar.value < 0x20:
                "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: String(scalar)
            }
        }
        return "\"" + escaped.joined() + "\""
    }
}
