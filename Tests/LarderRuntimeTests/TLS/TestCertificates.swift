import COpenSSL
import Foundation

/// Certificates and keys of one test run, in a folder of their own that goes with them.
@safe final class TestCertificates: Sendable {
    enum Failure: Error {
        case refused(String)
    }

    /// A certificate to be made.
    struct Wish {
        var commonName: String?
        /// As in a configuration of OpenSSL: `DNS:one.test,IP:127.0.0.1`.
        var names: String?
        var isAuthority = false
        /// From when until when, in seconds from now.
        var time = -60...86_400 * 30
    }

    private static let made = Result { try TestCertificates() }

    /// Made once; all tests share them.
    static func shared() throws -> TestCertificates { try made.get() }

    let folder = FileManager.default.temporaryDirectory.appending(
        path: "larder-tls-\(UUID().uuidString)", directoryHint: .isDirectory)

    private init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let names = "DNS:localhost,DNS:*.one.test,IP:127.0.0.1"
        let late = -86_400 * 3 ... -86_400
        let ours = try make("ca", Wish(commonName: "our authority", isAuthority: true), by: nil)
        let theirs = try make("stranger", Wish(commonName: "mallory", isAuthority: true), by: nil)
        defer { for pair in [ours, theirs] { pair.free() } }
        let wishes: [(String, Wish)] = [
            ("server", Wish(commonName: "one", names: names)),
            ("second", Wish(commonName: "two", names: "DNS:two.test")),
            ("late", Wish(commonName: "late", names: names, time: late)),
            ("soon", Wish(commonName: "soon", names: names, time: -60...86_400 * 2)),
            ("alice", Wish(commonName: "alice")),
            ("nameless", Wish(names: "email:bob@one.test")),
            ("late-alice", Wish(commonName: "alice", time: late)),
        ]
        for (name, wish) in wishes { try make(name, wish, by: ours).free() }
        try unsafe write(lockedKey) { file in
            let word = Array("word".utf8)
            return unsafe PEM_write_bio_PrivateKey(
                file, ours.key, EVP_aes_128_cbc(), word, Int32(word.count), nil, nil)
        }
        try make("forged", Wish(commonName: "alice"), by: theirs).free()
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    /// Path of a certificate.
    func certificate(_ name: String) -> String { folder.appending(path: "\(name).pem").path }

    /// Path of its key.
    func key(_ name: String) -> String { folder.appending(path: "\(name).key").path }

    /// Path of a key that a passphrase locks.
    var lockedKey: String { key("locked") }

    /// A certificate with its key.
    @safe private struct Pair {
        let certificate: OpaquePointer
        let key: OpaquePointer

        init(_ certificate: OpaquePointer, _ key: OpaquePointer) {
            unsafe self.certificate = certificate
            unsafe self.key = key
        }

        func free() {
            unsafe X509_free(certificate)
            unsafe EVP_PKEY_free(key)
        }
    }

    /// Makes a certificate signed by `issuer`, or by itself, and writes both files.
    private func make(_ name: String, _ wish: Wish, by issuer: Pair?) throws -> Pair {
        let key = try unsafe Self.makeKey()
        guard let certificate = unsafe X509_new(), let subject = unsafe X509_NAME_new() else {
            throw Failure.refused("memory")
        }
        defer { unsafe X509_NAME_free(subject) }
        unsafe X509_set_version(certificate, 2)
        unsafe ASN1_INTEGER_set(X509_get_serialNumber(certificate), Int.random(in: 1...1 << 40))
        unsafe X509_gmtime_adj(X509_getm_notBefore(certificate), wish.time.lowerBound)
        unsafe X509_gmtime_adj(X509_getm_notAfter(certificate), wish.time.upperBound)
        unsafe X509_set_pubkey(certificate, key)
        unsafe X509_NAME_add_entry_by_txt(subject, "O", MBSTRING_ASC, "Larder", -1, -1, 0)
        if let common = wish.commonName {
            unsafe X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, common, -1, -1, 0)
        }
        unsafe X509_set_subject_name(certificate, subject)
        let signer = unsafe issuer ?? Pair(certificate, key)
        unsafe X509_set_issuer_name(certificate, X509_get_subject_name(signer.certificate))
        let constraint = wish.isAuthority ? "critical,CA:TRUE" : "CA:FALSE"
        try unsafe Self.add(NID_basic_constraints, constraint, to: certificate)
        if let names = wish.names {
            try unsafe Self.add(NID_subject_alt_name, names, to: certificate)
        }
        guard unsafe X509_sign(certificate, signer.key, EVP_sha256()) > 0 else {
            throw Failure.refused("signing \(name)")
        }
        try unsafe write(self.certificate(name)) { unsafe PEM_write_bio_X509($0, certificate) }
        try unsafe write(self.key(name)) {
            unsafe PEM_write_bio_PrivateKey($0, key, nil, nil, 0, nil, nil)
        }
        return unsafe Pair(certificate, key)
    }

    private static func makeKey() throws -> OpaquePointer {
        let context = unsafe EVP_PKEY_CTX_new_id(EVP_PKEY_EC, nil)
        defer { unsafe EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        guard unsafe EVP_PKEY_keygen_init(context) == 1,
            unsafe EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context, NID_X9_62_prime256v1) == 1,
            unsafe EVP_PKEY_keygen(context, &key) == 1, let key = unsafe key
        else { throw Failure.refused("making a key") }
        return unsafe key
    }

    private static func add(
        _ kind: Int32, _ text: String, to certificate: OpaquePointer
    ) throws {
        guard let part = unsafe X509V3_EXT_conf_nid(nil, nil, kind, text) else {
            throw Failure.refused("extension \(text)")
        }
        unsafe X509_add_ext(certificate, part, -1)
        unsafe X509_EXTENSION_free(part)
    }

    private func write(_ path: String, _ body: (OpaquePointer) -> Int32) throws {
        guard let file = unsafe BIO_new_file(path, "w") else { throw Failure.refused(path) }
        defer { unsafe BIO_free(file) }
        guard unsafe body(file) == 1 else { throw Failure.refused(path) }
    }
}
