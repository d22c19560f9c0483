#include "app/store/record.h"
#include "app/store/attachment.h"
#include "app/store/journal.h"
#include "tests/store/helper_store.h"

#include <errno.h>

#include "platform/base/clock.h"
#include "platform/base/file.h"
#include "platform/db/db.h"

static void drafts_come_back_after_a_restart(void **state)
{
    struct fixture *f = *state;
    struct err err;
    struct record_draft draft;
    int64_t id = add_draft(f, "uuid:1");
    check(record_load_draft(f->store, id, &f->arena, &draft, &err), &err);
    assert_int_equal(draft.xml.n, 0);
    check(record_save_draft(f->store, id, STR("<data><a>1</a></data>"), "Named", &err), &err);
    check(record_save_answer(f->store, id, "/data/a", STR("2"), &err), &err);
    check(record_save_answer(f->store, id, "/data/b", STR("Đào"), &err), &err);
    store_restart(f);
    check(record_load_draft(f->store, id, &f->arena, &draft, &err), &err);
    assert_true(str_is(draft.xml, "<data><a>1</a></data>"));
    assert_int_equal(draft.answer_count, 2);
    assert_string_equal(draft.answers[0].ref, "/data/a");
    assert_true(str_is(draft.answers[1].value, "Đào"));
    /* A whole draft makes the answers behind it needless. */
    check(record_save_draft(f->store, id, STR("<data/>"), NULL, &err), &err);
    check(record_load_draft(f->store, id, &f->arena, &draft, &err), &err);
    assert_int_equal(draft.answer_count, 0);
    struct record record;
    check(record_get(f->store, id, &f->arena, &record, &err), &err);
    assert_string_equal(record.title, "Named");
    assert_int_equal(record.state, RECORD_DRAFT);
}

