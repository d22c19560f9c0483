#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <pthread.h>
#include <unistd.h>
#include <cmocka.h>

#include "helper_faulty.h"
#include "platform/base/clock.h"
#include "sync/http/client.h"
#include "sync/http/multipart.h"
#include "sync/http/url.h"

/* One plan for all: the fate and the reply are set by the test. */
struct play {
    struct faulty_fate fate;
    int fated; /* how many requests have it; later ones go well */
    int status;
    const char *type, *fields;
    struct str body;
    struct buf last_head, last_body;
};

static void decide(void *ctx, const struct faulty_request *request, struct faulty_fate *fate)
{
    struct play *play = ctx;
    if (play->fated-- > 0) {
        *fate = play->fate;
    }
}

static void reply(void *ctx, const struct faulty_request *request, struct buf *to)
{
    struct play *play = ctx;
    buf_clear(&play->last_head);
    buf_clear(&play->last_body);
    buf_add_str(&play->last_head, buf_str(&request->head));
    buf_add_str(&play->last_body, buf_str(&request->body));
    bool is_head = !strcmp(request->method, "HEAD");
    faulty_reply(to, play->status, play->type, play->fields, is_head ? STR("") : play->body);
}

struct fixture {
    struct play play;
    struct faulty *server;
    struct http_client *client;
    struct http_reply reply;
    atomic_bool stop;
    char url[256];
};

static struct fixture *start(int stall_seconds)
{
    struct fixture *f = mem_alloc(1, sizeof(*f));
    f->play = (struct play){.status = 200, .type = "text/plain", .fields = "", .body = STR("good")};
    f->server = faulty_start(&(struct faulty_plan){decide, reply, &f->play});
    struct http_settings settings = {
        .agent = "Test/1", .stall_seconds = stall_seconds, .stop = &f->stop};
    assert_true(http_open(&f->client, &settings, NULL));
    snprintf(f->url, sizeof(f->url), "%s/key/SECRET/x", faulty_address(f->server));
    return f;
}

static void finish(struct fixture *f)
{
    http_reply_finish(&f->reply);
    http_close(f->client);
    faulty_stop(f->server);
    buf_finish(&f->play.last_head);
    buf_finish(&f->play.last_body);
    free(f);
}

static bool get(struct fixture *f, struct err *err)
{
    struct http_ask ask = {.method = "GET", .url = f->url};
    return http_perform(f->client, &ask, &f->reply, err);
}

static void an_answer_arrives_with_its_fields(void **state)
{
    struct fixture *f = start(0);
    struct err err = {0};
    char text[1024];
    f->play.fields = "X-OpenRosa-Version: 1.0\r\nETag: \"abc\"\r\n";
    assert_true(get(f, &err));
    assert_int_equal(f->reply.status, 200);
    assert_string_equal(buf_text(&f->reply.body), "good");
    assert_string_equal(f->reply.type, "text/plain");
    assert_string_equal(http_reply_field(&f->reply, "etag"), "\"abc\"");
    assert_null(http_reply_field(&f->reply, "Retry-After"));
    struct faulty_request seen = {.head = f->play.last_head};
    assert_string_equal(faulty_header(&seen, "User-Agent", text), "Test/1");
    faulty_header(&seen, "Date", text); /* Sun, 06 Nov 1994 08:49:37 GMT */
    assert_int_equal(strlen(text), 29);
    assert_true(text[3] == ',' && !strcmp(text + 26, "GMT"));
    finish(f);
}

static void the_connection_is_kept(void **state)
{
    struct fixture *f = start(0);
    for (int i = 0; i < 20; i++) {
        assert_true(get(f, NULL));
    }
    assert_int_equal(faulty_requests(f->server), 20);
    assert_int_equal(faulty_connections(f->server), 1);
    http_forget_connections(f->client);
    assert_true(get(f, NULL));
    assert_int_equal(faulty_connections(f->server), 2);
    finish(f);
}

static void a_kept_connection_that_was_closed_is_no_failure(void **state)
{
    struct fixture *f = start(0);
    for (int i = 0; i < 5; i++) {
        f->play.fate = (struct faulty_fate){.must_close = true};
        f->play.fated = 1;
        assert_true(get(f, NULL));
        usleep(20000);
    }
    assert_int_equal(faulty_connections(f->server), 5);
    finish(f);
}

