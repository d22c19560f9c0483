/* Form list, form, manifest, media, tokens: what a client reads before it sends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "helper_hub.h"

#include <string.h>

#include "platform/base/clock.h"
#include "platform/base/hash.h"
#include "sync/openrosa/wire.h"

static void get(struct world *w, const char *what, const char *more, struct answer_got *got)
{
    char path[400];
    snprintf(path, sizeof(path), "%s/%s", w->base, what);
    wire_get(w->port, path, more, got);
}

static void the_list_is_what_clients_need(void **state)
{
    struct world *w = *state;
    struct answer_got got = {0};
    struct wire_form_list list = {0};
    char value[100], want[300];
    get(w, "formList", "", &got);
    assert_int_equal(got.status, 200);
    assert_string_equal(got_field(&got, "Content-Type", value, 100), "text/xml; charset=utf-8");
    assert_string_equal(got_field(&got, "X-OpenRosa-Version", value, 100), "1.0");
    assert_true(wire_read_form_list(buf_str(&got.body), &list, NULL));
    assert_int_equal(list.forms.n, 1);
    assert_int_equal(list.bad.n, 0);
    assert_string_equal(list.forms.v[0].name, "Visit & log");
    snprintf(want, sizeof(want), "http://hub.test%s/forms/visit.xml", w->base);
    assert_string_equal(list.forms.v[0].download_url, want);
    get(w, "forms/visit.xml", "", &got);
    assert_int_equal(got.status, 200);
    hash_md5_text(got.body.s, got.body.n, value);
    assert_string_equal(value, list.forms.v[0].md5);
    wire_form_list_finish(&list);
    got_finish(&got);
}

static void the_list_can_be_filtered_and_cached(void **state)
{
    struct world *w = *state;
    struct answer_got got = {0};
    char etag[100], more[160];
    get(w, "formList?formID=visit&verbose=true", "", &got);
    assert_true(got_has(&got, "<formID>visit</formID>"));
    get(w, "formList?formID=none", "", &got);
    assert_int_equal(got.status, 200);
    assert_false(got_has(&got, "<formID>"));
    get(w, "formList/", "", &got);
    assert_int_equal(got.status, 200);
    got_field(&got, "ETag", etag, sizeof(etag));
    snprintf(more, sizeof(more), "If-None-Match: W/%s\r\n", etag);
    get(w, "formList", more, &got);
    assert_int_equal(got.status, 304);
    get(w, "formList", "If-None-Match: \"other\", *\r\n", &got);
    assert_int_equal(got.status, 304);
    got_finish(&got);
}

static void the_version_header_is_asked_for(void **state)
{
    struct world *w = *state;
    struct answer_got got = {0};
    const char *paths[] = {"formList", "forms/visit/manifest", "submission",
                           "lists/trees/integrity"};
    for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
        struct buf request = {0};
        buf_addf(&request, "GET %s/%s HTTP/1.1\r\nHost: h\r\n\r\n", w->base, paths[i]);
        wire_ask(w->port, buf_str(&request), &got);
        assert_int_equal(got.status, 400);
        assert_true(got_has(&got, "X-OpenRosa-Version"));
        buf_finish(&request);
    }
    struct buf request = {0};
    buf_addf(&request, "GET %s/forms/visit.xml HTTP/1.1\r\nHost: h\r\n\r\n", w->base);
    wire_ask(w->port, buf_str(&request), &got);
    assert_int_equal(got.status, 200);
    buf_finish(&request);
    got_finish(&got);
}

static void media_come_whole_in_part_or_not_again(void **state)
{
    struct world *w = *state;
    struct answer_got got = {0};
    struct wire_manifest manifest = {0};
    char value[200], more[200];
    struct archive *archive = world_archive(w);
    struct str csv = STR("name,label\nparis,Paris\noslo,=Oslo\n");
    assert_true(archive_publish_list(archive, "places", csv, NULL));
    assert_true(archive_publish_media(archive, "visit", "ảnh 1.png", STR("0123456789"), NULL));
    hub_give(w->hub, archive);
    get(w, "forms/visit/manifest", "", &got);
    assert_true(wire_read_manifest(buf_str(&got.body), &manifest, NULL));
    assert_int_equal(manifest.media.n, 2);
    assert_string_equal(manifest.media.v[0].filename, "places.csv");
    hash_md5_text(csv.s, csv.n, value);
    assert_string_equal(manifest.media.v[0].md5, value);
    get(w, "forms/visit/media/places.csv", "", &got);
    assert_true(str_eq(buf_str(&got.body), csv));
    const char *url = strstr(manifest.media.v[1].download_url, "/key/");
    wire_get(w->port, url, "Range: bytes=2-4\r\n", &got);
    assert_int_equal(got.status, 206);
    assert_true(str_is(buf_str(&got.body), "234"));
    assert_string_equal(got_field(&got, "Content-Range", value, 200), "bytes 2-4/10");
    got_field(&got, "ETag", value, 200);
    wire_get(w->port, url, "Range: bytes=7-\r\n", &got);
    assert_true(str_is(buf_str(&got.body), "789"));
    wire_get(w->port, url, "Range: bytes=-2\r\n", &got);
    assert_true(str_is(buf_str(&got.body), "89"));
    wire_get(w->port, url, "Range: bytes=10-\r\n", &got);
    assert_int_equal(got.status, 416);
    wire_get(w->port, url, "Range: bytes=0-1,3-4\r\n", &got);
    assert_int_equal(got.status, 200);
    wire_get(w->port, url, "Range: bytes=2-4\r\nIf-Range: \"old\"\r\n", &got);
    assert_int_equal(got.status, 200);
    snprintf(more, sizeof(more), "If-None-Match: %s\r\n", value);
    wire_get(w->port, url, more, &got);
    assert_int_equal(got.status, 304);
    get(w, "forms/visit/media/none.png", "", &got);
    assert_int_equal(got.status, 404);
    wire_manifest_finish(&manifest);
    got_finish(&got);
}

static void tokens_decide(void **state)
{
    struct world *w = *state;
    struct answer_got got = {0};
    char unknown[128];
    snprintf(unknown, sizeof(unknown), "/key/%064d/formList", 0);
    wire_get(w->port, unknown, "", &got);
    assert_int_equal(got.status, 403);
    assert_true(got_has(&got, "OpenRosaResponse"));
    wire_get(w->port, "/key/nonsense/formList", "", &got);
    assert_int_equal(got.status, 401);
    snprintf(unknown, sizeof(unknown), "/v1/key/%s/projects/7/formList", w->token);
    wire_get(w->port, unknown, "", &got);
    assert_int_equal(got.status, 200);
    snprintf(unknown, sizeof(unknown), "/v1/key/%s/projects/7/forms/visit.xml", w->token);
    assert_true(got_has(&got, unknown));
    got_finish(&got);
}

static void a_revoked_token_ends_at_once(void **state)
{
    struct world *w = *state;
    struct answer_got got = {0};
    char token[TOKEN_TEXT], code[CODE_TEXT], path[128];
    struct archive *archive = world_archive(w);
    assert_true(archive_device_add(archive, "lost", clock_now_ms() + 60000, token, code, NULL));
    assert_false(archive_device_add(archive, "lost", clock_now_ms() + 60000, token, code, NULL));
    hub_give(w->hub, archive);
    archive = world_archive(w);
    assert_true(archive_device_revoke(archive, "lost", NULL));
    assert_true(archive_device_add(archive, "lost", clock_now_ms() + 60000, token, code, NULL));
    snprintf(path, sizeof(path), "/key/%s/formList", token);
    wire_get(w->port, path, "", &got);
    assert_int_equal(got.status, 200);
    assert_true(archive_device_revoke(archive, "lost", NULL));
    wire_get(w->port, path, "", &got);
    assert_int_equal(got.status, 403);
    hub_give(w->hub, archive);
    got_finish(&got);
}

static void a_code_is_good_once_and_for_a_time(void **state)
{
    struct world *w = *state;
    struct answer_got got = {0};
    char token[TOKEN_TEXT], code[CODE_TEXT], path[200];
    struct archive *archive = world_archive(w);
    assert_true(archive_device_add(archive, "new", clock_now_ms() + 60000, token, code, NULL));
    snprintf(path, sizeof(path), "/enrol?code=%s&device=abc", code);
    wire_get(w->port, path, "", &got);
    assert_int_equal(got.status, 200);
    assert_true(got_has(&got, "\"code\":\"GOCUA1:"));
    /* the answer was lost: the same device may ask again, another may not */
    wire_get(w->port, path, "", &got);
    assert_int_equal(got.status, 200);
    snprintf(path, sizeof(path), "/enrol?code=%s&device=xyz", code);
    wire_get(w->port, path, "", &got);
    assert_int_equal(got.status, 403);
    /* the token of the signed code was replaced by the exchange */
    snprintf(path, sizeof(path), "/key/%s/formList", token);
    wire_get(w->port, path, "", &got);
    assert_int_equal(got.status, 403);
    /* too old */
    assert_true(archive_device_add(archive, "late", clock_now_ms() - 1, token, code, NULL));
    snprintf(path, sizeof(path), "/enrol?code=%s", code);
    wire_get(w->port, path, "", &got);
    assert_int_equal(got.status, 403);
    snprintf(path, sizeof(path), "/key/%s/formList", token);
    wire_get(w->port, path, "", &got);
    assert_int_equal(got.status, 403);
    hub_give(w->hub, archive);
    got_finish(&got);
}

