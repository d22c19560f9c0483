#include "app/store/attachment.h"
#include "app/store/journal.h"
#include "app/store/record.h"
#include "platform/db/crypt.h"
#include "tests/store/helper_store.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "platform/base/clock.h"
#include "platform/base/file.h"
#include "platform/db/db.h"

enum { KILLS = 120 };

/* What the child says on the pipe after each call that returned true: the oracle of the test. */
struct said {
    int64_t record;
    int32_t answer; /* -1: finished; -2: file there */
};

static void say(int fd, int64_t record, int answer)
{
    const struct said said = {record, answer};
    if (write(fd, &said, sizeof(said)) != sizeof(said)) {
        _exit(2);
    }
}

/* Fills records as fast as it can until it is killed. */
static void fill_for_ever(struct fixture *f, int fd, int round)
{
    static unsigned char photo[100000];
    struct store *store;
    struct store_health health;
    if (!store_start(f->folder, f->key, &store, &health, NULL)) {
        _exit(3);
    }
    for (int n = 0;; n++) {
        char id_text[32], value[16];
        const char *name = "photo.jpg";
        int64_t id;
        snprintf(id_text, sizeof(id_text), "uuid:%d-%d", round, n);
        const struct record_new what = {.form_id = "t", .version = "1", .instance_id = id_text};
        if (!record_create(store, &what, &id, NULL)) {
            _exit(4);
        }
        for (int answer = 0; answer < 12; answer++) {
            snprintf(value, sizeof(value), "%d", answer);
            bool ok = answer % 4 == 3 ? record_save_draft(store, id, str_of(value), NULL, NULL)
                                      : record_save_answer(store, id, value, str_of(value), NULL);
            if (!ok) {
                _exit(5);
            }
            say(fd, id, answer);
        }
        const struct str bytes = {(const char *)photo, sizeof(photo)};
        if (!attachment_put(store, id, name, "image/jpeg", bytes, NULL)) {
            _exit(6);
        }
        say(fd, id, -2);
        const struct record_final final = {
            .xml = STR("<data>whole</data>"), .files = &name, .file_count = 1};
        if (!record_finish(store, id, &final, NULL)) {
            _exit(7);
        }
        say(fd, id, -1);
    }
}

/* The newest answer that the draft holds: the last row behind the snapshot, or the snapshot. */
static int newest_answer(struct fixture *f, int64_t id)
{
    struct record_draft draft;
    struct err err;
    check(record_load_draft(f->store, id, &f->arena, &draft, &err), &err);
    struct str last = draft.answer_count ? draft.answers[draft.answer_count - 1].value : draft.xml;
    long long value = -1;
    assert_true(last.n == 0 || str_to_int64(last, &value));
    return (int)value;
}

static void check_said(struct fixture *f, const struct said *said)
{
    struct record record;
    struct err err;
    check(record_get(f->store, said->record, &f->arena, &record, &err), &err);
    if (record.state == RECORD_DRAFT) {
        assert_true(said->answer != -1);
        assert_true(said->answer == -2 || newest_answer(f, said->record) >= said->answer);
    }
    if (said->answer == -2 || record.state == RECORD_READY) {
        struct buf bytes = {0};
        check(attachment_load(f->store, said->record, "photo.jpg", &bytes, &err), &err);
        assert_int_equal(bytes.n, 100000);
        buf_finish(&bytes);
    }
    if (record.state == RECORD_READY) {
        struct buf xml = {0};
        check(record_xml(f->store, said->record, &xml, &err), &err);
        assert_string_equal(buf_text(&xml), "<data>whole</data>");
        buf_finish(&xml);
    }
}

static int run_and_kill(struct fixture *f, int round, struct said *last)
{
    int pipes[2], n = 0;
    struct said said;
    assert_int_equal(pipe(pipes), 0);
    pid_t child = fork();
    if (child == 0) {
        close(pipes[0]);
        fill_for_ever(f, pipes[1], round);
    }
    close(pipes[1]);
    usleep((useconds_t)(20000 + rand() % 60000));
    kill(child, SIGKILL);
    while (read(pipes[0], &said, sizeof(said)) == sizeof(said)) {
        *last = said;
        n++;
    }
    close(pipes[0]);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status)); /* it ran until it was killed */
    return n;
}

