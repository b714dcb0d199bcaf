extension RuntimeSetting {
    /// Redis's names for messages.
    static let pubsub = [
        RuntimeSetting(
            name: "notify-keyspace-events", path: "pubsub.events",
            text: { $0.configuration.pubsub.events.text },
            change: { text, settings in
                guard let events = EventClasses(text) else { return RedisText.notEvents }
                settings.configuration.pubsub.events = events
                return nil
            }),
        RuntimeSetting(
            name: "client-output-buffer-limit", path: "pubsub.output-limit",
            text: { settings in
                let limits = settings.configuration.pubsub
                let seconds = limits.outputSoftTime.components.seconds
                return "normal 0 0 0 slave 268435456 67108864 60 pubsub \(limits.outputLimitBytes)"
                    + " \(limits.outputSoftLimitBytes) \(seconds)"
            },
            change: { text, settings in
                changeOutputLimits(text, &settings.configuration.pubsub)
            }),
    ]

    /// Takes classes and their limits: four words each.
    private static func changeOutputLimits(
        _ text: String, _ limits: inout PubSubConfiguration
    ) -> String? {
        let words = text.split(separator: " ").map(String.init)
        guard words.count.isMultiple(of: 4) else {
            return "Wrong number of arguments in buffer limit configuration."
        }
        for start in stride(from: 0, to: words.count, by: 4) {
            let name = words[start].lowercased()
            guard ["normal", "slave", "replica", "pubsub"].contains(name) else {
                return "Invalid client class specified in buffer limit configuration."
            }
            guard let hard = RedisText.memory(words[start + 1]),
                let soft = RedisText.memory(words[start + 2]),
                let seconds = Int(words[start + 3]), hard >= 0, soft >= 0, seconds >= 0
            else {
                return "Error in hard, soft or soft_seconds setting in buffer limit configuration."
            }
            if name == "pubsub" {
                limits.outputLimitBytes = hard
                limits.outputSoftLimitBytes = soft
                limits.outputSoftTime = .seconds(seconds)
            } else if name == "normal", hard != 0 || soft != 0 {
                // Replicas there are none.
                return "'normal' takes no limits but 0 0 0: clients.output-limit"
                    + " stops reading from who does not read, and nobody is closed for it"
            }
        }
        return nil
    }
}
