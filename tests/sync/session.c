#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../openrosa/helper_portal.h"
#include "helper_outbox.h"
#include "platform/base/clock.h"
#include "sync/carrier/carriers.h"
#include "sync/run/retry.h"
#include "sync/run/run.h"

struct fixture {
    struct fake_portal portal;
    struct faulty_fate fate;
    int fate_from, fate_to;
    struct faulty *server;
    struct memory_outbox memory;
    struct run_settings set;
    struct run_result result;
    struct err err;
    int settled, steps[RUN_DONE + 1];
};

static void decide(void *ctx, const struct faulty_request *request, struct faulty_fate *fate)
{
    struct fixture *f = ctx;
    if (request->number >= f->fate_from && request->number < f->fate_to) {
        *fate = f->fate;
    }
}

static void reply(void *ctx, const struct faulty_request *request, struct buf *to)
{
    fake_portal_answer(&((struct fixture *)ctx)->portal, request, to);
}

static void on_report(void *ctx, const struct run_report *report)
{
    struct fixture *f = ctx;
    f->steps[report->step]++;
    f->settled += report->outcome != NULL;
}

static struct fixture *start(void)
{
    struct fixture *f = mem_alloc(1, sizeof(*f));
    f->server = faulty_start(&(struct faulty_plan){decide, reply, f});
    f->set = (struct run_settings){.carrier = carrier_find("openrosa"),
                                   .to = {.address = faulty_address(f->server), .stall_seconds = 1},
                                   .outbox = memory_outbox_of(&f->memory),
                                   .tell = on_report,
                                   .tell_ctx = f};
    return f;
}

static bool run(struct fixture *f)
{
    memory_restart(&f->memory);
    f->err = (struct err){0};
    bool ok = run_session(&f->set, &f->result, &f->err);
    assert_int_equal(f->memory.open_files, 0);
    return ok;
}

/* Time passes until everything that waits is due. */
static void make_due(struct fixture *f)
{
    for (size_t i = 0; i < f->memory.records.n; i++) {
        f->memory.records.v[i].next_ms = 0;
    }
}

/* I1, I2, I3: what is SENT is on the server, once and byte for byte. */
static void assert_honest(struct fixture *f)
{
    for (size_t i = 0; i < f->memory.records.n; i++) {
        struct memory_record *r = &f->memory.records.v[i];
        struct kept_record *kept = fake_portal_record(&f->portal, r->instance_id);
        if (r->state != MEMORY_SENT || r->reason == OUTBOX_SUPERSEDED) {
            continue;
        }
        assert_non_null(kept);
        assert_true(str_eq(buf_str(&kept->xml), buf_str(&r->xml)));
        assert_int_equal(kept->files.n, r->files.n);
        for (size_t k = 0; k < r->files.n; k++) {
            struct kept_file *file = fake_portal_file(kept, r->files.v[k].name);
            assert_non_null(file);
            assert_true(str_eq(buf_str(&file->bytes), buf_str(&r->files.v[k].bytes)));
        }
    }
}

static void finish(struct fixture *f)
{
    assert_honest(f);
    faulty_stop(f->server);
    fake_portal_finish(&f->portal);
    memory_finish(&f->memory);
    free(f);
}

static void everything_due_is_sent(void **state)
{
    struct fixture *f = start();
    memory_add(&f->memory, "visit", 2, 5000);
    memory_add(&f->memory, "visit", 0, 0);
    memory_add(&f->memory, "survey", 1, 100);
    assert_true(run(f));
    assert_int_equal(f->result.sent, 3);
    assert_true(f->result.is_connected);
    assert_int_equal(f->result.reason, OUTBOX_NO_REASON);
    assert_true(f->result.next_ms == 0);
    assert_int_equal(memory_count(&f->memory, MEMORY_SENT), 3);
    assert_int_equal(f->portal.heads, 1);
    assert_int_equal(f->portal.posts, 3);
    assert_int_equal(faulty_connections(f->server), 1);
    assert_int_equal(f->settled, 3);
    assert_int_equal(f->steps[RUN_DONE], 1);
    assert_true(f->result.bytes_sent > 10000);
    finish(f);
}

/* What the queue does after one answer to a POST: action, scope, reason, and whether the records
 * behind it are sent in the same session. */
