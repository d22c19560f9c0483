/* The sending thread removes what was sent, days after it was seen at the server a second time, and
 * by the setting; nobody has to ask for it. */
#include "helper_app.h"

#include <unistd.h>

#include "app/store/outbox.h"
#include "app/store/record.h"
#include "app/work/filling.h"
#include "app/work/sync.h"
#include "platform/base/clock.h"

static const int64_t noon = 1793941200000, day = 86400000;

static bool is_kept(struct app *app, int64_t record)
{
    struct buf xml = {0};
    bool kept = record_xml(app->store, record, &xml, NULL);
    buf_finish(&xml);
    return kept;
}

/* Sends it, as a session would, and sees it again a day later. */
static void send_twice(struct app *app, bool again)
{
    struct outbox outbox;
    struct outbox_item item;
    struct arena arena = {0};
    struct err err = {0};
    const struct outbox_outcome sent = {.action = OUTBOX_SENT};
    outbox_begin(app->store, &outbox);
    assert_true(outbox.ops->next(outbox.ctx, clock_now_ms(), &arena, &item, &err));
    assert_true(outbox.ops->begin(outbox.ctx, item.record, &err));
    assert_true(outbox.ops->settle(outbox.ctx, &item, &sent, &err));
    if (again) {
        assert_true(outbox.ops->seen_again(outbox.ctx, item.record, &err));
    }
    outbox_end(&outbox);
    arena_finish(&arena);
}

static int64_t add_record(struct app *app)
{
    struct filling *f;
    struct err err = {0};
    test_app_form(app, "feedback");
    if (!filling_begin(app, "feedback", "", &f, &err)) {
        fail_msg("%s", err.text);
    }
    int64_t id = f->record;
    struct buf xml = {0};
    assert_true(entry_serialize(f->entry, SERIAL_SUBMISSION, &xml, &err));
    const struct record_final what = {.xml = buf_str(&xml)};
    filling_close(f);
    assert_true(record_finish(app->store, id, &what, &err));
    buf_finish(&xml);
    return id;
}

/* A day passes on the clock of the device, and the thread looks around. */
static void pass_day(struct app *app, int64_t n)
{
    clock_fix(noon + n * day);
    sync_kick(app->sync, false);
    usleep(30000);
}

static void what_was_seen_twice_goes_after_its_days(void **state)
{
    char *folder = test_folder();
    clock_fix(noon);
    struct app *app = test_app_open(folder);
    assert_true(settings_set(app, "keep_sent_days", "3", NULL));
    int64_t once = add_record(app);
    send_twice(app, false);
    int64_t twice = add_record(app);
    send_twice(app, true);
    int64_t waiting = add_record(app);
    for (int64_t n = 1; n <= 3; n++) {
        pass_day(app, n);
        assert_true(is_kept(app, twice));
    }
    for (int i = 0; i < 400 && is_kept(app, twice); i++) { /* another thread does it */
        pass_day(app, 4 + i);
    }
    assert_false(is_kept(app, twice));
    assert_true(is_kept(app, once) && is_kept(app, waiting));
    clock_fix(-1);
    app_close(app);
    test_folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_was_seen_twice_goes_after_its_days)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
