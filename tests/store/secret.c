/* What lies on disk, and what stays in memory after a lock, must say nothing about anybody. */
#include "app/store/attachment.h"
#include "app/store/consent.h"
#include "app/store/household.h"
#include "app/store/keyslot.h"
#include "app/store/list.h"
#include "app/store/person.h"
#include "app/store/setting.h"
#include "app/store/visit.h"
#include "platform/db/crypt.h"
#include "platform/db/db.h"
#include "tests/store/helper_store.h"

#include <ftw.h>
#include <sys/mman.h>
#include <unistd.h>

#include "platform/base/file.h"
#include "platform/base/hash.h"

static const char *const canaries[] = {"Canary Nguyen", "079099123456", "canary@street",
                                       "CanaryAnswer"};
enum { CANARIES = sizeof(canaries) / sizeof(*canaries) };

static struct buf needles[CANARIES * 5];
static size_t needle_count;
static int files_seen, found;

static void add_needle(const void *bytes, size_t n)
{
    struct buf *needle = &needles[needle_count++];
    *needle = (struct buf){0};
    buf_add(needle, bytes, n);
}

/* As it is, in UTF-16, and in base64 at each of the three places in a group. */
static void make_needles(void)
{
    needle_count = 0;
    for (size_t i = 0; i < CANARIES; i++) {
        const char *text = canaries[i];
        size_t n = strlen(text);
        char wide[64] = {0}, shifted[64];
        for (size_t c = 0; c < n; c++) {
            wide[2 * c] = text[c];
        }
        add_needle(text, n);
        add_needle(wide, 2 * n);
        for (size_t shift = 0; shift < 3; shift++) {
            struct buf coded = {0};
            memset(shifted, 'x', shift);
            memcpy(shifted + shift, text, n);
            hash_add_base64(&coded, shifted, shift + n);
            size_t head = shift ? 4 : 0; /* letters that also depend on what stands before */
            add_needle(coded.s + head, coded.n - head - 4);
            buf_finish(&coded);
        }
    }
}

static void drop_needles(void)
{
    for (size_t i = 0; i < needle_count; i++) {
        buf_finish(&needles[i]);
    }
}

static int scan(const char *path, const struct stat *info, int kind, struct FTW *ftw)
{
    struct buf bytes = {0};
    buf_add_text(&bytes, path + ftw->base); /* names of files too */
    if (kind == FTW_F) {
        assert_true(file_read(path, 1 << 28, &bytes, NULL));
        assert_int_equal(info->st_mode & 077, 0); /* for its owner only */
        files_seen++;
    }
    for (size_t i = 0; i < needle_count; i++) {
        found += memmem(bytes.s, bytes.n, needles[i].s, needles[i].n) != NULL;
    }
    buf_finish(&bytes);
    return 0;
}

static void fill(struct fixture *f)
{
    struct err err;
    const char *const name = canaries[0];
    struct person person = {
        .name = name, .number = canaries[1], .number_purpose = "dossier", .address = canaries[2]};
    struct household household = {.head = name, .address = canaries[2]};
    struct visit visit = {.title = name, .reason = canaries[2]};
    struct consent consent = {.giver_name = name};
    check(person_save(f->store, &person, &err), &err);
    check(household_save(f->store, &household, &err), &err);
    check(visit_save(f->store, &visit, &err), &err);
    check(consent_add(f->store, &consent, &err), &err);
    check(setting_set(f->store, "volunteer", name, &err), &err);
    check(list_import(f->store, "l.csv", STR("name,label\n1,Canary Nguyen\n"), "", "", &err), &err);
    for (int i = 0; i < 10; i++) {
        char id_text[24];
        const char *const files[] = {"Canary Nguyen.jpg"};
        snprintf(id_text, sizeof(id_text), "uuid:%d", i);
        int64_t id = add_draft(f, id_text);
        const struct str answer = STR("<data>CanaryAnswer</data>");
        check(record_save_draft(f->store, id, answer, name, &err), &err);
        check(record_save_answer(f->store, id, "/data", STR("CanaryAnswer"), &err), &err);
        check(record_add_audit(f->store, id, STR("CanaryAnswer"), &err), &err);
        check(attachment_put(f->store, id, files[0], "image/jpeg", answer, &err), &err);
        if (i % 2) {
            const struct record_final final = {.xml = answer, .files = files, .file_count = 1};
            check(record_finish(f->store, id, &final, &err), &err);
        }
    }
}

