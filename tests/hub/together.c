/* Many at once, a full disk, and what stays after a restart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "helper_hub.h"

#include <pthread.h>
#include <unistd.h>

enum { PARALLEL = 300 };

struct sender {
    pthread_t thread;
    int fd, status;
    struct str request;
};

static void *send_one(void *ctx)
{
    struct sender *sender = ctx;
    struct answer_got got = {0};
    wire_send(sender->fd, sender->request);
    wire_read(sender->fd, false, &got);
    sender->status = got.status;
    got_finish(&got);
    return NULL;
}

static void add_request(struct buf *to, const struct world *w, const char *instance)
{
    struct buf body = {0};
    struct sent_file file = {"one.png", "one.png", STR("the same photo")};
    body_add(&body, record(instance, "<photo>one.png</photo>", ""), &file, 1);
    buf_addf(to,
             "POST %s/submission HTTP/1.1\r\nHost: h\r\nX-OpenRosa-Version: 1.0\r\nContent-Type: "
             "multipart/form-data; boundary=BB\r\nContent-Length: %zu\r\n\r\n",
             w->base, body.n);
    buf_add_str(to, buf_str(&body));
    buf_finish(&body);
}

static void identical_posts_in_flight_all_succeed(void **state)
{
    struct world *w = *state;
    static struct sender senders[PARALLEL];
    struct buf request = {0};
    int64_t before = world_records(w);
    add_request(&request, w, "uuid:in-flight");
    for (int i = 0; i < PARALLEL; i++) {
        senders[i] = (struct sender){.fd = wire_open(w->port), .request = buf_str(&request)};
    }
    for (int i = 0; i < PARALLEL; i++) {
        assert_int_equal(pthread_create(&senders[i].thread, NULL, send_one, &senders[i]), 0);
    }
    for (int i = 0; i < PARALLEL; i++) {
        pthread_join(senders[i].thread, NULL);
        close(senders[i].fd);
    }
    for (int i = 0; i < PARALLEL; i++) {
        assert_int_equal(senders[i].status, 201);
    }
    assert_int_equal(world_records(w), before + 1);
    buf_finish(&request);
}

static void different_posts_in_flight_all_arrive(void **state)
{
    struct world *w = *state;
    static struct sender senders[PARALLEL];
    static struct buf requests[PARALLEL];
    int64_t before = world_records(w);
    for (int i = 0; i < PARALLEL; i++) {
        char instance[40];
        snprintf(instance, sizeof(instance), "uuid:many-%d", i);
        add_request(&requests[i], w, instance);
        senders[i] = (struct sender){.fd = wire_open(w->port), .request = buf_str(&requests[i])};
        assert_int_equal(pthread_create(&senders[i].thread, NULL, send_one, &senders[i]), 0);
    }
    for (int i = 0; i < PARALLEL; i++) {
        pthread_join(senders[i].thread, NULL);
        assert_int_equal(senders[i].status, 201);
        close(senders[i].fd);
        buf_finish(&requests[i]);
    }
    assert_int_equal(world_records(w), before + PARALLEL);
}

static void a_full_disk_is_a_sentence_and_loses_nothing(void **state)
{
    struct world *w = *state;
    struct answer_got got = {0};
    struct buf large = {0};
    char value[32];
    for (int i = 0; i < 40000; i++) {
        buf_add_text(&large, "0123456789");
    }
    struct buf xml = {0};
    buf_addf(&xml,
             "<data id=\"visit\" version=\"1\"><name>%s</name><meta><instanceID>uuid:full"
             "</instanceID></meta></data>",
             buf_text(&large));
    int64_t before = world_records(w);
    writer_fill_disk(w->hub->writer, true);
    post(w, buf_text(&xml), NULL, 0, &got);
    assert_int_equal(got.status, 503);
    assert_true(got_has(&got, "disk of this server is full"));
    assert_true(got_has(&got, "OpenRosaResponse"));
    assert_true(*got_field(&got, "Retry-After", value, sizeof(value)) != '\0');
    assert_int_equal(world_records(w), before);
    writer_fill_disk(w->hub->writer, false);
    post(w, buf_text(&xml), NULL, 0, &got);
    assert_int_equal(got.status, 201);
    assert_int_equal(world_records(w), before + 1);
    buf_finish(&xml);
    buf_finish(&large);
    got_finish(&got);
}

static void a_restart_keeps_records_and_tokens(void **state)
{
    struct world *w = *state;
    assert_int_equal(post_status(w, record("uuid:stays", "", ""), NULL), 201);
    int64_t before = world_records(w);
    world_restart(w);
    assert_int_equal(world_records(w), before);
    assert_int_equal(post_status(w, record("uuid:stays", "", ""), NULL), 201);
    assert_int_equal(post_status(w, record("uuid:stays", "<age>1</age>", ""), NULL), 409);
}

static void one_server_holds_a_folder(void **state)
{
    struct world *w = *state;
    struct hub_options options = {.data = w->data};
    struct hub *second = NULL;
    struct err err = {0};
    assert_false(hub_start(&second, &options, &err));
    assert_int_equal(err.kind, ERR_DENIED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identical_posts_in_flight_all_succeed),
        cmocka_unit_test(different_posts_in_flight_all_arrive),
        cmocka_unit_test(a_full_disk_is_a_sentence_and_loses_nothing),
        cmocka_unit_test(a_restart_keeps_records_and_tokens),
        cmocka_unit_test(one_server_holds_a_folder),
    };
    return cmocka_run_group_tests(tests, world_open, world_close);
}