struct piece {
    const char *s;
    size_t n, at, step;
    int opened, closed;
};

static bool piece_open(void *ctx, struct err *err)
{
    struct piece *p = ctx;
    p->at = 0;
    p->opened++;
    return true;
}

static bool piece_read(void *ctx, void *bytes, size_t room, size_t *got, struct err *err)
{
    struct piece *p = ctx;
    size_t left = p->n - p->at;
    *got = left < room ? left : room;
    *got = p->step && *got > p->step ? p->step : *got;
    memcpy(bytes, p->s + p->at, *got);
    p->at += *got;
    return true;
}

static void piece_close(void *ctx)
{
    ((struct piece *)ctx)->closed++;
}

static void multipart_goes_out_byte_for_byte(void **state)
{
    struct fixture *f = start(0);
    struct multipart m = {0};
    struct http_body body;
    struct err err = {0};
    struct piece photo = {.s = "\x89PNG\r\n--\0x", .n = 10, .step = 3};
    struct piece empty = {.s = "", .n = 0};
    struct multipart_source from = {piece_open, piece_read, piece_close, &photo};
    struct multipart_source none = {piece_open, piece_read, piece_close, &empty};
    multipart_begin(&m);
    assert_true(multipart_add(&m, "xml_submission_file", "submission.xml", "text/xml",
                              STR("<data id=\"v\"/>"), &err));
    assert_true(multipart_add(&m, "*isIncomplete*", NULL, NULL, STR("yes"), &err));
    assert_true(multipart_add_source(&m, "ảnh cây.png", "image/png", 10, &from, &err));
    assert_true(multipart_add_source(&m, "empty.bin", "application/octet-stream", 0, &none, &err));
    multipart_body(&m, &body);
    struct buf want = {0};
    buf_addf(&want,
             "--%s\r\nContent-Disposition: form-data; name=\"xml_submission_file\"; "
             "filename=\"submission.xml\"\r\nContent-Type: text/xml\r\n\r\n<data id=\"v\"/>"
             "\r\n--%s\r\nContent-Disposition: form-data; name=\"*isIncomplete*\"\r\n\r\nyes"
             "\r\n--%s\r\nContent-Disposition: form-data; name=\"ảnh cây.png\"; "
             "filename=\"ảnh cây.png\"\r\nContent-Type: image/png\r\n\r\n",
             m.boundary, m.boundary, m.boundary);
    buf_add(&want, photo.s, photo.n);
    buf_addf(&want,
             "\r\n--%s\r\nContent-Disposition: form-data; name=\"empty.bin\"; "
             "filename=\"empty.bin\"\r\nContent-Type: application/octet-stream\r\n\r\n"
             "\r\n--%s--\r\n",
             m.boundary, m.boundary);
    assert_int_equal(body.size, want.n);
    struct http_field fields[] = {{"Content-Type", m.type}};
    struct http_ask ask = {
        .method = "POST", .url = f->url, .fields = fields, .n_fields = 1, .body = &body};
    assert_true(http_perform(f->client, &ask, &f->reply, &err));
    assert_int_equal(f->play.last_body.n, want.n);
    assert_memory_equal(f->play.last_body.s, want.s, want.n);
    assert_true(f->reply.is_body_sent);
    assert_int_equal(f->reply.sent, want.n);
    assert_int_equal(photo.opened, photo.closed);
    struct faulty_request seen = {.head = f->play.last_head};
    char text[1024];
    snprintf(text, sizeof(text), "%zu", want.n);
    char length[1024];
    assert_string_equal(faulty_header(&seen, "Content-Length", length), text);
    buf_finish(&want);
    multipart_finish(&m);
    finish(f);
}

static void a_file_of_another_size_stops_the_post(void **state)
{
    struct fixture *f = start(0);
    for (int64_t size = 8; size <= 12; size += 4) {
        struct multipart m = {0};
        struct http_body body;
        struct err err = {0};
        struct piece photo = {.s = "0123456789", .n = 10};
        struct multipart_source from = {piece_open, piece_read, piece_close, &photo};
        multipart_begin(&m);
        assert_true(multipart_add_source(&m, "a.png", "image/png", size, &from, &err));
        multipart_body(&m, &body);
        struct http_ask ask = {.method = "POST", .url = f->url, .body = &body};
        assert_false(http_perform(f->client, &ask, &f->reply, &err));
        assert_int_equal(f->reply.fault, HTTP_FAULT_LOCAL);
        assert_int_equal(err.kind, ERR_DAMAGED);
        multipart_finish(&m);
        assert_int_equal(photo.opened, photo.closed);
    }
    finish(f);
}

