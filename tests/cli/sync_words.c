#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "../openrosa/helper_portal.h"
#include "app/cli/command.h"
#include "app/lang/lang.h"
#include "app/store/attachment.h"
#include "app/store/record.h"
#include "app/store/setting.h"
#include "app/work/app.h"
#include "platform/base/file.h"
#include "platform/base/log.h"
#include "platform/base/mem.h"
#include "sync/run/retry.h"

/* What gocuactl sync --verbose says, read as a supervisor would: every record with what happened to
 * it, why, and what comes next, and not one name of a citizen. */

extern const struct command command_sync;

#define PIN "135790"

struct scene {
    struct fake_portal portal;
    struct faulty *server;
    char folder[64];
    char said[20000];
    int status;
};

static void reply(void *ctx, const struct faulty_request *request, struct buf *to)
{
    fake_portal_answer(&((struct scene *)ctx)->portal, request, to);
}

static void add_record(struct app *app, const char *form, const char *id, int files)
{
    static const char *const names[] = {"a.jpg", "b.jpg"};
    struct buf xml = {0};
    int64_t record = 0;
    struct record_new what = {
        .form_id = form, .version = "1", .instance_id = id, .title = "Nguyễn Thị CANARY"};
    assert_true(record_create(app->store, &what, &record, NULL));
    buf_addf(&xml, "<data id=\"%s\" version=\"1\"><name>CANARY</name>", form);
    for (int i = 0; i < files; i++) {
        char bytes[3000] = {(char)i};
        struct str text = {bytes, i == 0 ? sizeof(bytes) : 300};
        assert_true(attachment_put(app->store, record, names[i], "image/jpeg", text, NULL));
        buf_addf(&xml, "<photo>%s</photo>", names[i]);
    }
    buf_addf(&xml, "<meta><instanceID>%s</instanceID></meta></data>", id);
    struct record_final final = {.xml = buf_str(&xml), .files = names, .file_count = (size_t)files};
    assert_true(record_finish(app->store, record, &final, NULL));
    buf_finish(&xml);
}

#define ONE   "uuid:10000000-0000-4000-8000-000000000001"
#define TWO   "uuid:10000000-0000-4000-8000-000000000002"
#define THREE "uuid:10000000-0000-4000-8000-000000000003"

/* A device with three finished records, enrolled at a portal of the tests. */
static int set_up(void **state)
{
    struct scene *s = mem_alloc(1, sizeof(*s));
    struct app *app = NULL;
    snprintf(s->folder, sizeof(s->folder), "/tmp/gocua-words-XXXXXX");
    assert_non_null(mkdtemp(s->folder));
    s->server = faulty_start(&(struct faulty_plan){NULL, reply, s});
    struct app_options options = {.folder = s->folder, .no_sync = true};
    assert_true(app_open(&options, &app, NULL));
    assert_true(app_set_up(app, STR(PIN), NULL));
    char server[200];
    snprintf(server, sizeof(server), "%s/v1/key/CANARY/projects/1", faulty_address(s->server));
    assert_true(setting_set(app->store, "server", server, NULL) &&
                setting_set(app->store, "enrol.address", faulty_address(s->server), NULL));
    add_record(app, "tham_ho", ONE, 2);
    add_record(app, "khao_sat", TWO, 0);
    add_record(app, "tham_ho", THREE, 0);
    app_close(app);
    *state = s;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *s = *state;
    if (s->server) {
        faulty_stop(s->server);
    }
    fake_portal_finish(&s->portal);
    file_remove_tree(s->folder, NULL);
    free(s);
    return 0;
}

/* Runs the command with the PIN on standard input and keeps what it says. */
static void run(struct scene *s, const char *lang, const char *more)
{
    int in[2], old_in = dup(0), old_out = dup(1), old_err = dup(2);
    FILE *out = tmpfile();
    char *argv[] = {(char *)"sync",        (char *)"--data", s->folder,
                    (char *)"--pin-stdin", (char *)"--lang", (char *)lang,
                    (char *)"--verbose",   (char *)more,     NULL};
    assert_int_equal(pipe(in), 0);
    assert_int_equal(write(in[1], PIN "\n", sizeof(PIN)), sizeof(PIN));
    close(in[1]);
    fflush(stdout);
    dup2(in[0], 0);
    dup2(fileno(out), 1);
    dup2(fileno(out), 2);
    s->status = command_sync.run(more ? 8 : 7, argv);
    fflush(stdout);
    dup2(old_in, 0);
    dup2(old_out, 1);
    dup2(old_err, 2);
    close(old_in);
    close(old_out);
    close(old_err);
    close(in[0]);
    rewind(out);
    size_t n = fread(s->said, 1, sizeof(s->said) - 1, out);
    s->said[n] = 0;
    fclose(out);
    if (getenv("GOCUA_SHOW")) {
        printf("---- %s\n%s----\n", lang, s->said);
    }
    assert_null(strstr(s->said, "CANARY"));
}

