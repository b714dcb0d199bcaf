/// Chooses what a loop runs on.
enum BackendFactory {
    static func make(_ choice: RuntimeConfiguration.BackendChoice, for loop: LoopCore) -> Backend {
        LibeventBackend(loop)
    }
}
