/* How requests may arrive: chunked, with Expect, too large, cut, slowly, on a kept connection. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "helper_hub.h"

#include <string.h>
#include <unistd.h>

#include "platform/base/file.h"

#define HEADERS                                                                                    \
    "Host: h\r\nX-OpenRosa-Version: 1.0\r\nContent-Type: multipart/form-data; boundary=BB\r\n"

static void add_post(struct buf *to, const struct world *w, const char *more)
{
    buf_addf(to, "POST %s/submission HTTP/1.1\r\n" HEADERS "%s\r\n", w->base, more);
}

static void head_tells_the_limit(void **state)
{
    struct world *w = *state;
    struct answer_got got = {0};
    struct buf request = {0};
    char value[64];
    buf_addf(&request, "HEAD %s/submission HTTP/1.1\r\nHost: h\r\nX-OpenRosa-Version: 1.0\r\n\r\n",
             w->base);
    wire_ask(w->port, buf_str(&request), &got);
    assert_int_equal(got.status, 204);
    assert_string_equal(got_field(&got, "X-OpenRosa-Accept-Content-Length", value, 64),
                        "100000000");
    assert_string_equal(got_field(&got, "X-OpenRosa-Version", value, 64), "1.0");
    assert_string_equal(got_field(&got, "Location", value, 64), "");
    buf_clear(&request);
    buf_addf(&request, "HEAD %s/submission HTTP/1.1\r\nHost: h\r\n\r\n", w->base);
    wire_ask(w->port, buf_str(&request), &got);
    assert_int_equal(got.status, 400);
    buf_finish(&request);
    got_finish(&got);
}

static void chunked_bodies_are_read(void **state)
{
    struct world *w = *state;
    struct answer_got got = {0};
    struct buf request = {0}, body = {0};
    body_add(&body, record("uuid:chunked", "", ""), NULL, 0);
    add_post(&request, w, "Transfer-Encoding: chunked\r\n");
    for (size_t i = 0; i < body.n; i += 7) {
        size_t n = body.n - i < 7 ? body.n - i : 7;
        buf_addf(&request, "%zx\r\n%.*s\r\n", n, (int)n, body.s + i);
    }
    buf_add_text(&request, "0\r\n\r\n");
    wire_ask(w->port, buf_str(&request), &got);
    assert_int_equal(got.status, 201);
    buf_finish(&request);
    buf_finish(&body);
    got_finish(&got);
}

static void expect_is_answered_before_the_body(void **state)
{
    struct world *w = *state;
    struct answer_got got = {0};
    struct buf head = {0}, body = {0};
    char more[100], line[32] = "";
    body_add(&body, record("uuid:expect", "", ""), NULL, 0);
    snprintf(more, sizeof(more), "Content-Length: %zu\r\nExpect: 100-continue\r\n", body.n);
    add_post(&head, w, more);
    int fd = wire_open(w->port);
    assert_true(wire_send(fd, buf_str(&head)));
    assert_int_equal(read(fd, line, 25), 25);
    assert_memory_equal(line, "HTTP/1.1 100 Continue\r\n\r\n", 25);
    assert_true(wire_send(fd, buf_str(&body)));
    wire_read(fd, false, &got);
    assert_int_equal(got.status, 201);
    close(fd);
    buf_finish(&head);
    buf_finish(&body);
    got_finish(&got);
}

static void too_large_is_told_in_words(void **state)
{
    struct world *w = *state;
    struct answer_got got = {0};
    struct buf request = {0};
    int64_t before = world_records(w);
    /* with Expect: before a byte of the body */
    add_post(&request, w, "Content-Length: 101100000\r\nExpect: 100-continue\r\n");
    wire_ask(w->port, buf_str(&request), &got);
    assert_int_equal(got.status, 413);
    assert_true(got_has(&got, "http://openrosa.org/http/response"));
    assert_true(got_has(&got, "larger than this server takes"));
    /* far too large: at once */
    buf_clear(&request);
    add_post(&request, w, "Content-Length: 900000000\r\n");
    wire_ask(w->port, buf_str(&request), &got);
    assert_int_equal(got.status, 413);
    assert_int_equal(world_records(w), before);
    buf_finish(&request);
    got_finish(&got);
}

static void a_large_xml_part_is_413(void **state)
{
    struct world *w = *state;
    struct answer_got got = {0};
    struct buf xml = {0};
    for (int i = 0; i < 11000000; i += 10) {
        buf_add_text(&xml, "<a>123</a>");
    }
    post(w, buf_text(&xml), NULL, 0, &got);
    assert_int_equal(got.status, 413);
    buf_finish(&xml);
    got_finish(&got);
}

