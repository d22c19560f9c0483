#include "app/store/outbox.h"
#include "app/store/attachment.h"
#include "platform/db/db.h"
#include "tests/store/helper_store.h"

#include <time.h>

#include "platform/base/clock.h"
#include "platform/base/hash.h"

static int64_t add_with_files(struct fixture *f, const char *instance_id, const char *xml)
{
    static const char *const names[] = {"a.jpg", "b.jpg"};
    struct err err;
    int64_t id = add_draft(f, instance_id);
    check(attachment_put(f->store, id, "a.jpg", "image/jpeg", STR("bytes of a"), &err), &err);
    check(attachment_put(f->store, id, "b.jpg", "", STR("b"), &err), &err);
    check(record_finish(f->store, id,
                        &(struct record_final){.xml = str_of(xml), .files = names, .file_count = 2},
                        &err),
          &err);
    return id;
}

static bool next(struct fixture *f, struct outbox *out, struct outbox_item *item)
{
    struct err err = {0};
    bool got = out->ops->next(out->ctx, clock_now_ms(), &f->arena, item, &err);
    assert_int_equal(err.kind, ERR_NONE);
    return got;
}

static void settle(struct outbox *out, const struct outbox_item *item,
                   const struct outbox_outcome *outcome)
{
    struct err err;
    check(out->ops->settle(out->ctx, item, outcome, &err), &err);
}

static struct record get(struct fixture *f, int64_t id)
{
    struct record record;
    struct err err;
    check(record_get(f->store, id, &f->arena, &record, &err), &err);
    return record;
}

static void a_record_goes_the_whole_way(void **state)
{
    struct fixture *f = *state;
    struct err err;
    struct outbox out;
    struct outbox_item item;
    int64_t id = add_with_files(f, "uuid:1", "<data/>"), records, bytes;
    outbox_begin(f->store, &out);
    check(outbox_left(f->store, &records, &bytes, &err), &err);
    assert_true(records == 1 && bytes == 7 + 10 + 1);
    assert_true(next(f, &out, &item));
    assert_int_equal(item.record, id);
    assert_string_equal(item.instance_id, "uuid:1");
    assert_true(str_is(item.xml, "<data/>"));
    assert_int_equal(item.n_files, 2);
    assert_string_equal(item.files[0].type, "image/jpeg");
    assert_null(item.files[1].type);
    assert_int_equal(item.bytes_left, 18);
    assert_false(item.is_xml_confirmed || item.is_doubtful || item.is_edit);
    check(out.ops->begin(out.ctx, id, &err), &err);
    assert_int_equal(get(f, id).state, RECORD_SENDING);
    void *reader;
    char part[64];
    size_t got;
    check(out.ops->open_file(out.ctx, id, 0, &reader, &err), &err);
    check(out.ops->read_file(out.ctx, reader, part, sizeof(part), &got, &err), &err);
    assert_int_equal(got, 10);
    assert_memory_equal(part, "bytes of a", 10);
    check(out.ops->read_file(out.ctx, reader, part, sizeof(part), &got, &err), &err);
    assert_int_equal(got, 0);
    out.ops->close_file(out.ctx, reader);
    assert_false(out.ops->open_file(out.ctx, id, 2, &reader, &err));
    item.files[0].is_confirmed = true;
    check(out.ops->confirm(out.ctx, &item, &err), &err);
    assert_int_equal(get(f, id).files_confirmed, 1);
    outbox_end(&out);
    store_restart(f); /* cut off: the ledger knows where to go on */
    outbox_begin(f->store, &out);
    assert_true(next(f, &out, &item));
    assert_true(item.is_doubtful && item.is_xml_confirmed && item.files[0].is_confirmed);
    assert_int_equal(item.bytes_left, 1);
    check(out.ops->begin(out.ctx, id, &err), &err);
    item.files[1].is_confirmed = true;
    check(out.ops->confirm(out.ctx, &item, &err), &err);
    settle(&out, &item, &(struct outbox_outcome){.action = OUTBOX_SENT, .status = 201});
    struct record record = get(f, id);
    assert_int_equal(record.state, RECORD_SENT);
    assert_int_equal(record.files_confirmed, 2);
    assert_true(record.sent_ms > 0);
    assert_false(next(f, &out, &item));
    outbox_end(&out);
}

static void sent_needs_every_file(void **state)
{
    struct fixture *f = *state;
    struct outbox out;
    struct outbox_item item;
    int64_t id = add_with_files(f, "uuid:1", "<data/>");
    outbox_begin(f->store, &out);
    assert_true(next(f, &out, &item));
    item.files[0].is_confirmed = true;
    settle(&out, &item, &(struct outbox_outcome){.action = OUTBOX_SENT});
    assert_int_equal(get(f, id).state, RECORD_READY);
    assert_string_equal(get(f, id).reason, "suspicious");
    outbox_end(&out);
}

