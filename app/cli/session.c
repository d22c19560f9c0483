#include "app/cli/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/base/clock.h"
#include "platform/base/file.h"
#include "platform/base/mem.h"
#include "platform/base/rand.h"

enum { MOST_FILE = 256 << 20 };

/* ---- loading --------------------------------------------------------------------------------- */

static char *joined(const char *base, const char *path)
{
    struct buf all = {0};
    if (path[0] != '/' && base && base[0]) {
        buf_addf(&all, "%s/", base);
    }
    buf_add_text(&all, path);
    return buf_take(&all);
}

static bool read_media(void *ctx, const char *uri, struct buf *bytes, struct err *err)
{
    struct session *session = ctx;
    const struct json *path = json_get(session->resources, uri);
    struct str name = form_media_name(str_of(uri)), key_name;
    const char *key;
    for (size_t i = 0; !json_text(path, NULL) && json_member(session->resources, i, &key, &path);
         i++) {
        key_name = form_media_name(str_of(key));
        path = str_eq(name, key_name) ? path : NULL;
        if (json_text(path, NULL)) {
            break;
        }
        path = NULL;
    }
    if (!json_text(path, NULL)) {
        return err_set(err, ERR_MISSING, 0, "there is no file %.100s", uri);
    }
    char *full = joined(session->base, json_text(path, ""));
    bool ok = file_read(full, MOST_FILE, bytes, err);
    free(full);
    return ok;
}

static void note_problems(struct session *session)
{
    size_t n = 0;
    session->trouble[0] = '\0';
    for (size_t i = 0; i < form_problem_count(session->form); i++) {
        const struct form_problem *problem = form_problem_at(session->form, i);
        if (problem->kind == PROBLEM_ERROR && n < sizeof session->trouble) {
            n += (size_t)snprintf(session->trouble + n, sizeof session->trouble - n, "%s%s: %s",
                                  n ? "; " : "", problem->node, problem->text);
        }
    }
}

static bool load_form(struct session *session)
{
    struct form_options options = {.media = {session, read_media, NULL}};
    entry_destroy(session->entry);
    form_destroy(session->form);
    session->entry = NULL;
    session->form = form_load_file(session->form_path, &options);
    if (!form_is_usable(session->form)) {
        note_problems(session);
        return false;
    }
    return true;
}

static bool open_entry(struct session *session, const struct json *request, struct err *err)
{
    const char *mode = json_text(json_get(request, "mode"), "new");
    const char *instance = json_text(json_get(request, "instance"), NULL);
    if (!instance) {
        return entry_create(session->form, &session->device, &session->entry, err);
    }
    struct buf bytes = {0};
    bool ok = true;
    if (instance[0] == '<') {
        buf_add_text(&bytes, instance);
    } else {
        char *path = joined(session->base, instance);
        ok = file_read(path, MOST_FILE, &bytes, err);
        free(path);
    }
    ok = ok && entry_open(session->form, buf_str(&bytes),
                          strcmp(mode, "edit") ? ENTRY_RESUME : ENTRY_EDIT, &session->device,
                          &session->entry, err);
    buf_finish(&bytes);
    return ok;
}

bool session_reload_form(struct session *session, struct err *err)
{
    struct buf xml = {0};
    bool ok = entry_serialize(session->entry, SERIAL_DRAFT, &xml, err);
    if (ok && !load_form(session)) {
        ok = err_set(err, ERR_INPUT, 0, "%.150s", session->trouble);
    }
    ok = ok && entry_open(session->form, buf_str(&xml), ENTRY_RESUME, &session->device,
                          &session->entry, err);
    if (ok) {
        session->stop = stop_begin(session->entry);
    }
    buf_finish(&xml);
    return ok;
}

/* What JavaRosa writes where no client tells the position; recordings have it. */
static bool no_position(void *ctx, struct buf *geopoint)
{
    buf_add_text(geopoint, "no client implementation");
    return true;
}

bool session_load(struct session *session, const struct json *request)
{
    struct err err = {0};
    free(session->form_path);
    session->form_path = joined(session->base, json_text(json_get(request, "form"), ""));
    session->resources = json_get(request, "resources");
    const struct json *device = json_get(request, "preload");
    session->device = (struct entry_device){
        .device_id = json_text(json_get(device, "deviceID"), NULL),
        .username = json_text(json_get(device, "username"), NULL),
        .email = json_text(json_get(device, "email"), NULL),
        .phone_number = json_text(json_get(device, "phoneNumber"), NULL),
        .position = no_position,
    };
    if (!load_form(session)) {
        return false;
    }
    if (!open_entry(session, request, &err)) {
        snprintf(session->trouble, sizeof session->trouble, "%s", err.text);
        return false;
    }
    session->stop = stop_begin(session->entry);
    return true;
}

bool session_new(struct session *session, struct err *err)
{
    entry_destroy(session->entry);
    bool ok = entry_create(session->form, &session->device, &session->entry, err);
    if (ok) {
        session->stop = stop_begin(session->entry);
    }
    return ok;
}

