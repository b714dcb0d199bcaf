/* The first C header decides which names of Glibc there are, as with libevent. */
#include <features.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

/* What OpenSSL reads from and writes to, instead of a socket: memory that belongs to a loop. */
typedef struct copenssl_wire {
    const unsigned char *input;
    size_t input_count;
    unsigned char *output;
    size_t output_count;
    size_t output_capacity;
} copenssl_wire;

static inline int copenssl_wire_read(BIO *bio, char *to, int room) {
    copenssl_wire *wire = (copenssl_wire *)BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    if (wire->input_count == 0) {
        BIO_set_retry_read(bio);
        return -1;
    }
    size_t count = (size_t)room < wire->input_count ? (size_t)room : wire->input_count;
    memcpy(to, wire->input, count);
    wire->input += count;
    wire->input_count -= count;
    return (int)count;
}

static inline int copenssl_wire_write(BIO *bio, const char *from, int count) {
    copenssl_wire *wire = (copenssl_wire *)BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    size_t needed = wire->output_count + (size_t)count;
    if (needed > wire->output_capacity) {
        size_t capacity = needed > 2 * wire->output_capacity ? needed : 2 * wire->output_capacity;
        unsigned char *larger = (unsigned char *)realloc(wire->output, capacity);
        if (!larger) return -1;
        wire->output = larger;
        wire->output_capacity = capacity;
    }
    memcpy(wire->output + wire->output_count, from, (size_t)count);
    wire->output_count = needed;
    return count;
}

static inline long copenssl_wire_control(BIO *bio, int command, long number, void *pointer) {
    (void)bio, (void)number, (void)pointer;
    return command == BIO_CTRL_FLUSH;
}

/* How a wire is called by OpenSSL. Null when no memory is left. */
static inline BIO_METHOD *copenssl_wire_method(void) {
    BIO_METHOD *method = BIO_meth_new(BIO_TYPE_SOURCE_SINK | 0x7F, "larder wire");
    if (!method) return 0;
    BIO_meth_set_read(method, copenssl_wire_read);
    BIO_meth_set_write(method, copenssl_wire_write);
    BIO_meth_set_ctrl(method, copenssl_wire_control);
    return method;
}

/* A server's end of a connection. Null when no memory is left. */
static inline SSL *copenssl_session(SSL_CTX *context, const BIO_METHOD *method,
                                    copenssl_wire *wire) {
    SSL *session = SSL_new(context);
    if (!session) return 0;
    BIO *bio = BIO_new(method);
    if (!bio) {
        SSL_free(session);
        return 0;
    }
    BIO_set_data(bio, wire);
    BIO_set_init(bio, 1);
    SSL_set_bio(session, bio, bio);
    SSL_set_accept_state(session);
    return session;
}

/* What a step came to. */
static const int copenssl_done = 1;
static const int copenssl_wants_more = 0;
static const int copenssl_failed = -1;
static const int copenssl_ended = 2;
static const int copenssl_no_room = 3;

static inline int copenssl_shake_hands(SSL *session) {
    int result = SSL_do_handshake(session);
    if (result == 1) return copenssl_done;
    return SSL_get_error(session, result) == SSL_ERROR_WANT_READ ? copenssl_wants_more
                                                                 : copenssl_failed;
}

/* Decrypts what the wire holds, as far as there is room. `*count` is set in any case. */
static inline int copenssl_open(SSL *session, const copenssl_wire *wire, unsigned char *to,
                                size_t room, size_t *count) {
    *count = 0;
    while (*count < room) {
        size_t more = 0;
        if (SSL_read_ex(session, to + *count, room - *count, &more) != 1) {
            switch (SSL_get_error(session, 0)) {
            case SSL_ERROR_WANT_READ: return copenssl_wants_more;
            case SSL_ERROR_ZERO_RETURN: return copenssl_ended;
            default: return copenssl_failed;
            }
        }
        *count += more;
        /* Asking once more, in vain, would cost a buffer. */
        if (wire->input_count == 0 && !SSL_has_pending(session)) return copenssl_wants_more;
    }
    return copenssl_no_room;
}

/* Encrypts all of it. */
static inline int copenssl_seal(SSL *session, const void *from, size_t count) {
    size_t written = 0;
    return SSL_write_ex(session, from, count, &written) == 1 && written == count;
}

/* Takes the first error of this thread, and forgets the others. Its text is never null. */
static inline const char *copenssl_take_error(void) {
    unsigned long code = ERR_get_error();
    const char *text = code ? ERR_reason_error_string(code) : 0;
    ERR_clear_error();
    return text ? text : "no reason given";
}

/* Why the client's certificate was refused; null when it was not. */
static inline const char *copenssl_certificate_fault(const SSL *session) {
    long result = SSL_get_verify_result(session);
    return result == X509_V_OK ? 0 : X509_verify_cert_error_string(result);
}

/* Copies a text as UTF-8; 0 when it does not fit, or holds a zero. */
static inline size_t copenssl_text(const ASN1_STRING *text, char *to, size_t room) {
    unsigned char *bytes = 0;
    int length = ASN1_STRING_to_UTF8(&bytes, text);
    size_t count = length > 0 ? (size_t)length : 0;
    if (count > room || (count > 0 && memchr(bytes, 0, count))) count = 0;
    if (count > 0) memcpy(to, bytes, count);
    OPENSSL_free(bytes);
    return count;
}

