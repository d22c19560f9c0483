/* What goes as a film, what a film that was watched means, and what is carried for others. */
#include "helper_app.h"

#include <unistd.h>

#include "app/store/attachment.h"
#include "app/store/record.h"
#include "app/store/setting.h"
#include "app/work/carried.h"
#include "app/work/film.h"
#include "app/work/handover.h"
#include "platform/base/file.h"
#include "platform/base/hash.h"
#include "platform/base/mem.h"
#include "sync/handover/bundle.h"

static unsigned char public_key[SIGN_PUBLIC], secret[SIGN_SECRET];

struct pair {
    char *from_folder, *to_folder;
    struct app *from, *to; /* who shows, who watches */
    struct film_load load;
};

static struct app *open_enrolled(const char *folder)
{
    struct app *app = test_app_open(folder);
    struct buf key = {0};
    hash_add_hex(&key, public_key, sizeof(public_key));
    assert_true(setting_set(app->store, "enrol.key", buf_text(&key), NULL));
    buf_finish(&key);
    return app;
}

static void add(struct app *app, const char *id, size_t size, const char *photo)
{
    struct record_new new = {.form_id = "film", .version = "1", .instance_id = id};
    struct buf xml = {0};
    struct err err = {0};
    int64_t record;
    buf_addf(&xml, "<data id=\"film\"><meta><instanceID>%s</instanceID></meta>", id);
    for (size_t i = 0; i < size; i++) {
        buf_add_char(&xml, ' ');
    }
    buf_add_text(&xml, "</data>");
    assert_true(record_create(app->store, &new, &record, &err));
    assert_true(!photo || attachment_put(app->store, record, photo, "image/jpeg", STR("x"), &err));
    struct record_final final = {
        .xml = buf_str(&xml), .files = photo ? &photo : NULL, .file_count = photo != NULL};
    if (!record_finish(app->store, record, &final, &err)) {
        fail_msg("%s: %s", id, err.text);
    }
    buf_finish(&xml);
}

static int setup(void **state)
{
    struct pair *p = mem_alloc(1, sizeof(*p));
    p->from_folder = test_folder();
    p->to_folder = test_folder();
    p->from = open_enrolled(p->from_folder);
    p->to = open_enrolled(p->to_folder);
    add(p->from, "uuid:1", 10, NULL);
    add(p->from, "uuid:2", 10, "a.jpg");
    add(p->from, "uuid:3", 10, NULL);
    *state = p;
    return 0;
}

static int teardown(void **state)
{
    struct pair *p = *state;
    buf_finish(&p->load.bytes);
    app_close(p->from);
    app_close(p->to);
    test_folder_remove(p->from_folder);
    test_folder_remove(p->to_folder);
    free(p);
    return 0;
}

static void pack(struct pair *p)
{
    struct err err = {0};
    buf_finish(&p->load.bytes);
    if (!film_pack(p->from, &p->load, &err)) {
        fail_msg("%s", err.text);
    }
}

static struct film_word take(struct app *app, struct str bytes)
{
    struct film_word word;
    struct err err = {0};
    if (!film_take(app, bytes, &word, &err)) {
        fail_msg("%s", err.text);
    }
    return word;
}

static enum err_kind refused(struct app *app, struct str bytes)
{
    struct film_word word;
    struct err err = {0};
    assert_false(film_take(app, bytes, &word, &err));
    return err.kind;
}

static enum record_state state_of(struct app *app, const char *instance, const char *reason)
{
    struct arena arena = {0};
    struct record record;
    int64_t id;
    assert_true(record_find(app->store, instance, &id, NULL));
    assert_true(record_get(app->store, id, &arena, &record, NULL));
    assert_string_equal(record.reason, reason);
    enum record_state state = record.state;
    arena_finish(&arena);
    return state;
}

/* The hub: opens the bundle and signs what is in it; `lies` changes the XML it claims to have. */
struct hub {
    struct arrival arrivals[8];
    size_t n;
    bool lies;
};

static bool on_record(void *ctx, struct str id, struct str xml, struct err *err)
{
    struct hub *hub = ctx;
    struct arrival *a = &hub->arrivals[hub->n++];
    memset(a, 0, sizeof(*a));
    memcpy(a->instance_id, id.s, id.n);
    arrival_digest(hub->lies ? STR("<other/>") : xml, a->digest);
    return true;
}

static bool no_file(void *ctx, struct str name, struct str type, int64_t size, struct err *err)
{
    return err_set(err, ERR_INPUT, 0, "a film has no files");
}

