public import LarderAssembly

extension Server {
    /// What keeps a server from asking its origins: secrets of headers that cannot be had.
    public static func originProblems(_ loaded: LoadedConfiguration) -> [ConfigurationProblem] {
        loaded.configuration.origins.flatMap { origin in
            origin.headers.compactMap { header in
                do throws(OriginSecretFailure) {
                    _ = try header.value()
                    return nil
                } catch {
                    let key = "origins.\(origin.name).\(header.name)"
                    return ConfigurationProblem(
                        source: loaded.places.source(of: key), message: "\(key): \(error)")
                }
            }
        }
    }
}
