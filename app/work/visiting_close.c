/* The end of a visit: its values go into the forms, the records are checked together, frozen and
 * queued, and the citizen gets a receipt. */
#define LOG_ROOM "work"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/lang/lang.h"
#include "app/store/formfile.h"
#include "app/store/household.h"
#include "app/store/record.h"
#include "app/work/app.h"
#include "app/work/filling.h"
#include "app/work/visiting.h"
#include "platform/base/clock.h"
#include "platform/base/hash.h"
#include "platform/base/log.h"
#include "sync/handover/receipt.h"

/* ---- what the report wants to know follows from what was chosen -------------------------------
 */

static const char *shift_of(int64_t ms)
{
    int64_t hour = (ms + clock_zone_minutes(ms) * 60000LL) / 3600000 % 24;
    return hour < 12 ? "morning" : hour < 18 ? "afternoon" : "evening";
}

/* Guide cards as TOPIC/CARD=RESULT, and the reasons among them, joined by spaces. */
static void join_cards(const struct visiting *v, struct buf *steps, struct buf *reasons)
{
    for (size_t i = 0; i < v->values.n; i++) {
        const struct visiting_value *value = &v->values.v[i];
        if (strncmp(value->key, "card.", 5) != 0) {
            continue;
        }
        buf_addf(steps, "%s%s=%s", steps->n ? " " : "", value->key + 5, value->text);
        if (strcmp(value->text, "done") != 0 &&
            str_find(buf_str(reasons), str_of(value->text)) < 0) {
            buf_addf(reasons, "%s%s", reasons->n ? " " : "", value->text);
        }
    }
}

static bool is_known_house(struct visiting *v)
{
    struct arena arena = {0};
    struct household row;
    bool known = v->household && household_get(v->app->store, v->household, &arena, &row, NULL) &&
                 row.last_visit_ms > 0 && row.last_visit_ms < v->started_ms;
    arena_finish(&arena);
    return known;
}

static bool derive(struct visiting *v, struct err *err)
{
    static const struct {
        const char *outcome, *met, *results, *result, *reason;
    } rows[] = {
        {"submitted", "met", "submitted", "done", ""},
        {"centre", "met", "advised", "partly", tr_later("The centre will submit it")},
        {"appointment", "met", "ticket", "partly", tr_later("An appointment was made")},
        {"guided", "met", "taught", "done", ""},
        {"not_possible", "met", "advised", "not_done", ""},
        {"nobody_home", "nobody", "", "", ""},
        {"refused", "refused", "", "", ""},
    };
    struct buf steps = {0}, reasons = {0};
    const char *outcome = visiting_get(v, "visit.outcome"),
               *reason = visiting_get(v, "visit.reason");
    size_t i = 0;
    while (i + 1 < sizeof(rows) / sizeof(*rows) && strcmp(rows[i].outcome, outcome) != 0) {
        i++;
    }
    join_cards(v, &steps, &reasons);
    bool open = strcmp(rows[i].result, "partly") == 0 || strcmp(rows[i].result, "not_done") == 0;
    if (open && str_find(buf_str(&reasons), STR("other")) < 0) {
        buf_addf(&reasons, "%sother", reasons.n ? " " : "");
    }
    char why[400];
    snprintf(why, sizeof(why), "%s",
             reason[0]           ? reason
             : rows[i].reason[0] ? tr(rows[i].reason)
                                 : "");
    const char *const pairs[] = {"visit.met",
                                 rows[i].met,
                                 "visit.shift",
                                 shift_of(v->started_ms),
                                 "visit.again",
                                 is_known_house(v) ? "again" : "first",
                                 "visit.results",
                                 rows[i].results,
                                 "visit.result",
                                 rows[i].result,
                                 "visit.reasons",
                                 open ? buf_text(&reasons) : "",
                                 "visit.reason",
                                 why,
                                 "visit.steps",
                                 buf_text(&steps),
                                 NULL};
    bool ok = visiting_set_all(v, pairs, err);
    buf_finish(&steps);
    buf_finish(&reasons);
    return ok;
}

