public import LarderAssembly
import LarderRuntime

extension Server {
    /// What TLS listeners show; nil without any.
    static func certificates(
        _ configuration: Configuration, _ logger: Logger
    ) throws(ServerFailure) -> CertificateKeeper? {
        guard configuration.listen.usesTLS else { return nil }
        do throws(TLSFailure) {
            return try CertificateKeeper(configuration.tls, logger)
        } catch {
            throw ServerFailure(description: error.description)
        }
    }

    /// Reads the certificates and keys that the configuration names. A problem is what cannot work,
    /// a warning what clients may not like, such as an expired certificate.
    public static func certificateProblems(
        _ loaded: LoadedConfiguration
    ) -> (problems: [ConfigurationProblem], warnings: [ConfigurationProblem]) {
        let tls = loaded.configuration.tls
        guard tls.certificates.isEmpty == false else { return ([], []) }
        do throws(TLSFailure) {
            let warnings = try TLSContext(tls).warnings.map { warning in
                ConfigurationProblem(
                    source: loaded.places.source(of: "tls.certificate", element: warning.file),
                    message: warning.description)
            }
            return ([], warnings)
        } catch {
            let key = "tls.\(error.setting)"
            let source = loaded.places.source(of: key, element: error.file)
            let message = "\(key): \(error.description)"
            return ([ConfigurationProblem(source: source, message: message)], [])
        }
    }

    /// Hands the certificates to the loops.
    static func addTLS(to runtime: inout RuntimeConfiguration, _ shared: ServerShared) {
        guard let certificates = shared.certificates else { return }
        let logger = shared.logger
        runtime.tls = certificates.identity
        runtime.onHandshakeFailure = { logger.log($0) }
    }

    static func tlsListeners(_ configuration: Configuration) -> [ListenerConfiguration] {
        let listeners =
            configuration.listen.respTLS.map { listener($0, .resp, configuration) }
            + configuration.listen.memcachedTLS.map { listener($0, .memcached, configuration) }
        return listeners.map { listener in
            var listener = listener
            listener.usesTLS = true
            return listener
        }
    }
}

extension ServerShared {
    /// The certificates that CONFIG SET names. Files are read before the lock is taken.
    func preparedContext(_ arguments: [String]) throws(SettingRefusal) -> TLSContext? {
        guard let certificates else { return nil }
        var tried = currentSettings
        // What is wrong with the arguments is said by the change itself.
        guard (try? tried.set(arguments)) != nil else { return nil }
        return try certificates.prepare(arguments, for: tried)
    }

    /// Reads the files of the settings in force again.
    func reloadCertificates() {
        var configuration = currentSettings.configuration
        if let context = preparedContext(&configuration) { certificates?.install(context) }
    }

    /// The certificates that a configuration names. What cannot be used is taken out of it: those
    /// in force stay, and nothing else depends on them.
    func preparedContext(_ configuration: inout Configuration) -> TLSContext? {
        guard let certificates else { return nil }
        if let context = certificates.read(configuration.tls) { return context }
        configuration.tls = currentSettings.configuration.tls
        return nil
    }
}