bool session_reopen(struct session *session, enum entry_mode mode, struct err *err)
{
    struct buf xml = {0};
    struct entry *again = NULL;
    bool ok = entry_serialize(session->entry, SERIAL_DRAFT, &xml, err) &&
              entry_open(session->form, buf_str(&xml), mode, &session->device, &again, err);
    if (ok) {
        entry_destroy(session->entry);
        session->entry = again;
        session->stop = stop_begin(again);
    }
    buf_finish(&xml);
    return ok;
}

void session_finish(struct session *session)
{
    entry_destroy(session->entry);
    form_destroy(session->form);
    json_destroy(session->request);
    free(session->base);
    free(session->form_path);
    *session = (struct session){0};
}

/* ---- changing -------------------------------------------------------------------------------- */

bool session_answer(struct session *session, const struct json *step, const char **result,
                    struct err *err)
{
    static const char *const states[] = {"ok", "required", "constraint"};
    const char *ref = json_text(json_get(step, "ref"), "");
    const char *value = json_text(json_get(step, "value"), "");
    struct question_view view;
    if (!strcmp(json_text(json_get(step, "type"), ""), "Boolean") &&
        question_view_ref(session->entry, ref, &view, NULL) && view.type != TYPE_BOOLEAN) {
        value = strcmp(value, "1") ? (strcmp(value, "0") ? value : "false") : "true";
    }
    struct answer_result answer;
    if (!entry_answer(session->entry, ref, str_of(value), &answer, err)) {
        return false;
    }
    *result = states[answer.state];
    return true;
}

bool session_add(struct session *session, const char *ref, struct err *err)
{
    size_t n = strlen(ref);
    while (n && ref[n - 1] == ']') { /* a concrete one: until it is there */
        if (entry_has(session->entry, ref)) {
            return true;
        }
        char *series = mem_strndup(ref, (size_t)(strrchr(ref, '[') - ref));
        bool ok = entry_repeat_add(session->entry, series, NULL, err);
        free(series);
        if (!ok) {
            return false;
        }
    }
    return entry_repeat_add(session->entry, ref, NULL, err);
}

/* ---- asking ---------------------------------------------------------------------------------- */

static void add_bool(struct buf *to, bool value)
{
    buf_add_text(to, value ? "true" : "false");
}

static void add_choices(struct session *session, const char *ref, struct buf *answer)
{
    struct choices *choices;
    struct choice choice;
    struct err err;
    if (!question_choices(session->entry, ref, &choices, &err)) {
        buf_add_text(answer, "null");
        return;
    }
    buf_add_char(answer, '[');
    for (size_t i = 0; choices_at(choices, i, &choice); i++) {
        buf_add_text(answer, i ? ",{\"value\":" : "{\"value\":");
        json_add_text(answer, choice.value);
        buf_add_text(answer, ",\"label\":");
        json_add_text(answer, str_of(choice.label.text));
        buf_add_char(answer, '}');
    }
    buf_add_char(answer, ']');
}

static void add_label(const struct shown_text *label, struct buf *answer)
{
    if (label->text) {
        json_add_text(answer, str_of(label->text));
    } else {
        buf_add_text(answer, "null");
    }
}

static void get_of_view(const struct question_view *view, const char *what, struct buf *answer)
{
    if (!strcmp(what, "relevant")) {
        add_bool(answer, view->relevant);
    } else if (!strcmp(what, "required")) {
        add_bool(answer, view->required);
    } else if (!strcmp(what, "readonly")) {
        add_bool(answer, view->readonly);
    } else if (!strcmp(what, "constraint")) {
        json_add_text(answer, str_of(view->constraint_message));
    } else if (!strcmp(what, "label")) {
        add_label(&view->label, answer);
    } else if (!strcmp(what, "hint")) {
        add_label(&view->hint, answer);
    } else {
        buf_add_text(answer, "null");
    }
}

void session_get(struct session *session, const char *what, const char *ref, struct buf *answer)
{
    struct question_view view;
    struct err err;
    if (!strcmp(what, "value") || !strcmp(what, "attribute")) {
        json_add_text(answer, entry_value(session->entry, ref));
    } else if (!strcmp(what, "exists")) {
        add_bool(answer, entry_has(session->entry, ref));
    } else if (!strcmp(what, "count")) {
        buf_addf(answer, "%zu", entry_repeat_count(session->entry, ref));
    } else if (!strcmp(what, "choices")) {
        add_choices(session, ref, answer);
    } else if (question_view_ref(session->entry, ref, &view, &err)) {
        get_of_view(&view, what, answer);
    } else {
        buf_add_text(answer, "null");
    }
}

/* ---- the line protocol ----------------------------------------------------------------------- */

static void say_error(struct buf *answer, const char *text)
{
    buf_add_text(answer, "{\"error\":");
    json_add_text(answer, str_of(text));
    buf_add_char(answer, '}');
}

