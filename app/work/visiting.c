#define LOG_ROOM "work"
#include "app/work/visiting.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/lang/lang.h"
#include "app/store/household.h"
#include "app/work/app.h"
#include "platform/base/clock.h"
#include "platform/base/json.h"
#include "platform/base/log.h"
#include "platform/base/mem.h"
#include "platform/base/rand.h"

/* ---- values ---------------------------------------------------------------------------------- */

static struct visiting_value *find(const struct visiting *v, const char *key)
{
    for (size_t i = 0; i < v->values.n; i++) {
        if (strcmp(v->values.v[i].key, key) == 0) {
            return &v->values.v[i];
        }
    }
    return NULL;
}

const char *visiting_get(const struct visiting *v, const char *key)
{
    const struct visiting_value *value = find(v, key);
    return value ? value->text : "";
}

bool visiting_is(const struct visiting *v, const char *key, const char *text)
{
    return strcmp(visiting_get(v, key), text) == 0;
}

static void wipe_text(char *text)
{
    explicit_bzero(text, strlen(text));
    free(text);
}

static void put(struct visiting *v, const char *key, const char *text)
{
    struct visiting_value *value = find(v, key);
    if (value && text[0]) {
        char *old = value->text;
        value->text = mem_strdup(text);
        wipe_text(old);
    } else if (value) {
        size_t at = (size_t)(value - v->values.v);
        free(value->key);
        wipe_text(value->text);
        vec_remove(&v->values, at);
    } else if (text[0]) {
        vec_push(&v->values, (struct visiting_value){mem_strdup(key), mem_strdup(text)});
    }
}

static void write_progress(const struct visiting *v, struct buf *json)
{
    buf_add_char(json, '{');
    for (size_t i = 0; i < v->values.n; i++) {
        json_add_key(json, v->values.v[i].key);
        json_add_text(json, str_of(v->values.v[i].text));
    }
    buf_add_char(json, '}');
}

static bool read_progress(struct visiting *v, const char *text, struct err *err)
{
    struct json *root = json_parse(str_of(text), err);
    const char *key;
    const struct json *value;
    for (size_t i = 0; root && json_member(root, i, &key, &value); i++) {
        put(v, key, json_text(value, ""));
    }
    json_destroy(root);
    return root != NULL;
}

/* ---- saving ---------------------------------------------------------------------------------- */

/* What a list of visits shows: the name where consent allows it, else the door. */
static const char *title_of(const struct visiting *v)
{
    static const char *const doors[] = {"household.head", "household.address", "household.hamlet"};
    const char *name = visiting_get(v, "person.name");
    if (name[0] && visiting_is(v, "consent.record", "yes")) {
        return name;
    }
    for (size_t i = 0; i < sizeof(doors) / sizeof(*doors); i++) {
        if (visiting_get(v, doors[i])[0]) {
            return visiting_get(v, doors[i]);
        }
    }
    return "";
}

static bool save(struct visiting *v, enum visit_state state, struct err *err)
{
    struct buf json = {0};
    int64_t appointment = 0;
    write_progress(v, &json);
    clock_parse(str_of(visiting_get(v, "visit.appointment_date")), &appointment);
    struct visit row = {
        .id = v->id,
        .uuid = v->uuid,
        .kind = VISIT_HOME,
        .state = state,
        .household = v->household,
        .person = v->person,
        .consent = v->consent,
        .title = title_of(v),
        .volunteer = visiting_get(v, "volunteer.name"),
        .team = visiting_get(v, "volunteer.team"),
        .commune = visiting_get(v, "household.commune"),
        .hamlet = visiting_get(v, "household.hamlet"),
        .topics = visiting_get(v, "visit.topics"),
        .outcome = visiting_get(v, "visit.outcome"),
        .reason = visiting_get(v, "visit.reason"),
        .dossier = visiting_get(v, "visit.dossier"),
        .procedure = visiting_get(v, "procedure.code"),
        .progress = buf_text(&json),
        .rating = atoi(visiting_get(v, "rating.value")),
        .started_ms = v->started_ms,
        .ended_ms = state == VISIT_CLOSED ? clock_now_ms() : 0,
        .appointment_ms = appointment,
    };
    bool ok = visit_save(v->app->store, &row, err);
    v->is_unsaved = !ok;
    if (ok) {
        v->id = row.id;
        v->started_ms = row.started_ms;
    }
    buf_wipe(&json);
    return ok;
}

