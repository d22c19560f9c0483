#include "sync/handover/arrival.h"

#include <string.h>

#include "platform/base/hash.h"
#include "sync/handover/text.h"

#define HEAD "GCA1:"

enum { TEXT_LIMIT = 4 << 20 };

void arrival_digest(struct str xml, unsigned char digest[ARRIVAL_DIGEST])
{
    unsigned char whole[HASH_MAX];
    hash_bytes(HASH_BLAKE2B, xml.s, xml.n, whole);
    memcpy(digest, whole, ARRIVAL_DIGEST);
}

void arrival_of_bundle(struct arrival *arrival, struct str bundle)
{
    struct buf name = {0};
    memset(arrival, 0, sizeof(*arrival));
    arrival_digest(bundle, arrival->digest);
    buf_add_text(&name, "bundle:");
    hash_add_hex(&name, arrival->digest, ARRIVAL_DIGEST);
    memcpy(arrival->instance_id, name.s, name.n);
    buf_finish(&name);
}

bool arrival_is_of(const struct arrival *arrival, struct str xml, size_t files)
{
    unsigned char digest[ARRIVAL_DIGEST];
    arrival_digest(xml, digest);
    return (size_t)arrival->files >= files && memcmp(digest, arrival->digest, ARRIVAL_DIGEST) == 0;
}

/* Entry: length of the id, id, digest, number of files (2 bytes, big-endian). */
bool arrival_add(struct buf *to, const struct arrival *arrivals, size_t n,
                 const unsigned char secret[SIGN_SECRET], struct err *err)
{
    struct buf entries = {0};
    bool ok = true;
    for (size_t i = 0; ok && i < n; i++) {
        size_t length = strnlen(arrivals[i].instance_id, ARRIVAL_ID);
        ok = length > 0 && length < ARRIVAL_ID && arrivals[i].files >= 0 &&
             arrivals[i].files <= 0xffff;
        buf_add_char(&entries, (char)length);
        buf_add(&entries, arrivals[i].instance_id, length);
        buf_add(&entries, arrivals[i].digest, ARRIVAL_DIGEST);
        buf_add_char(&entries, (char)(arrivals[i].files >> 8));
        buf_add_char(&entries, (char)arrivals[i].files);
    }
    if (ok) {
        text_add_signed(to, HEAD, buf_str(&entries), secret);
    }
    buf_finish(&entries);
    return ok || err_set(err, ERR_INPUT, 0, "an arrival cannot be written");
}

static bool take_entry(struct str *rest, struct arrival *arrival)
{
    size_t length = rest->n ? (unsigned char)rest->s[0] : 0;
    size_t whole = 1 + length + ARRIVAL_DIGEST + 2;
    if (length == 0 || length >= ARRIVAL_ID || rest->n < whole) {
        return false;
    }
    const char *at = rest->s + 1;
    memset(arrival, 0, sizeof(*arrival));
    memcpy(arrival->instance_id, at, length);
    memcpy(arrival->digest, at + length, ARRIVAL_DIGEST);
    const unsigned char *files = (const unsigned char *)at + length + ARRIVAL_DIGEST;
    arrival->files = files[0] << 8 | files[1];
    *rest = (struct str){rest->s + whole, rest->n - whole};
    return true;
}

bool arrival_read(struct str text, const unsigned char organisation[SIGN_PUBLIC],
                  void (*each)(void *ctx, const struct arrival *arrival), void *ctx,
                  struct err *err)
{
    struct buf entries = {0};
    struct str covered;
    unsigned char signature[SIGN_SIZE];
    if (text.n > TEXT_LIMIT) {
        return err_set(err, ERR_INPUT, 0, "not a list of arrivals");
    }
    bool ok = text_read_signed(text, HEAD, &entries, &covered, signature, err);
    if (ok && !sign_is_good(covered, signature, organisation)) {
        ok = err_set(err, ERR_DENIED, 0, "the list of arrivals is not signed by the organisation");
    }
    struct str rest = buf_str(&entries);
    while (ok && rest.n > 0) {
        struct arrival arrival;
        ok = take_entry(&rest, &arrival) ||
             err_set(err, ERR_INPUT, 0, "the list of arrivals is damaged");
        if (ok) {
            each(ctx, &arrival);
        }
    }
    buf_finish(&entries);
    return ok;
}
