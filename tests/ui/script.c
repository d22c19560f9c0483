#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <pthread.h>
#include <unistd.h>
#include <cmocka.h>

#include "helper_desk.h"
#include "platform/base/clock.h"
#include "platform/base/file.h"
#include "platform/base/json.h"

struct model {
    char name[64], scanned[64];
    int saved;
    struct ui_drawing drawing;
};

static void build(struct ui *ui, void *ctx)
{
    struct model *model = ctx;
    ui_screen(ui, "visit");
    ui_bar(ui, "Visit", NULL);
    const char *code = ui_scanned(ui);
    if (code) {
        snprintf(model->scanned, sizeof(model->scanned), "%s", code);
    }
    ui_body_begin(ui);
    const char *name = ui_field(ui, "name", model->name, &(struct ui_field){.label = "Name"});
    if (name) {
        snprintf(model->name, sizeof(model->name), "%s", name);
    }
    ui_ink(ui, "sign", &model->drawing, UI_OPT(.height = 150, .name = "Signature"));
    ui_text(ui, TYPE_BODY, model->saved ? "It is saved" : "Not saved", NULL);
    ui_space(ui, 900);
    ui_button(ui, "off", "Not now", UI_OPT(.disabled = true));
    model->saved += ui_button(ui, "save", "Save it", UI_OPT(.kind = UI_PRIMARY));
    ui_end(ui);
}

static bool play(struct desk *desk, const char *script, struct err *err)
{
    char path[] = "/tmp/gocua-script-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    *err = (struct err){0};
    assert_true(file_write(path, script, strlen(script), err));
    bool good = ui_play(desk->ui, path, err);
    unlink(path);
    return good;
}

static void a_script_does_what_a_person_does(void **state)
{
    struct desk desk;
    struct model model = {{0}, {0}, 0, {0}};
    struct err err;
    desk_open(&desk, 480, 800, build, &model);
    bool good = play(&desk,
                     "# a visit\n"
                     "expect screen visit\n"
                     "tap \"name\"\n"
                     "type \"Lê Thị \\\"Thử\\\"\"\n"
                     "expect value name \"Lê Thị \\\"Thử\\\"\"\n"
                     "key Back\n"
                     "key Back\n"
                     "scan \"893|x\"\n"
                     "draw sign 10,10 50,80 90,10\n"
                     "expect \"Not saved\"\n"
                     "expect state off disabled\n"
                     "tap \"Save it\"\n"
                     "scroll screen -2000\n"
                     "expect \"It is saved\"\n"
                     "expect no id nothing\n"
                     "theme dark\n"
                     "text 1.3\n"
                     "size 720 1280\n"
                     "check\n"
                     "wait 1000\n",
                     &err);
    if (!good) {
        fail_msg("%s", err.text);
    }
    assert_string_equal(model.name, "Lê Thị \"Thử\"");
    assert_string_equal(model.scanned, "893|x");
    assert_int_equal(model.saved, 1);
    assert_true(model.drawing.n >= 3);
    struct image *image;
    assert_true(ui_drawing_image(&model.drawing, NULL, 400, &image, NULL));
    assert_int_equal(image->w, 400);
    image_destroy(image);
    ui_drawing_undo(&model.drawing);
    assert_int_equal(model.drawing.n, 0);
    ui_drawing_finish(&model.drawing);
    desk_close(&desk);
}

static void a_failure_says_line_and_reason(void **state)
{
    static const struct {
        const char *script, *line, *reason;
    } cases[] = {
        {"\n\ntap nowhere\n", ":3:", "nowhere"},
        {"tap off\n", ":1:", "cannot be used"},
        {"expect \"It is saved\"\n", ":1:", "not seen"},
        {"expect screen home\n", ":1:", "visit"},
        {"fly away\n", ":1:", "fly"},
        {"tap\n", ":1:", "more words"},
        {"type \"abc\"\n", ":1:", "no field"},
        {"tap \"name\n", ":1:", "quote"},
    };
    struct desk desk;
    struct model model = {{0}, {0}, 0, {0}};
    struct err err;
    desk_open(&desk, 480, 800, build, &model);
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        assert_false(play(&desk, cases[i].script, &err));
        if (!strstr(err.text, cases[i].line) || !strstr(err.text, cases[i].reason)) {
            fail_msg("%s gave: %s", cases[i].script, err.text);
        }
    }
    desk_close(&desk);
}

struct client {
    const char *path;
    char answers[3][65536];
};

static void ask(int fd, const char *line, char answer[65536])
{
    size_t n = 0;
    assert_int_equal(write(fd, line, strlen(line)), (ssize_t)strlen(line));
    while (n < 65535 && (n == 0 || answer[n - 1] != '\n')) {
        ssize_t got = read(fd, answer + n, 65535 - n);
        if (got <= 0) {
            break;
        }
        n += (size_t)got;
    }
    answer[n] = 0;
}

static void *be_client(void *ctx)
{
    struct client *client = ctx;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof(address.sun_path), "%s", client->path);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0) {
        ask(fd, "tap nothing\n", client->answers[0]);
        ask(fd, "dump\n", client->answers[1]);
        ask(fd, "quit\n", client->answers[2]);
    }
    close(fd);
    return NULL;
}

static void the_socket_sees_and_does(void **state)
{
    static struct client client;
    char folder[] = "/tmp/gocua-inspect-XXXXXX", path[64];
    struct desk desk;
    struct model model = {{0}, {0}, 0, {0}};
    struct err err = {0};
    struct stat seen;
    pthread_t thread;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/s", folder);
    desk_open(&desk, 480, 800, build, &model);
    clock_fix(-1);
    assert_true(ui_inspect(desk.ui, path, &err));
    assert_int_equal(stat(path, &seen), 0);
    assert_int_equal(seen.st_mode & 0777, 0600);
    client.path = path;
    assert_int_equal(pthread_create(&thread, NULL, be_client, &client), 0);
    assert_true(ui_run(desk.ui, &err));
    pthread_join(thread, NULL);
    assert_non_null(strstr(client.answers[0], "\"ok\":false"));
    struct json *root = json_parse(str_of(client.answers[1]), &err);
    assert_non_null(root);
    assert_string_equal(json_text(json_get(root, "screen"), ""), "visit");
    json_destroy(root);
    assert_non_null(strstr(client.answers[2], "\"ok\":true"));
    desk_close(&desk);
    assert_int_not_equal(stat(path, &seen), 0);
    rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_script_does_what_a_person_does),
        cmocka_unit_test(a_failure_says_line_and_reason),
        cmocka_unit_test(the_socket_sees_and_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
