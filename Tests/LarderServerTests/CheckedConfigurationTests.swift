import LarderAssembly
import LarderServer
import LarderTesting
import Testing

/// What `larder check` finds beyond the configuration itself: at the place where it was given.
@Suite(.onOwnThread) struct CheckedConfigurationTests {
    private static func loaded(_ text: String) throws -> LoadedConfiguration {
        let file = ConfigurationInput.File(name: "l.yaml", bytes: Array(text.utf8))
        return try Configuration.load(ConfigurationInput(file: file))
    }

    @Test func `tells where a right is that there is not`() throws {
        let loaded = try Self.loaded(
            """
            users:
              - name: app
                password-sha256: \(PasswordDigest(of: [1]).hex)
                deny: [keys, kyes]
              - name: ops
                can: raed
                certificate: ops
            """)
        #expect(
            Server.userProblems(loaded).map(\.description) == [
                "l.yaml:4:18: users: 'app': 'kyes' is no command or category; did you mean 'keys'?",
                "l.yaml:6:10: users: 'ops': 'raed' is no command or category; did you mean 'read'?",
            ])
    }

    @Test func `tells where a password is that cannot be read`() throws {
        let loaded = try Self.loaded(
            """
            users:
              - { name: app, password-file: [/dev/null, /none] }
              - { name: env, password-environment: LARDER_TEST_NONE }
              - { name: fine, certificate: fine }
            """)
        #expect(
            Server.userProblems(loaded).map(\.description) == [
                "l.yaml:2:34: users: 'app': password-file /dev/null is empty",
                "l.yaml:3:40: users: 'env': the environment has no LARDER_TEST_NONE",
            ])
    }

    @Test func `tells where a certificate is named that cannot be read`() throws {
        let loaded = try Self.loaded(
            """
            listen: { resp-tls: "127.0.0.1:0" }
            tls:
              certificate: [ /none/a.pem ]
              key: /none/a.key
            """)
        let found = Server.certificateProblems(loaded)
        #expect(
            found.problems.map(\.description) == [
                "l.yaml:3:18: tls.certificate: '/none/a.pem' cannot be read: no such file or"
                    + " directory"
            ])
        #expect(found.warnings == [])
    }

    @Test func `a flag that wins is the place`() throws {
        let file = ConfigurationInput.File(
            name: "l.yaml", bytes: Array("tls: { certificate: [/none/a.pem], key: k }".utf8))
        let flag = ConfigurationInput.Flag(path: "tls.certificate", value: "/none/a.pem")
        let loaded = try Configuration.load(ConfigurationInput(file: file, flags: [flag]))
        let problems = Server.certificateProblems(loaded).problems
        #expect(problems.map(\.source) == [.flag(name: "--tls.certificate")])
    }
}

extension CheckedConfigurationTests {
    @Test func `tells where a secret of an origin is that cannot be had`() throws {
        let loaded = try Configuration.load(
            ConfigurationInput(
                file: ConfigurationInput.File(
                    name: "l.yaml",
                    bytes: Array(
                        """
                        origins:
                          web: { http: "http://a", headers: { X-Api-Key: "env:LARDER_TEST_NONE" } }
                        """.utf8))))
        let problems = Server.originProblems(loaded).map(\.description)
        #expect(problems.count == 1)
        #expect(problems.first?.hasPrefix("l.yaml:2:50: origins.web.X-Api-Key: ") == true)
        #expect(problems.first?.contains("LARDER_TEST_NONE") == true)
    }
}
