#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <cmocka.h>

#include "helper_outbox.h"
#include "platform/base/file.h"
#include "platform/base/mem.h"
#include "sync/carrier/carriers.h"
#include "sync/handover/arrival.h"
#include "sync/handover/bundle.h"
#include "sync/run/run.h"

static unsigned char public_key[SIGN_PUBLIC];
static unsigned char secret[SIGN_SECRET];

struct fixture {
    char folder[64];
    struct memory_outbox memory;
    struct run_settings set;
    struct run_result result;
};

static struct fixture *start(void)
{
    struct fixture *f = mem_alloc(1, sizeof(*f));
    snprintf(f->folder, sizeof(f->folder), "/tmp/gocua-stick-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    f->set = (struct run_settings){.carrier = carrier_find("folder"),
                                   .to = {.address = f->folder, .organisation_key = public_key},
                                   .outbox = memory_outbox_of(&f->memory)};
    return f;
}

static void run(struct fixture *f)
{
    memory_restart(&f->memory);
    assert_true(run_session(&f->set, &f->result, NULL));
    assert_int_equal(f->memory.open_files, 0);
}

static void finish(struct fixture *f)
{
    assert_true(file_remove_tree(f->folder, NULL));
    memory_finish(&f->memory);
    free(f);
}

/* The hub's side: reads every bundle of the folder and remembers what came. */
struct hub {
    const char *folder;
    VEC(struct arrival) arrivals;
    int bundles, leftovers;
    struct buf bytes;
};

static bool hub_record(void *ctx, struct str id, struct str xml, struct err *err)
{
    struct hub *hub = ctx;
    struct arrival *a = vec_add(&hub->arrivals);
    memset(a, 0, sizeof(*a));
    memcpy(a->instance_id, id.s, id.n);
    arrival_digest(xml, a->digest);
    return true;
}

static bool hub_file(void *ctx, struct str name, struct str type, int64_t size, struct err *err)
{
    struct hub *hub = ctx;
    hub->arrivals.v[hub->arrivals.n - 1].files++;
    return true;
}

static bool hub_bytes(void *ctx, const void *bytes, size_t n, struct err *err)
{
    buf_add(&((struct hub *)ctx)->bytes, bytes, n);
    return true;
}

static bool hub_take(void *ctx, const char *name)
{
    struct hub *hub = ctx;
    struct bundle_events events = {hub_record, hub_file, hub_bytes, hub};
    struct buf bundle = {0};
    char path[512];
    hub->leftovers += !str_ends(str_of(name), STR(".gcb")) && !str_ends(str_of(name), STR(".gca"));
    if (str_ends(str_of(name), STR(".gcb"))) {
        snprintf(path, sizeof(path), "%s/%s", hub->folder, name);
        assert_true(file_read(path, 1 << 20, &bundle, NULL));
        assert_true(bundle_read(buf_str(&bundle), secret, &events, NULL));
        hub->bundles++;
    }
    buf_finish(&bundle);
    return true;
}

static void hub_visit(struct hub *hub, const char *folder)
{
    *hub = (struct hub){.folder = folder};
    assert_true(file_list(folder, hub_take, hub, NULL));
    assert_int_equal(hub->leftovers, 0);
}

static void hub_acknowledge(struct hub *hub, const unsigned char *key)
{
    struct buf text = {0};
    char path[512];
    snprintf(path, sizeof(path), "%s/back.gca", hub->folder);
    assert_true(arrival_add(&text, hub->arrivals.v, hub->arrivals.n, key, NULL));
    assert_true(file_write(path, text.s, text.n, NULL));
    buf_finish(&text);
}

static void hub_finish(struct hub *hub)
{
    vec_finish(&hub->arrivals);
    buf_finish(&hub->bytes);
}

static void records_travel_and_their_arrival_comes_back(void **state)
{
    struct fixture *f = start();
    struct hub hub;
    memory_add(&f->memory, "visit", 2, 1000);
    memory_add(&f->memory, "visit", 0, 0);
    run(f);
    assert_int_equal(f->result.sent, 0); /* on the stick is not sent */
    for (int i = 0; i < 2; i++) {
        assert_int_equal(f->memory.records.v[i].state, MEMORY_READY);
        assert_int_equal(f->memory.records.v[i].reason, OUTBOX_HANDED_OVER);
    }
    hub_visit(&hub, f->folder);
    assert_int_equal(hub.bundles, 2);
    assert_int_equal(hub.bytes.n, 2000);
    hub_acknowledge(&hub, secret);
    f->set.is_asked = true;
    run(f);
    assert_int_equal(f->result.sent, 2);
    assert_int_equal(memory_count(&f->memory, MEMORY_SENT), 2);
    hub_finish(&hub);
    finish(f);
}

