#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "helper_portal.h"
#include "platform/base/mem.h"
#include "sync/openrosa/client.h"

enum { FILES = 250 };

struct fixture {
    struct fake_portal portal;
    struct faulty_fate fate; /* of requests number fate_from to fate_to - 1 */
    int fate_from, fate_to;
    struct faulty *server;
    struct portal *client;
    struct portal_record record;
    struct portal_file files[FILES];
    char names[FILES][32];
    size_t open, at;
    int opened, closed, confirmed;
    struct answer answer;
    struct err err;
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

static char byte_of(size_t file, size_t at)
{
    return (char)(file * 31 + at * 7 + at / 251);
}

static bool open_file(void *ctx, size_t i, struct err *err)
{
    struct fixture *f = ctx;
    f->open = i;
    f->at = 0;
    f->opened++;
    return true;
}

static bool read_file(void *ctx, void *bytes, size_t room, size_t *got, struct err *err)
{
    struct fixture *f = ctx;
    size_t left = (size_t)f->files[f->open].size - f->at;
    *got = left < room ? left : room;
    for (size_t i = 0; i < *got; i++) {
        ((char *)bytes)[i] = byte_of(f->open, f->at + i);
    }
    f->at += *got;
    return true;
}

static void close_file(void *ctx)
{
    ((struct fixture *)ctx)->closed++;
}

static bool note_confirmed(void *ctx, struct err *err)
{
    ((struct fixture *)ctx)->confirmed++;
    return true;
}

#define UUID "uuid:2cdcd8e1-7cae-4822-b79e-ff7bb563ac18"

static const char xml[] = "<?xml version=\"1.0\"?><data id=\"visit\" version=\"1\">"
                          "<photo>p0.jpg</photo><photo>p1.jpg</photo>"
                          "<meta><instanceID>" UUID "</instanceID></meta></data>";

static struct fixture *start(size_t n_files, int64_t size)
{
    struct fixture *f = mem_alloc(1, sizeof(*f));
    f->server = faulty_start(&(struct faulty_plan){decide, reply, f});
    struct portal_settings settings = {
        .server = faulty_address(f->server), .device_id = "dev:1", .stall_seconds = 2};
    assert_true(portal_open(&f->client, &settings, NULL));
    f->record = (struct portal_record){.xml = str_of(xml),
                                       .files = f->files,
                                       .n_files = n_files,
                                       .open_file = open_file,
                                       .read_file = read_file,
                                       .close_file = close_file,
                                       .confirmed = note_confirmed,
                                       .ctx = f};
    for (size_t i = 0; i < n_files; i++) {
        snprintf(f->names[i], sizeof(f->names[i]), "p%zu.jpg", i);
        f->files[i] = (struct portal_file){.name = f->names[i], .type = "image/jpeg", .size = size};
    }
    return f;
}

static bool send(struct fixture *f)
{
    f->err = (struct err){0};
    bool ok = portal_send(f->client, &f->record, &f->answer, &f->err);
    assert_int_equal(f->opened, f->closed);
    assert_int_equal(ok, f->answer.meaning == ANSWER_ACCEPTED);
    return ok;
}

/* The server holds the XML and n files, byte for byte. */
static void assert_arrived(struct fixture *f, size_t n)
{
    struct kept_record *record = fake_portal_record(&f->portal, UUID);
    assert_non_null(record);
    assert_int_equal(f->portal.records.n, 1);
    assert_int_equal(record->xml.n, sizeof(xml) - 1);
    assert_memory_equal(record->xml.s, xml, sizeof(xml) - 1);
    assert_int_equal(record->files.n, n);
    for (size_t i = 0; i < n; i++) {
        struct kept_file *file = fake_portal_file(record, f->names[i]);
        assert_non_null(file);
        assert_int_equal(file->bytes.n, f->files[i].size);
        for (size_t k = 0; k < file->bytes.n; k++) {
            assert_int_equal(file->bytes.s[k], byte_of(i, k));
        }
    }
}

static void finish(struct fixture *f)
{
    portal_close(f->client);
    faulty_stop(f->server);
    fake_portal_finish(&f->portal);
    free(f);
}

static void the_split_obeys_the_limit(void **state)
{
    int64_t sizes[300];
    for (int i = 0; i < 300; i++) {
        sizes[i] = 1000;
    }
    assert_int_equal(portal_batch(sizes, 0, 500, 10000), 0);
    assert_int_equal(portal_batch(sizes, 300, 500, 1), 1); /* too large alone: sent anyway */
    assert_int_equal(portal_batch(sizes, 300, 500, 1000000000), 100);
    assert_int_equal(portal_batch(sizes, 3, 500, 1000000000), 3);
    size_t n = portal_batch(sizes, 300, 500, 10000);
    assert_true(n >= 4 && n * 1000 + 500 <= 10000);
    sizes[0] = 50000;
    assert_int_equal(portal_batch(sizes, 300, 500, 10000), 1);
}

static void slow_links_get_small_posts(void **state)
{
    int64_t most = 1 << 20;
    assert_true(portal_batch_bytes(0, 0, most) == most / 4);
    assert_true(portal_batch_bytes(60000, 7500, most) == 64000); /* 64 kbit/s: one photo a POST */
    assert_true(portal_batch_bytes(20000, 60000, most) == 32 << 10);
    assert_true(portal_batch_bytes(1 << 20, 100, most) == most);
    assert_true(portal_batch_bytes(1 << 20, 0, most) == most);
}

static void a_record_goes_in_one_post(void **state)
{
    struct fixture *f = start(2, 3000);
    char text[1024];
    assert_true(portal_probe(f->client, &f->answer, &f->err));
    assert_int_equal(portal_limit(f->client), 100000000);
    assert_true(send(f));
    assert_int_equal(f->portal.posts, 1);
    assert_int_equal(f->confirmed, 1);
    assert_arrived(f, 2);
    struct faulty_request seen = {.head = f->portal.last_head};
    assert_string_equal(faulty_header(&seen, "X-OpenRosa-Version", text), "1.0");
    assert_non_null(strstr(buf_text(&f->portal.last_head), "/submission?deviceID=dev%3A1 "));
    assert_true(send(f)); /* nothing left: nothing sent */
    assert_int_equal(f->portal.posts, 1);
    finish(f);
}

static void many_files_go_in_several_posts(void **state)
{
    struct fixture *f = start(FILES, 100);
    assert_true(send(f));
    assert_int_equal(f->portal.posts, 3);
    assert_true(f->portal.most_parts <= 102); /* 100 files, the XML, *isIncomplete* */
    assert_arrived(f, FILES);
    finish(f);
}

static void the_told_limit_splits(void **state)
{
    struct fixture *f = start(4, 30000);
    f->portal.limit = 70000;
    f->portal.body_most = 70000;
    assert_true(portal_probe(f->client, &f->answer, &f->err));
    assert_true(send(f));
    assert_int_equal(f->portal.posts, 2);
    assert_arrived(f, 4);
    finish(f);
}

static void a_break_costs_no_confirmed_file(void **state)
{
    struct fixture *f = start(3, 700000); /* one POST each */
    f->fate = (struct faulty_fate){.reset_after = 300000};
    f->fate_from = 1;
    f->fate_to = 99;
    assert_false(send(f));
    assert_int_equal(f->answer.meaning, ANSWER_BROKEN);
    assert_false(f->answer.may_have_arrived);
    assert_true(f->files[0].is_confirmed);
    assert_false(f->files[1].is_confirmed);
    f->fate_to = 0;
    assert_true(send(f));
    assert_arrived(f, 3);
    struct kept_record *record = fake_portal_record(&f->portal, UUID);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(record->files.v[i].times, 1); /* none twice */
    }
    finish(f);
}

