import LarderAssembly
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

    /// Hands the certificates to the loops, and has them read again at SIGHUP.
    static func addTLS(to runtime: inout RuntimeConfiguration, _ shared: ServerShared) {
        guard let certificates = shared.certificates else { return }
        let logger = shared.logger
        runtime.tls = certificates.identity
        runtime.onHandshakeFailure = { logger.log($0) }
        runtime.onHangup = { certificates.reload(shared.currentSettings.configuration.tls) }
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