static const struct {
    int status;
    const char *type, *fields, *message;
    enum memory_state after;
    enum outbox_reason reason;
    bool others_go; /* another form's record */
    bool same_form_goes;
} table[] = {
    {409, "text/xml", "", "exists with this ID, but with different XML.", MEMORY_ASIDE,
     OUTBOX_DIFFERENT, true, true},
    {409, "text/xml", "", "This submission has been deleted.", MEMORY_ASIDE, OUTBOX_DELETED, true,
     true},
    {409, "text/xml", "", "This form is not currently accepting", MEMORY_HELD, OUTBOX_FORM_CLOSED,
     true, false},
    {405, "text/xml", "", "", MEMORY_HELD, OUTBOX_FORM_CLOSED, true, false},
    {409, "text/xml", "", "editing (undefined) is now out of date", MEMORY_SENT, OUTBOX_SUPERSEDED,
     true, true},
    {409, "text/xml", "", "who knows", MEMORY_ASIDE, OUTBOX_CONFLICT, true, true},
    {423, "text/xml", "", "", MEMORY_READY, OUTBOX_IN_PROCESS, true, true},
    {404, "text/xml", "", "Could not find", MEMORY_HELD, OUTBOX_FORM_GONE, true, false},
    {404, "text/xml", "", "The form version specified", MEMORY_HELD, OUTBOX_VERSION_GONE, true,
     true},
    {404, "text/xml", "", "find that submission to update", MEMORY_HELD, OUTBOX_ORIGINAL_GONE, true,
     true},
    {400, "application/json", "", "", MEMORY_ASIDE, OUTBOX_BAD_REQUEST, true, true},
    {401, "text/xml", "", "no", MEMORY_HELD, OUTBOX_FORM_ACCESS, true, false},
    {402, "text/html", "", "", MEMORY_READY, OUTBOX_QUOTA, false, false},
    {413, "text/html", "", "", MEMORY_ASIDE, OUTBOX_TOO_LARGE, true, true},
    {429, "text/html", "Retry-After: 100\r\n", "", MEMORY_READY, OUTBOX_BUSY, false, false},
    {503, "text/html", "Retry-After: 100\r\n", "", MEMORY_READY, OUTBOX_BUSY, false, false},
    {500, "application/json", "", "", MEMORY_READY, OUTBOX_SERVER_ERROR, true, true},
    {502, "text/html", "", "", MEMORY_READY, OUTBOX_SERVER_ERROR, true, true},
    {200, "text/html", "", "log in", MEMORY_READY, OUTBOX_CAPTIVE, false, false},
    {302, "text/html", "Location: http://login.example/\r\n", "", MEMORY_READY, OUTBOX_CAPTIVE,
     false, false},
    {201, "text/plain", "", "", MEMORY_READY, OUTBOX_SUSPICIOUS, true, true},
};

static void check_row(size_t i)
{
    struct fixture *f = start();
    struct buf body = {0};
    memory_add(&f->memory, "visit", 0, 0);
    memory_add(&f->memory, "visit", 0, 0);
    memory_add(&f->memory, "survey", 0, 0);
    if (!strcmp(table[i].type, "text/xml")) {
        buf_addf(&body,
                 "<OpenRosaResponse xmlns=\"http://openrosa.org/http/response\">"
                 "<message nature=\"error\">%s</message></OpenRosaResponse>",
                 table[i].message);
    }
    f->portal.posts_so = 1;
    f->portal.post_status = table[i].status;
    f->portal.post_type = table[i].type;
    f->portal.post_fields = table[i].fields;
    f->portal.post_body = buf_text(&body);
    int64_t now = clock_now_ms();
    assert_true(run(f));
    struct memory_record *r = f->memory.records.v;
    if (r[0].state != table[i].after || r[0].reason != table[i].reason ||
        (r[1].state == MEMORY_SENT) != table[i].same_form_goes ||
        (r[2].state == MEMORY_SENT) != table[i].others_go) {
        fail_msg("row %zu, status %d: state %d, reason %s, others %d %d", i, table[i].status,
                 r[0].state, outbox_reason_name(r[0].reason), r[1].state, r[2].state);
    }
    if (!table[i].same_form_goes) { /* I9: what waits says why */
        assert_int_equal(r[1].reason, table[i].reason);
    }
    if (!table[i].others_go) {
        assert_int_equal(r[2].reason, table[i].reason);
        assert_int_equal(f->result.reason, table[i].reason);
    }
    if (r[0].state == MEMORY_READY) {
        int64_t wait = r[0].next_ms - now;
        assert_true(wait >= RETRY_FIRST_MS / 2 && wait <= 61 * 60 * 1000 * 2);
        assert_true(f->result.next_ms >= now && f->result.next_ms <= r[0].next_ms);
        if (*table[i].fields == 'R') {
            assert_true(wait >= 100000 && wait <= 115000);
        }
    }
    if (*table[i].message && table[i].after != MEMORY_READY) {
        assert_string_equal(r[0].message, table[i].message);
    }
    buf_finish(&body);
    finish(f);
}

