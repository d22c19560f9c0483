/* What supervisors see, and what nobody sees without the passphrase. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "helper_hub.h"

#include <stdio.h>
#include <string.h>

#include "app/hub/html.h"

/* Posts fields to a page with the cookie. */
static void send_form(struct world *w, const char *path, const char *cookie, const char *fields,
                      struct answer_got *got)
{
    struct buf request = {0};
    buf_addf(&request,
             "POST %s HTTP/1.1\r\nHost: hub.test\r\nCookie: %s\r\nContent-Type: "
             "application/x-www-form-urlencoded\r\nContent-Length: %zu\r\n\r\n%s",
             path, cookie, strlen(fields), fields);
    wire_ask(w->port, buf_str(&request), got);
    buf_finish(&request);
}

static void look(struct world *w, const char *path, const char *cookie, struct answer_got *got)
{
    char more[200];
    snprintf(more, sizeof(more), "Cookie: %s\r\n", cookie);
    wire_get(w->port, path, more, got);
}

/* Logs in; cookie gets "hub=…", csrf the token of the forms. */
static void log_in(struct world *w, char cookie[128], char csrf[64])
{
    struct answer_got got = {0};
    char passphrase[PASSPHRASE_TEXT], fields[100], value[300];
    struct archive *archive = world_archive(w);
    assert_true(organisation_new_passphrase(archive, passphrase, NULL));
    hub_give(w->hub, archive);
    for (char *c = passphrase; *c; c++) {
        *c = *c == '-' ? '+' : *c; /* typed with spaces */
    }
    snprintf(fields, sizeof(fields), "passphrase=%s", passphrase);
    send_form(w, "/login", "", fields, &got);
    assert_int_equal(got.status, 303);
    got_field(&got, "Set-Cookie", value, sizeof(value));
    assert_non_null(strstr(value, "HttpOnly; SameSite=Strict"));
    snprintf(cookie, 128, "%.*s", (int)strcspn(value, ";"), value);
    look(w, "/", cookie, &got);
    const char *at = strstr(buf_text(&got.body), "name=\"csrf\" value=\"");
    assert_non_null(at);
    snprintf(csrf, 64, "%.32s", at + 19);
    got_finish(&got);
}

static void nothing_shows_without_the_passphrase(void **state)
{
    struct world *w = *state;
    struct answer_got got = {0};
    const char *paths[] = {"/",      "/record/1", "/file/1/a", "/csv",
                           "/forms", "/devices",  "/counts",   "/audit"};
    char value[200];
    for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
        look(w, paths[i], "hub=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", &got);
        assert_int_equal(got.status, 303);
        assert_string_equal(got_field(&got, "Location", value, 200), "/login");
    }
    send_form(w, "/login", "", "passphrase=wrong", &got);
    assert_int_equal(got.status, 403);
    look(w, "/nothing", "", &got);
    assert_int_equal(got.status, 404);
    got_finish(&got);
}

static void records_show_escaped_and_masked(void **state)
{
    struct world *w = *state;
    struct answer_got got = {0};
    char cookie[128], csrf[64], fields[200], value[300];
    struct sent_file file = {"one.png", "one.png", STR("<script>bytes</script>")};
    post(w,
         record("uuid:page",
                "<age>&lt;script&gt;x 001190000001</age><topic>vneid</topic>"
                "<photo>one.png</photo><photo2>two.png</photo2>",
                "<instanceName>&lt;b&gt; 0912 345 678</instanceName>"),
         &file, 1, &got);
    assert_int_equal(got.status, 201);
    log_in(w, cookie, csrf);
    look(w, "/", cookie, &got);
    assert_true(got_has(&got, "&lt;b&gt; •••• ••• 678"));
    assert_true(got_has(&got, "1 / 2"));
    assert_false(got_has(&got, "0912"));
    assert_true(*got_field(&got, "Content-Security-Policy", value, 300) != '\0');
    look(w, "/record/1", cookie, &got);
    assert_true(got_has(&got, "Họ &lt;và&gt; tên"));
    assert_true(got_has(&got, "VNeID account"));
    assert_true(got_has(&got, "&lt;script&gt;x •••••••••001"));
    assert_false(got_has(&got, "001190000001"));
    look(w, "/file/1/one.png", cookie, &got);
    assert_string_equal(buf_text(&got.body), "<script>bytes</script>");
    assert_string_equal(got_field(&got, "Content-Type", value, 300), "application/octet-stream");
    /* without a reason, or without the token of the form: no numbers */
    snprintf(fields, sizeof(fields), "csrf=%s&reason=", csrf);
    send_form(w, "/record/1", cookie, fields, &got);
    assert_int_equal(got.status, 400);
    send_form(w, "/record/1", cookie, "csrf=x&reason=call+the+family", &got);
    assert_int_equal(got.status, 403);
    snprintf(fields, sizeof(fields), "csrf=%s&reason=call+the+family", csrf);
    send_form(w, "/record/1", cookie, fields, &got);
    assert_int_equal(got.status, 200);
    assert_true(got_has(&got, "001190000001"));
    look(w, "/audit", cookie, &got);
    assert_true(got_has(&got, "call the family"));
    got_finish(&got);
}