static bool no_bytes(void *ctx, const void *bytes, size_t n, struct err *err)
{
    return false;
}

static void answer_of(struct hub *hub, struct str bundle, const unsigned char *key, struct buf *to)
{
    struct bundle_events events = {on_record, no_file, no_bytes, hub};
    assert_true(bundle_read(bundle, secret, &events, NULL));
    arrival_of_bundle(&hub->arrivals[hub->n++], bundle);
    assert_true(arrival_add(to, hub->arrivals, hub->n, key, NULL));
}

/* ---- tests ---- */

static void photos_stay_and_nothing_can_be_read(void **state)
{
    struct pair *p = *state;
    struct hub hub = {.n = 0};
    struct buf answer = {0};
    pack(p);
    assert_int_equal(p->load.going, 2);
    assert_int_equal(p->load.staying, 1);
    assert_int_equal(p->load.later, 0);
    assert_true(str_find(buf_str(&p->load.bytes), STR("uuid:")) < 0);
    answer_of(&hub, buf_str(&p->load.bytes), secret, &answer);
    assert_int_equal(hub.n, 3);
    assert_string_equal(hub.arrivals[0].instance_id, "uuid:1");
    assert_string_equal(hub.arrivals[1].instance_id, "uuid:3");
    buf_finish(&answer);
}

static void a_film_has_an_end(void **state)
{
    struct pair *p = *state;
    add(p->from, "uuid:large", 600 << 10, NULL);
    for (int i = 0; i < 3; i++) {
        char id[32];
        snprintf(id, sizeof(id), "uuid:half-%d", i);
        add(p->from, id, 200 << 10, NULL);
    }
    pack(p);
    assert_int_equal(p->load.going, 4);
    assert_int_equal(p->load.later, 1);
    assert_int_equal(p->load.staying, 2);
}

static void without_an_organisation_nothing_goes(void **state)
{
    struct pair *p = *state;
    struct err err = {0};
    assert_true(setting_set(p->from->store, "enrol.key", NULL, NULL));
    assert_false(film_pack(p->from, &p->load, &err));
    assert_int_equal(err.kind, ERR_MISSING);
}

static void the_receivers_word_makes_nothing_sent(void **state)
{
    struct pair *p = *state;
    struct carried carried;
    struct film_word word, again;
    pack(p);
    word = take(p->to, buf_str(&p->load.bytes));
    assert_false(word.is_known);
    again = take(p->to, buf_str(&p->load.bytes));
    assert_true(again.is_known);
    assert_true(str_eq(buf_str(&word.answer), buf_str(&again.answer)));
    assert_true(carried_look(p->to, &carried, NULL));
    assert_int_equal(carried.bundles, 1);
    buf_finish(&again.answer);

    again = take(p->to, buf_str(&word.answer)); /* not its film */
    assert_false(again.is_known);
    for (int i = 0; i < 2; i++) {
        again = take(p->from, buf_str(&word.answer));
        assert_true(again.is_known);
        assert_int_equal(again.records, 2);
        assert_int_equal(state_of(p->from, "uuid:1", "handed-over"), RECORD_READY);
        assert_int_equal(state_of(p->from, "uuid:2", ""), RECORD_READY);
    }
    pack(p);
    assert_int_equal(p->load.going, 2);
    assert_true(p->load.is_repeat);
    add(p->from, "uuid:4", 10, NULL);
    pack(p);
    assert_int_equal(p->load.going, 1); /* the new one first */
    assert_false(p->load.is_repeat);
    assert_int_equal(take(p->from, buf_str(&word.answer)).records, 2); /* films before count */
    buf_finish(&word.answer);
}