static void a_closed_form_is_off_the_list(void **state)
{
    struct world *w = *state;
    struct answer_got got = {0};
    struct archive *archive = world_archive(w);
    assert_true(archive_form_set_state(archive, "visit", OPENROSA_FORM_CLOSING, NULL));
    get(w, "formList", "", &got);
    assert_false(got_has(&got, "<formID>visit"));
    get(w, "forms/visit.xml", "", &got);
    assert_int_equal(got.status, 200);
    assert_true(archive_form_set_state(archive, "visit", OPENROSA_FORM_CLOSED, NULL));
    get(w, "forms/visit.xml", "", &got);
    assert_int_equal(got.status, 403);
    assert_true(archive_form_set_state(archive, "visit", OPENROSA_FORM_OPEN, NULL));
    hub_give(w->hub, archive);
    got_finish(&got);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_list_is_what_clients_need),
        cmocka_unit_test(the_list_can_be_filtered_and_cached),
        cmocka_unit_test(the_version_header_is_asked_for),
        cmocka_unit_test(media_come_whole_in_part_or_not_again),
        cmocka_unit_test(tokens_decide),
        cmocka_unit_test(a_revoked_token_ends_at_once),
        cmocka_unit_test(a_code_is_good_once_and_for_a_time),
        cmocka_unit_test(a_closed_form_is_off_the_list),
    };
    return cmocka_run_group_tests(tests, world_open, world_close);
}
