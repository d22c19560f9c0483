#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "app/cli/command.h"
#include "app/cli/same_xml.h"
#include "app/cli/session.h"
#include "platform/base/clock.h"
#include "platform/base/file.h"
#include "platform/base/mem.h"
#include "platform/base/rand.h"

enum { MOST_CASE = 64 << 20 };

/* A case that is being replayed; the first difference ends it. */
struct replay {
    struct session session;
    const struct json *test;
    size_t step;
    bool failed, strict;
    struct buf why;
};

static void differs(struct replay *replay, const char *what, const char *ref, struct str wanted,
                    struct str got)
{
    if (!replay->failed) {
        replay->failed = true;
        buf_addf(&replay->why, "step %zu, %s %s: wanted %.*s, got %.*s", replay->step, what, ref,
                 (int)(wanted.n > 400 ? 400 : wanted.n), wanted.s, (int)(got.n > 400 ? 400 : got.n),
                 got.s);
    }
}

static void cannot(struct replay *replay, const char *what, const char *ref, const char *why)
{
    differs(replay, what, ref, STR("ok"), str_of(why));
}

/* ---- comparison ------------------------------------------------------------------------------ */

static bool is_any(const struct json *wanted)
{
    return json_bool(json_get(wanted, "$any"), false);
}

static bool to_number(struct str text, double *number)
{
    char *end;
    text = str_trim(text);
    if (!text.n || text.n > 60 || isalpha((unsigned char)text.s[0])) {
        return false;
    }
    char copy[64];
    memcpy(copy, text.s, text.n);
    copy[text.n] = '\0';
    *number = strtod(copy, &end);
    return *end == '\0' && end != copy;
}

bool texts_agree(struct str wanted, struct str got)
{
    double a, b;
    if (str_eq(wanted, got)) {
        return true;
    }
    if (!to_number(wanted, &a) || !to_number(got, &b)) {
        return false;
    }
    return fabs(a - b) <= 1e-9 * fmax(fabs(a), fabs(b));
}

/* Compares a JSON value that was wanted with one that came out. */
static bool agrees(const struct json *wanted, const struct json *got)
{
    if (is_any(wanted)) {
        return true;
    }
    if (json_kind(wanted) == JSON_IS_ARRAY) {
        if (json_count(wanted) != json_count(got)) {
            return false;
        }
        for (size_t i = 0; i < json_count(wanted); i++) {
            if (!agrees(json_at(wanted, i), json_at(got, i))) {
                return false;
            }
        }
        return true;
    }
    if (json_kind(wanted) == JSON_IS_OBJECT) {
        const char *key;
        const struct json *value;
        for (size_t i = 0; json_member(wanted, i, &key, &value); i++) {
            if (!agrees(value, json_get(got, key))) {
                return false;
            }
        }
        return true;
    }
    if (json_kind(wanted) == JSON_IS_TEXT && json_kind(got) == JSON_IS_TEXT) {
        return texts_agree(str_of(json_text(wanted, "")), str_of(json_text(got, "")));
    }
    if (json_kind(wanted) == JSON_IS_NUMBER || json_kind(got) == JSON_IS_NUMBER) {
        double b = json_kind(got) == JSON_IS_TEXT ? NAN : json_number(got, NAN);
        return json_number(wanted, NAN) == b ||
               (to_number(str_of(json_text(got, "")), &b) && json_number(wanted, NAN) == b) ||
               (to_number(str_of(json_text(wanted, "")), &b) && json_number(got, NAN) == b);
    }
    return json_kind(wanted) == json_kind(got) && json_bool(wanted, false) == json_bool(got, false);
}

static void write_json(struct buf *to, const struct json *value)
{
    const char *key;
    const struct json *member;
    switch (json_kind(value)) {
    case JSON_IS_TEXT:
        json_add_text(to, str_of(json_text(value, "")));
        break;
    case JSON_IS_NUMBER:
        json_add_number(to, json_number(value, 0));
        break;
    case JSON_IS_BOOL:
        buf_add_text(to, json_bool(value, false) ? "true" : "false");
        break;
    case JSON_IS_NULL:
        buf_add_text(to, "null");
        break;
    case JSON_IS_ARRAY:
        for (size_t i = 0; i < json_count(value); i++) {
            buf_add_text(to, i ? ", " : "[");
            write_json(to, json_at(value, i));
        }
        buf_add_text(to, json_count(value) ? "]" : "[]");
        break;
    case JSON_IS_OBJECT:
        for (size_t i = 0; json_member(value, i, &key, &member); i++) {
            buf_addf(to, "%s%s: ", i ? ", " : "{", key);
            write_json(to, member);
        }
        buf_add_text(to, json_count(value) ? "}" : "{}");
        break;
    }
}