static void names_that_servers_misread_are_refused(void **state)
{
    static const char *const names[] = {"a\"b", "a\r\nX: y", "a\\b", "", "a\x7f"};
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        struct multipart m = {0};
        struct err err = {0};
        multipart_begin(&m);
        assert_false(multipart_add(&m, names[i], names[i], "text/plain", STR("x"), &err));
        assert_int_equal(err.kind, ERR_INPUT);
        multipart_finish(&m);
    }
}

static bool post_bytes(struct fixture *f, size_t n, struct err *err)
{
    struct multipart m = {0};
    struct http_body body;
    struct piece big = {.s = mem_alloc(n, 1), .n = n};
    struct multipart_source from = {piece_open, piece_read, piece_close, &big};
    multipart_begin(&m);
    assert_true(
        multipart_add_source(&m, "big", "application/octet-stream", (int64_t)n, &from, err));
    multipart_body(&m, &body);
    struct http_ask ask = {.method = "POST", .url = f->url, .body = &body};
    bool ok = http_perform(f->client, &ask, &f->reply, err);
    multipart_finish(&m);
    assert_int_equal(big.opened, big.closed);
    free((char *)big.s);
    return ok;
}

static void a_reset_while_sending_says_that_nothing_was_kept(void **state)
{
    struct fixture *f = start(0);
    struct err err = {0};
    assert_true(post_bytes(f, 100, &err)); /* warms the connection up */
    f->play.fate = (struct faulty_fate){.reset_after = 100000};
    f->play.fated = 9;
    assert_false(post_bytes(f, 3000000, &err));
    assert_int_equal(f->reply.fault, HTTP_FAULT_BROKEN);
    assert_int_equal(err.kind, ERR_OFFLINE);
    assert_false(f->reply.is_body_sent);
    finish(f);
}

static void a_lost_answer_says_that_it_may_have_arrived(void **state)
{
    struct fixture *f = start(0);
    struct err err = {0};
    f->play.fate = (struct faulty_fate){.has_cut = true, .cut = 0};
    f->play.fated = 9;
    assert_false(post_bytes(f, 1000, &err));
    assert_int_equal(f->reply.fault, HTTP_FAULT_BROKEN);
    assert_true(f->reply.is_body_sent);
    f->play.fate = (struct faulty_fate){.has_cut = true, .cut = 60};
    f->play.fated = 9;
    assert_false(post_bytes(f, 1000, &err));
    assert_true(f->reply.is_body_sent);
    finish(f);
}

static void a_stalled_peer_is_cut(void **state)
{
    struct fixture *f = start(1);
    struct err err = {0};
    struct faulty_fate fates[] = {{.is_silent = true}, {.is_deaf = true}, {.trickle_ms = 300}};
    for (size_t i = 0; i < 3; i++) {
        f->play.fate = fates[i];
        f->play.fated = 9;
        int64_t begin = clock_mono_ms();
        assert_false(i == 1 ? post_bytes(f, 4000000, &err) : get(f, &err));
        assert_int_equal(f->reply.fault, HTTP_FAULT_STALLED);
        assert_int_equal(err.kind, ERR_OFFLINE);
        assert_true(clock_mono_ms() - begin < 8000);
    }
    finish(f);
}

static void *set_soon(void *ctx)
{
    usleep(200000);
    atomic_store((atomic_bool *)ctx, true);
    return NULL;
}

static void stop_ends_the_wait(void **state)
{
    struct fixture *f = start(0);
    struct err err = {0};
    pthread_t thread;
    f->play.fate = (struct faulty_fate){.is_silent = true};
    f->play.fated = 1;
    int64_t begin = clock_mono_ms();
    pthread_create(&thread, NULL, set_soon, &f->stop);
    assert_false(get(f, &err));
    pthread_join(thread, NULL);
    assert_int_equal(err.kind, ERR_CANCELLED);
    assert_int_equal(f->reply.fault, HTTP_FAULT_STOPPED);
    assert_true(clock_mono_ms() - begin < 3000);
    finish(f);
}

