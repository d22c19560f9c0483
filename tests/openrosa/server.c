/* The OpenRosa server over a storage that only pretends: what becomes of each of its answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "sync/openrosa/server.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sync/http/client.h"
#include "sync/http/multipart.h"
#include "sync/openrosa/wire.h"

#define TOKEN "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

/* What the pretended storage says next. */
struct pretence {
    enum openrosa_access access;
    enum err_kind trouble;
    int status, retry_s;
    struct openrosa_server *server;
    struct http_server *http;
    char seen[600]; /* what submit was given */
    char last_spool[64];
};

static bool trouble(const struct pretence *p, struct err *err)
{
    return p->trouble == ERR_NONE || err_set(err, p->trouble, 0, "pretended");
}

static enum openrosa_access admit(void *ctx, const char *token, const char *peer, int64_t *device)
{
    const struct pretence *p = ctx;
    assert_string_equal(token, TOKEN);
    *device = 42;
    return p->access;
}

static bool forms(void *ctx, int64_t device, const char *only,
                  void (*each)(void *to, const struct openrosa_form *form), void *to,
                  struct err *err)
{
    struct openrosa_form form = {"a/b c", "<Form> & \"more\"", "",
                                 "0123456789abcdef0123456789abcdef", true};
    assert_int_equal(device, 42);
    each(to, &form);
    return trouble(ctx, err);
}

static bool form_xml(void *ctx, const char *form, struct openrosa_download *download,
                     struct err *err)
{
    assert_string_equal(form, "a/b c");
    buf_add_text(&download->text, "<h:html/>");
    bool ok = trouble(ctx, err);
    if (!ok) {
        buf_finish(&download->text);
    }
    return ok;
}

static bool spool(void *ctx, uint64_t size, struct buf *path, struct err *err)
{
    struct pretence *p = ctx;
    static int n;
    snprintf(p->last_spool, sizeof(p->last_spool), "/tmp/gocua-spool-%d-%d", (int)getpid(), n++);
    buf_add_text(path, p->last_spool);
    return trouble(p, err);
}

/* Answers from another thread, as a storage with a writer does. */
static void *answer_later(void *ctx)
{
    struct openrosa_parcel *parcel = ctx;
    struct openrosa_result result = {.status = 201, .message = "kept"};
    usleep(20000);
    vec_push(&result.missing, "ảnh.png");
    openrosa_server_reply(parcel, &result);
    vec_finish(&result.missing);
    return NULL;
}

static void submit(void *ctx, struct openrosa_parcel *parcel)
{
    struct pretence *p = ctx;
    size_t files = parcel->files.n, entities = parcel->entities.n;
    snprintf(p->seen, sizeof(p->seen), "%s %s %s %s %zu %s %zu %s %d %s", parcel->form,
             parcel->version, parcel->instance, parcel->deprecated ? parcel->deprecated : "-",
             files, files ? parcel->files.v[0].name : "-", entities,
             entities ? parcel->entities.v[0].list : "-", parcel->is_incomplete, parcel->device_id);
    if (p->status != 201) {
        struct openrosa_result result = {
            .status = p->status, .message = "why", .retry_s = p->retry_s};
        openrosa_server_reply(parcel, &result);
        return;
    }
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, answer_later, parcel), 0);
    pthread_detach(thread);
}

static void begin(void *ctx, struct http_request *request)
{
    struct pretence *p = ctx;
    if (openrosa_server_wants(request)) {
        openrosa_server_begin(p->server, request);
    } else {
        http_answer(request, 404, "text/plain", STR(""));
    }
}

static void body(void *ctx, struct http_request *request, struct str bytes)
{
    openrosa_server_body(((struct pretence *)ctx)->server, request, bytes);
}

static void end(void *ctx, struct http_request *request)
{
    openrosa_server_end(((struct pretence *)ctx)->server, request);
}

static void gone(void *ctx, struct http_request *request)
{
    openrosa_server_gone(((struct pretence *)ctx)->server, request);
}

