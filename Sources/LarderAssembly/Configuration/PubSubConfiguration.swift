import LarderCore

/// Messages that clients subscribe to.
public struct PubSubConfiguration: Sendable, Hashable {
    /// Keyspace events that are sent. None, as in redis: each costs every write something.
    public var events = EventClasses()

    /// Bytes of unread messages at which a subscriber is closed; zero: no such bound. 32 MiB, as in
    /// redis.
    public var outputLimitBytes = 32 << 20

    /// Bytes of unread messages that a subscriber may have for a while; zero: no such bound. 8 MiB,
    /// as in redis.
    public var outputSoftLimitBytes = 8 << 20

    /// How long a subscriber may have more than that. A minute, as in redis.
    public var outputSoftTime = Duration.seconds(60)

    /// The defaults.
    public init() {}

    /// What cannot work.
    func violations() -> [ConfigurationError] {
        [
            .unless(bytes: 0...(1 << 40), outputLimitBytes, "pubsub.output-limit"),
            .unless(bytes: 0...(1 << 40), outputSoftLimitBytes, "pubsub.output-soft-limit"),
            .unless(
                .zero ... .seconds(Int32.max), outputSoftTime, "pubsub.output-soft-time"),
        ].compactMap(\.self)
    }
}

extension Form where Value == EventClasses {
    static let events = Form(
        "it is letters of Ag$lshzxeKEtmdn as redis has them, such as KEA, or empty for none",
        read: { EventClasses($0) }, write: { $0.text })
}

extension Setting {
    static let pubsub = [
        Setting(
            "pubsub.events", \.pubsub.events, .events,
            "keyspace events that are sent, by redis's letters, such as KEA"),
        Setting(
            "pubsub.output-limit", \.pubsub.outputLimitBytes, .size,
            "unread messages at which a subscriber is closed; 0b: none"),
        Setting(
            "pubsub.output-soft-limit", \.pubsub.outputSoftLimitBytes, .size,
            "unread messages that a subscriber may have for output-soft-time"),
        Setting(
            "pubsub.output-soft-time", \.pubsub.outputSoftTime, .duration,
            "how long a subscriber may be above output-soft-limit"),
    ]
}