static void every_confirmed_answer_survives_kills(void **state)
{
    struct fixture *f = *state;
    struct err err;
    int confirmed = 0, orphans = 0;
    store_close(f->store);
    for (int round = 0; round < KILLS; round++) {
        struct said last = {0};
        int n = run_and_kill(f, round, &last);
        confirmed += n;
        check(store_start(f->folder, f->key, &f->store, &f->health, &err), &err);
        assert_false(f->health.set_aside);
        orphans += (int)f->health.orphans;
        if (n) {
            check_said(f, &last);
        }
        store_close(f->store);
        arena_reset(&f->arena);
    }
    check(store_start(f->folder, f->key, &f->store, &f->health, &err), &err);
    check(store_check(f->store, &err), &err); /* pages, journal, every sealed file */
    assert_int_equal(f->health.missing, 0);
    print_message("%d kills, %d confirmed calls, all there; %d orphans removed\n", KILLS, confirmed,
                  orphans);
    assert_true(confirmed > KILLS);
}

static void what_was_being_sent_is_ready_again(void **state)
{
    struct fixture *f = *state;
    struct err err;
    struct record record;
    int64_t id = add_ready(f, "uuid:1", "<data/>");
    check(db_run(f->store->db, "UPDATE record SET state = 3", DB_NONE, &err), &err);
    store_restart(f);
    assert_int_equal(f->health.resumed, 1);
    check(record_get(f->store, id, &f->arena, &record, &err), &err);
    assert_int_equal(record.state, RECORD_READY);
}

static void one_process_holds_the_folder(void **state)
{
    struct fixture *f = *state;
    struct err err;
    struct store_lock *lock = store_lock(f->folder, &err);
    assert_non_null(lock);
    pid_t child = fork();
    if (child == 0) {
        _exit(!store_lock(f->folder, &err) && err.kind == ERR_DENIED ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    store_unlock(lock);
    lock = store_lock(f->folder, &err);
    assert_non_null(lock);
    store_unlock(lock);
}

static void another_key_is_no_damage(void **state)
{
    struct fixture *f = *state;
    struct err err;
    struct store *store;
    struct store_health health;
    struct key *other = key_create();
    add_ready(f, "uuid:1", "<data/>");
    assert_false(store_start(f->folder, other, &store, &health, &err));
    assert_int_equal(err.kind, ERR_DENIED);
    assert_false(store_open(f->folder, other, &store, &err));
    assert_int_equal(err.kind, ERR_DENIED);
    assert_false(file_exists(in_folder(f, "aside")));
    /* Nor when the file that tells them apart is lost. */
    store_close(f->store);
    f->store = NULL;
    check(file_remove(in_folder(f, "check"), &err), &err);
    assert_false(store_start(f->folder, other, &store, &health, &err));
    assert_int_equal(err.kind, ERR_DENIED);
    assert_false(file_exists(in_folder(f, "aside")));
    check(store_start(f->folder, f->key, &f->store, &f->health, &err), &err);
    assert_false(f->health.set_aside);
    assert_true(file_exists(in_folder(f, "check")));
    key_destroy(other);
}

static void overwrite(const char *path, off_t at, size_t n)
{
    static const unsigned char noise[4096] = {1, 2, 3};
    int fd = open(path, O_WRONLY);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, noise, n, at), (ssize_t)n);
    close(fd);
}

static void a_changed_check_file_is_made_anew(void **state)
{
    struct fixture *f = *state;
    struct err err;
    struct key *other = key_create();
    struct store *store;
    add_ready(f, "uuid:1", "<data/>");
    store_close(f->store);
    f->store = NULL;
    overwrite(in_folder(f, "check"), 7, 1);
    assert_false(store_start(f->folder, other, &store, &f->health, &err));
    assert_int_equal(err.kind, ERR_DENIED); /* another key is still another key */
    check(store_start(f->folder, f->key, &f->store, &f->health, &err), &err);
    assert_false(f->health.set_aside);
    store_restart(f);
    assert_false(store_start(f->folder, other, &store, &f->health, &err));
    assert_int_equal(err.kind, ERR_DENIED);
    key_destroy(other);
}

static void a_newer_database_is_refused_and_stays(void **state)
{
    struct fixture *f = *state;
    struct err err;
    struct store *store;
    add_ready(f, "uuid:1", "<data/>");
    check(db_script(f->store->db, "PRAGMA user_version=1000000", &err), &err);
    store_close(f->store);
    f->store = NULL;
    assert_false(store_start(f->folder, f->key, &store, &f->health, &err));
    assert_int_equal(err.kind, ERR_DENIED);
    assert_int_equal(err.code, STORE_NEWER);
    assert_false(f->health.set_aside);
    assert_false(file_exists(in_folder(f, "aside")));
    assert_true(file_exists(in_folder(f, "data/store.db")));
}

