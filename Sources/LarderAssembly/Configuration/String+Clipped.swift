extension String {
    /// The text as an error message may show it: one line, not longer than 60 characters.
    var clipped: String {
        let shown = prefix(60).map { character in
            character.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
                ? String(character) : "?"
        }
        return shown.joined() + (count > 60 ? "…" : "")
    }
}
