#include "sync/handover/enrolment.h"

#include <stdio.h>
#include <string.h>

#include "platform/base/clock.h"
#include "platform/base/hash.h"
#include "platform/base/json.h"
#include "platform/base/utf8.h"
#include "platform/base/zip.h"
#include "sync/handover/text.h"

#define HEAD "GOCUA1:"

enum { UNPACKED_LIMIT = 64 << 10, CODE_LIMIT = 16 << 10 };

bool enrolment_is_own(struct str text)
{
    return str_starts(str_trim(text), STR(HEAD));
}

/* Plain text of one line that fits; anything else in a code is an attack or an accident. */
static bool copy_line(const char *text, char *to, size_t room)
{
    struct str view = str_of(text);
    bool ok = view.n < room && utf8_valid(view);
    for (size_t i = 0; ok && i < view.n; i++) {
        ok = (unsigned char)view.s[i] >= ' ' && view.s[i] != 0x7f;
    }
    if (ok) {
        memcpy(to, view.s ? view.s : "", view.n);
        to[view.n] = 0;
    }
    return ok;
}

/* http or https with a host, no user, password, query, fragment or white space: strict, since the
 * device will hand its records there. */
static bool is_server(const char *url)
{
    struct str rest = str_of(url);
    if (str_starts(rest, STR("https://"))) {
        rest = (struct str){rest.s + 8, rest.n - 8};
    } else if (str_starts(rest, STR("http://"))) {
        rest = (struct str){rest.s + 7, rest.n - 7};
    } else {
        return false;
    }
    size_t host = 0;
    for (size_t i = 0; i < rest.n; i++) {
        char c = rest.s[i];
        if (c <= ' ' || c == 0x7f || strchr("@\\?#\"<>", c)) {
            return false;
        }
        host = host == i && c != '/' ? i + 1 : host;
    }
    return host > 0;
}

/* A token goes into a path: letters, digits and the marks that Central uses. */
static bool is_token(const char *token)
{
    if (*token == '.') {
        return false; /* "." and ".." would be another path */
    }
    for (const char *c = token; *c; c++) {
        bool is_plain = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
                        (*c >= '0' && *c <= '9') || strchr("!$-_.~", *c);
        if (!is_plain) {
            return false;
        }
    }
    return true;
}

static bool read_own_fields(struct enrolment *e, const struct json *root)
{
    struct buf key = {0};
    bool ok =
        json_kind(root) == JSON_IS_OBJECT &&
        copy_line(json_text(json_get(root, "s"), ""), e->server, sizeof(e->server)) &&
        copy_line(json_text(json_get(root, "t"), ""), e->token, sizeof(e->token)) &&
        copy_line(json_text(json_get(root, "n"), ""), e->organisation, sizeof(e->organisation)) &&
        pins_join(json_get(root, "p"), e->pins) && is_server(e->server) && is_token(e->token) &&
        text_from_base64url(&key, str_of(json_text(json_get(root, "k"), ""))) &&
        key.n == SIGN_PUBLIC;
    int64_t seconds = json_int(json_get(root, "x"), 0);
    ok = ok && seconds > 0 && seconds < INT64_MAX / 1000;
    if (ok) {
        memcpy(e->key, key.s, SIGN_PUBLIC);
        e->expires_ms = seconds * 1000;
    }
    buf_finish(&key);
    return ok;
}

static bool read_own(struct enrolment *e, struct str text, const unsigned char *known,
                     int64_t now_ms, struct err *err)
{
    struct buf content = {0};
    struct str covered;
    unsigned char signature[SIGN_SIZE];
    bool ok = text_read_signed(text, HEAD, &content, &covered, signature, err);
    struct json *root = ok ? json_parse(buf_str(&content), NULL) : NULL;
    if (ok && !read_own_fields(e, root)) {
        ok = err_set(err, ERR_INPUT, 0, "the enrolment code is not complete");
    } else if (ok && !sign_is_good(covered, signature, e->key)) {
        ok = err_set(err, ERR_DENIED, 1, "the enrolment code was changed");
    } else if (ok && known && !hash_equal(known, e->key, SIGN_PUBLIC)) {
        ok = err_set(err, ERR_DENIED, 1, "the enrolment code is of another organisation");
    } else if (ok && e->expires_ms < now_ms) {
        ok = err_set(err, ERR_DENIED, 2, "the enrolment code has expired");
    }
    json_destroy(root);
    buf_finish(&content);
    return ok;
}