static void finishing_freezes_the_bytes(void **state)
{
    struct fixture *f = *state;
    struct err err;
    struct buf xml = {0};
    struct record record;
    int64_t id = add_ready(f, "uuid:1", "<data>frozen</data>");
    assert_false(record_save_draft(f->store, id, STR("<data>other</data>"), NULL, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_false(record_save_answer(f->store, id, "/a", STR("1"), &err));
    assert_false(record_finish(f->store, id, &(struct record_final){.xml = STR("<x/>")}, &err));
    assert_false(db_run(f->store->db, "UPDATE frozen SET xml = x'00'", DB_NONE, &err));
    assert_false(db_run(f->store->db, "UPDATE record SET state = 1", DB_NONE, &err));
    check(record_xml(f->store, id, &xml, &err), &err);
    assert_string_equal(buf_text(&xml), "<data>frozen</data>");
    check(record_get(f->store, id, &f->arena, &record, &err), &err);
    assert_int_equal(record.state, RECORD_READY);
    assert_int_equal(record.sequence, 1);
    assert_int_equal(record.bytes, xml.n);
    buf_finish(&xml);
}

static void only_drafts_can_be_deleted(void **state)
{
    struct fixture *f = *state;
    struct err err;
    int64_t draft = add_draft(f, "uuid:1"), ready = add_ready(f, "uuid:2", "<data/>");
    check(attachment_put(f->store, draft, "a.jpg", "image/jpeg", STR("bytes"), &err), &err);
    check(record_delete_draft(f->store, draft, &err), &err);
    assert_false(record_delete_draft(f->store, ready, &err));
    assert_int_equal(err.kind, ERR_DENIED);
    assert_false(record_delete_draft(f->store, draft, &err));
    assert_int_equal(err.kind, ERR_MISSING);
    /* Not even a slip of SQL gets through. */
    assert_false(db_run(f->store->db, "DELETE FROM record", DB_NONE, &err));
    assert_false(db_run(f->store->db, "DELETE FROM frozen", DB_NONE, &err));
    struct buf xml = {0};
    check(record_xml(f->store, ready, &xml, &err), &err);
    buf_finish(&xml);
}

static void order_is_by_sequence_not_by_clock(void **state)
{
    struct fixture *f = *state;
    struct err err;
    struct records records;
    clock_fix(2000000000000);
    add_ready(f, "uuid:1", "<data/>");
    clock_fix(1000000000000); /* the battery was dead */
    add_ready(f, "uuid:2", "<data/>");
    clock_fix(-1);
    add_ready(f, "uuid:3", "<data/>");
    const struct record_filter queue = {.states = 1u << RECORD_READY};
    check(record_page(f->store, &queue, (struct page){0}, &f->arena, &records, &err), &err);
    assert_int_equal(records.n, 3);
    assert_string_equal(records.v[0].instance_id, "uuid:1");
    assert_string_equal(records.v[2].instance_id, "uuid:3");
    check(record_page(f->store, &(struct record_filter){0}, (struct page){1, 1}, &f->arena,
                      &records, &err),
          &err);
    assert_int_equal(records.n, 1);
    assert_string_equal(records.v[0].instance_id, "uuid:2");
}

static void an_instance_id_is_taken_once(void **state)
{
    struct fixture *f = *state;
    struct err err;
    int64_t id, found;
    add_draft(f, "uuid:1");
    assert_false(record_create(
        f->store, &(struct record_new){.form_id = "test", .version = "1", .instance_id = "uuid:1"},
        &id, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    check(record_find(f->store, "uuid:1", &found, &err), &err);
    assert_false(record_find(f->store, "uuid:none", &found, &err));
    assert_int_equal(err.kind, ERR_MISSING);
}

/* A row without the XML that holds its instance id would be filled under another one. */
static void a_draft_begins_whole(void **state)
{
    struct fixture *f = *state;
    struct err err = {0};
    struct record_draft draft;
    static char large[400000];
    memset(large, 'x', sizeof(large) - 1);
    struct record_new what = {
        .form_id = "test", .version = "1", .instance_id = "uuid:1", .xml = str_of(large)};
    int64_t id, count;
    db_limit_pages(f->store->db, db_pages(f->store->db) + 20);
    assert_false(record_create(f->store, &what, &id, &err));
    assert_int_equal(err.kind, ERR_STORAGE);
    db_limit_pages(f->store->db, 0);
    check(record_count(f->store, &(struct record_filter){0}, &count, &err), &err);
    assert_int_equal(count, 0);
    what.xml = STR("<data>uuid:1</data>");
    check(record_create(f->store, &what, &id, &err), &err);
    store_restart(f);
    check(record_load_draft(f->store, id, &f->arena, &draft, &err), &err);
    assert_true(str_is(draft.xml, "<data>uuid:1</data>"));
}

static void files_that_go_along_must_be_there(void **state)
{
    struct fixture *f = *state;
    struct err err;
    struct attachments files;
    const char *const names[] = {"a.jpg", "b.jpg"};
    int64_t id = add_draft(f, "uuid:1");
    check(attachment_put(f->store, id, "a.jpg", "image/jpeg", STR("first"), &err), &err);
    check(attachment_put(f->store, id, "left.jpg", "image/jpeg", STR("left over"), &err), &err);
    struct record_final final = {.xml = STR("<data/>"), .files = names, .file_count = 2};
    assert_false(record_finish(f->store, id, &final, &err));
    assert_int_equal(err.kind, ERR_MISSING);
    check(attachment_put(f->store, id, "b.jpg", "image/jpeg", STR("second"), &err), &err);
    check(record_finish(f->store, id, &final, &err), &err);
    check(attachment_list(f->store, id, &f->arena, &files, &err), &err);
    assert_int_equal(files.n, 2);
    struct record record;
    check(record_get(f->store, id, &f->arena, &record, &err), &err);
    assert_int_equal(record.files, 2);
    assert_int_equal(record.bytes, 7 + 5 + 6);
    assert_false(attachment_put(f->store, id, "c.jpg", "image/jpeg", STR("late"), &err));
    assert_int_equal(err.kind, ERR_DENIED);
    assert_false(attachment_remove(f->store, id, "a.jpg", &err));
}

static void a_record_set_aside_keeps_its_place(void **state)
{
    struct fixture *f = *state;
    struct err err;
    struct record record;
    int64_t first = add_ready(f, "uuid:1", "<data/>"), count;
    add_ready(f, "uuid:2", "<data/>");
    check(record_set_aside(f->store, first, "conflict", "said the server", &err), &err);
    check(record_get(f->store, first, &f->arena, &record, &err), &err);
    assert_int_equal(record.state, RECORD_ASIDE);
    assert_string_equal(record.reason, "conflict");
    assert_string_equal(record.message, "said the server");
    check(
        record_count(f->store, &(struct record_filter){.states = 1u << RECORD_READY}, &count, &err),
        &err);
    assert_int_equal(count, 1);
    check(record_release(f->store, first, &err), &err);
    check(record_get(f->store, first, &f->arena, &record, &err), &err);
    assert_int_equal(record.state, RECORD_READY);
    assert_int_equal(record.sequence, 1);
    assert_false(record_judge(f->store, first, RECORD_ACCEPTED, "", &err)); /* not sent yet */
}

static bool count_one(void *ctx, const char *name)
{
    ++*(int *)ctx;
    return true;
}

/* Sealed files in the folder. */
static int count_files(struct fixture *f)
{
    int n = 0;
    assert_true(file_list(in_folder(f, "data/media"), count_one, &n, NULL));
    return n;
}

static const int64_t day = 86400000, start = 1700000000000;

static int64_t purged(struct fixture *f, int64_t at_day)
{
    struct err err;
    int64_t count;
    clock_fix(start + at_day * day);
    check(record_purge(f->store, 7, &count, &err), &err);
    return count;
}

static void purging_needs_a_second_confirmation(void **state)
{
    struct fixture *f = *state;
    struct err err;
    struct buf xml = {0};
    struct record record;
    struct attachments files;
    int64_t id = add_draft(f, "uuid:1");
    const char *const names[] = {"a.jpg"};
    check(attachment_put(f->store, id, "a.jpg", "image/jpeg", STR("photo"), &err), &err);
    check(record_finish(
              f->store, id,
              &(struct record_final){.xml = STR("<data/>"), .files = names, .file_count = 1}, &err),
          &err);
    clock_fix(start);
    assert_false(record_confirm_again(f->store, id, &err)); /* not sent yet */
    check(db_run(f->store->db, "UPDATE record SET state = 4, sent_ms = ?",
                 DB_WITH(DB_INT(clock_now_ms())), &err),
          &err);
    check(db_run(f->store->db, "UPDATE attachment SET confirmed_ms = 1", DB_NONE, &err), &err);
    for (int i = 1; i <= 100; i++) {
        assert_int_equal(purged(f, i), 0); /* the server's first answer alone never does */
    }
    check(record_confirm_again(f->store, id, &err), &err);
    for (int i = 100; i <= 107; i++) {
        assert_int_equal(purged(f, i), 0);
    }
    assert_int_equal(count_files(f), 2); /* the photo, the record's own copy */
    assert_int_equal(purged(f, 108), 1);
    assert_int_equal(purged(f, 109), 0);
    clock_fix(-1);
    assert_int_equal(count_files(f), 0);
    assert_false(record_xml(f->store, id, &xml, &err));
    assert_int_equal(err.kind, ERR_MISSING);
    check(attachment_list(f->store, id, &f->arena, &files, &err), &err);
    assert_int_equal(files.n, 0);
    check(record_get(f->store, id, &f->arena, &record, &err), &err); /* name and date stay */
    assert_int_equal(record.state, RECORD_SENT);
    struct journal_rows rows;
    check(journal_page(f->store, "record.purge", (struct page){0, 10}, &f->arena, &rows, &err),
          &err);
    assert_int_equal(rows.n, 1);
    check(journal_check(f->store, &err), &err);
    buf_finish(&xml);
}

/* A dead battery sets the clock to any year: only days lived through count. */
static void a_clock_that_jumps_purges_nothing(void **state)
{
    struct fixture *f = *state;
    struct err err;
    int64_t id = add_ready(f, "uuid:1", "<data/>");
    clock_fix(start);
    check(db_run(f->store->db, "UPDATE record SET state = 4, sent_ms = ?",
                 DB_WITH(DB_INT(clock_now_ms())), &err),
          &err);
    check(record_confirm_again(f->store, id, &err), &err);
    assert_int_equal(purged(f, 3650), 0); /* ten years ahead */
    assert_int_equal(purged(f, 3650), 0);
    assert_int_equal(purged(f, -20000), 0); /* 1970 or so */
    for (int i = 0; i <= 3; i++) {
        assert_int_equal(purged(f, i), 0); /* the right time again: three days were given away */
    }
    for (int i = 4; i <= 7; i++) {
        assert_int_equal(purged(f, i), 0);
    }
    assert_int_equal(purged(f, 8), 1);
    clock_fix(-1);
}

static void audit_rows_add_up(void **state)
{
    struct fixture *f = *state;
    struct err err;
    struct buf csv = {0};
    int64_t id = add_draft(f, "uuid:1");
    check(record_add_audit(f->store, id, STR("event,node\n"), &err), &err);
    check(record_add_audit(f->store, id, STR("question,/a\n"), &err), &err);
    check(record_audit(f->store, id, &csv, &err), &err);
    assert_string_equal(buf_text(&csv), "event,node\nquestion,/a\n");
    buf_finish(&csv);
}

static void a_full_disk_loses_nothing_that_was_confirmed(void **state)
{
    struct fixture *f = *state;
    struct err err = {0};
    struct record_draft draft;
    static char large[60000];
    memset(large, 'x', sizeof(large) - 1);
    int64_t id = add_draft(f, "uuid:1");
    check(record_save_draft(f->store, id, STR("<data>kept</data>"), NULL, &err), &err);
    db_limit_pages(f->store->db, db_pages(f->store->db));
    assert_false(record_save_draft(f->store, id, str_of(large), NULL, &err));
    assert_int_equal(err.kind, ERR_STORAGE);
    assert_int_equal(err.code, ENOSPC);
    check(record_load_draft(f->store, id, &f->arena, &draft, &err), &err);
    assert_true(str_is(draft.xml, "<data>kept</data>"));
    db_limit_pages(f->store->db, 0);
    check(record_save_draft(f->store, id, str_of(large), NULL, &err), &err);
    check(journal_check(f->store, &err), &err);
}

int main(void)
{
#define IN_STORE(test) cmocka_unit_test_setup_teardown(test, store_setup, store_teardown)
    const struct CMUnitTest tests[] = {
        IN_STORE(drafts_come_back_after_a_restart),
        IN_STORE(finishing_freezes_the_bytes),
        IN_STORE(only_drafts_can_be_deleted),
        IN_STORE(order_is_by_sequence_not_by_clock),
        IN_STORE(an_instance_id_is_taken_once),
        IN_STORE(a_draft_begins_whole),
        IN_STORE(files_that_go_along_must_be_there),
        IN_STORE(a_record_set_aside_keeps_its_place),
        IN_STORE(purging_needs_a_second_confirmation),
        IN_STORE(a_clock_that_jumps_purges_nothing),
        IN_STORE(audit_rows_add_up),
        IN_STORE(a_full_disk_loses_nothing_that_was_confirmed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
