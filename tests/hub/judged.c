/* What people say about a record goes back to the device that sent it, and so does a newer version;
 * no other device sees either. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "helper_hub.h"

#include <stdio.h>
#include <string.h>

#include "platform/base/clock.h"
#include "sync/openrosa/client.h"

static struct portal *connect_to(struct world *w, const char *token)
{
    struct portal *portal = NULL;
    struct wire_form_list list;
    struct answer answer;
    struct err err = {0};
    char server[200];
    snprintf(server, sizeof(server), "http://127.0.0.1:%d/key/%s", w->port, token);
    assert_true(portal_open(&portal, &(struct portal_settings){.server = server}, &err));
    assert_true(portal_form_list(portal, &list, &answer, &err));
    assert_true(portal_tells_records(portal));
    wire_form_list_finish(&list);
    return portal;
}

struct sought {
    const char *instance;
    int64_t seq;
};

static bool find(void *ctx, const struct archive_record *record)
{
    struct sought *sought = ctx;
    sought->seq = strcmp(record->instance, sought->instance) == 0 ? record->seq : sought->seq;
    return true;
}

static int64_t seq_of(struct world *w, const char *instance)
{
    struct sought sought = {instance, 0};
    const struct archive_filter all = {.all_states = true};
    struct archive *archive = world_archive(w);
    assert_true(archive_record_list(archive, &all, find, &sought, NULL));
    hub_give(w->hub, archive);
    return sought.seq;
}

static bool judge(struct world *w, const char *instance, bool accepts, const char *words)
{
    struct archive *archive = world_archive(w);
    struct err err = {0};
    bool ok = archive_judge(archive, seq_of(w, instance), accepts, words, &err);
    hub_give(w->hub, archive);
    return ok;
}

static void send_edit(struct world *w, const char *id, const char *old, const char *name)
{
    struct answer_got got = {0};
    char xml[400];
    snprintf(xml, sizeof(xml),
             "<data id=\"visit\" version=\"1\"><name>%s</name><meta><instanceID>%s</instanceID>"
             "<deprecatedID>%s</deprecatedID></meta></data>",
             name, id, old);
    post(w, xml, NULL, 0, &got);
    assert_int_equal(got.status, 201);
    got_finish(&got);
}

static void words_go_back_to_the_device_that_sent_it(void **state)
{
    struct world *w = *state;
    struct answer_got got = {0};
    struct wire_judgements said;
    struct answer answer;
    struct err err = {0};
    struct buf xml = {0};
    char token[TOKEN_TEXT], code[CODE_TEXT];
    post(w, record("uuid:j1", "", ""), NULL, 0, &got);
    assert_int_equal(got.status, 201);
    post(w, record("uuid:j2", "", ""), NULL, 0, &got);
    struct portal *ours = connect_to(w, w->token);
    assert_true(portal_judgements(ours, &said, &answer, &err));
    assert_int_equal(said.v.n, 0);
    wire_judgements_finish(&said);
    assert_true(judge(w, "uuid:j1", false, "the <date> is \"wrong\""));
    assert_true(judge(w, "uuid:j2", true, ""));
    assert_true(portal_judgements(ours, &said, &answer, &err));
    assert_int_equal(said.v.n, 2);
    assert_string_equal(said.v.v[0].instance_id, "uuid:j1");
    assert_false(said.v.v[0].is_accepted);
    assert_string_equal(said.v.v[0].message, "the <date> is \"wrong\"");
    assert_true(said.v.v[1].is_accepted);
    wire_judgements_finish(&said);
    /* the correction takes its place: nothing is said about the old version any more */
    send_edit(w, "uuid:j1-new", "uuid:j1", "second");
    send_edit(w, "uuid:j1-newer", "uuid:j1-new", "third");
    assert_false(judge(w, "uuid:j1", true, ""));
    assert_true(portal_judgements(ours, &said, &answer, &err));
    assert_int_equal(said.v.n, 1);
    wire_judgements_finish(&said);
    /* whichever version is asked for, the newest comes */
    const char *ids[] = {"uuid:j1", "uuid:j1-new", "uuid:j1-newer"};
    for (size_t i = 0; i < 3; i++) {
        buf_clear(&xml);
        assert_true(portal_newest(ours, ids[i], &xml, &answer, &err));
        assert_true(str_find(buf_str(&xml), STR("<name>third</name>")) > 0);
    }
    assert_false(portal_newest(ours, "uuid:none", &xml, &answer, &err));
    /* another device learns nothing */
    struct archive *archive = world_archive(w);
    assert_true(archive_device_add(archive, "other", clock_now_ms() + 3600000, token, code, &err));
    hub_give(w->hub, archive);
    struct portal *theirs = connect_to(w, token);
    assert_true(portal_judgements(theirs, &said, &answer, &err));
    assert_int_equal(said.v.n, 0);
    wire_judgements_finish(&said);
    assert_false(portal_newest(theirs, "uuid:j1", &xml, &answer, &err));
    portal_close(ours);
    portal_close(theirs);
    buf_finish(&xml);
    got_finish(&got);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(words_go_back_to_the_device_that_sent_it)};
    return cmocka_run_group_tests(tests, world_open, world_close);
}