static int set_up(void **state)
{
    static struct pretence p;
    p = (struct pretence){.access = OPENROSA_ADMITTED, .status = 201};
    struct openrosa_storage storage = {.ctx = &p,
                                       .admit = admit,
                                       .forms = forms,
                                       .form_xml = form_xml,
                                       .spool = spool,
                                       .submit = submit};
    struct openrosa_server_options options = {.body_limit = 5000, .xml_limit = 1000};
    struct http_server_options http = {.handler = {begin, body, end, gone}, .ctx = &p};
    struct err err = {0};
    p.server = openrosa_server_create(&storage, &options);
    assert_true(http_server_start(&p.http, &http, &err));
    *state = &p;
    return 0;
}

static int tear_down(void **state)
{
    struct pretence *p = *state;
    http_server_stop(p->http);
    openrosa_server_destroy(p->server);
    return 0;
}

static void ask(struct pretence *p, const char *path, struct http_reply *reply)
{
    struct http_settings settings = {.agent = "test"};
    struct http_client *client;
    struct http_field field = {"X-OpenRosa-Version", "1.0"};
    char url[300];
    struct err err = {0};
    snprintf(url, sizeof(url), "http://127.0.0.1:%d/key/" TOKEN "%s", http_server_port(p->http),
             path);
    struct http_ask question = {.method = "GET", .url = url, .fields = &field, .n_fields = 1};
    assert_true(http_open(&client, &settings, &err));
    assert_true(http_perform(client, &question, reply, &err));
    http_close(client);
}

/* Posts a record with one photo of n bytes. */
static void post(struct pretence *p, const char *xml, size_t n, struct http_reply *reply)
{
    static char photo[2 << 20];
    struct http_settings settings = {.agent = "test"};
    struct http_client *client;
    struct multipart m = {0};
    struct http_body content;
    char url[300];
    struct err err = {0};
    multipart_begin(&m);
    assert_true(multipart_add(&m, "xml_submission_file", "s.xml", "text/xml", str_of(xml), &err));
    assert_true(multipart_add(&m, "*isIncomplete*", NULL, NULL, STR("yes"), &err));
    assert_true(multipart_add(&m, "ảnh.png", "ảnh.png", "image/png", (struct str){photo, n}, &err));
    multipart_body(&m, &content);
    snprintf(url, sizeof(url), "http://127.0.0.1:%d/key/" TOKEN "/submission?deviceID=d%%3A7",
             http_server_port(p->http));
    struct http_field fields[] = {{"X-OpenRosa-Version", "1.0"}, {"Content-Type", m.type}};
    struct http_ask question = {
        .method = "POST", .url = url, .fields = fields, .n_fields = 2, .body = &content};
    assert_true(http_open(&client, &settings, &err));
    assert_true(http_perform(client, &question, reply, &err));
    http_close(client);
    multipart_finish(&m);
}

#define XML                                                                                        \
    "<data id=\"f\" version=\"3\"><meta xmlns=\"http://openrosa.org/xforms\"><instanceID> uuid:1 " \
    "</instanceID><deprecatedID>uuid:0</deprecatedID><entity "                                     \
    "xmlns=\"http://www.opendatakit.org/xforms/entities\" dataset=\"trees\" id=\"x\" "             \
    "update=\"true\" baseVersion=\"2\"/></meta></data>"

static void odd_ids_stay_whole_in_addresses(void **state)
{
    struct pretence *p = *state;
    struct http_reply reply = {0};
    struct wire_form_list list = {0};
    ask(p, "/formList", &reply);
    assert_int_equal(reply.status, 200);
    assert_true(wire_read_form_list(buf_str(&reply.body), &list, NULL));
    assert_string_equal(list.forms.v[0].form_id, "a/b c");
    assert_string_equal(list.forms.v[0].name, "<Form> & \"more\"");
    const char *path = strstr(list.forms.v[0].download_url, "/forms/");
    assert_string_equal(path, "/forms/a%2Fb%20c.xml");
    ask(p, path, &reply);
    assert_int_equal(reply.status, 200);
    wire_form_list_finish(&list);
    http_reply_finish(&reply);
}

