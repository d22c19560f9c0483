#include "app/work/enrol.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOG_ROOM "enrol"
#include "app/store/inbox.h"
#include "app/store/outbox.h"
#include "app/store/setting.h"
#include "app/work/app.h"
#include "platform/base/clock.h"
#include "platform/base/hash.h"
#include "platform/base/log.h"
#include "platform/base/mem.h"
#include "sync/carrier/carriers.h"
#include "sync/handover/enrolment.h"
#include "sync/handover/pins.h"

struct enrolled {
    struct buf server, token, user, password, pins, key, device, address, seed;
    unsigned char organisation[SIGN_PUBLIC], secret[SIGN_SECRET];
    bool has_organisation;
    int64_t stamp; /* counts enrolments */
    struct inbox_place inbox;
    struct store *store; /* of enrolled_fill */
};

static bool read_all(struct enrolled *e, struct store *store, struct err *err)
{
    const struct {
        const char *name;
        struct buf *value;
    } parts[] = {{"server", &e->server},        {"enrol.token", &e->token},
                 {"enrol.user", &e->user},      {"enrol.password", &e->password},
                 {"enrol.pins", &e->pins},      {"enrol.key", &e->key},
                 {"device.id", &e->device},     {"device.seed", &e->seed},
                 {"enrol.address", &e->address}};
    struct buf bytes = {0};
    for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
        buf_clear(parts[i].value);
        if (!setting_get(store, parts[i].name, parts[i].value, err)) {
            return false;
        }
    }
    e->has_organisation =
        hash_from_hex(&bytes, buf_str(&e->key)) && bytes.n == sizeof(e->organisation);
    if (e->has_organisation) {
        memcpy(e->organisation, bytes.s, sizeof(e->organisation));
    }
    buf_clear(&bytes);
    if (hash_from_hex(&bytes, buf_str(&e->seed)) && bytes.n == SIGN_SEED) {
        unsigned char public_key[SIGN_PUBLIC];
        sign_keys_of_seed((const unsigned char *)bytes.s, public_key, e->secret);
    }
    buf_wipe(&bytes);
    e->stamp = setting_number(store, "enrol.stamp", 0);
    return true;
}

bool enrolled_load(struct store *store, struct enrolled **out, struct err *err)
{
    struct enrolled *e = mem_alloc(1, sizeof(*e));
    if (!read_all(e, store, err)) {
        enrolled_destroy(e);
        return false;
    }
    *out = e;
    return true;
}

bool enrolled_organisation(struct store *store, unsigned char key[SIGN_PUBLIC], struct err *err)
{
    struct enrolled *place = NULL;
    if (!enrolled_load(store, &place, err)) {
        return false;
    }
    bool ok = place->has_organisation ||
              err_set(err, ERR_MISSING, 0, "the device belongs to no organisation");
    memcpy(key, place->organisation, SIGN_PUBLIC);
    enrolled_destroy(place);
    return ok;
}

void enrolled_refresh(struct enrolled *e, struct store *store)
{
    if (setting_number(store, "enrol.stamp", 0) != e->stamp) {
        read_all(e, store, NULL);
    }
}

void enrolled_destroy(struct enrolled *e)
{
    if (e) {
        struct buf *all[] = {&e->server, &e->token,  &e->user,    &e->password, &e->pins,
                             &e->key,    &e->device, &e->address, &e->seed};
        for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
            buf_wipe(all[i]);
        }
        explicit_bzero(e, sizeof(*e));
        free(e);
    }
}

bool enrolled_has_server(const struct enrolled *e)
{
    return e->address.n > 0;
}

/* What follows "https://" in the server's address. */
static struct str host_and_path(const struct enrolled *e)
{
    struct str rest = buf_str(&e->server);
    ptrdiff_t at = str_find(rest, STR("://"));
    if (at >= 0) {
        rest.s += at + 3;
        rest.n -= (size_t)at + 3;
    }
    return rest;
}

static bool starts_with_one_of(struct str text, const char *const *heads)
{
    bool any = false;
    for (; *heads; heads++) {
        any = any || str_starts(text, str_of(*heads));
    }
    return any;
}

