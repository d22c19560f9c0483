/* Our client and our hub, joined by a real connection. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "helper_hub.h"

#include <string.h>

#include "sync/handover/enrolment.h"
#include "sync/openrosa/client.h"

enum { FILES = 3, SIZE = 5000 };

static char server[200];

static struct portal *connect_to(struct world *w, const char *token)
{
    struct portal *portal = NULL;
    struct err err = {0};
    snprintf(server, sizeof(server), "http://127.0.0.1:%d/key/%s", w->port, token);
    struct portal_settings settings = {.server = server, .device_id = "gocua:1"};
    assert_true(portal_open(&portal, &settings, &err));
    return portal;
}

static bool take(void *ctx, const void *bytes, size_t n, struct err *err)
{
    buf_add(ctx, bytes, n);
    return true;
}

static void lists_come_down(void **state)
{
    struct world *w = *state;
    struct portal *portal = connect_to(w, w->token);
    struct wire_form_list list = {0};
    struct wire_manifest manifest = {0};
    struct answer answer = {0};
    struct buf got = {0};
    struct err err = {0};
    struct archive *archive = world_archive(w);
    assert_true(archive_publish_list(archive, "places", STR("name,label\na,A\n"), NULL));
    hub_give(w->hub, archive);
    assert_true(portal_probe(portal, &answer, &err));
    assert_int_equal(answer.meaning, ANSWER_GENUINE);
    assert_int_equal(portal_limit(portal), 100000000);
    assert_true(portal_form_list(portal, &list, &answer, &err));
    assert_int_equal(list.forms.n, 1);
    struct portal_download form = {.url = list.forms.v[0].download_url,
                                   .md5 = list.forms.v[0].md5,
                                   .sink = take,
                                   .sink_ctx = &got};
    assert_true(portal_fetch(portal, &form, &answer, &err));
    assert_true(portal_manifest(portal, list.forms.v[0].manifest_url, &manifest, &answer, &err));
    assert_int_equal(manifest.media.n, 1);
    buf_clear(&got);
    struct portal_download csv = {.url = manifest.media.v[0].download_url,
                                  .md5 = manifest.media.v[0].md5,
                                  .sink = take,
                                  .sink_ctx = &got};
    assert_true(portal_fetch(portal, &csv, &answer, &err));
    assert_string_equal(buf_text(&got), "name,label\na,A\n");
    csv.etag = csv.new_etag;
    char kept[128];
    snprintf(kept, sizeof(kept), "%s", csv.new_etag);
    csv.etag = kept;
    assert_true(portal_fetch(portal, &csv, &answer, &err));
    assert_int_equal(answer.meaning, ANSWER_NOT_CHANGED);
    wire_form_list_finish(&list);
    wire_manifest_finish(&manifest);
    buf_finish(&got);
    portal_close(portal);
}

struct memory {
    char address[300], etag[100];
    struct buf bytes;
    int recalled, remembered;
};

static bool recall(void *ctx, const char *address, struct buf *etag, struct buf *bytes)
{
    struct memory *m = ctx;
    if (strcmp(address, m->address) != 0) {
        return false;
    }
    m->recalled++;
    buf_add_text(etag, m->etag);
    buf_add_str(bytes, buf_str(&m->bytes));
    return true;
}

static void remember(void *ctx, const char *address, const char *etag, struct str bytes)
{
    struct memory *m = ctx;
    m->remembered++;
    snprintf(m->address, sizeof(m->address), "%s", address);
    snprintf(m->etag, sizeof(m->etag), "%s", etag);
    buf_clear(&m->bytes);
    buf_add_str(&m->bytes, bytes);
}

static void lists_that_have_not_changed_come_from_memory(void **state)
{
    struct world *w = *state;
    struct portal *portal = connect_to(w, w->token);
    struct memory m = {0};
    struct wire_form_list list = {0};
    struct answer answer = {0};
    struct buf xml = {0};
    struct err err = {0};
    portal_set_memory(portal, &(struct portal_memory){recall, remember, &m});
    for (int i = 0; i < 3; i++) {
        assert_true(portal_form_list(portal, &list, &answer, &err));
        assert_int_equal(answer.meaning, ANSWER_GENUINE);
        assert_int_equal(list.forms.n, 1);
        assert_true(portal_tells_records(portal));
        wire_form_list_finish(&list);
    }
    assert_int_equal(m.remembered, 1); /* twice it said: not changed */
    assert_int_equal(m.recalled, 2);
    form_add(&xml, "second", "1");
    world_publish(w, buf_str(&xml));
    assert_true(portal_form_list(portal, &list, &answer, &err));
    assert_int_equal(list.forms.n, 2);
    assert_int_equal(m.remembered, 2);
    wire_form_list_finish(&list);
    buf_finish(&m.bytes);
    buf_finish(&xml);
    portal_close(portal);
}

/* A record with pictures made of one letter each. */
struct source {
    size_t file, at;
    int opened;
};

static bool open_file(void *ctx, size_t i, struct err *err)
{
    struct source *source = ctx;
    source->file = i;
    source->at = 0;
    source->opened++;
    return true;
}

static bool read_file(void *ctx, void *bytes, size_t room, size_t *got, struct err *err)
{
    struct source *source = ctx;
    *got = SIZE - source->at < room ? SIZE - source->at : room;
    memset(bytes, (int)('a' + source->file), *got);
    source->at += *got;
    return true;
}

