/* Digests, base64 and signed texts. */
#include <sodium.h>

#include "app/form/functions.h"
#include "platform/base/hash.h"
#include "platform/base/utf8.h"

static bool hash_named(struct str name, enum hash_kind *kind)
{
    static const struct {
        const char *name;
        enum hash_kind kind;
    } names[] = {/* with and without hyphen: other clients take both */
                 {"MD5", HASH_MD5},        {"SHA-1", HASH_SHA1},     {"SHA1", HASH_SHA1},
                 {"SHA-256", HASH_SHA256}, {"SHA256", HASH_SHA256},  {"SHA-384", HASH_SHA384},
                 {"SHA384", HASH_SHA384},  {"SHA-512", HASH_SHA512}, {"SHA512", HASH_SHA512}};
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        if (str_is(name, names[i].name)) {
            *kind = names[i].kind;
            return true;
        }
    }
    return false;
}

static bool give_buf(struct fn_call *call, struct buf *buf, struct xpath_value *result)
{
    struct str text = {arena_str(fn_scratch(call), buf_str(buf)), buf->n};
    buf_finish(buf);
    return fn_give_text(result, text);
}

static bool call_digest(struct fn_call *call, struct xpath_value *result)
{
    struct str data, name, encoding = STR("base64");
    enum hash_kind kind;
    unsigned char digest[HASH_MAX];
    if (!fn_text(call, 0, &data) || !fn_text(call, 1, &name) ||
        (call->n > 2 && !fn_text(call, 2, &encoding))) {
        return false;
    }
    if (!hash_named(name, &kind)) {
        return fn_fail(call, "digest() does not know '%.20s'", name.s);
    }
    bool is_hex = str_is(encoding, "hex") || str_is(encoding, "HEX");
    if (!is_hex && !str_is(encoding, "base64") && !str_is(encoding, "BASE64")) {
        return fn_fail(call, "digest() gives hex or base64, not '%.20s'", encoding.s);
    }
    struct buf text = {0};
    size_t n = hash_bytes(kind, data.s, data.n, digest);
    is_hex ? hash_add_hex(&text, digest, n) : hash_add_base64(&text, digest, n);
    return give_buf(call, &text, result);
}

static bool call_base64_decode(struct fn_call *call, struct xpath_value *result)
{
    struct str text;
    struct buf bytes = {0};
    if (!fn_text(call, 0, &text)) {
        return false;
    }
    if (!hash_from_base64(&bytes, text) || !utf8_valid(buf_str(&bytes))) {
        buf_clear(&bytes);
    }
    return give_buf(call, &bytes, result);
}

/* The message behind a 64-byte Ed25519 signature, if the key made it; else the empty text. */
static bool call_extract_signed(struct fn_call *call, struct xpath_value *result)
{
    struct str signed_text, key_text;
    struct buf bytes = {0}, key = {0}, message = {0};
    if (!fn_text(call, 0, &signed_text) || !fn_text(call, 1, &key_text)) {
        return false;
    }
    bool readable = hash_from_base64(&bytes, signed_text) && hash_from_base64(&key, key_text) &&
                    key.n == crypto_sign_PUBLICKEYBYTES && bytes.n > crypto_sign_BYTES;
    if (readable && sodium_init() >= 0) {
        const unsigned char *signature = (const unsigned char *)bytes.s;
        struct str rest = {bytes.s + crypto_sign_BYTES, bytes.n - crypto_sign_BYTES};
        bool ok = crypto_sign_verify_detached(signature, (const unsigned char *)rest.s, rest.n,
                                              (const unsigned char *)key.s) == 0;
        if (ok && utf8_valid(rest)) {
            buf_add_str(&message, rest);
        }
    }
    buf_finish(&bytes);
    buf_finish(&key);
    return give_buf(call, &message, result);
}

const struct fn fn_crypto_family[] = {
    {"digest", 2, 3, 0, call_digest},
    {"base64-decode", 1, 1, 0, call_base64_decode},
    {"extract-signed", 2, 2, 0, call_extract_signed},
    {0},
};
