#include "app/store/outbox.h"
#include "app/store/attachment.h"
#include "app/store/inner.h"
#include "tests/store/helper_store.h"

#include "platform/base/clock.h"

/* The table of sync/run/outbox.h, walked field by field over a real store. */

enum state { DRAFT, WAITING, HELD, SENDING, SENT, ACCEPTED, RETURNED, ASIDE, STATES };

enum event {
    FINISH,
    BEGIN,
    CONFIRM,
    OUTCOME_SENT,
    OUTCOME_RETRY,
    OUTCOME_HOLD,
    OUTCOME_ASIDE,
    CAUSE_GONE,
    PERSON_RELEASES,
    STORE_SETS_ASIDE,
    PORTAL_ACCEPTS,
    PORTAL_RETURNS,
    SEEN_AGAIN,
    PERSON_DELETES,
    RESTART,
    EVENTS
};

enum { NO = -1, GONE = -2 }; /* refused, and nothing changes; the record is no more */

static const char *const state_names[] = {"draft", "waiting",  "held",     "sending",
                                          "sent",  "accepted", "returned", "aside"};

/* clang-format off */
static const int table[EVENTS][STATES] = {
    /*                    draft    waiting   held      sending   sent      accepted  returned  aside */
    [FINISH]           = {WAITING, NO,       NO,       NO,       NO,       NO,       NO,       NO},
    [BEGIN]            = {NO,      SENDING,  NO,       NO,       NO,       NO,       NO,       NO},
    [CONFIRM]          = {NO,      WAITING,  HELD,     SENDING,  SENT,     ACCEPTED, NO,       ASIDE},
    [OUTCOME_SENT]     = {NO,      SENT,     SENT,     SENT,     SENT,     ACCEPTED, NO,       SENT},
    [OUTCOME_RETRY]    = {NO,      WAITING,  WAITING,  WAITING,  WAITING,  WAITING,  NO,       ASIDE},
    [OUTCOME_HOLD]     = {NO,      HELD,     HELD,     HELD,     SENT,     ACCEPTED, NO,       ASIDE},
    [OUTCOME_ASIDE]    = {NO,      ASIDE,    ASIDE,    ASIDE,    SENT,     ACCEPTED, NO,       ASIDE},
    [CAUSE_GONE]       = {DRAFT,   WAITING,  WAITING,  SENDING,  SENT,     ACCEPTED, RETURNED, ASIDE},
    [PERSON_RELEASES]  = {NO,      WAITING,  WAITING,  NO,       NO,       NO,       NO,       WAITING},
    [STORE_SETS_ASIDE] = {NO,      ASIDE,    ASIDE,    ASIDE,    NO,       NO,       NO,       NO},
    [PORTAL_ACCEPTS]   = {NO,      NO,       NO,       NO,       ACCEPTED, ACCEPTED, ACCEPTED, NO},
    [PORTAL_RETURNS]   = {NO,      NO,       NO,       NO,       RETURNED, RETURNED, RETURNED, NO},
    [SEEN_AGAIN]       = {NO,      NO,       NO,       NO,       SENT,     ACCEPTED, NO,       NO},
    [PERSON_DELETES]   = {GONE,    NO,       NO,       NO,       NO,       NO,       NO,       NO},
    [RESTART]          = {DRAFT,   WAITING,  HELD,     WAITING,  SENT,     ACCEPTED, RETURNED, ASIDE},
};
/* clang-format on */

static const char xml[] = "<data id=\"test\"><photo>a.jpg</photo></data>";

struct walk {
    struct fixture *f;
    struct outbox out;
    struct outbox_item item;
    int64_t id;
};

static bool finish_record(struct walk *w)
{
    static const char *const names[] = {"a.jpg"};
    return record_finish(
        w->f->store, w->id,
        &(struct record_final){.xml = str_of(xml), .files = names, .file_count = 1}, NULL);
}

/* What a session would hold of it. */
static void fill_item(struct walk *w, bool is_confirmed)
{
    w->item = (struct outbox_item){.record = w->id,
                                   .instance_id = "uuid:1",
                                   .form_id = "test",
                                   .xml = str_of(xml),
                                   .n_files = 1,
                                   .files = arena_new(&w->f->arena, struct outbox_file)};
    w->item.files[0] = (struct outbox_file){
        .name = "a.jpg", .type = "image/jpeg", .size = 10, .is_confirmed = is_confirmed};
}

static bool settle(struct walk *w, enum outbox_action action)
{
    fill_item(w, action == OUTBOX_SENT);
    struct outbox_outcome outcome = {
        .action = action,
        .reason = action == OUTBOX_SENT ? OUTBOX_NO_REASON : OUTBOX_FORM_CLOSED,
        .next_ms = action == OUTBOX_RETRY ? clock_now_ms() + 60000 : 0};
    return w->out.ops->settle(w->out.ctx, &w->item, &outcome, NULL);
}