static void forms_without_the_record_are_400(void **state)
{
    struct world *w = *state;
    struct answer_got got = {0};
    struct buf request = {0};
    const char *bodies[] = {
        "--BB\r\nContent-Disposition: form-data; name=\"xml_submission_file\"\r\n\r\n<data/>\r\n"
        "--BB--\r\n",
        "--BB\r\nContent-Disposition: form-data; name=\"a.png\"; filename=\"p.png\"\r\n\r\nx\r\n"
        "--BB--\r\n",
        "--BB\r\nContent-Disposition: form-data; name=\"xml_submission_file\"; "
        "filename=\"s.xml\"\r\n\r\n<data",
        "<data/>",
        "",
    };
    for (size_t i = 0; i < sizeof(bodies) / sizeof(*bodies); i++) {
        char more[64];
        buf_clear(&request);
        snprintf(more, sizeof(more), "Content-Length: %zu\r\n", strlen(bodies[i]));
        add_post(&request, w, more);
        buf_add_text(&request, bodies[i]);
        wire_ask(w->port, buf_str(&request), &got);
        assert_int_equal(got.status, 400);
        assert_true(got_has(&got, "OpenRosaResponse"));
    }
    buf_clear(&request);
    buf_addf(&request,
             "POST %s/submission HTTP/1.1\r\nHost: h\r\nX-OpenRosa-Version: 1.0\r\n"
             "Content-Type: text/xml\r\nContent-Length: 7\r\n\r\n<data/>",
             w->base);
    wire_ask(w->port, buf_str(&request), &got);
    assert_int_equal(got.status, 400);
    assert_true(got_has(&got, "xml_submission_file missing"));
    buf_finish(&request);
    got_finish(&got);
}

static bool count_file(void *ctx, const char *name)
{
    ++*(int *)ctx;
    return true;
}

static int spooled(const struct world *w)
{
    char path[128];
    int n = 0;
    snprintf(path, sizeof(path), "%s/incoming", w->data);
    assert_true(file_list(path, count_file, &n, NULL));
    return n;
}

static void an_aborted_upload_leaves_nothing(void **state)
{
    struct world *w = *state;
    struct buf request = {0}, body = {0};
    struct sent_file file = {"one.png", "one.png", STR("first half of a photo")};
    int64_t before = world_records(w);
    char more[64];
    body_add(&body, record("uuid:aborted", "<photo>one.png</photo>", ""), &file, 1);
    snprintf(more, sizeof(more), "Content-Length: %zu\r\n", body.n);
    for (size_t cut = 10; cut < body.n; cut += 7) {
        buf_clear(&request);
        add_post(&request, w, more);
        buf_add(&request, body.s, cut);
        int fd = wire_open(w->port);
        assert_true(wire_send(fd, buf_str(&request)));
        close(fd);
    }
    /* The last uploads may not have been heard yet: half a second without a file is the end. A
     * close that was missed would show only at the idle timeout, long after this loop. */
    for (int i = 0, quiet = 0; i < 1500 && quiet < 25; i++) {
        quiet = spooled(w) == 0 ? quiet + 1 : 0;
        usleep(20000);
    }
    assert_int_equal(spooled(w), 0);
    assert_int_equal(world_records(w), before);
    buf_finish(&request);
    buf_finish(&body);
}

static void a_connection_serves_many_requests(void **state)
{
    struct world *w = *state;
    struct answer_got got = {0};
    struct buf request = {0}, body = {0};
    char more[64], instance[32], value[32];
    int fd = wire_open(w->port);
    for (int i = 0; i < 20; i++) {
        snprintf(instance, sizeof(instance), "uuid:kept-%d", i);
        buf_clear(&body);
        buf_clear(&request);
        body_add(&body, record(instance, "", ""), NULL, 0);
        snprintf(more, sizeof(more), "Content-Length: %zu\r\n", body.n);
        add_post(&request, w, more);
        buf_add_str(&request, buf_str(&body));
        assert_true(wire_send(fd, buf_str(&request)));
        wire_read(fd, false, &got);
        assert_int_equal(got.status, 201);
        assert_string_equal(got_field(&got, "Connection", value, sizeof(value)), "");
        buf_clear(&request);
        buf_addf(&request, "GET %s/formList HTTP/1.1\r\n" HEADERS "\r\n", w->base);
        assert_true(wire_send(fd, buf_str(&request)));
        wire_read(fd, false, &got);
        assert_int_equal(got.status, 200);
    }
    close(fd);
    buf_finish(&request);
    buf_finish(&body);
    got_finish(&got);
}

static void other_methods_and_paths_are_refused(void **state)
{
    struct world *w = *state;
    struct answer_got got = {0};
    const struct {
        const char *method, *path;
        int status;
    } rows[] = {
        {"DELETE", "submission", 405}, {"POST", "formList", 405}, {"PUT", "submission", 405},
        {"GET", "nothing", 404},       {"GET", "forms", 404},     {"GET", "", 404},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct buf request = {0};
        buf_addf(&request, "%s %s/%s HTTP/1.1\r\n" HEADERS "Content-Length: 0\r\n\r\n",
                 rows[i].method, w->base, rows[i].path);
        wire_ask(w->port, buf_str(&request), &got);
        assert_int_equal(got.status, rows[i].status);
        buf_finish(&request);
    }
    got_finish(&got);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(head_tells_the_limit),
        cmocka_unit_test(chunked_bodies_are_read),
        cmocka_unit_test(expect_is_answered_before_the_body),
        cmocka_unit_test(too_large_is_told_in_words),
        cmocka_unit_test(a_large_xml_part_is_413),
        cmocka_unit_test(forms_without_the_record_are_400),
        cmocka_unit_test(an_aborted_upload_leaves_nothing),
        cmocka_unit_test(a_connection_serves_many_requests),
        cmocka_unit_test(other_methods_and_paths_are_refused),
    };
    return cmocka_run_group_tests(tests, world_open, world_close);
}