static void say(struct buf *answer, bool ok, const struct err *err)
{
    if (ok) {
        buf_add_text(answer, "{\"ok\":true}");
    } else {
        say_error(answer, err->text);
    }
}

static void do_validate(struct session *session, struct buf *answer)
{
    size_t n = entry_validate(session->entry);
    buf_addf(answer, "{\"ok\":%s,\"problems\":[", n ? "false" : "true");
    for (size_t i = 0; i < n; i++) {
        const struct entry_problem *problem = entry_problem_at(session->entry, i);
        buf_add_text(answer, i ? ",{\"ref\":" : "{\"ref\":");
        json_add_text(answer, str_of(problem->ref));
        buf_addf(answer, ",\"why\":\"%s\",\"message\":",
                 problem->state == ANSWER_REQUIRED ? "required" : "constraint");
        json_add_text(answer, str_of(problem->message));
        buf_add_char(answer, '}');
    }
    buf_add_text(answer, "]}");
}

static void do_serialize(struct session *session, struct buf *answer)
{
    struct buf xml = {0};
    struct err err;
    if (entry_serialize(session->entry, SERIAL_SUBMISSION, &xml, &err)) {
        buf_add_text(answer, "{\"ok\":true,\"xml\":");
        json_add_text(answer, buf_str(&xml));
        buf_add_char(answer, '}');
    } else {
        say_error(answer, err.text);
    }
    buf_finish(&xml);
}

static void set_clock(const struct json *request)
{
    const struct json *now = json_get(request, "now");
    int64_t ms = -1;
    if (json_kind(now) == JSON_IS_NUMBER) {
        ms = json_int(now, -1);
    } else if (json_text(now, NULL)) {
        clock_parse(str_of(json_text(now, "")), &ms);
    }
    clock_fix(ms);
}

static void do_answer(struct session *session, const struct json *request, struct buf *answer)
{
    const char *result;
    struct err err = {0};
    if (session_answer(session, request, &result, &err)) {
        buf_addf(answer, "{\"result\":\"%s\"}", result);
    } else {
        say_error(answer, err.text);
    }
}

static void do_with_entry(struct session *session, const char *op, const struct json *request,
                          struct buf *answer)
{
    const char *ref = json_text(json_get(request, "ref"), "");
    struct err err = {0};
    if (!strcmp(op, "answer")) {
        do_answer(session, request, answer);
    } else if (!strcmp(op, "addRepeat")) {
        say(answer, session_add(session, ref, &err), &err);
    } else if (!strcmp(op, "removeRepeat")) {
        say(answer, entry_repeat_remove(session->entry, ref, &err), &err);
    } else if (!strcmp(op, "autoRepeat")) {
        bool ok = entry_has(session->entry, ref) ||
                  err_set(&err, ERR_INPUT, 0, "there is no instance %.100s", ref);
        say(answer, ok, &err);
    } else if (!strcmp(op, "get")) {
        buf_add_text(answer, "{\"ok\":true,\"value\":");
        session_get(session, json_text(json_get(request, "what"), "value"), ref, answer);
        buf_add_char(answer, '}');
    } else if (!strcmp(op, "setLanguage")) {
        const char *language = json_text(json_get(request, "lang"), "");
        say(answer, entry_set_language(session->entry, language, &err), &err);
    } else if (!strcmp(op, "newInstance")) {
        say(answer, session_new(session, &err), &err);
    } else if (!strcmp(op, "saveAndReload")) {
        say(answer, session_reopen(session, ENTRY_RESUME, &err), &err);
    } else if (!strcmp(op, "edit")) {
        say(answer, session_reopen(session, ENTRY_EDIT, &err), &err);
    } else if (!strcmp(op, "finalize")) {
        say(answer, entry_finalize(session->entry, &err), &err);
    } else if (!strcmp(op, "validate")) {
        do_validate(session, answer);
    } else if (!strcmp(op, "serialize")) {
        do_serialize(session, answer);
    } else {
        say_error(answer, "unknown operation");
    }
}

void session_do(struct session *session, const struct json *request, struct buf *answer)
{
    const char *op = json_text(json_get(request, "op"), "");
    if (!strcmp(op, "load")) {
        if (session_load(session, request)) {
            buf_add_text(answer, "{\"ok\":true}");
        } else {
            say_error(answer, session->trouble);
        }
    } else if (!strcmp(op, "clock")) {
        set_clock(request);
        buf_add_text(answer, "{\"ok\":true}");
    } else if (!strcmp(op, "seed")) {
        rand_seed((uint64_t)json_int(json_get(request, "n"), 0));
        buf_add_text(answer, "{\"ok\":true}");
    } else if (!strcmp(op, "note")) {
        buf_add_text(answer, "{\"ok\":true}");
    } else if (session->entry) {
        do_with_entry(session, op, request, answer);
    } else {
        say_error(answer, "no form is loaded");
    }
}