static void two_threads_may_open_it(void **state)
{
    struct fixture *f = *state;
    struct err err;
    struct store *second;
    int64_t id = add_draft(f, "uuid:1");
    check(store_open(f->folder, f->key, &second, &err), &err);
    check(record_save_draft(second, id, STR("<data/>"), NULL, &err), &err);
    struct record_draft draft;
    check(record_load_draft(f->store, id, &f->arena, &draft, &err), &err);
    assert_true(str_is(draft.xml, "<data/>"));
    store_close(second);
}

static void fill(struct fixture *f)
{
    struct err err;
    const char *const names[] = {"photo.jpg"};
    for (int i = 0; i < 20; i++) {
        char id_text[24];
        snprintf(id_text, sizeof(id_text), "uuid:%d", i);
        int64_t id = add_draft(f, id_text);
        check(record_save_draft(f->store, id, STR("<data>draft</data>"), NULL, &err), &err);
        check(attachment_put(f->store, id, "photo.jpg", "image/jpeg", str_of(id_text), &err), &err);
        const struct record_final final = {.xml = str_of(id_text), .files = names, .file_count = 1};
        if (i % 2 == 0) {
            check(record_finish(f->store, id, &final, &err), &err);
        }
    }
    check(store_compact(f->store, &err), &err);
}

/* Records that are finished must all be there with their bytes and files. */
static void check_finished(struct fixture *f)
{
    struct err err;
    for (int i = 0; i < 20; i += 2) {
        char id_text[24];
        int64_t id;
        struct buf xml = {0}, photo = {0};
        snprintf(id_text, sizeof(id_text), "uuid:%d", i);
        check(record_find(f->store, id_text, &id, &err), &err);
        check(record_xml(f->store, id, &xml, &err), &err);
        assert_string_equal(buf_text(&xml), id_text);
        check(attachment_load(f->store, id, "photo.jpg", &photo, &err), &err);
        assert_string_equal(buf_text(&photo), id_text);
        buf_finish(&xml);
        buf_finish(&photo);
    }
}

static void a_lost_database_is_moved_aside_and_its_records_live(void **state)
{
    struct fixture *f = *state;
    fill(f);
    store_close(f->store);
    f->store = NULL;
    overwrite(in_folder(f, "data/store.db"), 0, 4096);
    struct err err;
    check(store_start(f->folder, f->key, &f->store, &f->health, &err), &err);
    assert_true(f->health.set_aside);
    assert_true(file_exists(f->health.aside));
    assert_int_equal(f->health.salvaged, 10); /* the finished ones; their copies stand beside */
    check_finished(f);
    int64_t count;
    check(
        record_count(f->store, &(struct record_filter){.states = 1u << RECORD_READY}, &count, &err),
        &err);
    assert_int_equal(count, 10);
    check(store_check(f->store, &err), &err);
    store_restart(f);
    assert_false(f->health.set_aside);
    check_finished(f);
}

/* Puts the data folder back as it was and damages one page. */
static void damage_page(struct fixture *f, int64_t page)
{
    struct err err;
    check(file_remove_tree(in_folder(f, "data"), &err), &err);
    check(file_remove_tree(in_folder(f, "aside"), &err), &err);
    char command[400];
    snprintf(command, sizeof(command), "cp -r '%s/whole' '%s/data'", f->folder, f->folder);
    assert_int_equal(system(command), 0);
    overwrite(in_folder(f, "data/store.db"), page * 4096 + 100, 16);
}

static void any_damaged_page_loses_no_finished_record(void **state)
{
    struct fixture *f = *state;
    struct err err;
    int64_t pages, drafts, all_drafts = 0, least = 10, runs = 0;
    fill(f);
    pages = file_size(in_folder(f, "data/store.db")) / 4096;
    store_close(f->store);
    check(file_rename(in_folder(f, "data"), in_folder(f, "whole"), &err), &err);
    for (int64_t page = 0; page < pages; page += pages / 40 + 1, runs++) {
        damage_page(f, page);
        check(store_start(f->folder, f->key, &f->store, &f->health, &err), &err);
        if (!f->health.set_aside && !store_check(f->store, &err)) {
            assert_int_equal(err.kind, ERR_DAMAGED); /* the next start moves it aside */
            store_restart(f);
            assert_true(f->health.set_aside);
        }
        check_finished(f);
        check(record_count(f->store, &(struct record_filter){.states = 1u << RECORD_DRAFT}, &drafts,
                           &err),
              &err);
        all_drafts += drafts;
        least = drafts < least ? drafts : least;
        store_close(f->store);
    }
    f->store = NULL;
    print_message("%d damaged pages: all finished records there; of the drafts %d %%, at worst"
                  " %d of 10\n",
                  (int)runs, (int)(all_drafts * 10 / runs), (int)least);
}

