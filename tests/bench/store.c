/* What the store costs: saving answers, finishing records, paging and counting 100,000 visits, and
 * filters over a list of 100,000 rows. CPU times are of this process; wall times hang on the disk.
 * Usage: store [FOLDER for the data, default a new one in /tmp] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "app/store/attachment.h"
#include "app/store/keyslot.h"
#include "app/store/list.h"
#include "app/store/record.h"
#include "app/store/visit.h"
#include "platform/base/file.h"
#include "platform/base/log.h"
#include "platform/db/crypt.h"
#include "platform/db/db.h"

enum { VISITS = 100000, ANSWERS = 2000, LARGE_XML = 300 * 1024, USUAL_XML = 16 * 1024 };

struct watch {
    double cpu, wall;
};

static double seconds(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct watch start(void)
{
    return (struct watch){seconds(CLOCK_PROCESS_CPUTIME_ID), seconds(CLOCK_MONOTONIC)};
}

static void report(const char *what, const struct watch *since, int count)
{
    double cpu = (seconds(CLOCK_PROCESS_CPUTIME_ID) - since->cpu) / count * 1e3;
    double wall = (seconds(CLOCK_MONOTONIC) - since->wall) / count * 1e3;
    printf("%-58s %9.3f ms CPU %9.3f ms wall %9.0f/s\n", what, cpu, wall, 1e3 / wall);
}

static void must(bool ok, const struct err *err)
{
    if (!ok) {
        fprintf(stderr, "store: %s\n", err->text);
        exit(1);
    }
}

static char *text_of(size_t n)
{
    char *text = malloc(n + 1);
    for (size_t i = 0; i < n; i++) {
        text[i] = (char)('a' + i * 7 % 26);
    }
    text[n] = 0;
    return text;
}

static void bench_answers(struct store *store)
{
    struct err err;
    int64_t id = 0;
    char *usual = text_of(USUAL_XML), *large = text_of(LARGE_XML);
    const struct record_new what = {.form_id = "f", .version = "1", .instance_id = "uuid:answers"};
    must(record_create(store, &what, &id, &err), &err);
    struct watch watch = start();
    for (int i = 0; i < ANSWERS; i++) {
        must(record_save_answer(store, id, "/data/group/question", STR("an answer"), &err), &err);
    }
    report("one answer behind the draft (any size of form)", &watch, ANSWERS);
    watch = start();
    for (int i = 0; i < ANSWERS; i++) {
        memmove(usual, usual + 1, USUAL_XML - 1); /* an answer moves all that stands behind it */
        must(record_save_draft(store, id, (struct str){usual, USUAL_XML}, NULL, &err), &err);
    }
    report("whole draft of 16 KiB (a form of 250 questions)", &watch, ANSWERS);
    watch = start();
    for (int i = 0; i < 100; i++) {
        memmove(large, large + 1, LARGE_XML - 1);
        must(record_save_draft(store, id, (struct str){large, LARGE_XML}, NULL, &err), &err);
    }
    report("whole draft of 300 KiB (thousands of repeats)", &watch, 100);
    free(usual);
    free(large);
}

static void bench_finish(struct store *store)
{
    struct err err;
    char *photo = text_of(250000), *xml = text_of(USUAL_XML);
    const char *const files[] = {"a.jpg", "b.jpg", "c.jpg"};
    double cpu = 0, wall = 0;
    for (int i = 0; i < 50; i++) {
        char id_text[32];
        int64_t id;
        snprintf(id_text, sizeof(id_text), "uuid:finish-%d", i);
        const struct record_new what = {.form_id = "f", .version = "1", .instance_id = id_text};
        must(record_create(store, &what, &id, &err), &err);
        struct watch watch = start();
        for (int k = 0; k < 3; k++) {
            must(attachment_put(store, id, files[k], "image/jpeg", (struct str){photo, 250000},
                                &err),
                 &err);
        }
        const struct record_final final = {
            .xml = {xml, USUAL_XML}, .files = files, .file_count = 3};
        must(record_finish(store, id, &final, &err), &err);
        cpu += seconds(CLOCK_PROCESS_CPUTIME_ID) - watch.cpu;
        wall += seconds(CLOCK_MONOTONIC) - watch.wall;
    }
    printf("%-58s %9.3f ms CPU %9.3f ms wall\n", "seal 3 photos of 250 kB, finish the record",
           cpu / 50 * 1e3, wall / 50 * 1e3);
    free(photo);
    free(xml);
}

static void add_visits(struct store *store)
{
    static const char *const outcomes[] = {"submitted", "centre", "appointment", "not_possible"};
    static const char *const topics[] = {"vneid", "online", "payment", "safety online"};
    struct err err;
    struct watch watch = start();
    must(db_begin(store->db, &err), &err);
    for (int i = 0; i < VISITS; i++) {
        char title[64], volunteer[24];
        snprintf(title, sizeof(title), "Nguyễn Thị Thử Nghiệm %d", i);
        snprintf(volunteer, sizeof(volunteer), "v%d", i % 200);
        struct visit visit = {.kind = VISIT_HOME,
                              .state = VISIT_CLOSED,
                              .title = title,
                              .volunteer = volunteer,
                              .team = i % 2 ? "a" : "b",
                              .commune = "00001",
                              .topics = topics[i % 4],
                              .outcome = outcomes[i % 4],
                              .started_ms = 1700000000000 + (int64_t)i * 300000};
        must(visit_save(store, &visit, &err), &err);
    }
    must(db_end(store->db, true, &err), &err);
    report("put a visit (100,000 in one transaction)", &watch, VISITS);
}