bool enrolled_is_here(const struct enrolled *e)
{
    static const char *const heads[] = {"127.", "localhost", "[::1]", NULL};
    return starts_with_one_of(host_and_path(e), heads);
}

bool enrolled_is_near(const struct enrolled *e)
{
    static const char *const heads[] = {"10.", "192.168.", NULL};
    struct str rest = host_and_path(e);
    if (enrolled_is_here(e) || starts_with_one_of(rest, heads)) {
        return true;
    }
    struct str host;
    str_cut(&rest, '/', &host);
    rest = host;
    return str_cut(&rest, ':', &host) && str_ends(host, STR(".local"));
}

static bool store_has(struct store *store, const char *name, const char *value)
{
    struct buf text = {0};
    bool same = setting_get(store, name, &text, NULL) && strcmp(buf_text(&text), value) == 0;
    buf_finish(&text);
    return same;
}

bool enrolled_wants_free(const struct enrolled *e, struct store *store)
{
    return store_has(store, "send_over", "free");
}

bool enrolled_sends_locked(const struct enrolled *e, struct store *store)
{
    return !store_has(store, "send_while_locked", "0");
}

int enrolled_keep_days(const struct enrolled *e, struct store *store)
{
    const struct setting_row *row = settings_find("keep_sent_days");
    long long days = 0;
    str_to_int64(str_of(row->other), &days);
    days = setting_number(store, row->name, days);
    return (int)(days < row->least ? row->least : days > row->most ? row->most : days);
}

static const char *text_or_null(const struct buf *b)
{
    return b->n ? b->s : NULL;
}

/* New pins of the same organisation; an older announcement changes nothing. */
static bool renew_pins(struct enrolled *e, struct store *store, struct str text, struct err *err)
{
    char pins[PINS_TEXT];
    int64_t number;
    if (!e->has_organisation) {
        return err_set(err, ERR_DENIED, 1, "the device belongs to no organisation");
    }
    if (!pins_read(text, e->organisation, pins, &number, err)) {
        return false;
    }
    if (number <= setting_number(store, "enrol.pins_number", 0)) {
        return true;
    }
    log_info("the server's keys were renewed");
    return setting_set(store, "enrol.pins", pins, err) &&
           setting_set_number(store, "enrol.pins_number", number, err) &&
           setting_set_number(store, "enrol.stamp", e->stamp + 1, err);
}

/* The server announces its keys along with the forms: what it says is signed, and it has proved a
 * key that was pinned before. Devices that pin nothing are not made to. */
static void keep_renewed(void *ctx, const char *announcement)
{
    struct enrolled *e = ctx;
    struct err err = {0};
    if (e->pins.n > 0 && !renew_pins(e, e->store, str_of(announcement), &err)) {
        log_warn("the server's new keys were not kept: %s", err.text);
    }
}

void enrolled_fill(struct enrolled *e, struct store *store, bool fetch,
                   struct run_settings *settings)
{
    settings->carrier = carrier_find("openrosa");
    settings->to = (struct carrier_settings){
        .address = buf_text(&e->address),
        .device_id = buf_text(&e->device),
        .user = text_or_null(&e->user),
        .password = text_or_null(&e->password),
        .pins = text_or_null(&e->pins),
        .organisation_key = e->has_organisation ? e->organisation : NULL,
        .renewed = keep_renewed,
        .renewed_ctx = e,
    };
    e->store = store;
    outbox_begin(store, &settings->outbox);
    if (fetch) {
        e->inbox = (struct inbox_place){store, buf_text(&e->server)};
        settings->inbox = inbox_of(&e->inbox);
    }
}

bool enrol_is_done(struct app *app)
{
    return settings_text(app, "server")[0] != 0;
}