static void every_answer_moves_the_queue_as_the_table_says(void **state)
{
    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
        check_row(i);
    }
}

static void a_revoked_token_holds_all_and_keeps_all(void **state)
{
    struct fixture *f = start();
    memory_add(&f->memory, "visit", 1, 50);
    memory_add(&f->memory, "survey", 0, 0);
    f->portal.is_token_revoked = true; /* the probe does not show it, the POST and the list do */
    assert_true(run(f));
    assert_int_equal(memory_count(&f->memory, MEMORY_HELD), 2);
    assert_int_equal(f->result.reason, OUTBOX_TOKEN);
    assert_int_equal(f->memory.records.v[1].reason, OUTBOX_TOKEN);
    assert_true(f->result.next_ms == 0);
    f->portal.is_token_revoked = false;
    assert_true(run(f)); /* nothing by itself */
    assert_int_equal(f->result.sent, 0);
    f->set.is_asked = true; /* a person asks, e.g. after enrolling again */
    assert_true(run(f));
    assert_int_equal(f->result.sent, 2);
    finish(f);
}

static void a_captive_portal_stops_the_session_at_the_probe(void **state)
{
    struct fixture *f = start();
    memory_add(&f->memory, "visit", 0, 0);
    memory_add(&f->memory, "survey", 0, 0);
    f->portal.everything = 200;
    f->portal.everything_type = "text/html";
    f->portal.everything_fields = "";
    f->portal.everything_body = "<html>http://openrosa.org/http/response Log in</html>";
    int64_t now = clock_now_ms();
    assert_true(run(f));
    assert_false(f->result.is_connected);
    assert_int_equal(f->result.reason, OUTBOX_CAPTIVE);
    assert_int_equal(f->portal.posts, 0); /* I7: not one byte of a record */
    for (int i = 0; i < 2; i++) {
        assert_int_equal(f->memory.records.v[i].reason, OUTBOX_CAPTIVE);
        assert_true(f->memory.records.v[i].next_ms - now <= RETRY_CAPTIVE_MS + 1000);
    }
    f->portal.everything = 0;
    f->set.is_network_back = true; /* logged in: goes at once */
    assert_true(run(f));
    assert_int_equal(f->result.sent, 2);
    finish(f);
}

static void no_server_backs_off_and_the_network_brings_it_back(void **state)
{
    struct fixture *f = start();
    memory_add(&f->memory, "visit", 0, 0);
    f->set.to.address = "http://127.0.0.1:1";
    int64_t last = 0;
    for (int i = 0; i < 12; i++) {
        make_due(f);
        int64_t now = clock_now_ms();
        assert_true(run(f));
        assert_int_equal(f->result.reason, OUTBOX_NO_SERVER);
        last = f->memory.records.v[0].next_ms - now;
    }
    assert_true(last >= RETRY_LAST_MS / 2 && last <= RETRY_LAST_MS + 1000);
    f->set.to.address = faulty_address(f->server);
    assert_true(run(f)); /* not due: the queue is left alone … */
    f->set.is_network_back = true;
    assert_true(run(f));
    assert_int_equal(memory_count(&f->memory, MEMORY_SENT), 1);
    finish(f);
}

static void a_bad_record_never_delays_the_others(void **state)
{
    struct fixture *f = start();
    f->portal.sick_form = "bad"; /* three that the server answers with 500, for ever */
    for (int i = 0; i < 3; i++) {
        memory_add(&f->memory, "bad", 0, 0);
    }
    assert_true(run(f));
    for (int session = 0; session < 6; session++) {
        make_due(f);
        memory_add(&f->memory, "good", 0, 0);
        assert_true(run(f));
        assert_int_equal(f->memory.records.v[f->memory.records.n - 1].state, MEMORY_SENT);
    }
    for (int i = 0; i < 3; i++) {
        assert_int_equal(f->memory.records.v[i].reason, OUTBOX_SERVER_ERROR);
        assert_int_equal(f->memory.records.v[i].attempts, 7);
    }
    finish(f);
}