/* Everything in this order. */
static void assert_says(const struct scene *s, const char *const *words)
{
    const char *at = s->said;
    for (; *words; words++) {
        const char *found = strstr(at, *words);
        if (!found) {
            fail_msg("it does not say \"%s\" here:\n%s\nbut in all:\n%s", *words, at, s->said);
        }
        at = found + strlen(*words);
    }
}

#define SAYS(s, ...) assert_says(s, (const char *const[]){__VA_ARGS__, NULL})

static void all_goes_well(void **state)
{
    struct scene *s = *state;
    run(s, "en", NULL);
    assert_int_equal(s->status, COMMAND_OK);
    SAYS(s, "Asking http://127.0.0.1:", "3 records wait here, ",
         "The server is there, and it is ours.", "tham_ho, finished ", ONE,
         "    Sent: the server has it with all 2 files.", TWO, "    Sent: the server has it.\n",
         THREE, "    Sent: the server has it.\n", "3 sent, 0 waiting, 0 set aside");
    run(s, "vi", NULL);
    assert_int_equal(s->status, COMMAND_OK);
    SAYS(s, "Không có gì chờ gửi.", "đã gửi 0, đang chờ 0, để riêng 0");
    run(s, "vi", "--again");
    SAYS(s, ONE, "Đã hỏi lại: máy chủ có đủ phiếu này.", THREE, "Đã hỏi lại");
}

static void a_log_in_page_stops_all_and_each_says_so(void **state)
{
    struct scene *s = *state;
    s->portal.everything = 200;
    s->portal.everything_type = "text/html";
    s->portal.everything_fields = "";
    s->portal.everything_body = "<html>Welcome, please log in</html>";
    run(s, "vi", NULL);
    assert_int_equal(s->status, COMMAND_FAILED);
    SAYS(s, "Có 3 phiếu đang chờ trên máy", "Vẫn còn trên máy, chưa gửi:", ONE,
         "    Mạng này yêu cầu đăng nhập trước.", "    Tiếp theo: ứng dụng tự gửi lại sau khoảng",
         TWO, "    Mạng này yêu cầu đăng nhập trước.", THREE,
         "    Mạng này yêu cầu đăng nhập trước.", "đã gửi 0, đang chờ 3, để riêng 0",
         "Mạng này yêu cầu đăng nhập trước.");
    assert_null(strstr(s->said, "Máy chủ có trả lời và đúng là máy chủ của mình."));
    run(s, "en", NULL);
    SAYS(s, "Still here, not sent:", "This network asks you to log in first.",
         "Log in to this network, or use another one.",
         "Next: the app tries again by itself in about", "0 sent, 3 waiting, 0 set aside");
}

/* One record is refused for good, one goes, one is refused for now. */
static void each_record_has_its_own_story(void **state)
{
    struct scene *s = *state;
    s->portal.posts_so = 1;
    s->portal.post_status = 409;
    s->portal.post_type = "text/xml";
    s->portal.post_fields = "X-OpenRosa-Version: 1.0\r\n";
    s->portal.post_body = "<OpenRosaResponse xmlns=\"http://openrosa.org/http/response\"><message "
                          "nature=\"error\">A submission already exists with this ID, but with "
                          "different XML.</message></OpenRosaResponse>";
    s->portal.sick_form = "khao_sat";
    run(s, "vi", NULL);
    assert_int_equal(s->status, COMMAND_FAILED);
    SAYS(s, ONE, "    Để riêng: Máy chủ đã có phiếu khác cùng mã số.",
         "    Máy chủ trả lời: A submission already exists with this ID", "(409)",
         "    Tiếp theo: máy không tự gửi nữa.", TWO, "    Chưa gửi được: Máy chủ gặp lỗi.",
         "    Tiếp theo: ứng dụng tự gửi lại sau khoảng", THREE, "    Đã gửi: máy chủ đã nhận.",
         "đã gửi 1, đang chờ 1, để riêng 1");
    s->portal.sick_form = NULL;
    s->portal.is_form_closed = true;
    run(s, "en", NULL);
    SAYS(s, TWO, "    Waits: The server takes no more of this form.", "    Ask your supervisor.",
         "    Next: it waits here, and goes by itself once this has changed.",
         "Still here, not sent:", ONE, "    The server has another record with the same number.",
         "    Next: nothing by itself. It stays here whole until somebody puts it back",
         "0 sent, 1 waiting, 1 set aside");
}

