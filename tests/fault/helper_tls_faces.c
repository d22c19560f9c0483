#include "helper_tls_faces.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "platform/base/pin.h"

enum { DAY = 86400, TRUSTED, SECOND, STRANGE, AUTHORITIES };

struct authority {
    EVP_PKEY *key;
    X509 *certificate;
};

/* What one certificate says. */
struct says {
    const char *name; /* subjectAltName, or NULL for an authority */
    const char *subject;
    long from, to; /* seconds from now */
};

static void must(bool ok)
{
    if (!ok) {
        fprintf(stderr, "OpenSSL could not make a certificate\n");
        abort();
    }
}

static EVP_PKEY *make_key(void)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    must(key != NULL);
    return key;
}

static void add_extension(X509 *to, const X509 *issuer, int nid, const char *value)
{
    X509V3_CTX ctx;
    X509V3_set_ctx(&ctx, (X509 *)issuer, to, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    must(extension && X509_add_ext(to, extension, -1) == 1);
    X509_EXTENSION_free(extension);
}

/* by NULL: signed by itself. */
static X509 *make_certificate(EVP_PKEY *key, const struct authority *by, const struct says *says)
{
    static long serial = 1;
    X509 *made = X509_new();
    must(made && X509_set_version(made, 2) == 1);
    ASN1_INTEGER_set(X509_get_serialNumber(made), serial++);
    X509_gmtime_adj(X509_getm_notBefore(made), says->from);
    X509_gmtime_adj(X509_getm_notAfter(made), says->to);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(made), "CN", MBSTRING_ASC,
                               (const unsigned char *)says->subject, -1, -1, 0);
    X509_set_issuer_name(made, X509_get_subject_name(by ? by->certificate : made));
    must(X509_set_pubkey(made, key) == 1);
    const X509 *issuer = by ? by->certificate : made;
    add_extension(made, issuer, NID_basic_constraints,
                  says->name ? "critical,CA:FALSE" : "critical,CA:TRUE");
    if (says->name) {
        add_extension(made, issuer, NID_subject_alt_name, says->name);
    }
    must(X509_sign(made, by ? by->key : key, EVP_sha256()) > 0);
    return made;
}

static void note_pin(X509 *certificate, char pin[64])
{
    struct buf text = {0};
    BIO *pem = BIO_new(BIO_s_mem());
    char *bytes = NULL;
    must(pem && PEM_write_bio_X509(pem, certificate) == 1);
    long n = BIO_get_mem_data(pem, &bytes);
    must(pin_add(&text, (struct str){bytes, (size_t)n}, NULL));
    snprintf(pin, 64, "%s", buf_text(&text));
    BIO_free(pem);
    buf_finish(&text);
}

static void make_all(struct tls_faces *faces, const struct authority *authorities)
{
    static const struct {
        enum tls_face face;
        bool has_our_key;
        int by; /* 0: itself */
        struct says says;
    } rows[] = {
        {TLS_OURS, true, TRUSTED, {"IP:127.0.0.1", "hub", -DAY, 30 * DAY}},
        {TLS_RENEWED, true, TRUSTED, {"IP:127.0.0.1", "hub again", -60, 60 * DAY}},
        {TLS_NEXT, false, TRUSTED, {"IP:127.0.0.1", "hub", -DAY, 30 * DAY}},
        {TLS_REPLACED, false, TRUSTED, {"IP:127.0.0.1", "hub", -DAY, 30 * DAY}},
        {TLS_EXPIRED, true, TRUSTED, {"IP:127.0.0.1", "hub", -9 * DAY, -DAY}},
        {TLS_EARLY, true, TRUSTED, {"IP:127.0.0.1", "hub", DAY, 9 * DAY}},
        {TLS_OTHER, false, TRUSTED, {"DNS:other.example", "other", -DAY, 30 * DAY}},
        {TLS_SELF, false, 0, {"IP:127.0.0.1", "hub", -DAY, 30 * DAY}},
        {TLS_SELF_OURS, true, 0, {"IP:127.0.0.1", "hub", -DAY, 30 * DAY}},
        {TLS_UNKNOWN, false, STRANGE, {"IP:127.0.0.1", "hub", -DAY, 30 * DAY}},
        {TLS_MITM, false, SECOND, {"IP:127.0.0.1", "hub", -DAY, 30 * DAY}},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        enum tls_face face = rows[i].face;
        if (rows[i].has_our_key && face != TLS_OURS) {
            faces->keys[face] = faces->keys[TLS_OURS];
            EVP_PKEY_up_ref(faces->keys[face]);
        } else {
            faces->keys[face] = make_key();
        }
        faces->certificates[face] = make_certificate(
            faces->keys[face], rows[i].by ? &authorities[rows[i].by] : NULL, &rows[i].says);
        note_pin(faces->certificates[face], faces->pins[face]);
    }
}

void tls_faces_make(struct tls_faces *faces, const char *roots)
{
    static const char *const names[] = {
        [TRUSTED] = "trusted", [SECOND] = "second", [STRANGE] = "strange"};
    struct authority authorities[AUTHORITIES] = {0};
    for (int i = TRUSTED; i < AUTHORITIES; i++) {
        authorities[i].key = make_key();
        authorities[i].certificate = make_certificate(
            authorities[i].key, NULL, &(struct says){NULL, names[i], -30 * DAY, 300 * DAY});
    }
    make_all(faces, authorities);
    FILE *to = fopen(roots, "we");
    must(to && PEM_write_X509(to, authorities[TRUSTED].certificate) == 1 &&
         PEM_write_X509(to, authorities[SECOND].certificate) == 1 && fclose(to) == 0);
    for (int i = TRUSTED; i < AUTHORITIES; i++) {
        EVP_PKEY_free(authorities[i].key);
        X509_free(authorities[i].certificate);
    }
}

void tls_faces_finish(struct tls_faces *faces)
{
    for (int i = 0; i < TLS_FACES; i++) {
        EVP_PKEY_free(faces->keys[i]);
        X509_free(faces->certificates[i]);
    }
}