static void close_file(void *ctx)
{
}

static bool confirmed(void *ctx, struct err *err)
{
    return true;
}

static bool send_record(struct portal *portal, const char *xml, struct portal_file *files, size_t n,
                        struct answer *answer)
{
    struct source source = {0};
    struct err err = {0};
    struct portal_record sent = {.xml = str_of(xml),
                                 .files = files,
                                 .n_files = n,
                                 .open_file = open_file,
                                 .read_file = read_file,
                                 .close_file = close_file,
                                 .confirmed = confirmed,
                                 .ctx = &source};
    return portal_send(portal, &sent, answer, &err);
}

static void records_go_up(void **state)
{
    struct world *w = *state;
    struct portal *portal = connect_to(w, w->token);
    struct answer answer = {0};
    int64_t before = world_records(w);
    const char *xml = record("uuid:client", "<photo>một.png</photo><photo2>b.png</photo2>", "");
    struct portal_file files[FILES] = {{.name = "một.png", .type = "image/png", .size = SIZE},
                                       {.name = "b.png", .type = "image/png", .size = SIZE},
                                       {.name = "audit.csv", .type = "text/csv", .size = SIZE}};
    assert_true(send_record(portal, xml, files, FILES, &answer));
    assert_int_equal(answer.meaning, ANSWER_ACCEPTED);
    for (int i = 0; i < FILES; i++) {
        assert_true(files[i].is_confirmed);
    }
    assert_int_equal(world_records(w), before + 1);
    portal_close(portal);
}

static void each_refusal_has_its_meaning(void **state)
{
    struct world *w = *state;
    struct portal *portal = connect_to(w, w->token);
    struct answer answer = {0};
    assert_true(send_record(portal, record("uuid:m", "", ""), NULL, 0, &answer));
    assert_false(send_record(portal, record("uuid:m", "<age>1</age>", ""), NULL, 0, &answer));
    assert_int_equal(answer.meaning, ANSWER_DIFFERENT);
    assert_false(send_record(portal,
                             "<data id=\"visit\" version=\"9\"><meta><instanceID>uuid:v"
                             "</instanceID></meta></data>",
                             NULL, 0, &answer));
    assert_int_equal(answer.meaning, ANSWER_VERSION_GONE);
    struct archive *archive = world_archive(w);
    assert_true(archive_record_delete(archive, "visit", "uuid:m", NULL));
    assert_false(send_record(portal, record("uuid:m", "", ""), NULL, 0, &answer));
    assert_int_equal(answer.meaning, ANSWER_DELETED);
    assert_true(archive_form_set_state(archive, "visit", OPENROSA_FORM_CLOSED, NULL));
    assert_false(send_record(portal, record("uuid:c", "", ""), NULL, 0, &answer));
    assert_int_equal(answer.meaning, ANSWER_FORM_CLOSED);
    assert_true(archive_form_set_state(archive, "visit", OPENROSA_FORM_OPEN, NULL));
    writer_fill_disk(w->hub->writer, true);
    struct buf large = {0};
    buf_addf(&large,
             "<data id=\"visit\" version=\"1\"><name>%0400000d</name><meta><instanceID>"
             "uuid:big</instanceID></meta></data>",
             7);
    assert_false(send_record(portal, buf_text(&large), NULL, 0, &answer));
    assert_int_equal(answer.meaning, ANSWER_BUSY);
    assert_true(answer.wait_ms > 0);
    writer_fill_disk(w->hub->writer, false);
    hub_give(w->hub, archive);
    buf_finish(&large);
    portal_close(portal);
}

static void an_enrolment_code_leads_here(void **state)
{
    struct world *w = *state;
    struct answer_got got = {0};
    struct enrolment enrolment = {0};
    struct answer answer = {0};
    struct err err = {0};
    char token[TOKEN_TEXT], code[CODE_TEXT];
    struct buf text = {0}, url = {0};
    struct archive *archive = world_archive(w);
    buf_addf(&url, "http://127.0.0.1:%d", w->port);
    assert_true(archive_set(archive, "organisation", STR("Xã Thử Nghiệm"), NULL));
    assert_true(archive_device_add(archive, "fresh", INT64_MAX / 4, token, code, NULL));
    assert_true(organisation_add_code(
        &text, archive, w->data, &(struct invitation){buf_text(&url), token, 4102444800000}, &err));
    hub_give(w->hub, archive);
    assert_true(enrolment_read(&enrolment, buf_str(&text), NULL, 0, &err));
    assert_string_equal(enrolment.server, buf_text(&url));
    assert_string_equal(enrolment.organisation, "Xã Thử Nghiệm");
    struct portal *portal = connect_to(w, enrolment.token);
    assert_true(portal_probe(portal, &answer, &err));
    archive = world_archive(w);
    assert_true(archive_device_revoke(archive, "fresh", NULL));
    hub_give(w->hub, archive);
    assert_false(portal_probe(portal, &answer, &err));
    assert_int_equal(answer.meaning, ANSWER_TOKEN);
    portal_close(portal);
    buf_finish(&text);
    buf_finish(&url);
    got_finish(&got);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_come_down),
        cmocka_unit_test(records_go_up),
        cmocka_unit_test(each_refusal_has_its_meaning),
        cmocka_unit_test(an_enrolment_code_leads_here),
        cmocka_unit_test(lists_that_have_not_changed_come_from_memory),
    };
    return cmocka_run_group_tests(tests, world_open, world_close);
}