/* What is not relevant has a stored value and is blank to expressions; recordings show either. */
static bool is_blank(struct replay *replay, const char *ref, const struct json *wanted)
{
    struct question_view view;
    return !strcmp(json_text(wanted, "?"), "") &&
           question_view_ref(replay->session.entry, ref, &view, NULL) && !view.relevant;
}

static void compare(struct replay *replay, const char *what, const char *ref,
                    const struct json *wanted)
{
    if (!strcmp(what, "value") && is_blank(replay, ref, wanted)) {
        return;
    }
    struct buf got = {0}, want = {0};
    session_get(&replay->session, what, ref, &got);
    struct buf wrapped = {0};
    buf_addf(&wrapped, "[%s]", buf_text(&got));
    struct json *value = json_parse(buf_str(&wrapped), NULL);
    if (!agrees(wanted, json_at(value, 0))) {
        write_json(&want, wanted);
        differs(replay, what, ref, buf_str(&want), buf_str(&got));
    }
    json_destroy(value);
    buf_finish(&wrapped);
    buf_finish(&want);
    buf_finish(&got);
}

/* ---- states ---------------------------------------------------------------------------------- */

static bool is_instance_id(const char *ref)
{
    return str_ends(str_of(ref), STR("instanceID")) || str_ends(str_of(ref), STR("instanceID[1]"));
}

/* A repeat as a whole has no node of its own while it is empty. */
static bool is_range(const struct json *node)
{
    return str_starts(str_of(json_text(json_get(node, "nodeType"), "")), STR("repeat-range"));
}

static void expect_node(struct replay *replay, const struct json *node, const char *ref)
{
    static const char *const parts[] = {"value", "relevant", "required", "readonly"};
    if (is_range(node)) {
        return;
    }
    if (!entry_has(replay->session.entry, ref)) {
        if (!is_instance_id(ref)) {
            differs(replay, "node", ref, STR("there"), STR("missing"));
        }
        return;
    }
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        const struct json *wanted = json_get(node, parts[i]);
        if (wanted) {
            compare(replay, parts[i], ref, wanted);
        }
    }
}

static void expect_xml(struct replay *replay, const struct json *wanted)
{
    const char *text = json_text(wanted, NULL);
    if (!text || is_any(wanted)) {
        return;
    }
    struct buf got = {0}, why = {0};
    struct err err;
    if (!entry_serialize(replay->session.entry, SERIAL_SUBMISSION, &got, &err)) {
        cannot(replay, "xml", "", err.text);
    } else if (!xml_is_same(str_of(text), buf_str(&got), &why)) {
        differs(replay, "xml", buf_text(&why), str_of(text), buf_str(&got));
    }
    buf_finish(&got);
    buf_finish(&why);
}

static void expect_state(struct replay *replay, const struct json *step)
{
    const struct json *nodes = json_get(step, "nodes");
    for (size_t i = 0; i < json_count(nodes) && !replay->failed; i++) {
        const struct json *node = json_at(nodes, i);
        expect_node(replay, node, json_text(json_get(node, "ref"), ""));
    }
    if (!replay->failed) {
        expect_xml(replay, json_get(step, "xml"));
    }
}

static void expect_validate(struct replay *replay, const struct json *step)
{
    const char *wanted = json_text(json_get(step, "value"), "ok");
    const char *ref = json_text(json_get(step, "ref"), NULL), *got = "ok";
    size_t n = entry_validate(replay->session.entry);
    for (size_t i = 0; i < n; i++) {
        const struct entry_problem *problem = entry_problem_at(replay->session.entry, i);
        if (!ref || !strcmp(problem->ref, ref)) {
            got = problem->state == ANSWER_REQUIRED ? "required" : "constraint";
            break;
        }
    }
    if (strcmp(got, wanted) != 0) {
        differs(replay, "validate", ref ? ref : "", str_of(wanted), str_of(got));
    }
}

static void expect(struct replay *replay, const struct json *step)
{
    const char *what = json_text(json_get(step, "what"), "");
    const char *ref = json_text(json_get(step, "ref"), "");
    if (!strcmp(what, "node")) {
        expect_node(replay, json_get(step, "value"), ref);
    } else if (!strcmp(what, "validate")) {
        expect_validate(replay, step);
    } else {
        compare(replay, what, ref, json_get(step, "value"));
    }
}