static void bench_page(struct store *store, const char *what, const struct visit_filter *filter,
                       int64_t offset)
{
    struct err err;
    struct arena arena = {0};
    struct visits visits;
    struct watch watch = start();
    for (int i = 0; i < 50; i++) {
        must(visit_page(store, filter, (struct page){offset, 50}, &arena, &visits, &err), &err);
        arena_reset(&arena);
    }
    report(what, &watch, 50);
    arena_finish(&arena);
}

static void bench_visits(struct store *store)
{
    struct err err;
    struct arena arena = {0};
    struct visit_tallies tallies;
    int64_t count;
    const struct visit_filter all = {0}, centre = {.outcome = "centre"},
                              day = {.from_ms = 1715000000000, .to_ms = 1715086400000},
                              topic = {.topic = "vneid", .team = "b"},
                              words = {.words = "thu nghiem 77"};
    add_visits(store);
    bench_page(store, "page of 50 of 100,000 visits, newest", &all, 0);
    bench_page(store, "page of 50 of 100,000 visits, at row 90,000", &all, 90000);
    bench_page(store, "page of 50, outcome", &centre, 0);
    bench_page(store, "page of 50, one day", &day, 0);
    bench_page(store, "page of 50, topic and team", &topic, 0);
    bench_page(store, "page of 50, words in the title", &words, 0);
    struct watch watch = start();
    for (int i = 0; i < 20; i++) {
        must(visit_count(store, &all, &count, &err), &err);
    }
    report("count all visits", &watch, 20);
    watch = start();
    for (int i = 0; i < 20; i++) {
        must(visit_count(store, &centre, &count, &err), &err);
    }
    report("count an outcome", &watch, 20);
    watch = start();
    must(visit_count_by(store, &all, "day", &arena, &tallies, &err), &err);
    report("count all by day", &watch, 1);
    arena_finish(&arena);
}

static void bench_list(struct store *store)
{
    struct err err;
    struct arena arena = {0};
    struct buf csv = {0};
    struct form_list *list;
    struct list_hits hits;
    uint32_t rows[64];
    buf_add_text(&csv, "name,label,ward,district\n");
    for (int i = 0; i < 100000; i++) {
        buf_addf(&csv, "%06d,Nguyễn Thị Thử Nghiệm %d,w%d,d%d\n", i, i, i / 20, i / 1000);
    }
    struct watch watch = start();
    must(list_import(store, "big.csv", buf_str(&csv), "v1", "", &err), &err);
    report("import a list of 100,000 rows", &watch, 1);
    must(list_open(store, "big.csv", &list, &err), &err);
    watch = start();
    list->ops->find(list, 2, STR("w1"), 0, rows, 64);
    report("first filter over a column (makes its index)", &watch, 1);
    watch = start();
    for (int i = 0; i < 1000; i++) {
        char ward[16];
        snprintf(ward, sizeof(ward), "w%d", i * 5);
        size_t n = list->ops->find(list, 2, str_of(ward), 0, rows, 64);
        for (size_t r = 0; r < n; r++) {
            list->ops->cell(list, rows[r], 1);
        }
    }
    report("filter 100,000 rows, 20 hits with their labels", &watch, 1000);
    watch = start();
    for (uint32_t row = 0; row < 100000; row++) {
        list->ops->cell(list, row, 1);
    }
    report("go through the labels of 100,000 rows", &watch, 1);
    list->ops->destroy(list);
    const struct list_search what = {
        .name = "big.csv", .column = "label", .typed = STR("nghiem 777")};
    watch = start();
    must(list_search(store, &what, (struct page){0}, &arena, &hits, &err), &err);
    report("first search in 100,000 labels (makes the word index)", &watch, 1);
    watch = start();
    for (int i = 0; i < 50; i++) {
        must(list_search(store, &what, (struct page){0}, &arena, &hits, &err), &err);
    }
    report("search 100,000 labels without accents", &watch, 50);
    buf_finish(&csv);
    arena_finish(&arena);
}

static void bench_unlock(const char *folder)
{
    char path[300];
    struct err err;
    struct key *key;
    snprintf(path, sizeof(path), "%s/keyslot", folder);
    const struct keyslot_place place = {path, NULL};
    must(keyslot_create(&place, STR("482915"), &keyslot_floor, &key, &err), &err);
    keyslot_forget(key);
    struct watch watch = start();
    must(keyslot_open(&place, STR("482915"), &key, &err), &err);
    report("unlock at the floor (64 MiB, 3 passes)", &watch, 1);
    keyslot_forget(key);
}

static void bench_start(const char *folder, const struct key *key)
{
    struct err err;
    struct store *store;
    struct store_health health;
    struct watch watch = start();
    for (int i = 0; i < 20; i++) {
        must(store_start(folder, key, &store, &health, &err), &err);
        store_close(store);
    }
    report("start with all that in the store", &watch, 20);
}

int main(int argc, char **argv)
{
    static const unsigned char raw[CRYPT_KEY] = "a key for the bench";
    char made[] = "/tmp/gocua-bench-XXXXXX";
    const char *folder = argc > 1 ? argv[1] : mkdtemp(made);
    struct key *key = key_of(raw);
    struct store *store;
    struct store_health health;
    struct rusage usage;
    struct err err = {0};
    must(folder && store_start(folder, key, &store, &health, &err), &err);
    bench_answers(store);
    bench_finish(store);
    bench_visits(store);
    bench_list(store);
    printf("database %.1f MiB\n", (double)db_pages(store->db) * 4096 / (1 << 20));
    store_close(store);
    bench_start(folder, key);
    getrusage(RUSAGE_SELF, &usage);
    printf("peak resident memory %.1f MiB (before the PIN is checked)\n",
           (double)usage.ru_maxrss / 1024);
    bench_unlock(folder);
    key_destroy(key);
    if (argc < 2) {
        file_remove_tree(folder, NULL);
    }
    return 0;
}
