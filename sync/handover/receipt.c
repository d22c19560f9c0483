#include "sync/handover/receipt.h"

#include <stdio.h>
#include <string.h>

#include "platform/base/utf8.h"
#include "sync/handover/text.h"

#define HEAD "GCR1:"

enum { RECEIPT_VERSION = 1, MINUTE_MS = 60000, RECEIPT_LIMIT = 2048 };

/* Fields: version, minute (4 bytes, big-endian), digest, key of the device, then the texts, each
 * with its length before it. */
bool receipt_is_one(struct str text)
{
    return str_starts(str_trim(text), STR(HEAD));
}

static bool add_field(struct buf *to, const char *text)
{
    size_t n = strlen(text);
    buf_add_char(to, (char)n);
    buf_add(to, text, n);
    return n < 128 && utf8_valid(str_of(text));
}

bool receipt_add(struct buf *to, const struct receipt *r, const unsigned char secret[SIGN_SECRET],
                 struct err *err)
{
    struct buf fields = {0};
    unsigned char public_key[SIGN_PUBLIC];
    uint32_t minute = (uint32_t)(r->when_ms / MINUTE_MS);
    sign_public_of(secret, public_key);
    buf_add_char(&fields, RECEIPT_VERSION);
    for (int shift = 24; shift >= 0; shift -= 8) {
        buf_add_char(&fields, (char)(minute >> shift));
    }
    buf_add(&fields, r->digest, sizeof(r->digest));
    buf_add(&fields, public_key, sizeof(public_key));
    bool ok = r->when_ms >= 0 && add_field(&fields, r->visit) && add_field(&fields, r->form_id) &&
              add_field(&fields, r->code) && add_field(&fields, r->office);
    if (ok) {
        text_add_signed(to, HEAD, buf_str(&fields), secret);
    }
    buf_finish(&fields);
    return ok || err_set(err, ERR_INPUT, 0, "a text of the receipt cannot be written");
}

static bool take(struct str *from, void *to, size_t n)
{
    if (from->n < n) {
        return false;
    }
    memcpy(to, from->s, n);
    *from = (struct str){from->s + n, from->n - n};
    return true;
}

static bool take_field(struct str *from, char *to, size_t room)
{
    unsigned char n;
    if (!take(from, &n, 1) || n >= room || !take(from, to, n)) {
        return false;
    }
    to[n] = 0;
    bool is_clean = utf8_valid((struct str){to, n});
    for (size_t i = 0; i < n; i++) {
        is_clean = is_clean && (unsigned char)to[i] >= ' ' && to[i] != 0x7f;
    }
    return is_clean;
}

static bool read_fields(struct receipt *r, struct str from)
{
    unsigned char version;
    unsigned char minute[4];
    if (!take(&from, &version, 1) || version != RECEIPT_VERSION || !take(&from, minute, 4)) {
        return false;
    }
    uint32_t minutes = (uint32_t)minute[0] << 24 | (uint32_t)minute[1] << 16 |
                       (uint32_t)minute[2] << 8 | minute[3];
    r->when_ms = (int64_t)minutes * MINUTE_MS;
    return take(&from, r->digest, sizeof(r->digest)) && take(&from, r->device, sizeof(r->device)) &&
           take_field(&from, r->visit, sizeof(r->visit)) &&
           take_field(&from, r->form_id, sizeof(r->form_id)) &&
           take_field(&from, r->code, sizeof(r->code)) &&
           take_field(&from, r->office, sizeof(r->office)) && from.n == 0;
}

bool receipt_read(struct receipt *receipt, struct str text, struct err *err)
{
    struct receipt r = {.when_ms = 0};
    struct buf fields = {0};
    struct str covered;
    unsigned char signature[SIGN_SIZE];
    *receipt = r;
    if (text.n > RECEIPT_LIMIT) {
        return err_set(err, ERR_INPUT, 0, "not a receipt");
    }
    bool ok = text_read_signed(text, HEAD, &fields, &covered, signature, err);
    if (ok && !read_fields(&r, buf_str(&fields))) {
        ok = err_set(err, ERR_INPUT, 0, "not a receipt that this version can read");
    } else if (ok && !sign_is_good(covered, signature, r.device)) {
        ok = err_set(err, ERR_DENIED, 0, "the receipt was changed");
    }
    if (ok) {
        *receipt = r;
    }
    buf_finish(&fields);
    return ok;
}