/* ---- steps ----------------------------------------------------------------------------------- */

static void do_answer(struct replay *replay, const struct json *step, const char *ref)
{
    const char *result = "";
    struct err err = {0};
    const struct json *wanted = json_get(step, "result");
    if (!session_answer(&replay->session, step, &result, &err)) {
        if (!is_any(wanted)) {
            cannot(replay, "answer", ref, err.text);
        }
    } else if (json_text(wanted, NULL) && strcmp(json_text(wanted, ""), result) != 0) {
        differs(replay, "answer", ref, str_of(json_text(wanted, "")), str_of(result));
    }
}

/* Steps that show nothing of their own are passed over, as the recording does. */
static void expect_nav(struct replay *replay, const struct json *step)
{
    static const char *const events[] = {"beginning-of-form", "question",   "group", "repeat",
                                         "prompt-new-repeat", "end-of-form"};
    struct session *session = &replay->session;
    bool back = !strcmp(json_text(json_get(step, "dir"), "next"), "prev");
    session->stop =
        back ? stop_prev(session->entry, session->stop) : stop_next(session->entry, session->stop);
    if (!replay->strict && json_bool(json_get(step, "optional"), false)) {
        return;
    }
    const char *wanted = json_text(json_get(step, "event"), "");
    const char *ref = stop_ref(session->entry, session->stop);
    if (strcmp(events[session->stop.kind], wanted) != 0) {
        differs(replay, "navigation", ref, str_of(wanted), str_of(events[session->stop.kind]));
    }
    struct stop there;
    const char *at = json_text(json_get(step, "ref"), NULL);
    if (at && stop_find(session->entry, at, &there) && there.kind == session->stop.kind &&
        strcmp(stop_ref(session->entry, there), ref) != 0) {
        differs(replay, "navigation", wanted, str_of(at), str_of(ref));
    }
}

/* Whoever answers or adds stands there afterwards. */
static void stand_at(struct replay *replay, const char *ref)
{
    struct stop there;
    if (stop_find(replay->session.entry, ref, &there)) {
        replay->session.stop = there;
    }
}

static void do_change(struct replay *replay, const char *op, const struct json *step,
                      const char *ref)
{
    struct session *session = &replay->session;
    struct err err = {0};
    bool ok = true;
    if (!strcmp(op, "answer")) {
        do_answer(replay, step, ref);
        stand_at(replay, ref);
    } else if (!strcmp(op, "addRepeat")) {
        ok = session_add(session, ref, &err);
        stand_at(replay, ref);
    } else if (!strcmp(op, "removeRepeat")) {
        ok = entry_repeat_remove(session->entry, ref, &err);
        session->stop = stop_begin(session->entry);
    } else if (!strcmp(op, "autoRepeat")) {
        ok = entry_has(session->entry, ref) || err_set(&err, ERR_MISSING, 0, "not created");
    } else if (!strcmp(op, "setLanguage")) {
        ok = entry_set_language(session->entry, json_text(json_get(step, "lang"), ""), &err);
    } else if (!strcmp(op, "newInstance")) {
        ok = session_new(session, &err);
    } else if (!strcmp(op, "saveAndReload")) {
        ok = session_reopen(session, ENTRY_RESUME, &err);
    } else if (!strcmp(op, "edit")) {
        ok = session_reopen(session, ENTRY_EDIT, &err);
    } else if (!strcmp(op, "reloadForm")) {
        ok = session_reload_form(session, &err);
    } else if (!strcmp(op, "clock") || !strcmp(op, "seed")) {
        struct buf answer = {0};
        session_do(session, step, &answer);
        buf_finish(&answer);
    } else if (!strcmp(op, "expectNav")) {
        expect_nav(replay, step);
    } else if (strcmp(op, "note") != 0) {
        ok = err_set(&err, ERR_INPUT, 0, "unknown operation %.60s", op);
    }
    if (!ok) {
        cannot(replay, op, ref, err.text);
    }
}

static void do_step(struct replay *replay, const struct json *step)
{
    const char *op = json_text(json_get(step, "op"), "");
    if (!strcmp(op, "expect")) {
        expect(replay, step);
    } else if (!strcmp(op, "expectState")) {
        expect_state(replay, step);
    } else if (!strcmp(op, "expectLoadError")) {
        differs(replay, "load", "", STR("an error"), STR("ok"));
    } else {
        do_change(replay, op, step, json_text(json_get(step, "ref"), ""));
    }
}

