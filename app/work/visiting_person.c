/* The person of a visit: taken from a card, compared with those known here, kept where consent
 * allows it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/lang/lang.h"
#include "app/store/consent.h"
#include "app/store/household.h"
#include "app/work/app.h"
#include "app/work/visiting.h"
#include "platform/base/clock.h"
#include "platform/base/hash.h"
#include "platform/base/json.h"
#include "platform/base/rand.h"

static const struct {
    enum claim_field field;
    const char *key;
} fields[] = {
    {CLAIM_NUMBER, "person.id"},
    {CLAIM_NAME, "person.name"},
    {CLAIM_BIRTH, "person.birth"},
    {CLAIM_SEX, "person.sex"},
    {CLAIM_ADDRESS, "person.address"},
    {CLAIM_ISSUED, "person.issued"},
    {CLAIM_OLD_NUMBER, "person.old_number"},
};

/* Birth date and year, and the last four digits, follow from what was read. */
static bool derive(struct visiting *v, struct err *err)
{
    char year[5] = "", last4[5] = "";
    const char *birth = visiting_get(v, "person.birth"), *number = visiting_get(v, "person.id");
    snprintf(year, sizeof(year), "%.4s", birth);
    if (strlen(number) >= 4) {
        snprintf(last4, sizeof(last4), "%s", number + strlen(number) - 4);
    }
    const char *const pairs[] = {"person.birth_date",
                                 strlen(birth) == 10 ? birth : "",
                                 "person.birth_year",
                                 year,
                                 "person.id_last4",
                                 last4,
                                 NULL};
    return visiting_set_all(v, pairs, err);
}

/* Did a card, a code or a scanner say it, not a person by the keyboard? */
static bool is_read(const struct person_claim *claim)
{
    for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
        enum claim_source source = claim->values[fields[i].field].source;
        if (source != CLAIM_NONE && source != CLAIM_TYPED) {
            return true;
        }
    }
    return false;
}

/* Is it the card of another person than the one that was read before? */
static bool is_other_card(const struct visiting *v, const struct person_claim *claim)
{
    const char *now = visiting_get(v, "person.id");
    const char *number = claim->values[CLAIM_NUMBER].text;
    return is_read(claim) && now[0] && number[0] && strcmp(now, number) != 0;
}

bool visiting_take_claim(struct visiting *v, const struct person_claim *claim, struct err *err)
{
    const char *pairs[sizeof(fields) / sizeof(*fields) * 4 + 3];
    char origins[sizeof(fields) / sizeof(*fields)][40], warnings[16];
    bool other = is_other_card(v, claim);
    size_t n = 0;
    for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
        const struct claim_value *value = &claim->values[fields[i].field];
        bool says = value->source != CLAIM_NONE && value->text[0];
        snprintf(origins[i], sizeof(origins[i]), "origin.%s", fields[i].key);
        if (says || (other && !visiting_is(v, origins[i], "typed"))) {
            pairs[n++] = fields[i].key;
            pairs[n++] = says ? value->text : ""; /* never a mix of two cards */
            pairs[n++] = origins[i];
            pairs[n++] = says ? claim_source_name(value->source) : "";
        }
    }
    if (is_read(claim)) { /* what the card could not say, such as a birthday that is none */
        snprintf(warnings, sizeof(warnings), "%u", claim->warnings);
        pairs[n++] = "read.warnings";
        pairs[n++] = warnings;
    }
    pairs[n] = NULL;
    v->person = 0;
    return visiting_set_all(v, pairs, err) && derive(v, err);
}

void visiting_claim(const struct visiting *v, struct person_claim *claim)
{
    memset(claim, 0, sizeof(*claim));
    for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
        char origin[40];
        const char *text = visiting_get(v, fields[i].key), *from;
        enum claim_source source = CLAIM_TYPED;
        snprintf(origin, sizeof(origin), "origin.%s", fields[i].key);
        from = visiting_get(v, origin);
        for (int s = CLAIM_CAMERA; s <= CLAIM_DERIVED; s++) {
            if (strcmp(from, claim_source_name((enum claim_source)s)) == 0) {
                source = (enum claim_source)s;
            }
        }
        if (text[0]) {
            claim_set(claim, fields[i].field, str_of(text), source);
        }
    }
    claim->warnings = (unsigned)strtoul(visiting_get(v, "read.warnings"), NULL, 10);
    claim_check(claim, clock_today());
}

bool visiting_find_same(struct visiting *v, struct arena *arena, struct persons *out,
                        struct err *err)
{
    const struct person like = {.name = visiting_get(v, "person.name"),
                                .birth = visiting_get(v, "person.birth"),
                                .number = visiting_get(v, "person.id")};
    *out = (struct persons){0};
    return (!like.name[0] && !like.number[0]) ||
           person_find_same(v->app->store, &like, arena, out, err);
}

bool visiting_take_person(struct visiting *v, int64_t id, struct err *err)
{
    struct arena arena = {0};
    struct person row;
    bool ok = person_get(v->app->store, id, &arena, &row, err);
    if (ok) {
        const char *pairs[16];
        size_t n = 0;
        const char *const known[][2] = {
            {"person.name", row.name},       {"person.birth", row.birth},
            {"person.sex", row.sex},         {"person.id", row.number},
            {"person.address", row.address}, {"person.phone", row.phone}};
        for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
            if (known[i][1][0] && !visiting_get(v, known[i][0])[0]) {
                pairs[n++] = known[i][0];
                pairs[n++] = known[i][1];
            }
        }
        pairs[n] = NULL;
        v->person = id;
        ok = visiting_set_all(v, pairs, err) && derive(v, err) &&
             (visiting_get(v, "person.id_last4")[0] ||
              visiting_set(v, "person.id_last4", row.number_tail, err));
    }
    arena_finish(&arena);
    return ok;
}