static void nobody_there_is_told_apart(void **state)
{
    struct fixture *f = start(0);
    struct err err = {0};
    struct http_ask ask = {.method = "GET", .url = "http://127.0.0.1:1/"};
    assert_false(http_perform(f->client, &ask, &f->reply, &err));
    assert_int_equal(f->reply.fault, HTTP_FAULT_CONNECT);
    assert_int_equal(err.kind, ERR_OFFLINE);
    ask.url = "https://127.0.0.1:1/";
    char url[300];
    snprintf(url, sizeof(url), "https%s", faulty_address(f->server) + 4);
    ask.url = url;
    assert_false(http_perform(f->client, &ask, &f->reply, &err));
    assert_int_equal(f->reply.fault, HTTP_FAULT_BROKEN); /* it hangs up on a client of TLS */
    ask.url = "ftp://127.0.0.1/";
    assert_false(http_perform(f->client, &ask, &f->reply, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_null(strstr(err.text, "127.0.0.1"));
    finish(f);
}

static void redirects_stay_on_the_server(void **state)
{
    struct fixture *f = start(0);
    f->play.status = 302;
    f->play.fields = "Location: https://login.example/portal\r\n";
    assert_true(get(f, NULL));
    assert_int_equal(f->reply.status, 302);
    assert_string_equal(f->reply.location, "https://login.example/portal");
    assert_int_equal(faulty_requests(f->server), 1);
    f->play.fields = "Location: /elsewhere\r\n";
    assert_true(get(f, NULL)); /* round and round: given up after three */
    assert_int_equal(f->reply.status, 302);
    assert_int_equal(faulty_requests(f->server), 5);
    assert_true(post_bytes(f, 10, NULL)); /* never with a POST */
    assert_int_equal(faulty_requests(f->server), 6);
    finish(f);
}

struct sink {
    size_t n, limit;
};

static bool sink_add(void *ctx, const void *bytes, size_t n, struct err *err)
{
    struct sink *sink = ctx;
    sink->n += n;
    return sink->n <= sink->limit || err_set(err, ERR_STORAGE, 28, "disk full");
}

static void large_bodies_are_bounded(void **state)
{
    struct fixture *f = start(0);
    struct err err = {0};
    size_t n = 300000;
    char *bytes = mem_alloc(n, 1);
    struct sink sink = {.limit = n};
    struct http_ask ask = {.method = "GET", .url = f->url, .limit = (int64_t)n};
    f->play.body = (struct str){bytes, n};
    assert_true(http_perform(f->client, &ask, &f->reply, &err));
    assert_int_equal(f->reply.body.n, n);
    ask.limit = 1000;
    assert_false(http_perform(f->client, &ask, &f->reply, &err));
    assert_int_equal(f->reply.fault, HTTP_FAULT_TOO_LARGE);
    ask.limit = (int64_t)n;
    ask.sink = sink_add;
    ask.sink_ctx = &sink;
    assert_true(http_perform(f->client, &ask, &f->reply, &err));
    assert_int_equal(sink.n, n);
    assert_int_equal(f->reply.body.n, 0);
    sink = (struct sink){.limit = 1000};
    assert_false(http_perform(f->client, &ask, &f->reply, &err));
    assert_int_equal(f->reply.fault, HTTP_FAULT_LOCAL);
    assert_int_equal(err.kind, ERR_STORAGE);
    f->play.status = 500; /* an error's body never reaches the sink, and is kept short */
    sink = (struct sink){.limit = n};
    assert_true(http_perform(f->client, &ask, &f->reply, &err));
    assert_int_equal(f->reply.status, 500);
    assert_int_equal(sink.n, 0);
    assert_int_equal(f->reply.body.n, 64 << 10);
    free(bytes);
    finish(f);
}

static void a_short_body_is_noticed(void **state)
{
    struct fixture *f = start(0);
    struct err err = {0};
    f->play.fate = (struct faulty_fate){.has_cut = true, .cut = 70};
    f->play.fated = 1;
    f->play.body = STR("0123456789012345678901234567890123456789");
    assert_false(get(f, &err));
    assert_int_equal(f->reply.fault, HTTP_FAULT_BROKEN);
    finish(f);
}

static void retry_after_is_read_in_both_forms(void **state)
{
    int64_t now = 784111777000ll; /* Sun, 06 Nov 1994 08:49:37 GMT */
    assert_true(http_retry_after("120", now) == 120000);
    assert_true(http_retry_after(" 0 ", now) == 0);
    assert_true(http_retry_after("Sun, 06 Nov 1994 08:50:37 GMT", now) == 60000);
    assert_true(http_retry_after("Sun, 06 Nov 1994 08:40:00 GMT", now) == 0);
    assert_true(http_retry_after(NULL, now) == -1);
    assert_true(http_retry_after("soon", now) == -1);
    assert_true(http_retry_after("-5", now) == -1);
    assert_true(http_retry_after("99999999999999999999", now) == -1);
}

static void servers_are_compared_by_scheme_host_and_port(void **state)
{
    struct url_origin o;
    assert_true(url_origin(STR("https://Portal.Example/x?y"), &o, NULL));
    assert_string_equal(o.host, "portal.example");
    assert_int_equal(o.port, 443);
    assert_true(url_origin(STR("http://[::1]:8080/"), &o, NULL));
    assert_string_equal(o.host, "::1");
    assert_true(url_is_same_server(STR("https://a/x"), STR("https://A:443/y"), false));
    assert_false(url_is_same_server(STR("https://a/x"), STR("https://a.evil/x"), true));
    assert_false(url_is_same_server(STR("https://a/x"), STR("http://a/x"), true));
    assert_false(url_is_same_server(STR("http://a/x"), STR("https://a/x"), false));
    assert_true(url_is_same_server(STR("http://a/x"), STR("https://a/x"), true));
    static const char *const bad[] = {"",
                                      "x",
                                      "/path",
                                      "ftp://a/",
                                      "http://",
                                      "http://a b/",
                                      "https://u:p@a/",
                                      "http://a/\r\nX",
                                      "file:///etc/passwd"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        assert_false(url_origin(str_of(bad[i]), &o, NULL));
        assert_false(url_is_same_server(str_of(bad[i]), str_of(bad[i]), true));
    }
}

static void addresses_are_put_together(void **state)
{
    struct buf b = {0};
    url_add_joined(&b, STR("https://a/key/T//"), "/formList");
    assert_string_equal(buf_text(&b), "https://a/key/T/formList");
    buf_clear(&b);
    assert_true(url_add_resolved(&b, STR("https://a/b/c?d"), STR("/x"), NULL));
    assert_string_equal(buf_text(&b), "https://a/x");
    buf_clear(&b);
    assert_false(url_add_resolved(&b, STR("https://a/b"), STR("javascript:alert(1)"), NULL));
    url_add_escaped(&b, STR("dev:1 ắ"));
    assert_string_equal(buf_text(&b), "dev%3A1%20%E1%BA%AF");
    struct buf back = {0};
    assert_true(url_add_unescaped(&back, buf_str(&b)));
    assert_string_equal(buf_text(&back), "dev:1 ắ");
    assert_false(url_add_unescaped(&back, STR("%")));
    assert_false(url_add_unescaped(&back, STR("a%4")));
    assert_false(url_add_unescaped(&back, STR("%zz")));
    buf_finish(&b);
    buf_finish(&back);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_arrives_with_its_fields),
        cmocka_unit_test(the_connection_is_kept),
        cmocka_unit_test(a_kept_connection_that_was_closed_is_no_failure),
        cmocka_unit_test(multipart_goes_out_byte_for_byte),
        cmocka_unit_test(a_file_of_another_size_stops_the_post),
        cmocka_unit_test(names_that_servers_misread_are_refused),
        cmocka_unit_test(a_reset_while_sending_says_that_nothing_was_kept),
        cmocka_unit_test(a_lost_answer_says_that_it_may_have_arrived),
        cmocka_unit_test(a_stalled_peer_is_cut),
        cmocka_unit_test(stop_ends_the_wait),
        cmocka_unit_test(nobody_there_is_told_apart),
        cmocka_unit_test(redirects_stay_on_the_server),
        cmocka_unit_test(large_bodies_are_bounded),
        cmocka_unit_test(a_short_body_is_noticed),
        cmocka_unit_test(retry_after_is_read_in_both_forms),
        cmocka_unit_test(servers_are_compared_by_scheme_host_and_port),
        cmocka_unit_test(addresses_are_put_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