static void fill_once(struct visiting *v, struct entry *entry)
{
    bool record = visiting_is(v, "consent.record", "yes");
    for (size_t i = 0; i < v->values.n; i++) {
        const struct visiting_value *value = &v->values.v[i];
        bool personal = strncmp(value->key, "person.", 7) == 0;
        if (personal && (!record || (strcmp(value->key, "person.id") == 0 &&
                                     !visiting_is(v, "consent.full_number", "yes")))) {
            continue;
        }
        if (strcmp(value->key, "person.phone") == 0 &&
            !visiting_is(v, "consent.keep_contact", "yes")) {
            continue;
        }
        entry_fill(entry, value->key, str_of(value->text), NULL);
    }
    entry_fill(entry, "visit.id", str_of(v->uuid), NULL);
}

void visiting_fill(struct visiting *v, struct entry *entry)
{
    fill_once(v, entry);
    fill_once(v, entry); /* what only the first answers made relevant */
}

bool visiting_learn(struct visiting *v, struct entry *entry, struct err *err)
{
    static const char *const keys[] = {"visit.outcome", "visit.dossier"};
    for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
        char text[128];
        struct str value = entry_filled(entry, keys[i]);
        snprintf(text, sizeof(text), STR_FMT, STR_ARG(value));
        if (!visiting_get(v, keys[i])[0] && !visiting_set(v, keys[i], text, err)) {
            return false;
        }
    }
    return true;
}

/* The record of that form in this visit; 0 when there is none. */
static int64_t record_of(struct visiting *v, const char *form_id, enum record_state *state)
{
    struct arena arena = {0};
    struct records found = {0};
    const struct record_filter filter = {.visit = v->uuid, .form_id = form_id};
    int64_t id = 0;
    if (record_page(v->app->store, &filter, (struct page){0, 1}, &arena, &found, NULL) && found.n) {
        id = found.v[0].id;
        *state = found.v[0].state;
    }
    arena_finish(&arena);
    return id;
}

bool visiting_form(struct visiting *v, const char *form_id, struct filling **out, struct err *err)
{
    enum record_state state = RECORD_DRAFT;
    int64_t id = record_of(v, form_id, &state);
    if (id && state == RECORD_DRAFT) {
        return filling_resume(v->app, id, out, err);
    }
    if (!filling_begin(v->app, form_id, v->uuid, out, err)) {
        return false;
    }
    visiting_fill(v, (*out)->entry);
    (*out)->is_whole_due = true;
    if (!filling_save(*out, err)) {
        filling_close(*out);
        *out = NULL;
        return false;
    }
    return true;
}

/* A form that the visit itself writes, as far as it is here: begun when missing, filled anew. */
static bool write_form(struct visiting *v, const char *form_id, struct err *err)
{
    enum record_state state = RECORD_DRAFT;
    struct filling *filling = NULL;
    int64_t form;
    if (record_of(v, form_id, &state) && state != RECORD_DRAFT) {
        return true; /* finished before a kill */
    }
    if (!formfile_current(v->app->store, form_id, &form, NULL)) {
        return err_set(err, ERR_MISSING, APP_NO_FORM, "the form %s is not on this device", form_id);
    }
    bool ok = visiting_form(v, form_id, &filling, err);
    if (ok) {
        visiting_fill(v, filling->entry);
        ok = filling_save(filling, err);
        filling_close(filling);
    }
    return ok;
}

static void note_problems(struct visiting *v, const struct filling *filling)
{
    size_t n = entry_validate(filling->entry);
    for (size_t i = 0; i < n; i++) {
        const struct entry_problem *problem = entry_problem_at(filling->entry, i);
        struct visiting_problem row = {.record = filling->record};
        snprintf(row.form_id, sizeof(row.form_id), "%s", form_id(filling->form));
        snprintf(row.ref, sizeof(row.ref), "%s", problem->ref);
        snprintf(row.label, sizeof(row.label), "%s", problem->label);
        snprintf(row.message, sizeof(row.message), "%s", problem->message);
        vec_push(&v->problems, row);
    }
}

/* Calls each for every draft of the visit, its entry open. */
static bool each_draft(struct visiting *v, bool finish, struct err *err)
{
    struct arena arena = {0};
    struct records drafts = {0};
    const struct record_filter filter = {.visit = v->uuid, .states = 1u << RECORD_DRAFT};
    bool ok = record_page(v->app->store, &filter, (struct page){0, 1000}, &arena, &drafts, err);
    for (size_t i = 0; ok && i < drafts.n; i++) {
        struct filling *filling = NULL;
        ok = filling_resume(v->app, drafts.v[i].id, &filling, err);
        if (ok && finish) {
            ok = filling_finish(filling, err);
        } else if (ok) {
            note_problems(v, filling);
        }
        filling_close(filling);
    }
    arena_finish(&arena);
    return ok;
}