/* Who a certificate is for: its common name, else its first alternative name; 0 for neither. */
static inline size_t copenssl_certificate_name(const X509 *certificate, char *to, size_t room) {
    const X509_NAME *subject = X509_get_subject_name(certificate);
    int place = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
    if (place >= 0) {
        const X509_NAME_ENTRY *entry = X509_NAME_get_entry(subject, place);
        return copenssl_text(X509_NAME_ENTRY_get_data(entry), to, room);
    }
    GENERAL_NAMES *names =
        (GENERAL_NAMES *)X509_get_ext_d2i(certificate, NID_subject_alt_name, 0, 0);
    size_t count = 0;
    for (int index = 0; names && count == 0 && index < sk_GENERAL_NAME_num(names); index++) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, index);
        int is_text = name->type == GEN_DNS || name->type == GEN_EMAIL || name->type == GEN_URI;
        if (is_text) count = copenssl_text(name->d.ia5, to, room);
    }
    GENERAL_NAMES_free(names);
    return count;
}

/* The same of the certificate that the client has proven to own. */
static inline size_t copenssl_peer_name(const SSL *session, char *to, size_t room) {
    X509 *certificate = SSL_get1_peer_certificate(session);
    if (!certificate) return 0;
    size_t count = copenssl_certificate_name(certificate, to, room);
    X509_free(certificate);
    return count;
}

/* Contexts of which the name that a client asks for chooses one. */
typedef struct copenssl_choice {
    SSL_CTX **contexts;
    size_t count;
} copenssl_choice;

static inline int copenssl_choose(SSL *session, int *alert, void *argument) {
    (void)alert;
    const copenssl_choice *choice = (const copenssl_choice *)argument;
    const char *name = SSL_get_servername(session, TLSEXT_NAMETYPE_host_name);
    for (size_t index = 0; name && index < choice->count; index++) {
        X509 *certificate = SSL_CTX_get0_certificate(choice->contexts[index]);
        if (X509_check_host(certificate, name, 0, 0, 0) != 1) continue;
        SSL_set_SSL_CTX(session, choice->contexts[index]);
        return SSL_TLSEXT_ERR_OK;
    }
    return SSL_TLSEXT_ERR_NOACK;
}

static inline void copenssl_set_choice(SSL_CTX *context, copenssl_choice *choice) {
    SSL_CTX_set_tlsext_servername_callback(context, copenssl_choose);
    SSL_CTX_set_tlsext_servername_arg(context, choice);
}

/* A server asks nobody for the passphrase of a key. */
static inline int copenssl_no_passphrase(char *to, int room, int is_new, void *argument) {
    (void)to, (void)room, (void)is_new, (void)argument;
    return -1;
}

/* A context with the rules that hold for every connection. Null when no memory is left. */
static inline SSL_CTX *copenssl_context(void) {
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    if (!context) return 0;
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                     SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(context, 1);
    SSL_CTX_set_timeout(context, 300);
    SSL_CTX_set_session_id_context(context, (const unsigned char *)"larder", 6);
    SSL_CTX_set_default_passwd_cb(context, copenssl_no_passphrase);
    /* TLS 1.2 with forward secrecy and authenticated encryption only. */
    if (SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20") == 1) return context;
    SSL_CTX_free(context);
    return 0;
}

/* Whose certificates clients may come with, and whether they must. */
static inline int copenssl_set_clients(SSL_CTX *context, const char *file, int are_required) {
    STACK_OF(X509_NAME) *names = SSL_load_client_CA_file(file);
    if (!names || SSL_CTX_load_verify_locations(context, file, 0) != 1) {
        sk_X509_NAME_pop_free(names, X509_NAME_free);
        return 0;
    }
    SSL_CTX_set_client_CA_list(context, names);
    int mode = SSL_VERIFY_PEER | (are_required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0);
    SSL_CTX_set_verify(context, mode, 0);
    return 1;
}

/* Seconds from now until the certificate ends (negative: since), and until it begins. */
static inline int copenssl_certificate_times(SSL_CTX *context, long *to_end, long *to_begin) {
    const X509 *certificate = SSL_CTX_get0_certificate(context);
    int days = 0, seconds = 0;
    if (!certificate) return 0;
    if (ASN1_TIME_diff(&days, &seconds, 0, X509_get0_notAfter(certificate)) != 1) return 0;
    *to_end = 86400L * days + seconds;
    if (ASN1_TIME_diff(&days, &seconds, 0, X509_get0_notBefore(certificate)) != 1) return 0;
    *to_begin = 86400L * days + seconds;
    return 1;
}

/* The date at which the certificate ends, or begins: `2026-11-20`. */
static inline void copenssl_certificate_date(SSL_CTX *context, int is_end, char *to, size_t room) {
    const X509 *certificate = SSL_CTX_get0_certificate(context);
    struct tm date;
    memset(&date, 0, sizeof(date));
    ASN1_TIME_to_tm(is_end ? X509_get0_notAfter(certificate) : X509_get0_notBefore(certificate),
                    &date);
    strftime(to, room, "%Y-%m-%d", &date);
}