static void a_bad_record_never_holds_the_others(void **state)
{
    struct fixture *f = *state;
    struct err err;
    struct outbox out;
    struct outbox_item item;
    int64_t damaged = add_ready(f, "uuid:1", "<data>1</data>");
    int64_t refused = add_ready(f, "uuid:2", "<data>2</data>");
    int64_t good = add_ready(f, "uuid:3", "<data>3</data>");
    check(db_script(f->store->db,
                    "DROP TRIGGER frozen_is_not_changed; UPDATE frozen SET xml = x'00' WHERE"
                    " record = 1",
                    &err),
          &err);
    outbox_begin(f->store, &out);
    assert_true(next(f, &out, &item));
    assert_int_equal(item.record, refused);
    assert_int_equal(get(f, damaged).state, RECORD_ASIDE);
    assert_string_equal(get(f, damaged).reason, "damaged");
    settle(&out, &item,
           &(struct outbox_outcome){.action = OUTBOX_ASIDE,
                                    .reason = OUTBOX_DIFFERENT,
                                    .status = 409,
                                    .message = "other bytes"});
    assert_true(next(f, &out, &item));
    assert_int_equal(item.record, good);
    settle(&out, &item,
           &(struct outbox_outcome){
               .action = OUTBOX_RETRY, .reason = OUTBOX_BROKEN, .next_ms = clock_now_ms() + 5000});
    assert_false(next(f, &out, &item));
    int64_t due;
    check(out.ops->next_due(out.ctx, &due, &err), &err);
    assert_true(due > clock_now_ms());
    assert_int_equal(get(f, good).next_try_ms, due);
    assert_string_equal(get(f, refused).message, "other bytes");
    outbox_end(&out);
}

static void small_goes_before_large_and_by_sequence(void **state)
{
    struct fixture *f = *state;
    struct outbox out;
    struct outbox_item item;
    char *large = malloc(400001);
    memset(large, 'x', 400000);
    large[400000] = 0;
    int64_t first = add_ready(f, "uuid:1", large);
    int64_t second = add_ready(f, "uuid:2", "<data/>"), third = add_ready(f, "uuid:3", "<data/>");
    outbox_begin(f->store, &out);
    const int64_t order[] = {second, third, first};
    for (int i = 0; i < 3; i++) {
        assert_true(next(f, &out, &item));
        assert_int_equal(item.record, order[i]);
    }
    assert_false(next(f, &out, &item)); /* each once a session */
    outbox_end(&out);
    outbox_begin(f->store, &out);
    assert_true(next(f, &out, &item));
    outbox_end(&out);
    free(large);
}

static void a_hold_of_a_form_spares_the_others(void **state)
{
    struct fixture *f = *state;
    struct err err;
    struct outbox out;
    struct outbox_item item;
    int64_t one = add_ready(f, "uuid:1", "<data/>"), two = add_ready(f, "uuid:2", "<data/>");
    int64_t other = add_ready(f, "uuid:3", "<data/>");
    check(db_run(f->store->db, "UPDATE record SET form_id = 'other' WHERE id = ?",
                 DB_WITH(DB_INT(other)), &err),
          &err);
    outbox_begin(f->store, &out);
    assert_true(next(f, &out, &item));
    settle(&out, &item,
           &(struct outbox_outcome){
               .action = OUTBOX_HOLD, .scope = OUTBOX_FORM, .reason = OUTBOX_FORM_CLOSED});
    assert_string_equal(get(f, one).reason, "form-closed");
    assert_string_equal(get(f, two).reason, "form-closed");
    assert_string_equal(get(f, other).reason, "");
    assert_true(next(f, &out, &item));
    assert_int_equal(item.record, other);
    settle(&out, &item,
           &(struct outbox_outcome){.action = OUTBOX_RETRY,
                                    .scope = OUTBOX_ALL,
                                    .reason = OUTBOX_CAPTIVE,
                                    .next_ms = clock_now_ms() + 30000});
    assert_string_equal(get(f, two).reason, "form-closed"); /* its own reason stays */
    assert_false(next(f, &out, &item));
    check(out.ops->release(out.ctx, OUTBOX_CAPTIVE, NULL, &err), &err);
    assert_true(next(f, &out, &item));
    assert_int_equal(item.record, other);
    check(out.ops->release(out.ctx, OUTBOX_FORM_CLOSED, "test", &err), &err);
    assert_true(next(f, &out, &item));
    assert_int_equal(item.record, one);
    assert_int_equal(item.attempts, 0);
    outbox_end(&out);
}