bool visiting_set(struct visiting *v, const char *key, const char *text, struct err *err)
{
    const char *const pairs[] = {key, text, NULL};
    return visiting_set_all(v, pairs, err);
}

bool visiting_set_all(struct visiting *v, const char *const *pairs, struct err *err)
{
    bool changed = false;
    for (; *pairs; pairs += 2) {
        if (!visiting_is(v, pairs[0], pairs[1])) {
            put(v, pairs[0], pairs[1]);
            changed = true;
        }
    }
    return (!changed && !v->is_unsaved) || save(v, VISIT_OPEN, err);
}

bool visiting_save_closed(struct visiting *v, struct err *err)
{
    return save(v, VISIT_CLOSED, err);
}

/* ---- begin and end --------------------------------------------------------------------------- */

bool visiting_begin(struct app *app, struct visiting **out, struct err *err)
{
    struct visiting *v = mem_alloc(1, sizeof(*v));
    char today[CLOCK_TEXT];
    v->app = app;
    v->started_ms = clock_now_ms();
    rand_uuid(v->uuid);
    clock_format_date(v->started_ms, today);
    put(v, "visit.date", today);
    put(v, "volunteer.name", settings_text(app, "volunteer_name"));
    put(v, "volunteer.team", settings_text(app, "volunteer_team"));
    put(v, "household.commune", settings_text(app, "commune"));
    put(v, "visit.id", v->uuid);
    if (!save(v, VISIT_OPEN, err)) {
        visiting_close(v);
        return false;
    }
    *out = v;
    return true;
}

bool visiting_resume(struct app *app, int64_t id, struct visiting **out, struct err *err)
{
    struct visiting *v = mem_alloc(1, sizeof(*v));
    struct arena arena = {0};
    struct visit row;
    v->app = app;
    bool ok = visit_get(app->store, id, &arena, &row, err) &&
              read_progress(v, row.progress[0] ? row.progress : "{}", err);
    if (ok) {
        v->id = row.id;
        v->household = row.household;
        v->person = row.person;
        v->consent = row.consent;
        v->started_ms = row.started_ms;
        snprintf(v->uuid, sizeof(v->uuid), "%s", row.uuid);
        put(v, "visit.id", v->uuid);
    }
    arena_finish(&arena);
    if (!ok) {
        visiting_close(v);
        return false;
    }
    *out = v;
    return true;
}

void visiting_close(struct visiting *v)
{
    struct err err = {0};
    if (v) {
        if (v->is_unsaved && v->id && v->app->store && !save(v, VISIT_OPEN, &err)) {
            log_error("visit %s is not saved: %s", v->uuid, err.text);
        }
        for (size_t i = 0; i < v->values.n; i++) {
            free(v->values.v[i].key);
            wipe_text(v->values.v[i].text);
        }
        vec_finish(&v->values);
        vec_finish(&v->problems);
        free(v);
    }
}

/* ---- steps ----------------------------------------------------------------------------------- */

static const char *const step_names[VISIT_STEPS] = {
    "door", "consent", "who", "topics", "guide", "outcome", "rating", "review", "done"};

enum visiting_step visiting_step(const struct visiting *v)
{
    for (int i = 0; i < VISIT_STEPS; i++) {
        if (visiting_is(v, "step", step_names[i])) {
            return (enum visiting_step)i;
        }
    }
    return VISIT_DOOR;
}

bool visiting_go(struct visiting *v, enum visiting_step step, struct err *err)
{
    return visiting_set(v, "step", step_names[step], err);
}

bool visiting_take_household(struct visiting *v, int64_t household, struct err *err)
{
    struct arena arena = {0};
    struct household row;
    bool ok = household_get(v->app->store, household, &arena, &row, err);
    if (ok) {
        v->household = household;
        const char *const pairs[] = {"household.id",
                                     row.uuid,
                                     "household.province",
                                     row.province,
                                     "household.commune",
                                     row.commune,
                                     "household.hamlet",
                                     row.hamlet,
                                     "household.address",
                                     row.address,
                                     "household.location",
                                     row.location,
                                     "household.head",
                                     row.head,
                                     NULL};
        ok = visiting_set_all(v, pairs, err);
    }
    arena_finish(&arena);
    return ok;
}
