import LarderAssembly
import Testing

/// What is printed for wrong configurations, word for word.
@Suite struct WrongConfigurationTests {
    /// The lines printed for a file `larder.yaml` with this text.
    static func lines(
        _ text: String, environment: [String: String] = [:], flags: [String] = []
    ) -> [String] {
        do throws(ConfigurationProblems) {
            let arguments = try ServeArguments(flags)
            let file = ConfigurationInput.File(name: "larder.yaml", bytes: Array(text.utf8))
            _ = try Configuration.load(
                ConfigurationInput(file: file, environment: environment, flags: arguments.flags))
            return []
        } catch {
            return error.description.split(separator: "\n").map(String.init)
        }
    }

    static let files: [(String, [String])] = [
        ("memroy: { limit: 1gb }", ["larder.yaml:1:1: unknown key 'memroy'; did you mean 'memory'?"]),
    ]

    @Test(arguments: files)
    func `says what is wrong in a file`(text: String, expected: [String]) {
        #expect(Self.lines(text) == expected)
    }
}
