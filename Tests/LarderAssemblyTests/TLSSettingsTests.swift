import LarderRuntime
import Testing

@testable import LarderAssembly

/// The settings of TLS: how they are read, what cannot work, and what CONFIG calls them.
@Suite struct TLSSettingsTests {
    private func load(_ text: String) throws(ConfigurationProblems) -> Configuration {
        let file = ConfigurationInput.File(name: "larder.yaml", bytes: Array(text.utf8))
        return try Configuration.load(ConfigurationInput(file: file)).configuration
    }

    private func complaint(_ text: String) -> String? {
        do throws(ConfigurationProblems) {
            _ = try load(text)
            return nil
        } catch {
            return error.description
        }
    }

    private static let certificate = "tls: { certificate: a.pem, key: a.key"

    @Test func `reads listeners, certificates and what is asked of clients`() throws {
        let configuration = try load(
            """
            listen: { resp-tls: 127.0.0.1:6390, memcached-tls: [127.0.0.1:6391] }
            tls:
              certificate: [a.pem, b.pem]
              key: [a.key, b.key]
              ca: ca.pem
              client-certificates: required
            """)
        #expect(configuration.listen.respTLS == [.tcp(host: "127.0.0.1", port: 6390)])
        #expect(configuration.listen.memcachedTLS == [.tcp(host: "127.0.0.1", port: 6391)])
        #expect(configuration.tls.certificates == ["a.pem", "b.pem"])
        #expect(configuration.tls.keys == ["a.key", "b.key"])
        #expect(configuration.tls.authorities == "ca.pem")
        #expect(configuration.tls.clientCertificates == .required)
        #expect(try load(configuration.yaml) == configuration)
    }

    @Test func `there is no TLS by default`() throws {
        #expect(Configuration().listen.usesTLS == false)
        #expect(try load(Configuration().yaml) == Configuration())
    }

    static let wrong: [(String, String)] = [
        (
            "listen: { resp-tls: 127.0.0.1:6390 }",
            "1:21: certificate is not set, and TLS listeners have none to show; set 'certificate'"
                + " and 'key' under 'tls' to files in PEM"
        ),
        (
            "tls: { certificate: [a.pem, b.pem], key: a.key }",
            "1:42: key names 1 files, and certificate 2; each certificate has its key, in the same"
                + " order"
        ),
        (
            "\(certificate), client-certificates: optional }",
            "1:61: client-certificates is optional, and nothing says who may sign them; set 'ca'"
                + " under 'tls' to a file in PEM"
        ),
        (
            "\(certificate), client-certificates: maybe }",
            "1:61: client-certificates is 'maybe'; it is off, optional or required"
        ),
        (
            "listen: { resp-tls: 127.0.0.1:5273 }\n\(certificate) }",
            "1:21: resp-tls is 127.0.0.1:5273, where resp listens too; give each its own port"
        ),
        (
            "listen: { resp-tls: 0.0.0.0:6390 }\n\(certificate) }",
            "1:21: resp-tls is 0.0.0.0:6390, which other machines reach, and there is no password;"
                + " set 'password', or 'client-certificates: required' under 'tls', or"
                + " 'protected-mode: no' under 'server' if everyone may in"
        ),
        (
            "listen: { memcached-tls: 0.0.0.0:6390 }\n\(certificate) }",
            "1:26: memcached-tls is 0.0.0.0:6390, which other machines reach, and there is no"
                + " password; set 'password', or 'client-certificates: required' under 'tls', or"
                + " 'protected-mode: no' under 'server' if everyone may in"
        ),
    ]

    @Test(arguments: wrong)
    func `says what cannot work`(text: String, expected: String) {
        #expect(complaint(text) == "larder.yaml:\(expected)")
    }

    @Test(arguments: [
        "listen: { resp-tls: 0.0.0.0:6390 }\npassword: secret\n\(certificate) }",
        "listen: { memcached-tls: 0.0.0.0:6390 }\npassword: secret\n\(certificate) }",
        "listen: { resp-tls: 0.0.0.0:6390, memcached-tls: 0.0.0.0:6391 }\n\(certificate),"
            + " ca: ca.pem, client-certificates: required }",
        "listen: { resp: none, memcached: none, resp-tls: 127.0.0.1:6390 }\n\(certificate) }",
        "\(certificate) }",
    ])
    func `lets in what can`(text: String) {
        #expect(complaint(text) == nil)
    }

    @Test func `CONFIG knows redis's names`() throws {
        let configuration = try load(
            """
            listen: { resp-tls: 127.0.0.1:6390 }
            tls: { certificate: [a.pem, b.pem], key: [a.key, b.key], ca: ca.pem }
            """)
        var settings = RuntimeSettings(configuration, allowedBytes: 8 << 30)
        let shown = settings.get(["tls-*"]).map { "\($0.name)=\($0.value)" }
        #expect(
            shown == [
                "tls-port=6390", "tls-cert-file=a.pem", "tls-key-file=a.key",
                "tls-ca-cert-file=ca.pem", "tls-auth-clients=no", "tls-protocols=TLSv1.2 TLSv1.3",
            ])
        let changed = try settings.set([
            "tls-auth-clients", "yes", "tls.certificate", "c.pem,d.pem", "tls-ca-cert-file",
            "d.pem",
        ])
        #expect(changed == ["tls.certificate", "tls.ca", "tls.client-certificates"])
        #expect(settings.configuration.tls.certificates == ["c.pem", "d.pem"])
        #expect(settings.get(["tls-auth-clients"]).first?.value == "yes")
    }

    @Test(arguments: [
        (
            ["tls-auth-clients", "bla"],
            "argument(s) must be one of the following: no, yes, optional"
        ),
        (["tls-port", "6390"], "can't set immutable config"),
        (["tls-protocols", "TLSv1.1"], "can't set immutable config"),
    ])
    func `CONFIG SET refuses`(arguments: [String], reason: String) {
        var settings = RuntimeSettings(Configuration(), allowedBytes: 8 << 30)
        let failure = #expect(throws: RuntimeSettingFailure.self) { try settings.set(arguments) }
        #expect(
            failure?.message
                == "ERR CONFIG SET failed (possibly related to argument '\(arguments[0])')"
                + " - \(reason)"
        )
    }
}
