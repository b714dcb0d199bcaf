import LarderAssembly
import Testing

@Suite struct UserConfigurationTests {
    private static let digest = PasswordDigest(of: Array("pw".utf8))

    private func load(
        _ text: String
    ) throws(ConfigurationProblems) -> Configuration {
        let file = ConfigurationInput.File(name: "larder.yaml", bytes: Array(text.utf8))
        return try Configuration.load(ConfigurationInput(file: file)).configuration
    }

    private func problem(_ text: String) -> String {
        do throws(ConfigurationProblems) {
            _ = try load(text)
            return ""
        } catch {
            return error.description
        }
    }

    @Test func `users are read with all that they may have`() throws {
        let configuration = try load(
            """
            users:
              - name: app
                password-file: /run/secrets/app
                password-sha256: \(Self.digest.hex)
                password-environment: APP_PASSWORD
                certificate: app.internal
                can: [read, INFO]
                deny: keys
                keys: ["app:*", "shared:*"]
                channels: []
              - { name: default, can: read }
            """)
        let app = configuration.users[0]
        #expect(
            app.passwords == [
                .file("/run/secrets/app"), .digest(Self.digest), .environment("APP_PASSWORD"),
            ])
        #expect(app.certificate == "app.internal" && app.can == ["read", "info"])
        #expect(app.deny == ["keys"] && app.keys == ["app:*", "shared:*"] && app.channels == [])
        #expect(configuration.users[1].can == ["read"])
        #expect(configuration.users.count == 2 && !configuration.asksForPassword)
    }

    @Test func `what is printed is a configuration again, and holds no digest`() throws {
        let text = """
            users:
              - { name: app, password-file: /a b, can: [read], deny: ["@admin"], keys: ["a:*"] }
              - { name: web, password-environment: WEB, certificate: web, channels: ["*"] }
            """
        let configuration = try load(text)
        #expect(try load(configuration.yaml) == configuration)
        let secret = try load("users: [{ name: app, password-sha256: \(Self.digest.hex) }]")
        #expect(!secret.yaml.contains(Self.digest.hex))
        #expect(secret.yaml.contains("# password-sha256 is set, and not shown"))
        #expect(!"\(secret)".contains(Self.digest.hex))
    }

    @Test(arguments: [
        ("users: app", "1:8: users is a list, such as [{ name: app,"),
        ("users: [app]", "1:9: a user is keys with values, such as [{ name: app,"),
        ("users: [{ can: read }]", "1:9: a user has a name, such as 'name: app'"),
        ("users: [{ name: app }]", "1:9: user 'app' has no way in; set password-file,"),
        (
            "users: [{ name: a, password: hunter2 }]",
            "1:20: a user's password does not stand here; its file does ('password-file'), its"
        ),
        (
            "users: [{ name: a, passwordfile: x }]",
            "1:20: unknown key 'passwordfile' of a user; did you mean 'password-file'?"
        ),
        (
            "users: [{ name: a, password-sha256: abc }]",
            "1:37: password-sha256 is 64 hexadecimal digits, as sha256sum prints them"
        ),
        ("users: [{ name: 'a b' }]", "1:17: name is one text without blanks, such as 'app'"),
        (
            "users: [{ name: a, certificate: a, keys: ['a b'] }]",
            "1:42: keys is a list of patterns without blanks, such as [\"app:*\"]"
        ),
        (
            "users: [{ name: a, certificate: a }, { name: a, certificate: b }]",
            "1:38: user 'a' stands above already"
        ),
        ("users: [{ name: a, can: { read: yes } }]", "1:25: can is a text or a list of texts"),
        (
            "password: x\nusers: [{ name: default, certificate: b, password-file: x }]",
            "1:11: password is the password of the user 'default', which has its own in 'users'"
        ),
    ])
    func `a mistake is told with its place and what would be right`(text: String, told: String) {
        #expect(problem(text).hasPrefix("larder.yaml:" + told), "\(problem(text))")
        #expect(!problem(text).contains("hunter2"))
    }

    @Test func `a password that cannot be had is named without being shown`() throws {
        var user = UserConfiguration(name: "app")
        user.passwords = [.file("/nonexistent/secret")]
        let missing = #expect(throws: UserSecretFailure.self) { try user.digests() }
        #expect(
            missing?.description
                == "users: 'app': password-file /nonexistent/secret cannot be read:"
                + " No such file or directory")
        user.passwords = [.environment("LARDER_TEST_NO_SUCH_VARIABLE")]
        let unset = #expect(throws: UserSecretFailure.self) { try user.digests() }
        #expect(
            unset?.description
                == "users: 'app': the environment has no LARDER_TEST_NO_SUCH_VARIABLE")
    }

    @Test func `users close the door for everybody else`() throws {
        #expect(try load("users: [{ name: a, certificate: a }]").asksForPassword)
        #expect(try load("password: x").asksForPassword)
        #expect(try !load("").asksForPassword)
        let text = "users: [{ name: a, certificate: a }]\nlisten: { resp: 0.0.0.0:1 }"
        #expect(problem(text).isEmpty)
    }

    @Test func `digests are compared whole`() {
        #expect(Self.digest.matches(PasswordDigest(of: Array("pw".utf8))))
        #expect(!Self.digest.matches(PasswordDigest(of: Array("pW".utf8))))
        #expect(PasswordDigest(hex: Self.digest.hex) == Self.digest)
        #expect(PasswordDigest(hex: Self.digest.hex.dropLast() + "x") == nil)
        #expect(PasswordDigest(hex: Self.digest.hex + "00") == nil)
    }
}