static void access_becomes_a_status(void **state)
{
    struct pretence *p = *state;
    struct http_reply reply = {0};
    const struct {
        enum openrosa_access access;
        int status;
    } rows[] = {{OPENROSA_FORBIDDEN, 403}, {OPENROSA_TOO_OFTEN, 429}, {OPENROSA_BROKEN, 503}};
    for (size_t i = 0; i < 3; i++) {
        struct wire_answer answer = {0};
        p->access = rows[i].access;
        ask(p, "/formList", &reply);
        assert_int_equal(reply.status, rows[i].status);
        assert_true(wire_read_answer(buf_str(&reply.body), &answer, NULL));
        assert_string_equal(answer.nature, "error");
        assert_true((http_reply_field(&reply, "Retry-After") != NULL) == (i > 0));
        wire_answer_finish(&answer);
        post(p, XML, 10, &reply);
        assert_int_equal(reply.status, rows[i].status);
    }
    http_reply_finish(&reply);
}

static void trouble_becomes_a_status(void **state)
{
    struct pretence *p = *state;
    struct http_reply reply = {0};
    const struct {
        enum err_kind kind;
        int status;
    } rows[] = {{ERR_MISSING, 404}, {ERR_DENIED, 403}, {ERR_STORAGE, 503}, {ERR_DAMAGED, 503}};
    for (size_t i = 0; i < 4; i++) {
        p->trouble = rows[i].kind;
        ask(p, "/formList", &reply);
        assert_int_equal(reply.status, rows[i].status);
        ask(p, "/forms/a%2Fb%20c.xml", &reply);
        assert_int_equal(reply.status, rows[i].status);
    }
    p->trouble = ERR_STORAGE; /* no room for a photo */
    post(p, XML, 10, &reply);
    assert_int_equal(reply.status, 503);
    assert_non_null(strstr(buf_text(&reply.body), "disk of this server is full"));
    http_reply_finish(&reply);
}

/* The answer goes out before the server tidies up. */
static void wait_until_gone(const char *path)
{
    for (int i = 0; i < 2000 && access(path, F_OK) == 0; i++) {
        usleep(10000);
    }
    assert_int_not_equal(access(path, F_OK), 0);
}

static void a_parcel_says_what_was_sent(void **state)
{
    struct pretence *p = *state;
    struct http_reply reply = {0};
    struct wire_answer answer = {0};
    post(p, XML, 10, &reply);
    assert_int_equal(reply.status, 201);
    assert_string_equal(p->seen, "f 3 uuid:1 uuid:0 1 ảnh.png 1 trees 1 d:7");
    assert_true(wire_read_answer(buf_str(&reply.body), &answer, NULL));
    assert_true(answer.names_missing);
    assert_string_equal(answer.missing.v[0], "ảnh.png");
    wait_until_gone(p->last_spool); /* nobody took it */
    wire_answer_finish(&answer);
    http_reply_finish(&reply);
}

static void results_are_passed_on(void **state)
{
    struct pretence *p = *state;
    struct http_reply reply = {0};
    p->status = 409;
    post(p, XML, 10, &reply);
    assert_int_equal(reply.status, 409);
    assert_non_null(strstr(buf_text(&reply.body), ">why<"));
    p->status = 503;
    p->retry_s = 7;
    post(p, XML, 10, &reply);
    assert_int_equal(reply.status, 503);
    assert_string_equal(http_reply_field(&reply, "Retry-After"), "7");
    http_reply_finish(&reply);
}

static void limits_hold(void **state)
{
    struct pretence *p = *state;
    struct http_reply reply = {0};
    char xml[1500];
    post(p, XML, 5000 + (1 << 20), &reply);
    assert_int_equal(reply.status, 413);
    snprintf(xml, sizeof(xml), "<data id=\"f\">%1100s</data>", "");
    post(p, xml, 10, &reply);
    assert_int_equal(reply.status, 413);
    http_reply_finish(&reply);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(odd_ids_stay_whole_in_addresses), CASE(access_becomes_a_status),
        CASE(trouble_becomes_a_status),        CASE(a_parcel_says_what_was_sent),
        CASE(results_are_passed_on),           CASE(limits_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