/* Joins the ids of purposes whose answer is yes (or no) by spaces. */
static void join_purposes(const struct visiting *v, const char *answer, struct buf *to)
{
    struct purpose purpose;
    for (size_t i = 0; consent_purpose(v->app->catalogue, i, &purpose); i++) {
        char key[64];
        snprintf(key, sizeof(key), "consent.%s", purpose.id);
        if (visiting_is(v, key, answer)) {
            buf_addf(to, "%s%s", to->n ? " " : "", purpose.id);
        }
    }
}

/* A digest over the text that was shown proves which words were agreed to. */
static void hash_text(const struct visiting *v, struct buf *hex)
{
    struct hash *hash = hash_begin(HASH_SHA256);
    unsigned char digest[HASH_MAX];
    struct notice element;
    struct purpose purpose;
    for (size_t i = 0; consent_element(v->app->catalogue, i, &element); i++) {
        const char *text = words_text(element.text);
        hash_more(hash, text, strlen(text) + 1);
    }
    for (size_t i = 0; consent_purpose(v->app->catalogue, i, &purpose); i++) {
        const char *text = words_text(purpose.text);
        hash_more(hash, text, strlen(text) + 1);
    }
    hash_add_hex(hex, digest, hash_end(hash, digest));
}

bool visiting_note_consent(struct visiting *v, struct err *err)
{
    struct buf granted = {0}, refused = {0}, hash = {0};
    struct consent_text text;
    catalogue_consent(v->app->catalogue, &text);
    join_purposes(v, "yes", &granted);
    join_purposes(v, "no", &refused);
    hash_text(v, &hash);
    char uuid[RAND_UUID_TEXT];
    rand_uuid(uuid);
    struct consent row = {.uuid = uuid,
                          .visit = v->id,
                          .person = v->person,
                          .text_version = text.version,
                          .text_hash = buf_text(&hash),
                          .language = lang_get(),
                          .channel = visiting_get(v, "consent.channel"),
                          .giver = visiting_get(v, "consent.giver"),
                          .giver_name = visiting_get(v, "consent.giver_name"),
                          .witness = visiting_get(v, "volunteer.name"),
                          .granted = buf_text(&granted),
                          .refused = buf_text(&refused)};
    bool ok = consent_add(v->app->store, &row, err);
    if (ok) {
        char at[CLOCK_TEXT];
        v->consent = row.id;
        clock_format_local(row.at_ms, at);
        const char *const pairs[] = {
            "consent.id",       uuid,       "consent.at", at, "consent.version", text.version,
            "consent.language", lang_get(), NULL};
        ok = visiting_set_all(v, pairs, err);
    }
    buf_finish(&granted);
    buf_finish(&refused);
    buf_finish(&hash);
    return ok;
}

static bool keep_household(struct visiting *v, struct err *err)
{
    char uuid[RAND_UUID_TEXT];
    const char *known = visiting_get(v, "household.id");
    rand_uuid(uuid);
    struct household row = {.id = v->household,
                            .uuid = known[0] ? known : uuid,
                            .head = visiting_get(v, "household.head"),
                            .province = visiting_get(v, "household.province"),
                            .commune = visiting_get(v, "household.commune"),
                            .hamlet = visiting_get(v, "household.hamlet"),
                            .address = visiting_get(v, "household.address"),
                            .location = visiting_get(v, "household.location")};
    if (!row.address[0] && !row.hamlet[0]) {
        return true;
    }
    if (!household_save(v->app->store, &row, err)) {
        return false;
    }
    v->household = row.id;
    return known[0] || visiting_set(v, "household.id", uuid, err);
}

static void write_origins(const struct visiting *v, struct buf *json)
{
    buf_add_char(json, '{');
    for (size_t i = 0; i < v->values.n; i++) {
        if (strncmp(v->values.v[i].key, "origin.person.", 14) == 0) {
            json_add_key(json, v->values.v[i].key + 14);
            json_add_text(json, str_of(v->values.v[i].text));
        }
    }
    buf_add_char(json, '}');
}

bool visiting_keep_person(struct visiting *v, struct err *err)
{
    struct buf origins = {0};
    bool full = visiting_is(v, "consent.full_number", "yes");
    if (!keep_household(v, err)) {
        return false;
    }
    if (!visiting_is(v, "consent.record", "yes") || !visiting_get(v, "person.name")[0]) {
        return true;
    }
    write_origins(v, &origins);
    struct person row = {.id = v->person,
                         .name = visiting_get(v, "person.name"),
                         .birth = visiting_get(v, "person.birth"),
                         .sex = visiting_get(v, "person.sex"),
                         .number = visiting_get(v, "person.id"),
                         .number_purpose = full ? "consent" : "",
                         .address = visiting_get(v, "person.address"),
                         .commune = visiting_get(v, "household.commune"),
                         .phone = visiting_is(v, "consent.keep_contact", "yes")
                                      ? visiting_get(v, "person.phone")
                                      : "",
                         .origins = buf_text(&origins),
                         .household = v->household};
    bool ok = person_save(v->app->store, &row, err);
    if (ok) {
        v->person = row.id;
        ok = !v->consent || consent_bind(v->app->store, v->consent, v->id, v->person, err);
    }
    buf_wipe(&origins);
    return ok;
}