static void a_lost_answer_leads_to_the_same_record(void **state)
{
    struct fixture *f = start(2, 1000);
    f->fate = (struct faulty_fate){.has_cut = true, .cut = 0};
    f->fate_to = 5;
    assert_false(send(f));
    assert_true(f->answer.may_have_arrived);
    assert_int_equal(f->portal.records.n, 1); /* it did */
    assert_false(f->files[0].is_confirmed);
    f->fate_to = 0;
    assert_true(send(f));
    assert_arrived(f, 2);
    finish(f);
}

static void too_large_goes_one_by_one_and_names_the_file(void **state)
{
    struct fixture *f = start(3, 20000);
    f->portal.body_most = 30000; /* not told */
    f->files[1].size = 50000;
    assert_false(send(f));
    assert_int_equal(f->answer.meaning, ANSWER_TOO_LARGE);
    assert_true(f->files[0].is_confirmed && f->files[2].is_confirmed);
    assert_false(f->files[1].is_confirmed);
    assert_true(f->files[1].is_refused);
    assert_true(f->record.is_xml_confirmed);
    assert_int_equal(f->answer.status, 413); /* not what the last POST was told */
    assert_string_equal(f->answer.message, "");
    finish(f);
}

static void a_record_too_large_alone_says_so(void **state)
{
    struct fixture *f = start(0, 0);
    f->portal.body_most = 50;
    assert_false(send(f));
    assert_int_equal(f->answer.meaning, ANSWER_TOO_LARGE);
    assert_int_equal(f->portal.posts, 1);
    finish(f);
}

static void kobo_names_by_filename_and_knows_duplicates(void **state)
{
    struct fixture *f = start(2, 500);
    f->portal.mode = PORTAL_KOBO;
    assert_true(send(f));
    f->record.is_xml_confirmed = f->files[0].is_confirmed = f->files[1].is_confirmed = false;
    assert_true(send(f)); /* 202 is as good as 201 */
    assert_int_equal(f->answer.status, 202);
    f->files[0].is_confirmed = f->files[1].is_confirmed = false;
    f->files[0].size = 499; /* another file of that name: only this one stays behind */
    assert_false(send(f));
    assert_int_equal(f->answer.meaning, ANSWER_FILE_DIFFERS);
    assert_true(f->files[0].is_refused);
    assert_true(f->files[1].is_confirmed);
    finish(f);
}