static void a_file_too_large_says_what_has_arrived(void **state)
{
    struct scene *s = *state;
    s->portal.body_most = 2500; /* of two photos the small one fits */
    run(s, "en", NULL);
    assert_int_equal(s->status, COMMAND_FAILED);
    SAYS(s, ONE, "    Set aside: A file is too large for the server.\n",
         "    1 of 2 files have arrived; they are not sent again.",
         "    Hand it over on a USB stick.", "    Next: nothing by itself.", TWO,
         "    Sent:", "2 sent, 0 waiting, 1 set aside");
    s->portal.is_token_revoked = true;
    run(s, "vi", NULL);
    assert_int_equal(s->status, COMMAND_FAILED);
    SAYS(s, "Máy này không còn được máy chủ chấp nhận.",
         "Hãy xin người phụ trách mã ghi danh mới.");
}

static void nobody_there_and_busy_say_when_it_goes_on(void **state)
{
    struct scene *s = *state;
    s->portal.posts_so = 1;
    s->portal.post_status = 503;
    s->portal.post_type = "text/html";
    s->portal.post_fields = "Retry-After: 600\r\n";
    s->portal.post_body = "<html>busy</html>";
    run(s, "en", NULL);
    SAYS(s, ONE, "    Not sent: The server is busy.",
         "    Next: the app tries again by itself in about 1", " minutes.",
         "Still here, not sent:", TWO, "    The server is busy.",
         "    Next: the app tries again by itself in about");
    faulty_stop(s->server);
    s->server = NULL;
    run(s, "vi", NULL);
    SAYS(s, "Vẫn còn trên máy, chưa gửi:", ONE, "    Không kết nối được máy chủ.", THREE,
         "đã gửi 0, đang chờ 3, để riêng 0", "Không kết nối được máy chủ.");
}

/* Why a server is not believed, in words that name the cause: the clock most of all. */
static void a_server_that_is_not_believed_says_why(void **state)
{
    static const struct {
        enum outbox_reason reason;
        const char *en, *vi;
    } rows[] = {
        {OUTBOX_TLS_EARLY, "clock", "Đồng hồ"},
        {OUTBOX_TLS_EXPIRED, "clock", "đồng hồ"},
        {OUTBOX_TLS_EXPIRED, "expired", "hết hạn"},
        {OUTBOX_TLS_NAME, "another server", "máy chủ khác"},
        {OUTBOX_TLS_UNKNOWN, "trusts", "tin cậy"},
        {OUTBOX_TLS_PIN, "key", "Khóa"},
        {OUTBOX_TLS_OLD, "old encryption", "mã hóa cũ"},
        {OUTBOX_TLS_CLEAR, "does not encrypt", "không mã hóa"},
        {OUTBOX_TLS, "safe connection", "kết nối an toàn"},
    };
    static const char *const langs[] = {"en", "vi"};
    for (int l = 0; l < 2; l++) {
        assert_true(lang_set(langs[l], NULL));
        for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
            const char *text = tr(outbox_reason_text(rows[i].reason));
            const char *word = l == 0 ? rows[i].en : rows[i].vi;
            if (!strstr(text, word)) {
                fail_msg("\"%s\" does not say \"%s\"", text, word);
            }
            assert_true(*tr(outbox_reason_remedy(rows[i].reason)) != 0);
            assert_true(retry_is_about_way(rows[i].reason)); /* gone once the server is there */
        }
    }
}

int main(void)
{
#define SCENE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_server_that_is_not_believed_says_why),
        SCENE(all_goes_well),
        SCENE(a_log_in_page_stops_all_and_each_says_so),
        SCENE(each_record_has_its_own_story),
        SCENE(a_file_too_large_says_what_has_arrived),
        SCENE(nobody_there_and_busy_say_when_it_goes_on),
    };
    const char *build = getenv("GOCUA_BUILD");
    char path[600];
    snprintf(path, sizeof(path), "%s/lang", build ? build : ".");
    setenv("GOCUA_LANG_DIR", path, 0);
    assert_true(lang_open(path, NULL));
    log_set_level(LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