static void csv_streams_formula_safe(void **state)
{
    struct world *w = *state;
    struct answer_got got = {0};
    char cookie[128], csrf[64], fields[200], instance[40], xml[700];
    for (int i = 0; i < 120; i++) {
        snprintf(instance, sizeof(instance), "uuid:csv-%d", i);
        snprintf(xml, sizeof(xml),
                 "<data id=\"visit\" version=\"1\"><name>=1+1, \"Ada\"</name><age>001190000%03d"
                 "</age><member><who>a</who></member><member><who>b</who></member><new>y</new>"
                 "<meta><instanceID>%s</instanceID></meta></data>",
                 i, instance);
        assert_int_equal(post_status(w, xml, NULL), 201);
    }
    log_in(w, cookie, csrf);
    look(w, "/csv?form=visit", cookie, &got);
    assert_int_equal(got.status, 200);
    assert_memory_equal(buf_text(&got.body), "\xef\xbb\xbfreceived,", 12);
    assert_true(got_has(&got, "\"'=1+1, \"\"Ada\"\"\",•••••••••119"));
    assert_true(got_has(&got, ",a | b,"));
    assert_true(got_has(&got, "new=y\r\n"));
    assert_false(got_has(&got, "001190000"));
    snprintf(fields, sizeof(fields), "csrf=%s&form=visit&reason=monthly+report", csrf);
    send_form(w, "/csv", cookie, fields, &got);
    assert_true(got_has(&got, "001190000119"));
    got_finish(&got);
}

static void other_pages_stand(void **state)
{
    struct world *w = *state;
    struct answer_got got = {0};
    char cookie[128], csrf[64], fields[200];
    log_in(w, cookie, csrf);
    look(w, "/forms", cookie, &got);
    assert_true(got_has(&got, "Visit &amp; log"));
    assert_true(got_has(&got, "<li>places.csv</li>"));
    look(w, "/counts", cookie, &got);
    assert_true(got_has(&got, "visit"));
    snprintf(fields, sizeof(fields), "csrf=%s&add=M%%C3%%A1y+%%3C1%%3E", csrf);
    send_form(w, "/devices", cookie, fields, &got);
    assert_true(got_has(&got, "Máy &lt;1&gt;"));
    assert_true(got_has(&got, "GOCUA1:"));
    assert_true(got_has(&got, "<svg"));
    snprintf(fields, sizeof(fields), "csrf=%s&revoke=M%%C3%%A1y+%%3C1%%3E", csrf);
    send_form(w, "/devices", cookie, fields, &got);
    assert_int_equal(got.status, 200);
    look(w, "/?before=2&form=visit", cookie, &got);
    assert_int_equal(got.status, 200);
    look(w, "/record/999", cookie, &got);
    assert_int_equal(got.status, 404);
    look(w, "/health", "", &got);
    assert_string_equal(buf_text(&got.body), "ok\n");
    snprintf(fields, sizeof(fields), "csrf=%s", csrf);
    send_form(w, "/logout", cookie, fields, &got);
    look(w, "/", cookie, &got);
    assert_int_equal(got.status, 303);
    got_finish(&got);
}

static void numbers_are_masked_and_others_are_not(void **state)
{
    const struct {
        const char *text, *want;
    } rows[] = {
        {"001190000001", "•••••••••001"},
        {"0912.345.678", "••••.•••.678"},
        {"0912 345 678", "•••• ••• 678"},
        {"a 12345678 b", "a 12345678 b"},
        {"123456789", "••••••789"},
        {"2026-11-05T09:30:00.000+07:00", "2026-11-05T09:30:00.000+07:00"},
        {"10.776889123 106.700897456 0 0", "10.776889123 106.700897456 0 0"},
        {"DN4010123456789", "DN••••••••••789"},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct buf got = {0};
        mask_add(&got, str_of(rows[i].text));
        assert_string_equal(buf_text(&got), rows[i].want);
        buf_finish(&got);
    }
}

/* What cannot be kept is refused in words that say why, and nothing of it is kept. */
static void words_of_a_judgement_have_a_length(void **state)
{
    struct world *w = *state;
    struct answer_got got = {0};
    struct buf fields = {0};
    char cookie[128], csrf[64];
    log_in(w, cookie, csrf);
    assert_int_equal(post_status(w, record("uuid:judged", "", ""), NULL), 201);
    look(w, "/", cookie, &got);
    const char *at = strstr(buf_text(&got.body), "/record/"); /* the newest stands first */
    assert_non_null(at);
    char path[32];
    snprintf(path, sizeof(path), "%.*s", (int)strcspn(at, "\""), at);
    static const struct {
        size_t n;
        int status;
        const char *says;
    } rows[] = {{2, 400, "with words that tell the volunteer why"},
                {901, 400, "too long: 300 letters at most"},
                {900, 200, "wwwwwwwwww"}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        buf_clear(&fields);
        buf_addf(&fields, "csrf=%s&judge=returned&comment=", csrf);
        for (size_t k = 0; k < rows[i].n; k++) {
            buf_add_char(&fields, 'w');
        }
        send_form(w, path, cookie, buf_text(&fields), &got);
        assert_int_equal(got.status, rows[i].status);
        assert_true(got_has(&got, rows[i].says));
        assert_true(rows[i].status == 200 || !got_has(&got, "wwwwwwwwww"));
        look(w, path, cookie, &got);
        assert_true((rows[i].status == 200) == got_has(&got, "wwwwwwwwww"));
    }
    buf_finish(&fields);
    got_finish(&got);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_shows_without_the_passphrase),
        cmocka_unit_test(records_show_escaped_and_masked),
        cmocka_unit_test(csv_streams_formula_safe),
        cmocka_unit_test(words_of_a_judgement_have_a_length),
        cmocka_unit_test(other_pages_stand),
        cmocka_unit_test(numbers_are_masked_and_others_are_not),
    };
    return cmocka_run_group_tests(tests, world_open, world_close);
}