bool visiting_check(struct visiting *v, struct err *err)
{
    v->problems.n = 0;
    int64_t form;
    bool rates = visiting_get(v, "rating.value")[0] != 0;
    if (rates && !formfile_current(v->app->store, "satisfaction", &form, NULL)) {
        log_warn("no form for ratings here: the rating stays with the visit");
        rates = false;
    }
    return derive(v, err) && write_form(v, "home_visit", err) &&
           (!rates || write_form(v, "satisfaction", err)) && each_draft(v, false, err);
}

/* What only this visit needed to know goes: the full number without consent, the signature's
 * strokes. */
static bool forget_spare(struct visiting *v, struct err *err)
{
    bool full = visiting_is(v, "consent.full_number", "yes");
    bool record = visiting_is(v, "consent.record", "yes");
    const char *pairs[64];
    size_t n = 0;
    for (size_t i = 0; i < v->values.n && n + 3 < sizeof(pairs) / sizeof(*pairs); i++) {
        const char *key = v->values.v[i].key;
        if ((strcmp(key, "person.id") == 0 && !full) ||
            (strncmp(key, "person.", 7) == 0 && !record)) {
            pairs[n++] = key;
            pairs[n++] = "";
        }
    }
    pairs[n] = NULL;
    char kept[32][48];
    for (size_t i = 0; i < n / 2 && i < 32; i++) { /* put() frees the keys */
        snprintf(kept[i], sizeof(kept[i]), "%s", pairs[i * 2]);
        pairs[i * 2] = kept[i];
    }
    return visiting_set_all(v, pairs, err);
}

bool visiting_finish(struct visiting *v, struct err *err)
{
    if (!visiting_check(v, err)) {
        return false;
    }
    if (v->problems.n) {
        return err_set(err, ERR_INPUT, (int)v->problems.n, "%zu answers are missing or wrong",
                       v->problems.n);
    }
    bool ok = visiting_keep_person(v, err) && each_draft(v, true, err) && forget_spare(v, err) &&
              visiting_go(v, VISIT_DONE, err) && visiting_save_closed(v, err);
    if (ok) {
        log_info("visit closed: %s", v->uuid);
    }
    return ok;
}

bool visiting_end_early(struct visiting *v, const char *outcome, const char *reason,
                        const char *return_date, struct err *err)
{
    int64_t return_ms = 0;
    const char *const pairs[] = {
        "visit.outcome", outcome, "visit.reason", reason, "visit.return_date", return_date, NULL};
    clock_parse(str_of(return_date), &return_ms);
    return visiting_set_all(v, pairs, err) && visiting_finish(v, err) &&
           (!v->household || household_set_return(v->app->store, v->household, return_ms, err));
}

bool visiting_receipt(struct visiting *v, struct buf *text, struct err *err)
{
    enum record_state state = RECORD_DRAFT;
    int64_t id = record_of(v, "home_visit", &state);
    struct receipt receipt = {.when_ms = clock_now_ms()};
    struct buf xml = {0};
    unsigned char digest[HASH_MAX];
    if (!id || state == RECORD_DRAFT) {
        return err_set(err, ERR_MISSING, 0, "the visit is not closed yet");
    }
    bool ok = record_xml(v->app->store, id, &xml, err);
    if (ok) {
        hash_bytes(HASH_BLAKE2B, xml.s, xml.n, digest);
        memcpy(receipt.digest, digest, sizeof(receipt.digest));
        snprintf(receipt.visit, sizeof(receipt.visit), "%s", v->uuid);
        snprintf(receipt.form_id, sizeof(receipt.form_id), "home_visit");
        snprintf(receipt.code, sizeof(receipt.code), "%.47s", visiting_get(v, "visit.dossier"));
        snprintf(receipt.office, sizeof(receipt.office), "%.60s",
                 settings_text(v->app, "organisation"));
        ok = receipt_add(text, &receipt, v->app->secret, err);
    }
    buf_wipe(&xml);
    return ok;
}