static void a_correction_waits_for_what_it_corrects(void **state)
{
    struct fixture *f = *state;
    struct err err;
    struct outbox out;
    struct outbox_item item;
    int64_t edit, first = add_ready(f, "uuid:1", "<data/>");
    check(record_create(
              f->store,
              &(struct record_new){
                  .form_id = "test", .version = "1", .instance_id = "uuid:2", .replaces = first},
              &edit, &err),
          &err);
    const struct str xml = STR("<data><deprecatedID>uuid:1</deprecatedID></data>");
    check(record_finish(f->store, edit, &(struct record_final){.xml = xml}, &err), &err);
    outbox_begin(f->store, &out);
    assert_true(next(f, &out, &item));
    assert_int_equal(item.record, first);
    assert_false(item.is_edit);
    struct outbox_item none;
    assert_false(next(f, &out, &none));
    settle(&out, &item, &(struct outbox_outcome){.action = OUTBOX_SENT});
    assert_true(next(f, &out, &item));
    assert_int_equal(item.record, edit);
    assert_true(item.is_edit);
    outbox_end(&out);
}

static void a_superseded_record_counts_as_sent(void **state)
{
    struct fixture *f = *state;
    struct outbox out;
    struct outbox_item item;
    struct err err;
    int64_t id = add_with_files(f, "uuid:1", "<data/>"), count, now = clock_now_ms();
    outbox_begin(f->store, &out);
    assert_true(next(f, &out, &item));
    settle(&out, &item,
           &(struct outbox_outcome){.action = OUTBOX_SENT, .reason = OUTBOX_SUPERSEDED});
    assert_int_equal(get(f, id).state, RECORD_SENT);
    assert_string_equal(get(f, id).reason, "superseded");
    check(out.ops->seen_again(out.ctx, id, &err), &err);
    outbox_end(&out);
    for (int day = 1; day <= 30; day++) { /* its files may never have arrived: they stay here */
        clock_fix(now + day * 24LL * 3600 * 1000);
        check(record_purge(f->store, 7, &count, &err), &err);
        assert_int_equal(count, 0);
    }
    clock_fix(-1);
}

static void sent_records_are_asked_about_again(void **state)
{
    struct fixture *f = *state;
    struct err err = {0};
    struct outbox out;
    struct outbox_item item;
    int64_t all = 0, count, first = add_ready(f, "uuid:1", "<data/>"), second;
    second = add_ready(f, "uuid:2", "<data/>");
    outbox_begin(f->store, &out);
    while (next(f, &out, &item)) {
        settle(&out, &item, &(struct outbox_outcome){.action = OUTBOX_SENT});
    }
    const int64_t later = clock_now_ms() + 3 * 24 * 3600 * 1000;
    outbox_end(&out);
    outbox_begin(f->store, &out);
    assert_false(out.ops->next_sent(out.ctx, clock_now_ms(), &f->arena, &item, &err));
    check(err.kind == ERR_NONE, &err);
    check(db_script(f->store->db,
                    "DROP TRIGGER frozen_is_not_changed; UPDATE frozen SET xml = x'00' WHERE"
                    " record = 1",
                    &err),
          &err);
    assert_true(out.ops->next_sent(out.ctx, later, &f->arena, &item, &err)); /* passes over 1 */
    assert_int_equal(item.record, second);
    check(out.ops->seen_again(out.ctx, second, &err), &err);
    assert_false(out.ops->next_sent(out.ctx, later, &f->arena, &item, &err));
    assert_int_equal(err.kind, ERR_NONE);
    assert_int_equal(get(f, first).state, RECORD_SENT);
    outbox_end(&out);
    for (int day = 1; day <= 30; day++) {
        clock_fix(later + day * 24LL * 3600 * 1000);
        check(record_purge(f->store, 7, &count, &err), &err);
        all += count;
    }
    clock_fix(-1);
    count = all;
    assert_int_equal(count, 1); /* only what was seen twice */
}

/* Rows as record_finish leaves them, without its files: five thousand of those would take long. */
static void add_many(struct fixture *f, int count)
{
    unsigned char digest[HASH_MAX];
    struct err err;
    hash_bytes(HASH_BLAKE2B, "<d/>", 4, digest);
    check(db_begin(f->store->db, &err), &err);
    bool ok = true;
    for (int i = 1; ok && i <= count; i++) {
        char id_text[24];
        snprintf(id_text, sizeof(id_text), "uuid:%d", i);
        ok = db_run(f->store->db,
                    "INSERT INTO record (instance_id, form_id, version, visit, title, state,"
                    " sequence, created_ms, changed_ms, bytes_left)"
                    " VALUES (?, 't', '', '', '', 2, ?, 0, 0, 4)",
                    DB_WITH(DB_TEXT(id_text), DB_INT(i)), &err) &&
             db_run(f->store->db, "INSERT INTO frozen VALUES (?, ?, ?, ?)",
                    DB_WITH(DB_INT(db_last_id(f->store->db)), DB_BLOB(digest, HASH_BLAKE2B_SIZE),
                            DB_TEXT(id_text), DB_BLOB("<d/>", 4)),
                    &err);
    }
    check(db_end(f->store->db, ok, &err), &err);
}

