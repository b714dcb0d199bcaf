/// Where each value of a configuration was given, for those who find out later that it cannot work.
///
/// Keys are those of `Setting`; of a user `users.NAME`, and `users.NAME.can` and so on.
public struct ConfigurationPlaces: Sendable, Hashable {
    private struct Place: Hashable {
        var source: ConfigurationSource
        /// Of a list, by element.
        var elements: [String: ConfigurationSource]
    }

    private var places: [String: Place] = [:]

    /// Where the value of `key` was given, or, when it is a list, its element `text`.
    public func source(of key: String, element text: String? = nil) -> ConfigurationSource {
        given(key, element: text) ?? .builtIn
    }

    /// The same; nil for a default.
    func given(_ key: String, element text: String? = nil) -> ConfigurationSource? {
        guard let place = places[key] else { return nil }
        return text.flatMap { place.elements[$0] } ?? place.source
    }

    /// Notes where a value was given that is now in force.
    mutating func note(
        _ key: String, _ source: ConfigurationSource,
        elements: [String: ConfigurationSource] = [:]
    ) {
        places[key] = Place(source: source, elements: elements)
    }
}
