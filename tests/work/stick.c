/* The hand-over beside the screen: only to the stick that was chosen, with the last word about each
 * record; left in the middle it harms nothing. */
#include "helper_app.h"

#include <sys/stat.h>

#include "app/store/record.h"
#include "app/store/setting.h"
#include "app/work/stick.h"
#include "platform/base/file.h"
#include "platform/base/hash.h"

static void add(struct app *app, const char *id)
{
    struct record_new new = {.form_id = "stick", .version = "1", .instance_id = id};
    struct record_final final = {.xml = STR("<data/>")};
    struct err err = {0};
    int64_t record;
    if (!record_create(app->store, &new, &record, &err) ||
        !record_finish(app->store, record, &final, &err)) {
        fail_msg("%s", err.text);
    }
}

static struct stick stick_at(const char *folder)
{
    struct stick stick = {.room = 1};
    struct stat st;
    assert_int_equal(stat(folder, &st), 0);
    snprintf(stick.path, sizeof(stick.path), "%s", folder);
    stick.device = st.st_dev;
    return stick;
}

/* Only mails of ours wake it; the last comes after the end. */
static struct giving_status wait_for_end(struct app *app, struct giving *run)
{
    struct giving_status status = {.is_over = false};
    while (!status.is_over) {
        struct mail mail;
        assert_true(mailbox_wait(app->mailbox, 60000));
        while (mailbox_take(app->mailbox, &mail)) {
            mail_discard(&mail);
        }
        giving_look(run, &status);
    }
    return status;
}

static bool count_bundle(void *ctx, const char *name)
{
    assert_true(str_ends(str_of(name), STR(".gcb")));
    ++*(int *)ctx;
    return true;
}

static int bundles(const char *folder)
{
    int n = 0;
    assert_true(file_list(folder, count_bundle, &n, NULL));
    return n;
}

static void only_the_stick_that_was_chosen(void **state)
{
    char *home = test_folder(), *folder = test_folder();
    struct app *app = test_app_open(home);
    struct giving_load load;
    struct err err = {0};
    unsigned char key[SIGN_PUBLIC], secret[SIGN_SECRET];
    struct buf hex = {0};
    add(app, "uuid:1");
    add(app, "uuid:2");
    assert_false(giving_weigh(app, &load, &err));
    assert_int_equal(err.kind, ERR_MISSING);
    sign_make_keys(key, secret);
    hash_add_hex(&hex, key, sizeof(key));
    assert_true(setting_set(app->store, "enrol.key", buf_text(&hex), NULL));
    assert_true(giving_weigh(app, &load, NULL));
    assert_int_equal(load.own.records, 2);
    assert_int_equal(load.own.bytes, 14);

    struct stick stick = stick_at(folder);
    stick.device++; /* pulled out: something else stands at its path by now */
    struct giving *run = stick_give(app, &stick);
    struct giving_status status = wait_for_end(app, run);
    assert_int_equal(status.result.reason, OUTBOX_STICK_GONE);
    assert_int_equal(status.err.kind, ERR_NONE);
    assert_int_equal(bundles(folder), 0);
    giving_leave(run);

    stick = stick_at(folder);
    run = stick_give(app, &stick);
    status = wait_for_end(app, run);
    assert_int_equal(status.result.reason, OUTBOX_NO_REASON);
    assert_int_equal(status.done, 2);
    assert_int_equal(status.given, 2);
    assert_int_equal(bundles(folder), 2);
    giving_leave(run);
    assert_true(giving_weigh(app, &load, NULL));
    assert_int_equal(load.own.records, 2); /* only the organisation's word makes them sent */

    giving_leave(stick_give(app, &stick)); /* at once */
    run = stick_give(app, &stick);
    app_lock(app); /* the job has its own key */
    status = wait_for_end(app, run);
    assert_int_equal(status.given, 2);
    giving_leave(run);
    app_close(app);
    buf_finish(&hex);
    test_folder_remove(folder);
    test_folder_remove(home);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(only_the_stick_that_was_chosen)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
