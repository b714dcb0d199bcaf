/// How one event is written: a line of UTF-8 with its line break.
enum LogLine {
    /// The bytes of the line.
    static func bytes(
        _ level: LogLevel, _ message: String, _ fields: LogFields, milliseconds: Int,
        format: LogFormat
    ) -> [UInt8] {
        let time = UTCTime.text(milliseconds: milliseconds)
        let line =
            switch format {
            case .text: text(level, message, fields, time)
            case .json: json(level, message, fields, time)
            }
        return Array(line.utf8)
    }

    private static func text(
        _ level: LogLevel, _ message: String, _ fields: LogFields, _ time: String
    ) -> String {
        // The message is ours, yet it may quote what a client sent: it never breaks the line.
        var line = "\(time) \(level.name.padded(to: 7)) \(escaped(message, quotes: false))"
        for (name, value) in fields.pairs {
            line += " \(name)="
            switch value {
            case .text(let text): line += isWord(text) ? text : "\"\(escaped(text))\""
            case .integer(let number): line += "\(number)"
            case .number(let number): line += "\(number)"
            case .boolean(let flag): line += "\(flag)"
            }
        }
        return line + "\n"
    }

    private static func json(
        _ level: LogLevel, _ message: String, _ fields: LogFields, _ time: String
    ) -> String {
        var line = "{\"time\":\"\(time)\",\"level\":\"\(level.name)\",\"message\":\""
        line += escaped(message) + "\""
        for (name, value) in fields.pairs {
            let isTaken = ["time", "level", "message"].contains(name)
            line += ",\"\(escaped(name))\(isTaken ? "_" : "")\":"
            switch value {
            case .text(let text): line += "\"\(escaped(text))\""
            case .integer(let number): line += "\(number)"
            // JSON has no word for infinity.
            case .number(let number): line += number.isFinite ? "\(number)" : "\"\(number)\""
            case .boolean(let flag): line += "\(flag)"
            }
        }
        return line + "}\n"
    }

    /// Whether `text` can stand without quotes.
    private static func isWord(_ text: String) -> Bool {
        text.isEmpty == false
            && text.unicodeScalars.allSatisfy { scalar in
                isControl(scalar) == false && scalar.properties.isWhitespace == false
                    && scalar != "\"" && scalar != "=" && scalar != "\\"
            }
    }

    /// `text` as the inside of a JSON string.
    private static func escaped(_ text: String, quotes: Bool = true) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"" where quotes: result += "\\\""
            case "\\" where quotes: result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where isControl(scalar):
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// Control characters, and the two line breaks that terminals and scripts honour beside them.
    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 32 || (127..<160).contains(scalar.value)
            || scalar.value == 0x2028 || scalar.value == 0x2029
    }
}

/// Points in time as RFC 3339 writes them, in UTC.
enum UTCTime {
    /// `2026-11-20T08:29:29.123Z` for milliseconds since 1970.
    static func text(milliseconds: Int) -> String {
        let (days, inDay) = floored(milliseconds, by: 86_400_000)
        let (year, month, day) = date(daysSince1970: days)
        let (seconds, rest) = inDay.quotientAndRemainder(dividingBy: 1000)
        let date = "\(digits(year, 4))-\(digits(month, 2))-\(digits(day, 2))"
        let hour = digits(seconds / 3600, 2)
        return "\(date)T\(hour):\(digits(seconds / 60 % 60, 2)):\(digits(seconds % 60, 2))"
            + ".\(digits(rest, 3))Z"
    }

    /// The date of a day in the Gregorian calendar.
    ///
    /// Years begin in March, so that the leap day is their last; 400 of them always have 146,097
    /// days. H. Hinnant, "chrono-Compatible Low-Level Date Algorithms",
    /// https://howardhinnant.github.io/date_algorithms.html
    static func date(daysSince1970: Int) -> (year: Int, month: Int, day: Int) {
        let (era, dayOfEra) = floored(daysSince1970 + 719_468, by: 146_097)
        let leapDays = dayOfEra / 1460 - dayOfEra / 36_524 + dayOfEra / 146_096
        let yearOfEra = (dayOfEra - leapDays) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    private static func floored(_ value: Int, by divisor: Int) -> (quotient: Int, rest: Int) {
        let (quotient, rest) = value.quotientAndRemainder(dividingBy: divisor)
        return rest < 0 ? (quotient - 1, rest + divisor) : (quotient, rest)
    }

    private static func digits(_ value: Int, _ count: Int) -> String {
        let text = "\(value)"
        return String(repeating: "0", count: max(0, count - text.count)) + text
    }
}