/* ---- cases ----------------------------------------------------------------------------------- */

static void set_zone(const struct json *test)
{
    const char *zone = json_text(json_get(json_get(test, "env"), "tz"), NULL);
    if (zone) {
        setenv("TZ", zone, 1);
        tzset();
    }
}

/* The folder that the form's path is relative to: that of the file or one above it. */
static char *find_base(const char *file, const char *form)
{
    static const char *const ups[] = {"..", ".", "../.."};
    const char *slash = strrchr(file, '/');
    struct buf path = {0};
    for (size_t i = 0; i < sizeof ups / sizeof *ups; i++) {
        buf_clear(&path);
        buf_addf(&path, "%.*s/%s/%s", slash ? (int)(slash - file) : 1, slash ? file : ".", ups[i],
                 form);
        if (file_exists(buf_text(&path))) {
            path.n -= strlen(form) + 1;
            path.s[path.n] = '\0';
            return buf_take(&path);
        }
    }
    buf_finish(&path);
    return mem_strdup(".");
}

static void replay_case(struct replay *replay, const char *file)
{
    const struct json *steps = json_get(replay->test, "steps");
    const char *first = json_text(json_get(json_at(steps, 0), "op"), "");
    set_zone(replay->test);
    clock_fix(-1);
    rand_seed(0);
    replay->session.base = find_base(file, json_text(json_get(replay->test, "form"), ""));
    bool loaded = session_load(&replay->session, replay->test);
    if (!strcmp(first, "expectLoadError")) {
        if (loaded) {
            differs(replay, "load", "", STR("an error"), STR("ok"));
        }
        return;
    }
    if (!loaded) {
        cannot(replay, "load", "", replay->session.trouble);
        return;
    }
    for (replay->step = 0; replay->step < json_count(steps) && !replay->failed; replay->step++) {
        do_step(replay, json_at(steps, replay->step));
    }
}

static bool run_file(const char *file, bool strict, size_t *passed, size_t *failed)
{
    struct buf text = {0};
    struct err err = {0};
    struct json *test = NULL;
    if (file_read(file, MOST_CASE, &text, &err)) {
        test = json_parse(buf_str(&text), &err);
    }
    buf_finish(&text);
    if (!test) {
        fprintf(stderr, "%s: %s\n", file, err.text);
        (*failed)++;
        return false;
    }
    struct replay replay = {.test = test, .strict = strict};
    replay_case(&replay, file);
    if (replay.failed) {
        (*failed)++;
        printf("%s: %s\n", json_text(json_get(test, "name"), file), buf_text(&replay.why));
    } else {
        (*passed)++;
    }
    buf_finish(&replay.why);
    session_finish(&replay.session);
    json_destroy(test);
    return !replay.failed;
}

static int run_lines(void)
{
    struct session session = {.base = mem_strdup(".")};
    char *line = NULL;
    size_t room = 0;
    ssize_t n;
    while ((n = getline(&line, &room, stdin)) >= 0) {
        struct err err = {0};
        struct buf answer = {0};
        struct json *request = json_parse((struct str){line, (size_t)n}, &err);
        if (request) {
            session_do(&session, request, &answer);
        } else {
            buf_add_text(&answer, "{\"error\":");
            json_add_text(&answer, str_of(err.text));
            buf_add_char(&answer, '}');
        }
        puts(buf_text(&answer));
        fflush(stdout);
        buf_finish(&answer);
        if (!strcmp(json_text(json_get(request, "op"), ""), "load")) {
            json_destroy(session.request);
            session.request = request;
        } else {
            json_destroy(request);
        }
    }
    free(line);
    session_finish(&session);
    return COMMAND_OK;
}

static int run(int argc, char **argv)
{
    if (argc < 2) {
        return run_lines();
    }
    size_t passed = 0, failed = 0;
    bool strict = false;
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--strict")) {
            strict = true;
            continue;
        }
        run_file(argv[i], strict, &passed, &failed);
        fflush(stdout);
    }
    printf("%zu passed, %zu failed\n", passed, failed);
    return failed ? COMMAND_FAILED : COMMAND_OK;
}

const struct command command_xform_run = {
    .name = "xform-run",
    .summary = "replays scripted fillings of forms and compares what comes out",
    .usage =
        "[--strict] [CASE.json…]\n"
        "  --strict    also counts what a case calls optional (the order of navigation)\n"
        "  CASE.json   a case; a line is printed for each that fails\n"
        "Without files: one JSON request a line on standard input, one JSON answer a line out.",
    .run = run,
};