static void only_the_organisation_makes_a_record_sent(void **state)
{
    struct pair *p = *state;
    struct hub honest = {.n = 0}, wrong = {.lies = true};
    struct buf answer = {0}, forged = {0}, lie = {0};
    unsigned char other_public[SIGN_PUBLIC], other[SIGN_SECRET];
    pack(p);
    sign_make_keys(other_public, other);
    answer_of(&wrong, buf_str(&p->load.bytes), secret, &lie);
    assert_int_equal(take(p->from, buf_str(&lie)).records, 0); /* not these bytes */
    wrong.n = 0;
    wrong.lies = false;
    answer_of(&wrong, buf_str(&p->load.bytes), other, &forged);
    assert_int_equal(refused(p->from, buf_str(&forged)), ERR_DENIED);
    assert_int_equal(state_of(p->from, "uuid:1", ""), RECORD_READY);
    answer_of(&honest, buf_str(&p->load.bytes), secret, &answer);
    buf_add_char(&answer, '\n');
    assert_int_equal(take(p->from, buf_str(&answer)).records, 2);
    assert_int_equal(state_of(p->from, "uuid:1", ""), RECORD_SENT);
    assert_int_equal(state_of(p->from, "uuid:2", ""), RECORD_READY);
    assert_int_equal(state_of(p->from, "uuid:3", ""), RECORD_SENT);
    assert_int_equal(take(p->from, buf_str(&answer)).records, 0);
    pack(p);
    assert_int_equal(p->load.going, 0);
    assert_int_equal(p->load.bytes.n, 0);
    buf_finish(&answer);
    buf_finish(&forged);
    buf_finish(&lie);
}

static void what_is_nothing_of_ours_is_refused(void **state)
{
    struct pair *p = *state;
    static const char *const films[] = {
        "x",     "GCB1",           "GCB2 too short",    "GCT1", "GCT1 and no digest",
        "GCA1:", "GCA1:AAAA.BBBB", "http://example.org"};
    for (size_t i = 0; i < sizeof(films) / sizeof(*films); i++) {
        assert_int_equal(refused(p->to, str_of(films[i])), ERR_INPUT);
    }
}

static void what_is_carried_goes_by_stick_and_comes_back_as_word(void **state)
{
    struct pair *p = *state;
    struct hub hub = {.n = 0};
    struct carried carried;
    struct run_result result;
    struct buf answer = {0}, back = {0};
    struct err err = {0};
    char *stick = test_folder(), path[512];
    pack(p);
    struct film_word word = take(p->to, buf_str(&p->load.bytes));
    snprintf(path, sizeof(path), "%s/foreign.gca", stick);
    assert_true(file_write(path, "GCA1:none", 9, &err));
    assert_true(
        handover_to_folder(p->to, &(struct handover_options){.folder = stick}, &result, &err));
    answer_of(&hub, buf_str(&p->load.bytes), secret, &answer);
    snprintf(path, sizeof(path), "%s/arrived.gca", stick);
    assert_true(file_write(path, answer.s, answer.n, &err));
    assert_true(
        handover_to_folder(p->to, &(struct handover_options){.folder = stick}, &result, &err));
    assert_true(carried_look(p->to, &carried, NULL));
    assert_int_equal(carried.bundles, 0);
    assert_int_equal(carried.answers, 1);
    assert_true(carried_answers(p->to, &back, &err));
    assert_int_equal(take(p->from, buf_str(&back)).records, 2);
    assert_true(carried_answered(p->to, &err));
    assert_true(carried_look(p->to, &carried, NULL));
    assert_int_equal(carried.answers, 0);
    buf_finish(&word.answer);
    buf_finish(&answer);
    buf_finish(&back);
    test_folder_remove(stick);
}

/* Films of strangers never fill the disk. */
static void there_is_an_end_to_carrying(void **state)
{
    struct pair *p = *state;
    char path[512];
    struct err err = {0};
    pack(p);
    snprintf(path, sizeof(path), "%s/carried", p->to_folder);
    assert_true(file_make_folder(path, &err));
    snprintf(path, sizeof(path), "%s/carried/large.gcb", p->to_folder);
    assert_true(file_write(path, "GCB2", 4, &err));
    assert_int_equal(truncate(path, 1 << 30), 0);
    assert_int_equal(refused(p->to, buf_str(&p->load.bytes)), ERR_STORAGE);
    assert_true(file_remove(path, &err));
    struct film_word word = take(p->to, buf_str(&p->load.bytes));
    assert_false(word.is_known);
    buf_finish(&word.answer);
}

int main(void)
{
#define WITH_PAIR(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    sign_make_keys(public_key, secret);
    const struct CMUnitTest tests[] = {
        WITH_PAIR(photos_stay_and_nothing_can_be_read),
        WITH_PAIR(a_film_has_an_end),
        WITH_PAIR(without_an_organisation_nothing_goes),
        WITH_PAIR(the_receivers_word_makes_nothing_sent),
        WITH_PAIR(only_the_organisation_makes_a_record_sent),
        WITH_PAIR(what_is_nothing_of_ours_is_refused),
        WITH_PAIR(there_is_an_end_to_carrying),
        WITH_PAIR(what_is_carried_goes_by_stick_and_comes_back_as_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
