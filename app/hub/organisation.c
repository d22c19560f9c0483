#include "app/hub/serve.h"

#include <stdio.h>
#include <string.h>

#include "platform/base/clock.h"
#include "platform/base/file.h"
#include "platform/base/hash.h"
#include "platform/base/pin.h"
#include "platform/base/rand.h"
#include "sync/handover/enrolment.h"

enum { PEM_LIMIT = 1 << 20 };

bool organisation_keys(const char *data, unsigned char public_key[SIGN_PUBLIC],
                       unsigned char secret[SIGN_SECRET], struct err *err)
{
    char path[ARCHIVE_PATH];
    struct buf seed = {0};
    unsigned char fresh[SIGN_SEED];
    snprintf(path, sizeof(path), "%s/organisation.key", data);
    bool ok = file_make_folder(data, err);
    if (ok && !file_exists(path)) {
        rand_bytes(fresh, sizeof(fresh));
        ok = file_write(path, fresh, sizeof(fresh), err);
    }
    ok = ok && file_read(path, SIGN_SEED, &seed, err);
    if (ok && seed.n != SIGN_SEED) {
        ok = err_set(err, ERR_DAMAGED, 0, "organisation.key is not what was written");
    }
    if (ok) {
        sign_keys_of_seed((const unsigned char *)seed.s, public_key, secret);
    }
    buf_wipe(&seed);
    return ok;
}

bool organisation_add_code(struct buf *to, struct archive *archive, const char *data,
                           const struct invitation *invitation, struct err *err)
{
    struct enrolment enrolment = {.kind = ENROLMENT_OWN, .expires_ms = invitation->expires_ms};
    unsigned char secret[SIGN_SECRET];
    struct buf name = {0}, pins = {0};
    if (strlen(invitation->url) >= sizeof(enrolment.server)) {
        return err_set(err, ERR_INPUT, 0, "the address of the hub is too long");
    }
    bool ok = archive_setting(archive, "organisation", &name, err) &&
              archive_setting(archive, "pins", &pins, err) &&
              organisation_keys(data, enrolment.key, secret, err);
    if (ok) {
        snprintf(enrolment.server, sizeof(enrolment.server), "%s", invitation->url);
        snprintf(enrolment.token, sizeof(enrolment.token), "%s", invitation->token);
        snprintf(enrolment.organisation, sizeof(enrolment.organisation), "%s", buf_text(&name));
        if (strncmp(invitation->url, "https:", 6) == 0) {
            snprintf(enrolment.pins, sizeof(enrolment.pins), "%s", buf_text(&pins));
        }
        ok = enrolment_add_own(to, &enrolment, secret, err);
    }
    memset(secret, 0, sizeof(secret));
    buf_finish(&name);
    buf_finish(&pins);
    return ok;
}

static bool add_pin(struct buf *pins, const char *path, struct err *err)
{
    struct buf pem = {0};
    buf_add_text(pins, pins->n ? ";" : "");
    bool ok = file_read(path, PEM_LIMIT, &pem, err) && pin_add(pins, buf_str(&pem), err);
    if (!ok) {
        err_prefix(err, "%s", path);
    }
    buf_wipe(&pem);
    return ok;
}

bool organisation_set_pins(struct archive *archive, const char *cert, const char *next,
                           struct err *err)
{
    struct buf pins = {0}, known = {0}, number = {0};
    bool ok = (!cert || add_pin(&pins, cert, err)) &&
              (!cert || !next || add_pin(&pins, next, err)) &&
              archive_setting(archive, "pins", &known, err) &&
              archive_setting(archive, "pins.number", &number, err);
    if (ok && !str_eq(buf_str(&pins), buf_str(&known))) {
        long long last = 0;
        str_to_int64(buf_str(&number), &last);
        long long now = clock_now_ms() / 1000; /* so that a restored backup does not fall behind */
        buf_clear(&number);
        buf_addf(&number, "%lld", now > last ? now : last + 1);
        ok = archive_begin(archive, err);
        ok = ok && archive_end(archive,
                               archive_set(archive, "pins", buf_str(&pins), err) &&
                                   archive_set(archive, "pins.number", buf_str(&number), err),
                               err);
    }
    buf_finish(&pins);
    buf_finish(&known);
    buf_finish(&number);
    return ok;
}

bool organisation_add_pins(struct buf *to, struct archive *archive, const char *data,
                           struct err *err)
{
    unsigned char public_key[SIGN_PUBLIC], secret[SIGN_SECRET];
    struct buf pins = {0}, number = {0};
    long long last = 0;
    bool ok = archive_setting(archive, "pins", &pins, err) &&
              archive_setting(archive, "pins.number", &number, err);
    if (ok && pins.n > 0) {
        str_to_int64(buf_str(&number), &last);
        ok = organisation_keys(data, public_key, secret, err) &&
             pins_add(to, buf_text(&pins), last, secret, err);
        memset(secret, 0, sizeof(secret));
    }
    buf_finish(&pins);
    buf_finish(&number);
    return ok;
}

bool organisation_new_passphrase(struct archive *archive, char text[PASSPHRASE_TEXT],
                                 struct err *err)
{
    unsigned char digest[TOKEN_DIGEST];
    struct buf hex = {0};
    token_make_passphrase(text);
    token_digest(str_of(text), true, digest);
    hash_add_hex(&hex, digest, sizeof(digest));
    bool ok = archive_set(archive, "passphrase", buf_str(&hex), err);
    buf_finish(&hex);
    return ok;
}

bool organisation_is_passphrase(struct archive *archive, struct str text)
{
    unsigned char digest[TOKEN_DIGEST];
    struct buf hex = {0}, kept = {0};
    token_digest(text, true, digest);
    bool ok = archive_setting(archive, "passphrase", &hex, NULL) &&
              hash_from_hex(&kept, buf_str(&hex)) && kept.n == TOKEN_DIGEST &&
              hash_equal(kept.s, digest, TOKEN_DIGEST);
    buf_finish(&hex);
    buf_finish(&kept);
    return ok;
}