/* Reads a code against the organisation that is known here, if any. */
static bool read_code(struct app *app, struct str code, struct enrolment *enrolment, bool *is_new,
                      struct err *err)
{
    struct enrolled *known = NULL;
    bool ok = enrolled_load(app->store, &known, err);
    if (ok) {
        *is_new = !known->has_organisation;
        ok = enrolment_read(enrolment, str_trim(code),
                            known->has_organisation ? known->organisation : NULL, clock_now_ms(),
                            err);
    }
    enrolled_destroy(known);
    return ok;
}

/* A key code shows the organisation that is known here; nothing but its keys will change. */
static bool preview_pins(struct app *app, struct str code, struct enrol_preview *preview,
                         struct err *err)
{
    struct enrolled *known = NULL;
    char pins[PINS_TEXT];
    int64_t number;
    struct buf print = {0};
    bool ok = enrolled_load(app->store, &known, err) &&
              (known->has_organisation || err_set(err, ERR_DENIED, 1, "no organisation yet")) &&
              pins_read(code, known->organisation, pins, &number, err);
    if (ok) {
        snprintf(preview->server, sizeof(preview->server), "%s", buf_text(&known->server));
        snprintf(preview->organisation, sizeof(preview->organisation), "%s",
                 settings_text(app, "organisation"));
        enrolment_add_fingerprint(&print, known->organisation);
        snprintf(preview->fingerprint, sizeof(preview->fingerprint), "%s", buf_text(&print));
    }
    buf_finish(&print);
    enrolled_destroy(known);
    return ok;
}

bool enrol_preview(struct app *app, struct str code, struct enrol_preview *preview, struct err *err)
{
    struct enrolment enrolment = {0};
    memset(preview, 0, sizeof(*preview));
    if (pins_are_announced(code)) {
        return preview_pins(app, code, preview, err);
    }
    bool ok = read_code(app, code, &enrolment, &preview->is_new, err);
    if (ok) {
        struct buf print = {0};
        snprintf(preview->server, sizeof(preview->server), "%s", enrolment.server);
        snprintf(preview->organisation, sizeof(preview->organisation), "%s",
                 enrolment.organisation[0] ? enrolment.organisation : enrolment.project);
        if (enrolment.kind == ENROLMENT_OWN) {
            enrolment_add_fingerprint(&print, enrolment.key);
            snprintf(preview->fingerprint, sizeof(preview->fingerprint), "%s", buf_text(&print));
        }
        buf_finish(&print);
    }
    explicit_bzero(&enrolment, sizeof(enrolment));
    return ok;
}

static bool keep(struct app *app, const struct enrolment *enrolment, struct err *err)
{
    struct buf key = {0}, address = {0};
    enrolment_add_address(&address, enrolment);
    if (enrolment->kind == ENROLMENT_OWN) {
        hash_add_hex(&key, enrolment->key, sizeof(enrolment->key));
    }
    const char *const pairs[][2] = {
        {"server", enrolment->server},         {"organisation", enrolment->organisation},
        {"enrol.address", buf_text(&address)}, {"enrol.token", enrolment->token},
        {"enrol.user", enrolment->user},       {"enrol.password", enrolment->password},
        {"enrol.pins", enrolment->pins},       {"enrol.key", buf_text(&key)}};
    bool ok = true;
    for (size_t i = 0; ok && i < sizeof(pairs) / sizeof(*pairs); i++) {
        ok = setting_set(app->store, pairs[i][0], pairs[i][1], err);
    }
    ok = ok && setting_set_number(app->store, "enrol.stamp",
                                  setting_number(app->store, "enrol.stamp", 0) + 1, err);
    buf_wipe(&address);
    buf_finish(&key);
    return ok;
}

bool enrol_accept(struct app *app, struct str code, struct err *err)
{
    struct enrolment enrolment = {0};
    bool is_new;
    if (pins_are_announced(code)) {
        struct enrolled *known = NULL;
        bool is_kept =
            enrolled_load(app->store, &known, err) && renew_pins(known, app->store, code, err);
        enrolled_destroy(known);
        return is_kept;
    }
    bool ok = read_code(app, code, &enrolment, &is_new, err) && keep(app, &enrolment, err);
    explicit_bzero(&enrolment, sizeof(enrolment));
    return ok;
}
