import LarderAssembly

extension StandardError {
    /// Writes each of `warnings` as a line.
    static func printWarnings(_ warnings: [ConfigurationProblem]) {
        for warning in warnings { print("warning: \(warning)") }
    }
}
