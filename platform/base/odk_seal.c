#include "platform/base/odk_seal.h"

#include <stdlib.h>
#include <string.h>

#include "platform/base/hash.h"
#include "platform/base/mem.h"
#include "platform/base/openssl.h"
#include "platform/base/rand.h"
#include "platform/base/xml.h"

enum { BLOCK = 16, RSA_BITS_LEAST = 2048, MD5_SIZE = 16 };

struct odk_seal {
    EVP_PKEY *public_key;
    unsigned char key[ODK_SEAL_KEY];
    unsigned char iv[BLOCK];
    int count; /* files sealed */
    char *form_id, *version, *instance_id, *last;
    struct buf wrapped; /* base64 of the wrapped key */
    struct buf media;   /* <media> elements of all files but the last */
    struct buf digests; /* lines of the signed text */
};

static EVP_PKEY *read_key(const char *text, struct err *err)
{
    struct buf der = {0};
    EVP_PKEY *key = NULL;
    if (!library_need(&openssl_library, err)) {
        return NULL;
    }
    if (text && hash_from_base64(&der, str_of(text))) {
        const unsigned char *at = (const unsigned char *)der.s;
        key = d2i_PUBKEY(NULL, &at, (long)der.n);
    }
    buf_finish(&der);
    if (!key || EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA ||
        EVP_PKEY_get_bits(key) < RSA_BITS_LEAST) {
        EVP_PKEY_free(key);
        err_set(err, ERR_INPUT, 0, "the form's encryption key is not usable");
        return NULL;
    }
    return key;
}

bool odk_seal_check(const char *public_key, struct err *err)
{
    EVP_PKEY *key = read_key(public_key, err);
    if (!key) {
        return false;
    }
    EVP_PKEY_free(key);
    return true;
}

/* Appends base64 of bytes wrapped to the public key. */
static bool add_wrapped(EVP_PKEY *key, const unsigned char *bytes, size_t n, struct buf *to,
                        struct err *err)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
    size_t size = 0;
    unsigned char *out = NULL;
    bool ok = ctx && EVP_PKEY_encrypt_init(ctx) == 1 &&
              EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_OAEP_PADDING) == 1 &&
              EVP_PKEY_CTX_set_rsa_oaep_md(ctx, EVP_sha256()) == 1 &&
              EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, EVP_sha256()) == 1 &&
              EVP_PKEY_encrypt(ctx, NULL, &size, bytes, n) == 1;
    if (ok) {
        out = mem_alloc(size, 1);
        ok = EVP_PKEY_encrypt(ctx, out, &size, bytes, n) == 1;
    }
    if (ok) {
        hash_add_base64(to, out, size);
    }
    free(out);
    EVP_PKEY_CTX_free(ctx);
    return ok || err_set(err, ERR_INPUT, 0, "the form's encryption key cannot wrap");
}

bool odk_seal_begin(struct odk_seal **seal, const char *public_key,
                    const struct odk_seal_names *names, const unsigned char key[ODK_SEAL_KEY],
                    struct err *err)
{
    *seal = NULL;
    EVP_PKEY *rsa = read_key(public_key, err);
    if (!rsa) {
        return false;
    }
    struct odk_seal *s = mem_alloc(1, sizeof(*s));
    s->public_key = rsa;
    s->form_id = mem_strdup(names->form_id);
    s->version = mem_strdup(names->version ? names->version : "");
    s->instance_id = mem_strdup(names->instance_id);
    if (key) {
        memcpy(s->key, key, ODK_SEAL_KEY);
    } else {
        rand_bytes(s->key, ODK_SEAL_KEY);
    }
    struct hash *seed = hash_begin(HASH_MD5);
    unsigned char digest[HASH_MAX];
    hash_more(seed, s->instance_id, strlen(s->instance_id));
    hash_more(seed, s->key, ODK_SEAL_KEY);
    hash_end(seed, digest);
    memcpy(s->iv, digest, BLOCK);
    if (!add_wrapped(rsa, s->key, ODK_SEAL_KEY, &s->wrapped, err)) {
        odk_seal_destroy(s);
        return false;
    }
    *seal = s;
    return true;
}

