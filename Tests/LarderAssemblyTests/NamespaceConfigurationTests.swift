import LarderAssembly
import LarderCore
import Testing

@Suite struct NamespaceConfigurationTests {
    static func load(_ text: String) throws(ConfigurationProblems) -> LoadedConfiguration {
        let file = ConfigurationInput.File(name: "larder.yaml", bytes: Array(text.utf8))
        return try Configuration.load(ConfigurationInput(file: file))
    }

    private static let shop = """
        namespaces:
          - match: "product:{id}"
            name: products
            origin:
              use: catalog
              get: "SELECT body FROM products WHERE id = {id}"
              get-many: "SELECT id, body FROM products, json_each({id}) WHERE id = value"
              set: "UPDATE products SET body = {value} WHERE id = {id}"
              delete: "DELETE FROM products WHERE id = {id}"
              tags: tags
            ttl: 1h
            idle: 2h
            jitter: 5%
            stale: 10m
            stale-if-error: 1d
            negative-ttl: 2s
            refresh-at: off
            early-refresh: 1.5
            wait: 1s
            timeout: 3s
            lease: 10s
            placement: second
            priority: high
            budget: 10%..40%
          - match: "price:{sku}:{currency}"
            origin: { use: pricing, get: "/price/{sku}?in={currency}", cache-control: follow }
            ttl: 30s
            write: invalidate
          - { match: "session-{id}", idle: 30m }
          - { match: "log:{rest...}", cache: never }
        origins:
          catalog: { sqlite: shop.db, limit: 8, replicas: [near.db] }
          pricing:
            http: https://pricing.internal:8443/v1/
            timeout: 300ms
            connect-timeout: 100ms
            headers: { Authorization: "Bearer env:TOKEN", X-Api-Key: "file:/run/key", Accept: a/b }
        """

    @Test func `all keys are read, wherever the origins stand`() throws {
        let loaded = try Self.load(Self.shop)
        let configuration = loaded.configuration
        let products = configuration.namespaces[0]
        #expect(products.name == "products" && products.write == .through)
        #expect(products.ttl == .seconds(3600) && products.idle == .seconds(7200))
        #expect(products.jitter == Ratio(millionths: 50_000))
        #expect(products.stale == .seconds(600) && products.staleIfError == .seconds(86_400))
        #expect(products.negativeTTL == .seconds(2) && products.refreshAt == nil)
        #expect(products.earlyRefresh == 1.5 && products.wait == .seconds(1))
        #expect(products.timeout == .seconds(3) && products.lease == .seconds(10))
        #expect(products.placement == .second && products.priority == .high)
        #expect(products.budget == Ratio(millionths: 100_000)...Ratio(millionths: 400_000))
        #expect(products.origin?.set?.takesValue == true && products.origin?.tags == "tags")
        #expect(products.origin?.getMany != nil && products.origin?.delete != nil)
        #expect(
            loaded.warnings.map(\.description) == [
                "larder.yaml:24:5: 'namespaces.products.budget' has no effect yet",
                "larder.yaml:22:5: 'namespaces.products.placement' has no effect yet",
                "larder.yaml:23:5: 'namespaces.products.priority' has no effect yet",
            ])
    }

    @Test func `what is not given has its default`() throws {
        let namespaces = try Self.load(Self.shop).configuration.namespaces
        let prices = namespaces[1]
        #expect(prices.name == "price" && prices.write == .invalidate)
        #expect(prices.lease == .seconds(30) && prices.wait == .seconds(5))
        #expect(prices.refreshAt == Ratio(millionths: 900_000) && prices.earlyRefresh == 1)
        #expect(prices.jitter == Ratio(millionths: 100_000) && prices.negativeTTL == .seconds(5))
        #expect(prices.stale == .zero && prices.staleIfError == .zero && prices.timeout == nil)
        #expect(prices.origin?.cacheControl == .follow)
        #expect(namespaces[2].name == "session" && namespaces[2].origin == nil)
        #expect(namespaces[2].write == .cache && namespaces[2].ttl == nil)
        #expect(namespaces[3].caching == .never)
    }

    @Test func `origins are read`() throws {
        let origins = try Self.load(Self.shop).configuration.origins
        #expect(origins[0].source == .sqlite(path: "shop.db") && origins[0].replicas == ["near.db"])
        #expect(origins[0].limit == 8 && origins[0].timeout == .seconds(30))
        #expect(origins[1].source == .http(url: "https://pricing.internal:8443/v1"))
        #expect(origins[1].timeout == .milliseconds(300))
        #expect(origins[1].connectTimeout == .milliseconds(100) && origins[1].limit == 64)
        let headers = origins[1].headers
        #expect(headers.map(\.name) == ["Authorization", "X-Api-Key", "Accept"])
        #expect(headers[0].text == "Bearer " && headers[0].secret == .environment("TOKEN"))
        #expect(headers[1].secret == .file("/run/key") && headers[2].secret == nil)
        #expect(try headers[2].value() == "a/b")
    }

    @Test func `what is printed is the same configuration again`() throws {
        let configuration = try Self.load(Self.shop).configuration
        #expect(try Self.load(configuration.yaml).configuration == configuration)
    }

    @Test func `a PostgreSQL origin is read and has no effect`() throws {
        let loaded = try Self.load(
            """
            origins: { db: { postgres: "postgresql://app@db/shop" } }
            namespaces:
              - match: "a:{id}"
                origin: { use: db, get: "SELECT b::text FROM a WHERE id = {id}" }
                ttl: never
            """)
        #expect(
            loaded.warnings.map(\.description).contains(
                "larder.yaml:1:18: 'origins.db.postgres' has no effect yet"))
        #expect(loaded.configuration.namespaces[0].ttl == nil)
    }

    @Test func `a reload sees what changed`() throws {
        let old = try Self.load(Self.shop).configuration
        #expect(try Self.load(Self.shop).configuration == old)
        let text = Self.shop.replacing("ttl: 30s", with: "ttl: 31s")
            .replacing("match: \"session-{id}\"", with: "match: \"basket-{id}\"")
            .replacing("limit: 8", with: "limit: 9")
        let new = try Self.load(text).configuration
        let changes = new.namespaceChanges(from: old)
        #expect(changes.changed == ["price"] && changes.added == ["basket"])
        #expect(changes.removed == ["session"])
        #expect(new.originChanges(from: old).changed == ["catalog"])
        var settings = RuntimeSettings(old, allowedBytes: 1 << 30)
        let taken = try settings.adopt(new, fixed: [])
        #expect(taken.waiting.isEmpty && taken.changed == ["origins", "namespaces"])
        #expect(settings.configuration.namespaces == new.namespaces)
    }

    @Test func `a secret is read when it is asked for, and named only when it is missing`() throws {
        let header = try Self.header("Bearer env:LARDER_TEST_NO_SUCH_VARIABLE")
        let unset = #expect(throws: OriginSecretFailure.self) { try header.value() }
        #expect(
            unset?.description
                == "header Authorization: the environment has no LARDER_TEST_NO_SUCH_VARIABLE")
        let missing = #expect(throws: OriginSecretFailure.self) {
            try Self.header("file:/nonexistent/secret").value()
        }
        #expect(missing?.description.hasSuffix("No such file or directory") == true)
        #expect(try Self.header("Bearer env:PATH").value().hasPrefix("Bearer /"))
    }

    private static func header(_ value: String) throws -> OriginHeader {
        let text = "origins: { a: { http: http://b, headers: { Authorization: \"\(value)\" } } }"
        return try #require(try load(text).configuration.origins.first?.headers.first)
    }
}