static bool happen(struct walk *w, enum event event)
{
    struct store *store = w->f->store;
    switch (event) {
    case FINISH:
        return finish_record(w);
    case BEGIN:
        return w->out.ops->begin(w->out.ctx, w->id, NULL);
    case CONFIRM:
        fill_item(w, true);
        return w->out.ops->confirm(w->out.ctx, &w->item, NULL);
    case OUTCOME_SENT:
        return settle(w, OUTBOX_SENT);
    case OUTCOME_RETRY:
        return settle(w, OUTBOX_RETRY);
    case OUTCOME_HOLD:
        return settle(w, OUTBOX_HOLD);
    case OUTCOME_ASIDE:
        return settle(w, OUTBOX_ASIDE);
    case CAUSE_GONE:
        return w->out.ops->release(w->out.ctx, OUTBOX_FORM_CLOSED, NULL, NULL);
    case PERSON_RELEASES:
        return record_release(store, w->id, NULL);
    case STORE_SETS_ASIDE:
        return record_set_aside(store, w->id, "damaged", "", NULL);
    case PORTAL_ACCEPTS:
        return record_judge(store, w->id, RECORD_ACCEPTED, "fine", NULL);
    case PORTAL_RETURNS:
        return record_judge(store, w->id, RECORD_RETURNED, "the date is wrong", NULL);
    case SEEN_AGAIN:
        return w->out.ops->seen_again(w->out.ctx, w->id, NULL);
    case PERSON_DELETES:
        return record_delete_draft(store, w->id, NULL);
    case RESTART:
        outbox_end(&w->out);
        store_restart(w->f);
        outbox_begin(w->f->store, &w->out);
        return true;
    case EVENTS:
        break;
    }
    return false;
}

/* Brings a fresh record there by the events that lead there. */
static void start(struct walk *w, enum state state)
{
    static const enum event ways[STATES][4] = {
        [DRAFT] = {EVENTS},
        [WAITING] = {FINISH, EVENTS},
        [HELD] = {FINISH, OUTCOME_HOLD, EVENTS},
        [SENDING] = {FINISH, BEGIN, EVENTS},
        [SENT] = {FINISH, OUTCOME_SENT, EVENTS},
        [ACCEPTED] = {FINISH, OUTCOME_SENT, PORTAL_ACCEPTS, EVENTS},
        [RETURNED] = {FINISH, OUTCOME_SENT, PORTAL_RETURNS, EVENTS},
        [ASIDE] = {FINISH, STORE_SETS_ASIDE, EVENTS},
    };
    static int number;
    char id[32];
    struct err err;
    snprintf(id, sizeof(id), "uuid:%d", ++number);
    w->id = add_draft(w->f, id);
    check(attachment_put(w->f->store, w->id, "a.jpg", "image/jpeg", STR("bytes of a"), &err), &err);
    for (int i = 0; i < 4 && ways[state][i] != EVENTS; i++) {
        assert_true(happen(w, ways[state][i]));
    }
}

static int state_of(struct walk *w)
{
    static const int states[] = {
        [RECORD_DRAFT] = DRAFT, [RECORD_READY] = WAITING,     [RECORD_SENDING] = SENDING,
        [RECORD_SENT] = SENT,   [RECORD_ACCEPTED] = ACCEPTED, [RECORD_RETURNED] = RETURNED,
        [RECORD_ASIDE] = ASIDE};
    struct record record;
    struct err err = {0};
    if (!record_get(w->f->store, w->id, &w->f->arena, &record, &err)) {
        assert_int_equal(err.kind, ERR_MISSING);
        return GONE;
    }
    int64_t is_held = 0;
    check(db_number(w->f->store->db, "SELECT is_held FROM record WHERE id = ?",
                    DB_WITH(DB_INT(w->id)), &is_held, 0, &err),
          &err);
    return record.state == RECORD_READY && is_held ? HELD : states[record.state];
}

static void every_event_in_every_state_does_what_the_table_says(void **state)
{
    struct walk w = {.f = *state};
    outbox_begin(w.f->store, &w.out);
    for (int event = 0; event < EVENTS; event++) {
        for (int from = 0; from < STATES; from++) {
            start(&w, (enum state)from);
            assert_int_equal(state_of(&w), from);
            int to = table[event][from];
            bool done = happen(&w, (enum event)event);
            int is = state_of(&w);
            if (done != (to != NO) || is != (to == NO ? from : to)) {
                fail_msg("event %d in state %s: %s, and it is %s", event, state_names[from],
                         done ? "done" : "refused", is < 0 ? "gone" : state_names[is]);
            }
            arena_reset(&w.f->arena);
        }
    }
    outbox_end(&w.out);
}

/* What next gives, in every state: only what waits, is due and is not held. */
static void only_what_waits_is_given(void **state)
{
    struct walk w = {.f = *state};
    for (int from = 0; from < STATES; from++) {
        struct err err = {0};
        outbox_begin(w.f->store, &w.out);
        start(&w, (enum state)from);
        bool got = w.out.ops->next(w.out.ctx, clock_now_ms(), &w.f->arena, &w.item, &err);
        assert_int_equal(err.kind, ERR_NONE);
        assert_int_equal(got, from == WAITING);
        if (got) {
            assert_true(w.item.record == w.id);
            assert_true(happen(&w, OUTCOME_SENT));
        }
        outbox_end(&w.out);
    }
}

/* "1 of 2 files": the ledger of a record that was cut off is what it goes on from. */
static void partly_confirmed_outlives_everything(void **state)
{
    struct walk w = {.f = *state};
    struct record record;
    struct err err;
    outbox_begin(w.f->store, &w.out);
    start(&w, SENDING);
    assert_true(happen(&w, CONFIRM));
    const enum event events[] = {RESTART, OUTCOME_HOLD, CAUSE_GONE, OUTCOME_ASIDE, PERSON_RELEASES};
    for (size_t i = 0; i < sizeof(events) / sizeof(*events); i++) {
        assert_true(happen(&w, events[i]));
        check(record_get(w.f->store, w.id, &w.f->arena, &record, &err), &err);
        assert_int_equal(record.files_confirmed, 1);
    }
    outbox_end(&w.out);
}

int main(void)
{
#define IN_STORE(test) cmocka_unit_test_setup_teardown(test, store_setup, store_teardown)
    const struct CMUnitTest tests[] = {
        IN_STORE(every_event_in_every_state_does_what_the_table_says),
        IN_STORE(only_what_waits_is_given),
        IN_STORE(partly_confirmed_outlives_everything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