static bool encrypt(struct odk_seal *s, struct str plain, struct buf *sealed, struct err *err)
{
    unsigned char pad[BLOCK];
    size_t extra = BLOCK - plain.n % BLOCK;
    int n = 0;
    int more = 0;
    int last = 0;
    memset(pad, (int)extra, sizeof(pad));
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    unsigned char *to = (unsigned char *)buf_reserve(sealed, plain.n + extra);
    bool ok = plain.n < INT32_MAX && ctx && to &&
              EVP_EncryptInit_ex(ctx, EVP_aes_256_cfb128(), NULL, s->key, s->iv) == 1 &&
              EVP_EncryptUpdate(ctx, to, &n, (const unsigned char *)plain.s, (int)plain.n) == 1 &&
              EVP_EncryptUpdate(ctx, to + n, &more, pad, (int)extra) == 1 &&
              EVP_EncryptFinal_ex(ctx, to + n + more, &last) == 1;
    EVP_CIPHER_CTX_free(ctx);
    if (!ok) {
        return err_set(err, ERR_STORAGE, 0, "a file could not be encrypted");
    }
    sealed->n += plain.n + extra;
    sealed->s[sealed->n] = 0;
    return true;
}

bool odk_seal_file(struct odk_seal *seal, const char *name, struct str plain, struct buf *sealed,
                   struct err *err)
{
    char md5[HASH_MD5_TEXT];
    seal->iv[seal->count % BLOCK]++;
    seal->count++;
    if (!encrypt(seal, plain, sealed, err)) {
        return false;
    }
    if (seal->last) {
        buf_add_text(&seal->media, "<media><file>");
        xml_add_escaped(&seal->media, str_of(seal->last), false);
        buf_add_text(&seal->media, ".enc</file></media>\n");
    }
    free(seal->last);
    seal->last = mem_strdup(name);
    hash_md5_text(plain.s, plain.n, md5);
    buf_addf(&seal->digests, "%s::%s\n", name, md5);
    return true;
}

static bool add_signature(struct odk_seal *s, struct buf *to, struct err *err)
{
    struct buf text = {0};
    unsigned char digest[HASH_MAX];
    buf_addf(&text, "%s\n", s->form_id);
    if (*s->version) {
        buf_addf(&text, "%s\n", s->version);
    }
    buf_addf(&text, "%s\n%s\n%s", buf_text(&s->wrapped), s->instance_id, buf_text(&s->digests));
    hash_bytes(HASH_MD5, text.s, text.n, digest);
    buf_finish(&text);
    return add_wrapped(s->public_key, digest, MD5_SIZE, to, err);
}

bool odk_seal_manifest(struct odk_seal *seal, struct buf *xml, struct err *err)
{
    if (!seal->last) {
        return err_set(err, ERR_INPUT, 0, "the record itself was not encrypted");
    }
    buf_add_text(xml, "<?xml version=\"1.0\"?>\n<data "
                      "xmlns=\"http://www.opendatakit.org/xforms/encrypted\" encrypted=\"yes\" "
                      "id=\"");
    xml_add_escaped(xml, str_of(seal->form_id), true);
    if (*seal->version) {
        buf_add_text(xml, "\" version=\"");
        xml_add_escaped(xml, str_of(seal->version), true);
    }
    buf_addf(xml, "\">\n<base64EncryptedKey>%s</base64EncryptedKey>\n", buf_text(&seal->wrapped));
    buf_add_text(xml, "<orx:meta xmlns:orx=\"http://openrosa.org/xforms\"><orx:instanceID>");
    xml_add_escaped(xml, str_of(seal->instance_id), false);
    buf_add_text(xml, "</orx:instanceID></orx:meta>\n");
    buf_add_str(xml, buf_str(&seal->media));
    buf_add_text(xml, "<encryptedXmlFile>");
    xml_add_escaped(xml, str_of(seal->last), false);
    buf_add_text(xml, ".enc</encryptedXmlFile>\n<base64EncryptedElementSignature>");
    if (!add_signature(seal, xml, err)) {
        return false;
    }
    buf_add_text(xml, "</base64EncryptedElementSignature></data>\n");
    return true;
}

void odk_seal_destroy(struct odk_seal *seal)
{
    if (seal) {
        EVP_PKEY_free(seal->public_key); /* there is one, so the library is there */
        explicit_bzero(seal->key, sizeof(seal->key));
        free(seal->form_id);
        free(seal->version);
        free(seal->instance_id);
        free(seal->last);
        buf_finish(&seal->wrapped);
        buf_finish(&seal->media);
        buf_finish(&seal->digests);
        free(seal);
    }
}