static void a_sick_server_is_left_in_peace(void **state)
{
    struct fixture *f = start();
    for (int i = 0; i < 50; i++) {
        memory_add(&f->memory, "visit", 0, 0);
    }
    f->portal.posts_so = 1000;
    f->portal.post_status = 500;
    f->portal.post_type = f->portal.post_fields = f->portal.post_body = "";
    int64_t now = clock_now_ms();
    for (int i = 1; i <= 3; i++) {
        make_due(f);
        assert_true(run(f));
        assert_int_equal(f->portal.posts, 3 * i); /* three are enough to know */
        assert_int_equal(f->result.reason, OUTBOX_SERVER_ERROR);
    }
    for (size_t i = 0; i < 50; i++) {
        assert_int_equal(f->memory.records.v[i].reason, OUTBOX_SERVER_ERROR);
        assert_true(f->memory.records.v[i].next_ms > now);
    }
    f->portal.posts_so = 0;
    make_due(f);
    assert_true(run(f));
    assert_int_equal(memory_count(&f->memory, MEMORY_SENT), 50);
    finish(f);
}

static void a_deletion_is_doubted_once_after_a_lost_answer(void **state)
{
    struct fixture *f = start();
    memory_add(&f->memory, "visit", 0, 0);
    f->fate = (struct faulty_fate){.has_cut = true, .cut = 0};
    f->fate_from = 1;
    f->fate_to = 3;
    assert_true(run(f));
    struct memory_record *r = f->memory.records.v;
    assert_int_equal(r->reason, OUTBOX_BROKEN);
    assert_true(r->is_doubtful);
    f->portal.records.v[0].is_deleted = true; /* as a lost race looks */
    make_due(f);
    int64_t now = clock_now_ms();
    assert_true(run(f));
    assert_int_equal(r->state, MEMORY_READY);
    assert_true(r->next_ms - now >= RETRY_DELETED_MS);
    make_due(f);
    assert_true(run(f));
    assert_int_equal(r->state, MEMORY_ASIDE);
    assert_int_equal(r->reason, OUTBOX_DELETED);
    finish(f);
}

static void files_wait_for_a_free_network(void **state)
{
    struct fixture *f = start();
    memory_add(&f->memory, "visit", 2, 1000);
    memory_add(&f->memory, "visit", 0, 0);
    f->set.holds_files = true;
    assert_true(run(f));
    struct memory_record *r = f->memory.records.v;
    assert_int_equal(r[0].state, MEMORY_HELD);
    assert_int_equal(r[0].reason, OUTBOX_WAIT_WIFI);
    assert_true(r[0].is_xml_confirmed);
    assert_int_equal(r[1].state, MEMORY_SENT);
    int posts = f->portal.posts;
    assert_true(run(f)); /* still metered: not sent again and again */
    assert_int_equal(f->portal.posts, posts);
    f->set.holds_files = false;
    assert_true(run(f));
    assert_int_equal(r[0].state, MEMORY_SENT);
    finish(f);
}

/* The day's data is nearly used up: small records and the files that still fit go on. */
static void the_budget_is_kept(void **state)
{
    struct fixture *f = start();
    memory_add(&f->memory, "visit", 3, 9000);
    memory_add(&f->memory, "visit", 1, 9000);
    memory_add(&f->memory, "visit", 0, 0);
    struct memory_record *r = f->memory.records.v;
    f->set.has_budget = true;
    f->set.budget = 22000; /* two files of the first, with their XML and frames */
    assert_true(run(f));
    assert_int_equal(r[0].reason, OUTBOX_BUDGET);
    assert_int_equal(r[1].reason, OUTBOX_BUDGET);
    assert_true(r[0].is_xml_confirmed && r[1].is_xml_confirmed);
    assert_true(r[0].files.v[0].is_confirmed && r[0].files.v[1].is_confirmed);
    assert_false(r[0].files.v[2].is_confirmed || r[1].files.v[0].is_confirmed);
    assert_int_equal(r[2].state, MEMORY_SENT);
    assert_true(f->result.bytes_sent <= 22000);
    f->set.budget = 0; /* used up */
    memory_add(&f->memory, "visit", 1, 10);
    memory_add(&f->memory, "visit", 0, 0);
    int posts = f->portal.posts;
    assert_true(run(f));
    r = f->memory.records.v;
    assert_int_equal(f->portal.posts, posts + 2); /* the XML of the two new ones, nothing else */
    assert_true(r[3].is_xml_confirmed && r[3].reason == OUTBOX_BUDGET);
    assert_int_equal(r[4].state, MEMORY_SENT);
    f->set.has_budget = false; /* tomorrow, or over Wi-Fi */
    assert_true(run(f));
    assert_int_equal(memory_count(&f->memory, MEMORY_SENT), 5);
    finish(f);
}