static void nothing_personal_is_readable_in_the_folder(void **state)
{
    struct fixture *f = *state;
    struct err err;
    make_needles();
    files_seen = found = 0;
    fill(f);
    assert_int_equal(nftw(f->folder, scan, 8, FTW_PHYS), 0); /* with a full log */
    check(store_compact(f->store, &err), &err);
    assert_int_equal(nftw(f->folder, scan, 8, FTW_PHYS), 0);
    store_restart(f);
    assert_int_equal(nftw(f->folder, scan, 8, FTW_PHYS), 0);
    assert_true(files_seen > 45);
    assert_int_equal(found, 0);
    /* The scan itself can see: a file in clear is found. */
    check(file_write(in_folder(f, "clear"), "xxCanaryAnswer", 14, &err), &err);
    assert_int_equal(nftw(f->folder, scan, 8, FTW_PHYS), 0);
    assert_int_equal(found, 1);
    drop_needles();
}

/* Looks for bytes in this process's own writable memory. */
static int count_in_memory(const void *needle, size_t n)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    FILE *memory = fopen("/proc/self/mem", "r");
    char line[512];
    int hits = 0;
    assert_true(maps && memory);
    while (fgets(line, sizeof(line), maps)) {
        unsigned long from, to;
        char rights[8];
        if (sscanf(line, "%lx-%lx %7s", &from, &to, rights) != 3 || rights[0] != 'r' ||
            rights[1] != 'w' || to - from > (64ul << 20) || strstr(line, "[stack]")) {
            continue;
        }
        char *copy = malloc(to - from);
        if (fseek(memory, (long)from, SEEK_SET) == 0) {
            size_t got = fread(copy, 1, to - from, memory);
            for (char *at = copy; (at = memmem(at, got - (size_t)(at - copy), needle, n)); at++) {
                hits++;
            }
        }
        explicit_bzero(copy, to - from);
        free(copy);
    }
    fclose(maps);
    fclose(memory);
    return hits;
}

/* The first bytes of a key, kept turned over so that this copy is not what is found. */
struct trace {
    unsigned char turned[8];
};

static struct trace trace_of(const struct key *key)
{
    struct trace trace;
    for (size_t i = 0; i < sizeof(trace.turned); i++) {
        trace.turned[i] = key_bytes(key)[i] ^ 0x55;
    }
    return trace;
}

/* How often the key's bytes, or their hex digits, lie in memory. */
static int count_trace(const struct trace *trace)
{
    unsigned char needle[sizeof(trace->turned)];
    char hex[2 * sizeof(needle) + 1];
    for (size_t i = 0; i < sizeof(needle); i++) {
        needle[i] = trace->turned[i] ^ 0x55;
        snprintf(hex + 2 * i, 3, "%02x", needle[i]);
    }
    /* Both lie on the stack, which is not looked at. */
    return count_in_memory(needle, sizeof(needle)) + count_in_memory(hex, sizeof(hex) - 1);
}

static void a_lock_leaves_no_key_in_memory(void **state)
{
    struct fixture *f = *state;
    struct err err;
    const struct keyslot_place place = {in_folder(f, "keyslot"), NULL};
    const struct keyslot_cost cheap = {8192, 1};
    struct key *key;
    check(keyslot_create(&place, STR("482915"), &cheap, &key, &err), &err);
    struct trace master = trace_of(key);
    assert_true(count_trace(&master) > 0); /* the search can see */
    keyslot_forget(key);
    assert_int_equal(count_trace(&master), 0);
    check(keyslot_open(&place, STR("482915"), &key, &err), &err);
    keyslot_forget(key);
    assert_int_equal(count_trace(&master), 0);

    struct key *db_key = key_derive(f->key, 1), *media_key = key_derive(f->key, 2);
    struct trace db = trace_of(db_key), media = trace_of(media_key);
    key_destroy(db_key);
    key_destroy(media_key);
    fill(f);
    assert_true(count_trace(&db) > 0); /* the cipher of the open database has it */
    assert_true(count_trace(&media) > 0);
    store_close(f->store);
    f->store = NULL;
    assert_int_equal(count_trace(&db), 0);
    assert_int_equal(count_trace(&media), 0);
}

static int locked_how;

/* In place of the C library's. */
int mlockall(int how)
{
    locked_how = how;
    return -1; /* as for somebody who may not: all goes on */
}

static void what_was_entered_stays_out_of_swap(void **state)
{
    struct fixture *f = *state;
    struct err err = {0};
    locked_how = 0;
    struct store_lock *lock = store_lock(in_folder(f, "locked"), &err);
    assert_non_null(lock);
    assert_int_equal(locked_how, MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT);
    store_unlock(lock);
}

int main(void)
{
#define IN_STORE(test) cmocka_unit_test_setup_teardown(test, store_setup, store_teardown)
    const struct CMUnitTest tests[] = {
        IN_STORE(nothing_personal_is_readable_in_the_folder),
        IN_STORE(a_lock_leaves_no_key_in_memory),
        IN_STORE(what_was_entered_stays_out_of_swap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