static void the_same_record_twice_is_one_bundle(void **state)
{
    struct fixture *f = start();
    struct hub hub;
    memory_add(&f->memory, "visit", 1, 100);
    for (int i = 0; i < 3; i++) {
        f->memory.records.v[0].next_ms = 0;
        run(f);
    }
    hub_visit(&hub, f->folder);
    assert_int_equal(hub.bundles, 1);
    hub_finish(&hub);
    finish(f);
}

static void a_forged_or_half_arrival_counts_for_nothing(void **state)
{
    struct fixture *f = start();
    struct hub hub;
    unsigned char other_public[SIGN_PUBLIC];
    unsigned char other_secret[SIGN_SECRET];
    sign_make_keys(other_public, other_secret);
    memory_add(&f->memory, "visit", 1, 100);
    run(f);
    hub_visit(&hub, f->folder);
    f->set.is_asked = true;
    hub_acknowledge(&hub, other_secret);
    run(f);
    assert_int_equal(f->result.sent, 0);
    hub.arrivals.v[0].files = 0; /* the photo is missing */
    hub_acknowledge(&hub, secret);
    run(f);
    assert_int_equal(f->result.sent, 0);
    hub.arrivals.v[0].files = 1;
    hub.arrivals.v[0].digest[3] ^= 1; /* other bytes */
    hub_acknowledge(&hub, secret);
    run(f);
    assert_int_equal(f->result.sent, 0);
    hub.arrivals.v[0].digest[3] ^= 1;
    hub_acknowledge(&hub, secret);
    run(f);
    assert_int_equal(f->result.sent, 1);
    hub_finish(&hub);
    finish(f);
}

static void a_stick_that_is_gone_says_so(void **state)
{
    struct fixture *f = start();
    memory_add(&f->memory, "visit", 0, 0);
    f->set.to.address = "/nowhere/at/all";
    run(f);
    assert_false(f->result.is_connected);
    assert_int_equal(f->result.reason, OUTBOX_STICK_GONE);
    f->set.to.organisation_key = NULL;
    f->memory.records.v[0].next_ms = 0;
    run(f);
    assert_int_equal(f->result.reason, OUTBOX_NOT_ENROLLED);
    finish(f);
}

static void a_damaged_file_leaves_no_half_bundle(void **state)
{
    struct fixture *f = start();
    struct hub hub;
    memory_add(&f->memory, "visit", 1, 100);
    memory_add(&f->memory, "visit", 1, 100);
    f->memory.damaged_at = 1;
    run(f);
    assert_int_equal(f->memory.records.v[0].reason, OUTBOX_DAMAGED);
    assert_int_equal(f->memory.records.v[1].reason, OUTBOX_HANDED_OVER);
    hub_visit(&hub, f->folder);
    assert_int_equal(hub.bundles, 1);
    hub_finish(&hub);
    finish(f);
}

static bool nothing_lies(void *ctx, const char *name)
{
    fail_msg("%s lies there", name);
    return false;
}

/* Says why, holds up no other way, and goes when there is room. */
static void a_full_stick_leaves_no_half_bundle(void **state)
{
    struct fixture *f = start();
    struct rlimit all, little;
    memory_add(&f->memory, "visit", 1, 100000);
    memory_add(&f->memory, "visit", 0, 0);
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &all), 0);
    little = (struct rlimit){50000, all.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &little), 0);
    run(f);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &all), 0);
    assert_int_equal(f->result.reason, OUTBOX_STICK_FULL);
    assert_true(file_list(f->folder, nothing_lies, NULL, NULL));
    run(f);
    assert_int_equal(f->result.reason, OUTBOX_NO_REASON);
    assert_int_equal(f->memory.records.v[0].reason, OUTBOX_HANDED_OVER);
    finish(f);
}

static void a_stick_that_takes_nothing_says_so(void **state)
{
    struct fixture *f = start();
    memory_add(&f->memory, "visit", 1, 100);
    f->set.to.address = "/proc"; /* a folder that takes no files */
    run(f);
    assert_int_equal(f->memory.records.v[0].reason, OUTBOX_STICK_GONE);
    assert_int_equal(f->result.reason, OUTBOX_STICK_GONE);
    assert_int_equal(carrier_folder_reason(EROFS), OUTBOX_STICK_LOCKED);
    finish(f);
}

int main(void)
{
    sign_make_keys(public_key, secret);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_travel_and_their_arrival_comes_back),
        cmocka_unit_test(the_same_record_twice_is_one_bundle),
        cmocka_unit_test(a_forged_or_half_arrival_counts_for_nothing),
        cmocka_unit_test(a_stick_that_is_gone_says_so),
        cmocka_unit_test(a_damaged_file_leaves_no_half_bundle),
        cmocka_unit_test(a_full_stick_leaves_no_half_bundle),
        cmocka_unit_test(a_stick_that_takes_nothing_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
