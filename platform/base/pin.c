#include "platform/base/pin.h"

#include "platform/base/hash.h"
#include "platform/base/openssl.h"

#define HEAD "sha256//"

/* A server has no one to type a password in. */
static int no_password(char *to, int room, int is_for_writing, void *ctx)
{
    return -1;
}

static EVP_PKEY *read_certificate(BIO *pem)
{
    X509 *certificate = PEM_read_bio_X509(pem, NULL, no_password, NULL);
    EVP_PKEY *key = certificate ? X509_get_pubkey(certificate) : NULL;
    X509_free(certificate);
    return key;
}

static EVP_PKEY *read_public(BIO *pem)
{
    return PEM_read_bio_PUBKEY(pem, NULL, no_password, NULL);
}

static EVP_PKEY *read_private(BIO *pem)
{
    return PEM_read_bio_PrivateKey(pem, NULL, no_password, NULL);
}

bool pin_add(struct buf *to, struct str pem, struct err *err)
{
    EVP_PKEY *(*const readers[])(BIO *) = {read_certificate, read_public, read_private};
    EVP_PKEY *key = NULL;
    if (!library_need(&openssl_library, err)) {
        return false;
    }
    for (size_t i = 0; !key && pem.n <= 1 << 20 && i < sizeof(readers) / sizeof(*readers); i++) {
        BIO *bio = BIO_new_mem_buf(pem.n ? pem.s : "", (int)pem.n);
        key = bio ? readers[i](bio) : NULL;
        BIO_free(bio);
    }
    unsigned char *der = NULL;
    int n = key ? i2d_PUBKEY(key, &der) : 0;
    if (n > 0) {
        unsigned char digest[HASH_MAX];
        buf_add_text(to, HEAD);
        hash_add_base64(to, digest, hash_bytes(HASH_SHA256, der, (size_t)n, digest));
    }
    OPENSSL_free(der);
    EVP_PKEY_free(key);
    return n > 0 || err_set(err, ERR_INPUT, 0, "no certificate and no key is in this file");
}

bool pin_is_good(struct str text)
{
    struct buf digest = {0};
    bool ok = text.n == PIN_TEXT && str_starts(text, STR(HEAD)) && !memchr(text.s, ' ', text.n) &&
              hash_from_base64(&digest, (struct str){text.s + 8, text.n - 8}) && digest.n == 32;
    buf_finish(&digest);
    return ok;
}