static void a_missing_photo_sets_its_record_aside(void **state)
{
    struct fixture *f = *state;
    struct err err;
    struct record record;
    fill(f);
    struct db_query *q = db_query(
        f->store->db, "SELECT file, record FROM attachment ORDER BY id LIMIT 1", DB_NONE, &err);
    assert_true(db_next(q, &err));
    char path[300];
    int64_t id = db_int(q, 1);
    snprintf(path, sizeof(path), "%s/data/media/%s", f->folder, db_text(q, 0));
    assert_true(db_done(q));
    check(file_remove(path, &err), &err);
    store_close(f->store);
    f->store = NULL;
    /* An orderly end leaves no log; this is what a kill leaves. */
    check(file_write(in_folder(f, "data/store.db-wal"), "x", 1, &err), &err);
    check(store_start(f->folder, f->key, &f->store, &f->health, &err), &err);
    assert_int_equal(f->health.missing, 1);
    check(record_get(f->store, id, &f->arena, &record, &err), &err);
    assert_int_equal(record.state, RECORD_ASIDE);
    assert_string_equal(record.reason, "damaged");
}

static void a_backup_opens_with_the_same_key(void **state)
{
    struct fixture *f = *state;
    struct err err;
    char folder[] = "/tmp/gocua-copy-XXXXXX";
    struct fixture copy = {.key = f->key};
    fill(f);
    assert_non_null(mkdtemp(folder));
    check(store_copy(f->store, folder, &err), &err);
    assert_false(store_copy(f->store, folder, &err)); /* never over another one */
    snprintf(copy.folder, sizeof(copy.folder), "%s", folder);
    check(store_start(folder, f->key, &copy.store, &copy.health, &err), &err);
    check(store_check(copy.store, &err), &err);
    check_finished(&copy);
    store_close(copy.store);
    assert_true(file_remove_tree(folder, NULL));
}

static void the_journal_shows_what_was_changed(void **state)
{
    struct fixture *f = *state;
    struct err err;
    struct journal_rows rows;
    char digest[65];
    int64_t sequence;
    for (int i = 0; i < 5; i++) {
        check(journal_add(f->store, "export", "visits", "csv", &err), &err);
    }
    check(journal_check(f->store, &err), &err);
    check(journal_head(f->store, &sequence, digest, &err), &err);
    assert_int_equal(sequence, 5);
    assert_int_equal(strlen(digest), 64);
    check(journal_page(f->store, "export", (struct page){1, 2}, &f->arena, &rows, &err), &err);
    assert_int_equal(rows.n, 2);
    assert_int_equal(rows.v[0].sequence, 4);
    assert_string_equal(rows.v[0].actor, "volunteer-1");
    assert_false(db_run(f->store->db, "UPDATE journal SET detail = 'x'", DB_NONE, &err));
    assert_false(db_run(f->store->db, "DELETE FROM journal", DB_NONE, &err));
    check(db_script(f->store->db,
                    "DROP TRIGGER journal_is_not_changed;"
                    "UPDATE journal SET detail = 'xlsx' WHERE sequence = 3",
                    &err),
          &err);
    assert_false(journal_check(f->store, &err));
    assert_int_equal(err.kind, ERR_DAMAGED);
    assert_int_equal(err.code, 3);
    check(db_script(f->store->db,
                    "UPDATE journal SET detail = 'csv' WHERE sequence = 3;"
                    "DROP TRIGGER journal_is_not_cut; DELETE FROM journal WHERE sequence = 2",
                    &err),
          &err);
    assert_false(journal_check(f->store, &err));
    assert_int_equal(err.code, 3);
}

int main(void)
{
#define IN_STORE(test) cmocka_unit_test_setup_teardown(test, store_setup, store_teardown)
    const struct CMUnitTest tests[] = {
        IN_STORE(every_confirmed_answer_survives_kills),
        IN_STORE(what_was_being_sent_is_ready_again),
        IN_STORE(one_process_holds_the_folder),
        IN_STORE(another_key_is_no_damage),
        IN_STORE(a_changed_check_file_is_made_anew),
        IN_STORE(a_newer_database_is_refused_and_stays),
        IN_STORE(two_threads_may_open_it),
        IN_STORE(a_lost_database_is_moved_aside_and_its_records_live),
        IN_STORE(any_damaged_page_loses_no_finished_record),
        IN_STORE(a_missing_photo_sets_its_record_aside),
        IN_STORE(a_backup_opens_with_the_same_key),
        IN_STORE(the_journal_shows_what_was_changed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