static void the_hub_says_what_it_lacks_and_gets_it(void **state)
{
    struct fixture *f = start(2, 500);
    f->portal.mode = PORTAL_HUB;
    f->portal.forget_file = "p1.jpg";
    assert_true(send(f));
    assert_int_equal(f->portal.posts, 2);
    assert_arrived(f, 2);
    finish(f);
}

static void a_hub_that_keeps_losing_is_not_believed(void **state)
{
    struct fixture *f = start(2, 500);
    f->portal.posts_so = 99;
    f->portal.post_status = 201;
    f->portal.post_type = "text/xml";
    f->portal.post_fields = "X-OpenRosa-Version: 1.0\r\n";
    f->portal.post_body = "<OpenRosaResponse xmlns=\"http://openrosa.org/http/response\">"
                          "<message>ok</message><missing xmlns=\"urn:gocua:openrosa:1\">"
                          "<file>p0.jpg</file></missing></OpenRosaResponse>";
    assert_false(send(f));
    assert_int_equal(f->answer.meaning, ANSWER_SUSPICIOUS);
    assert_int_equal(f->portal.posts, 2);
    assert_false(f->files[0].is_confirmed);
    finish(f);
}

static void lies_are_never_believed(void **state)
{
    static const struct {
        int status;
        const char *type, *fields, *body;
        enum answer_meaning meaning;
    } lies[] = {
        {200, "text/html", "", "<html>Log in to Wi-Fi</html>", ANSWER_CAPTIVE},
        {200, "text/xml", "X-OpenRosa-Version: 1.0\r\n", "<OpenRosaResponse/>", ANSWER_CAPTIVE},
        {201, "text/html", "", "<html>created OpenRosaResponse</html>", ANSWER_CAPTIVE},
        {201, "text/plain", "", "<!DOCTYPE html><html></html>", ANSWER_CAPTIVE},
        {201, "text/xml", "", "<OpenRosaResponse><message>x</message></OpenRosaResponse>",
         ANSWER_SUSPICIOUS},
        {202, "application/json", "", "{\"ok\":true}", ANSWER_SUSPICIOUS},
        {201, "text/xml", "", "", ANSWER_SUSPICIOUS},
        {302, "text/html", "Location: http://login.example/\r\n", "", ANSWER_CAPTIVE},
        {303, "text/html", "Location: /login\r\n", "", ANSWER_CAPTIVE},
    };
    struct fixture *f = start(1, 100);
    for (size_t i = 0; i < sizeof(lies) / sizeof(*lies); i++) {
        f->portal.posts_so = 1;
        f->portal.post_status = lies[i].status;
        f->portal.post_type = lies[i].type;
        f->portal.post_fields = lies[i].fields;
        f->portal.post_body = lies[i].body;
        assert_false(send(f));
        assert_int_equal(f->answer.meaning, lies[i].meaning);
        assert_false(f->record.is_xml_confirmed);
    }
    assert_true(send(f));
    assert_arrived(f, 1);
    finish(f);
}

static void a_reset_at_every_kilobyte_ends_in_one_record(void **state)
{
    for (int64_t k = 1; k < 24000; k += 1024) {
        struct fixture *f = start(2, 10000);
        f->fate = (struct faulty_fate){.reset_after = k};
        f->fate_to = 2;
        for (int tries = 0; tries < 4 && !send(f); tries++) {
        }
        assert_arrived(f, 2);
        finish(f);
    }
}

static void a_reset_at_every_byte_of_the_answer_ends_in_one_record(void **state)
{
    for (int64_t k = 0; k < 400; k += 7) {
        struct fixture *f = start(1, 100);
        f->fate = (struct faulty_fate){.has_cut = true, .cut = k};
        f->fate_to = 2;
        for (int tries = 0; tries < 4 && !send(f); tries++) {
        }
        assert_arrived(f, 1);
        assert_true(f->files[0].is_confirmed);
        finish(f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_split_obeys_the_limit),
        cmocka_unit_test(slow_links_get_small_posts),
        cmocka_unit_test(a_record_goes_in_one_post),
        cmocka_unit_test(many_files_go_in_several_posts),
        cmocka_unit_test(the_told_limit_splits),
        cmocka_unit_test(a_break_costs_no_confirmed_file),
        cmocka_unit_test(a_lost_answer_leads_to_the_same_record),
        cmocka_unit_test(too_large_goes_one_by_one_and_names_the_file),
        cmocka_unit_test(a_record_too_large_alone_says_so),
        cmocka_unit_test(kobo_names_by_filename_and_knows_duplicates),
        cmocka_unit_test(the_hub_says_what_it_lacks_and_gets_it),
        cmocka_unit_test(a_hub_that_keeps_losing_is_not_believed),
        cmocka_unit_test(lies_are_never_believed),
        cmocka_unit_test(a_reset_at_every_kilobyte_ends_in_one_record),
        cmocka_unit_test(a_reset_at_every_byte_of_the_answer_ends_in_one_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
