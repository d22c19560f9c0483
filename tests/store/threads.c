/* The screen's thread saves answers while the worker's thread imports: neither waits long for the
 * other, and nothing gets lost between them. */
#include "app/store/list.h"
#include "app/store/record.h"
#include "platform/db/crypt.h"
#include "tests/store/helper_store.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "platform/base/clock.h"

struct import {
    struct fixture *f;
    struct buf csv;
    bool is_entity;
    atomic_bool is_done;
};

static void *import_in_thread(void *ctx)
{
    struct import *import = ctx;
    struct store *store;
    struct err err = {0};
    bool ok = store_open(import->f->folder, import->f->key, &store, &err);
    for (int i = 0; ok && i < 3; i++) {
        char version[8];
        snprintf(version, sizeof(version), "v%d", i);
        ok = import->is_entity
                 ? list_import_entities(store, "e.csv", buf_str(&import->csv), version, false, &err)
                 : list_import(store, "l.csv", buf_str(&import->csv), version, "", &err);
    }
    store_close(store);
    atomic_store(&import->is_done, true);
    return ok ? NULL : strdup(err.text);
}

static void join(pthread_t thread)
{
    void *result;
    assert_int_equal(pthread_join(thread, &result), 0);
    if (result) {
        fail_msg("%s", (char *)result);
    }
}

static void answers_are_saved_during_an_import(void **state)
{
    struct fixture *f = *state;
    struct import import = {.f = f};
    struct err err;
    pthread_t thread;
    int64_t longest = 0, id = add_draft(f, "uuid:1");
    int saved = 0;
    buf_add_text(&import.csv, "name,label,ward\n");
    for (int i = 0; i < 30000; i++) {
        buf_addf(&import.csv, "%d,Nguyễn Thị Thử %d,w%d\n", i, i, i / 20);
    }
    assert_int_equal(pthread_create(&thread, NULL, import_in_thread, &import), 0);
    while (!atomic_load(&import.is_done)) {
        int64_t begin = clock_mono_ms();
        check(record_save_draft(f->store, id, STR("<data>an answer</data>"), NULL, &err), &err);
        int64_t took = clock_mono_ms() - begin;
        longest = took > longest ? took : longest;
        saved++;
        usleep(3000);
    }
    join(thread);
    print_message("%d answers saved during three imports of 30,000 rows, the slowest in %d ms\n",
                  saved, (int)longest);
    assert_true(saved > 5);
    assert_true(longest < 1500); /* a busy machine and sanitizers; measured far below */
    buf_finish(&import.csv);
}

static const char *id_of(int i)
{
    static char id[37];
    snprintf(id, sizeof(id), "%08d-0000-4000-8000-000000000000", i);
    return id;
}

static void changes_during_a_merge_are_kept(void **state)
{
    struct fixture *f = *state;
    struct import import = {.f = f, .is_entity = true};
    struct err err;
    pthread_t thread;
    buf_add_text(&import.csv, "name,label,__version\n");
    for (int i = 0; i < 6000; i++) {
        buf_addf(&import.csv, "%s,tree %d,1\n", id_of(i), i);
    }
    check(list_import_entities(f->store, "e.csv", buf_str(&import.csv), "first", false, &err),
          &err);
    assert_int_equal(pthread_create(&thread, NULL, import_in_thread, &import), 0);
    int changed = 0;
    for (; !atomic_load(&import.is_done) && changed < 6000; changed += 7) {
        const struct entity_change change = {
            .list = "e", .id = id_of(changed), .label = "changed here", .updates = true};
        check(list_apply(f->store, &change, &err), &err);
        usleep(2000);
    }
    const struct entity_change made = {
        .list = "e", .id = id_of(9999), .label = "made here", .creates = true};
    check(list_apply(f->store, &made, &err), &err);
    join(thread);
    struct form_list *list;
    check(list_open(f->store, "e.csv", &list, &err), &err);
    assert_int_equal(list->ops->row_count(list), 6001);
    for (int i = 0; i < changed; i += 7) {
        uint32_t row;
        assert_int_equal(list->ops->find(list, 0, str_of(id_of(i)), 0, &row, 1), 1);
        assert_true(str_is(list->ops->cell(list, row, 1), "changed here"));
        assert_true(str_is(list->ops->cell(list, row, 2), "2"));
    }
    print_message("%d entities changed during three merges, all kept\n", changed / 7);
    list->ops->destroy(list);
    buf_finish(&import.csv);
}

int main(void)
{
#define IN_STORE(test) cmocka_unit_test_setup_teardown(test, store_setup, store_teardown)
    const struct CMUnitTest tests[] = {
        IN_STORE(answers_are_saved_during_an_import),
        IN_STORE(changes_during_a_merge_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
