#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "app/hub/serve.h"
#include "app/store/outbox.h"
#include "helper_stick.h"
#include "helper_world.h"
#include "platform/base/file.h"
#include "platform/base/log.h"
#include "sync/carrier/carriers.h"

/* From a device to a hub and back without any network, while the hub is serving. */
struct stick {
    struct ends ends;
    char folder[64];
    unsigned char key[SIGN_PUBLIC], secret[SIGN_SECRET];
};

static int setup(void **state)
{
    struct stick *s = calloc(1, sizeof(*s));
    ends_open(&s->ends);
    snprintf(s->folder, sizeof(s->folder), "/tmp/gocua-stick-XXXXXX");
    assert_non_null(mkdtemp(s->folder));
    assert_true(organisation_keys(s->ends.hub_folder, s->key, s->secret, NULL));
    *state = s;
    return 0;
}

static int teardown(void **state)
{
    struct stick *s = *state;
    ends_close(&s->ends);
    file_remove_tree(s->folder, NULL);
    free(s);
    return 0;
}

static void hand_over(struct stick *s, struct run_result *result)
{
    struct run_settings set = {.carrier = carrier_find("folder"),
                               .to = {.address = s->folder, .organisation_key = s->key},
                               .is_asked = true};
    struct err err = {0};
    outbox_begin(s->ends.store, &set.outbox);
    assert_true(run_session(&set, result, &err));
    outbox_end(&set.outbox);
}

static int import(struct stick *s)
{
    FILE *quiet = fopen("/dev/null", "w");
    struct hub_shell shell = {.out = quiet, .errors = quiet, .data = s->ends.hub_folder};
    char *argv[] = {(char *)"gocua-hub", (char *)"import", s->folder, NULL};
    int status = hub_run(3, argv, &shell);
    fclose(quiet);
    return status;
}

static void assert_whole(struct stick *s, bool is_sent)
{
    for (size_t i = 0; i < s->ends.made.n; i++) {
        bool is_whole;
        assert_int_equal(ends_count_on_hub(&s->ends, &s->ends.made.v[i], &is_whole), 1);
        assert_true(is_whole);
        assert_int_equal(ends_is_sent(&s->ends, &s->ends.made.v[i]), is_sent);
    }
}

static void records_go_by_stick_and_come_back_as_sent(void **state)
{
    struct stick *s = *state;
    struct run_result result;
    ends_add(&s->ends, "uuid:10000000-0000-4000-8000-000000000001", 2, 5000);
    ends_add(&s->ends, "uuid:10000000-0000-4000-8000-000000000002", 0, 0);
    hand_over(s, &result);
    assert_int_equal(result.sent, 0);
    assert_int_equal(import(s), 0);
    assert_whole(s, false); /* nobody here knows it yet */
    hand_over(s, &result);
    assert_int_equal(result.sent, 2);
    assert_whole(s, true);
    assert_int_equal(import(s), 0); /* again: no harm */
    assert_whole(s, true);
}

static void stick_and_network_together_make_no_double(void **state)
{
    struct stick *s = *state;
    struct run_result result;
    ends_add(&s->ends, "uuid:10000000-0000-4000-8000-000000000003", 1, 700);
    hand_over(s, &result);
    assert_true(ends_session(&s->ends, -1, &result)); /* the network came first */
    assert_int_equal(result.sent, 1);
    assert_int_equal(import(s), 0);
    assert_whole(s, true);
}

static bool spoil(void *ctx, const char *name)
{
    char path[512];
    struct buf bytes = {0};
    snprintf(path, sizeof(path), "%s/%s", (const char *)ctx, name);
    if (str_ends(str_of(name), STR(".gcb"))) {
        assert_true(file_read(path, 1 << 20, &bytes, NULL));
        assert_true(file_write(path, bytes.s, bytes.n / 2, NULL));
    }
    buf_finish(&bytes);
    return true;
}

static void a_cut_bundle_brings_nothing_and_can_be_made_again(void **state)
{
    struct stick *s = *state;
    struct run_result result;
    bool is_whole;
    ends_add(&s->ends, "uuid:10000000-0000-4000-8000-000000000004", 1, 9000);
    hand_over(s, &result);
    assert_true(file_list(s->folder, spoil, s->folder, NULL));
    assert_int_equal(import(s), 1);
    assert_int_equal(ends_count_on_hub(&s->ends, &s->ends.made.v[0], &is_whole), 0);
    hand_over(s, &result);
    assert_int_equal(import(s), 0);
    hand_over(s, &result);
    assert_whole(s, true);
}

/* The fast part of F32; build/bench/fault --only stick is the full one. */
static void no_promise_breaks(void **state)
{
    const char *seed = getenv("GOCUA_SEED");
    log_set_level(LOG_ERROR);
    assert_int_equal(stick_lane(seed ? strtoull(seed, NULL, 10) : 1, 3), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_promise_breaks),
        cmocka_unit_test_setup_teardown(records_go_by_stick_and_come_back_as_sent, setup, teardown),
        cmocka_unit_test_setup_teardown(stick_and_network_together_make_no_double, setup, teardown),
        cmocka_unit_test_setup_teardown(a_cut_bundle_brings_nothing_and_can_be_made_again, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