static void a_refused_file_goes_when_a_person_puts_it_back(void **state)
{
    struct fixture *f = start();
    struct memory_record *r = memory_add(&f->memory, "visit", 1, 5000);
    f->portal.body_most = 2000;
    assert_true(run(f));
    assert_int_equal(r->state, MEMORY_ASIDE);
    assert_int_equal(r->reason, OUTBOX_TOO_LARGE);
    assert_true(r->files.v[0].is_aside);
    f->portal.body_most = 0; /* the server takes more now */
    r->state = MEMORY_READY; /* and somebody puts it back */
    assert_true(run(f));
    assert_int_equal(r->state, MEMORY_SENT);
    assert_true(r->files.v[0].is_confirmed);
    finish(f);
}

static void a_damaged_file_sets_only_its_record_aside(void **state)
{
    struct fixture *f = start();
    memory_add(&f->memory, "visit", 1, 100);
    memory_add(&f->memory, "visit", 1, 100);
    f->memory.damaged_at = 1;
    assert_true(run(f));
    assert_int_equal(f->memory.records.v[0].state, MEMORY_ASIDE);
    assert_int_equal(f->memory.records.v[0].reason, OUTBOX_DAMAGED);
    assert_int_equal(f->memory.records.v[1].state, MEMORY_SENT);
    assert_int_equal(f->result.aside, 1);
    finish(f);
}

static void a_record_without_id_is_never_sent(void **state)
{
    struct fixture *f = start();
    memory_add(&f->memory, "visit", 0, 0)->instance_id[0] = 0;
    assert_true(run(f));
    assert_int_equal(f->portal.posts, 0);
    assert_int_equal(f->memory.records.v[0].state, MEMORY_ASIDE);
    f->memory.records.v[0].state = MEMORY_ASIDE;
    finish(f);
}

static void a_full_disk_here_ends_the_session_with_an_error(void **state)
{
    struct fixture *f = start();
    memory_add(&f->memory, "visit", 0, 0);
    f->memory.fails = true;
    assert_false(run(f));
    assert_int_equal(f->err.kind, ERR_STORAGE);
    assert_int_equal(memory_count(&f->memory, MEMORY_SENT), 0);
    finish(f);
}

static void waits_grow_and_are_spread(void **state)
{
    for (int attempts = 1; attempts < 40; attempts++) {
        int64_t whole = attempts > 8 ? RETRY_LAST_MS : (int64_t)RETRY_FIRST_MS << (attempts - 1);
        whole = whole < RETRY_LAST_MS ? whole : RETRY_LAST_MS;
        for (int i = 0; i < 50; i++) {
            int64_t wait = retry_wait_ms(attempts, 0);
            assert_true(wait >= whole / 2 && wait <= whole);
        }
    }
    assert_true(retry_wait_ms(1, 10000) >= 10000 && retry_wait_ms(1, 10000) <= 11000);
    assert_true(retry_wait_ms(1, INT64_MAX) <= RETRY_ASKED_LAST_MS * 11 / 10);
}

static void every_reason_has_words(void **state)
{
    for (int i = 0; i < OUTBOX_REASONS; i++) {
        enum outbox_reason reason = (enum outbox_reason)i;
        assert_true(*outbox_reason_name(reason) && *outbox_reason_text(reason));
        assert_non_null(outbox_reason_remedy(reason));
        assert_int_equal(outbox_reason_of(outbox_reason_name(reason)), i);
    }
    assert_int_equal(outbox_reason_of("?"), OUTBOX_NO_REASON);
    assert_null(carrier_find("pigeon"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_due_is_sent),
        cmocka_unit_test(every_answer_moves_the_queue_as_the_table_says),
        cmocka_unit_test(a_revoked_token_holds_all_and_keeps_all),
        cmocka_unit_test(a_captive_portal_stops_the_session_at_the_probe),
        cmocka_unit_test(no_server_backs_off_and_the_network_brings_it_back),
        cmocka_unit_test(a_bad_record_never_delays_the_others),
        cmocka_unit_test(a_sick_server_is_left_in_peace),
        cmocka_unit_test(a_deletion_is_doubted_once_after_a_lost_answer),
        cmocka_unit_test(files_wait_for_a_free_network),
        cmocka_unit_test(the_budget_is_kept),
        cmocka_unit_test(a_refused_file_goes_when_a_person_puts_it_back),
        cmocka_unit_test(a_damaged_file_sets_only_its_record_aside),
        cmocka_unit_test(a_record_without_id_is_never_sent),
        cmocka_unit_test(a_full_disk_here_ends_the_session_with_an_error),
        cmocka_unit_test(waits_grow_and_are_spread),
        cmocka_unit_test(every_reason_has_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