static void five_thousand_waiting_cost_little_each(void **state)
{
    struct fixture *f = *state;
    struct err err;
    struct outbox out;
    struct outbox_item item;
    int64_t count;
    add_many(f, 5000);
    outbox_begin(f->store, &out);
    clock_t begin = clock();
    for (int i = 1; i <= 300; i++) {
        assert_true(next(f, &out, &item));
        assert_int_equal(item.sequence, i);
        check(out.ops->begin(out.ctx, item.record, &err), &err);
        const struct outbox_outcome broken = {
            .action = OUTBOX_RETRY, .reason = OUTBOX_BROKEN, .next_ms = clock_now_ms() + 3600000};
        settle(&out, &item, i % 2 ? &(struct outbox_outcome){.action = OUTBOX_SENT} : &broken);
        arena_reset(&f->arena);
    }
    print_message("5,000 waiting: CPU ms a record under sanitizers %.2f\n",
                  (double)(clock() - begin) * 1000 / CLOCKS_PER_SEC / 300);
    check(
        record_count(f->store, &(struct record_filter){.states = 1u << RECORD_SENT}, &count, &err),
        &err);
    assert_int_equal(count, 150);
    outbox_end(&out);
}

/* Without a network everything says so, but what somebody has already: that is worth more. */
static void handed_over_stays_said(void **state)
{
    struct fixture *f = *state;
    struct outbox out;
    struct outbox_item item;
    struct err err;
    int64_t a = add_ready(f, "uuid:a", "<a/>"), b = add_ready(f, "uuid:b", "<b/>");
    int64_t c = add_ready(f, "uuid:c", "<c/>");
    const struct outbox_outcome given = {.action = OUTBOX_RETRY, .reason = OUTBOX_HANDED_OVER};
    const struct outbox_outcome alone = {
        .action = OUTBOX_RETRY, .scope = OUTBOX_ALL, .reason = OUTBOX_NO_SERVER, .next_ms = 5};
    const struct outbox_outcome full = {
        .action = OUTBOX_RETRY, .scope = OUTBOX_ALL, .reason = OUTBOX_QUOTA, .next_ms = 5};
    outbox_begin(f->store, &out);
    for (int i = 0; i < 2; i++) {
        check(outbox_find(f->store, i ? "uuid:b" : "uuid:a", &f->arena, &item, &err), &err);
        assert_int_equal(item.record, i ? b : a);
        check(out.ops->begin(out.ctx, item.record, &err), &err);
        settle(&out, &item, &given);
    }
    settle(&out, &item, &alone); /* b itself, and all others */
    assert_string_equal(get(f, a).reason, "handed-over");
    assert_string_equal(get(f, b).reason, "handed-over");
    assert_string_equal(get(f, c).reason, outbox_reason_name(OUTBOX_NO_SERVER));
    settle(&out, &item, &full); /* the server said something: that is news */
    assert_string_equal(get(f, a).reason, outbox_reason_name(OUTBOX_QUOTA));
    outbox_end(&out);
}

static void a_record_is_found_by_name_while_it_waits(void **state)
{
    struct fixture *f = *state;
    struct outbox out;
    struct outbox_item item;
    struct err err;
    add_with_files(f, "uuid:a", "<a/>");
    check(outbox_find(f->store, "uuid:a", &f->arena, &item, &err), &err);
    assert_true(str_is(item.xml, "<a/>"));
    assert_int_equal(item.n_files, 2);
    outbox_begin(f->store, &out);
    check(out.ops->begin(out.ctx, item.record, &err), &err);
    check(outbox_find(f->store, "uuid:a", &f->arena, &item, &err), &err);
    assert_int_equal(item.record, 0); /* on its way */
    check(outbox_find(f->store, "uuid:none", &f->arena, &item, &err), &err);
    assert_int_equal(item.record, 0);
    outbox_end(&out);
}

int main(void)
{
#define IN_STORE(test) cmocka_unit_test_setup_teardown(test, store_setup, store_teardown)
    const struct CMUnitTest tests[] = {
        IN_STORE(a_record_goes_the_whole_way),
        IN_STORE(sent_needs_every_file),
        IN_STORE(a_bad_record_never_holds_the_others),
        IN_STORE(small_goes_before_large_and_by_sequence),
        IN_STORE(a_hold_of_a_form_spares_the_others),
        IN_STORE(a_correction_waits_for_what_it_corrects),
        IN_STORE(a_superseded_record_counts_as_sent),
        IN_STORE(sent_records_are_asked_about_again),
        IN_STORE(handed_over_stays_said),
        IN_STORE(a_record_is_found_by_name_while_it_waits),
        IN_STORE(five_thousand_waiting_cost_little_each),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