static bool read_odk(struct enrolment *e, struct str text, struct err *err)
{
    struct buf packed = {0};
    struct buf plain = {.limit = UNPACKED_LIMIT};
    bool ok = hash_from_base64(&packed, text) &&
              zip_unpack(&plain, buf_str(&packed), UNPACKED_LIMIT, NULL);
    struct json *root = ok ? json_parse(buf_str(&plain), NULL) : NULL;
    const struct json *general = json_get(root, "general");
    const struct json *project = json_get(root, "project");
    e->kind = ENROLMENT_ODK;
    ok =
        root &&
        copy_line(json_text(json_get(general, "server_url"), ""), e->server, sizeof(e->server)) &&
        copy_line(json_text(json_get(general, "username"), ""), e->user, sizeof(e->user)) &&
        copy_line(json_text(json_get(general, "password"), ""), e->password, sizeof(e->password)) &&
        copy_line(json_text(json_get(project, "name"), ""), e->project, sizeof(e->project)) &&
        is_server(e->server);
    json_destroy(root);
    buf_finish(&packed);
    buf_wipe(&plain);
    return ok || err_set(err, ERR_INPUT, 0, "not an enrolment code");
}

bool enrolment_read(struct enrolment *enrolment, struct str text,
                    const unsigned char known[SIGN_PUBLIC], int64_t now_ms, struct err *err)
{
    struct enrolment e = {.kind = ENROLMENT_OWN};
    *enrolment = (struct enrolment){0};
    if (text.n == 0 || text.n > CODE_LIMIT) {
        return err_set(err, ERR_INPUT, 0, "not an enrolment code");
    }
    bool ok = enrolment_is_own(text) ? read_own(&e, text, known, now_ms, err)
                                     : read_odk(&e, str_trim(text), err);
    if (ok) {
        *enrolment = e;
    }
    return ok;
}

static void add_member(struct buf *json, const char *key, const char *text)
{
    json_add_key(json, key);
    json_add_text(json, str_of(text));
}

bool enrolment_add_own(struct buf *to, const struct enrolment *e,
                       const unsigned char secret[SIGN_SECRET], struct err *err)
{
    if (!is_server(e->server) || !is_token(e->token) || e->expires_ms < 1000) {
        return err_set(err, ERR_INPUT, 0, "server, token or expiry cannot be put into a code");
    }
    struct buf json = {0};
    struct buf key = {0};
    unsigned char public_key[SIGN_PUBLIC];
    sign_public_of(secret, public_key);
    text_add_base64url(&key, (struct str){(const char *)public_key, sizeof(public_key)});
    buf_add_char(&json, '{');
    add_member(&json, "s", e->server);
    add_member(&json, "t", e->token);
    json_add_key(&json, "x");
    json_add_number(&json, (double)(e->expires_ms / 1000));
    add_member(&json, "k", buf_text(&key));
    add_member(&json, "n", e->organisation);
    if (*e->pins) {
        json_add_key(&json, "p");
        pins_add_list(&json, e->pins);
    }
    buf_add_char(&json, '}');
    text_add_signed(to, HEAD, buf_str(&json), secret);
    buf_finish(&json);
    buf_finish(&key);
    return true;
}

bool enrolment_add_odk(struct buf *to, const struct enrolment *e, struct err *err)
{
    if (!is_server(e->server)) {
        return err_set(err, ERR_INPUT, 0, "the server cannot be put into a code");
    }
    struct buf json = {0};
    struct buf packed = {0};
    struct buf address = {0};
    enrolment_add_address(&address, e);
    buf_add_text(&json, "{\"general\":{\"protocol\":\"odk_default\"");
    add_member(&json, "server_url", buf_text(&address));
    if (*e->user) {
        add_member(&json, "username", e->user);
        add_member(&json, "password", e->password);
    }
    buf_add_text(&json, "},\"admin\":{},\"project\":{");
    add_member(&json, "name", *e->project ? e->project : e->organisation);
    buf_add_text(&json, "}}");
    zip_pack(&packed, buf_str(&json));
    hash_add_base64(to, packed.s, packed.n);
    buf_wipe(&json);
    buf_finish(&packed);
    buf_finish(&address);
    return true;
}

void enrolment_add_address(struct buf *to, const struct enrolment *e)
{
    struct str server = str_of(e->server);
    while (server.n && server.s[server.n - 1] == '/') {
        server.n--;
    }
    buf_add_str(to, server);
    if (*e->token) {
        buf_addf(to, "/key/%s", e->token);
    }
}

void enrolment_add_fingerprint(struct buf *to, const unsigned char key[SIGN_PUBLIC])
{
    unsigned char digest[HASH_MAX];
    hash_bytes(HASH_BLAKE2B, key, SIGN_PUBLIC, digest);
    for (int i = 0; i < 8; i++) {
        /* 10,000 is no power of two, but 24 bits leave no bias that an eye could use */
        unsigned number =
            (unsigned)digest[i * 3] << 16 | (unsigned)digest[i * 3 + 1] << 8 | digest[i * 3 + 2];
        buf_addf(to, "%s%04u", i ? " " : "", number % 10000);
    }
}
