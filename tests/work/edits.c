/* A record that was sent is corrected; it came back; or the portal had a newer version meanwhile.
 */
#include "helper_app.h"

#include "app/store/attachment.h"
#include "app/store/formfile.h"
#include "app/store/inbox.h"
#include "app/store/outbox.h"
#include "app/work/compare.h"
#include "app/work/filling.h"
#include "platform/base/hash.h"

static const char form_xml[] =
    "<h:html xmlns=\"http://www.w3.org/2002/xforms\" xmlns:h=\"http://www.w3.org/1999/xhtml\">"
    "<h:head><h:title>Talk</h:title><model><instance><data id=\"talk\" version=\"1\"><name/><who/>"
    "<day/><kid><nick/></kid><photo/><meta><instanceID/></meta></data></instance>"
    "<bind nodeset=\"/data/name\" type=\"string\"/><bind nodeset=\"/data/day\" type=\"date\"/>"
    "<bind nodeset=\"/data/photo\" type=\"binary\"/></model></h:head><h:body>"
    "<input ref=\"/data/name\"><label>What is the **name**?</label></input>"
    "<select1 ref=\"/data/who\"><label>Who opened?</label><item><label>The mother</label>"
    "<value>m</value></item><item><label>The father</label><value>f</value></item></select1>"
    "<input ref=\"/data/day\"><label>When?</label></input>"
    "<group ref=\"/data/kid\"><label>Child</label><repeat nodeset=\"/data/kid\">"
    "<input ref=\"/data/kid/nick\"><label>Nickname</label></input></repeat></group>"
    "<upload ref=\"/data/photo\" mediatype=\"image/*\"><label>Photo</label></upload>"
    "</h:body></h:html>";

struct world {
    char *folder;
    struct app *app;
    struct inbox_place place;
    struct inbox inbox;
    struct arena arena;
};

static void must(bool ok, const struct err *err)
{
    if (!ok) {
        fail_msg("%s", err->text);
    }
}

static void start(struct world *w)
{
    struct err err = {0};
    char hash[HASH_MD5_TEXT];
    void *update, *to;
    *w = (struct world){.folder = test_folder()};
    w->app = test_app_open(w->folder);
    w->place = (struct inbox_place){w->app->store, "http://test"};
    w->inbox = inbox_of(&w->place);
    hash_md5_text(form_xml, strlen(form_xml), hash);
    struct inbox_form form = {.form_id = "talk", .version = "1", .name = "Talk", .hash = hash};
    struct inbox_file file = {.kind = INBOX_FORM, .name = "", .hash = hash};
    must(w->inbox.ops->begin(w->inbox.ctx, &form, &update, &err) &&
             w->inbox.ops->open_file(w->inbox.ctx, update, &file, &to, &err) &&
             w->inbox.ops->write_file(w->inbox.ctx, to, form_xml, strlen(form_xml), &err) &&
             w->inbox.ops->close_file(w->inbox.ctx, to, &err) &&
             w->inbox.ops->commit(w->inbox.ctx, update, &err),
         &err);
}

static void finish(struct world *w)
{
    arena_finish(&w->arena);
    app_close(w->app);
    test_folder_remove(w->folder);
}

static void say(struct filling *f, const char *ref, const char *value)
{
    struct err err = {0};
    must(filling_answer(f, ref, str_of(value), NULL, &err), &err);
}

static int64_t finish_it(struct filling *f)
{
    struct err err = {0};
    int64_t id = f->record;
    must(filling_finish(f, &err), &err);
    filling_close(f);
    return id;
}

static int64_t add_record(struct world *w)
{
    struct filling *f;
    struct err err = {0};
    must(filling_begin(w->app, "talk", "", &f, &err), &err);
    say(f, "/data/name", "Lan");
    say(f, "/data/who", "m");
    say(f, "/data/day", "2026-11-05");
    say(f, "/data/kid[1]/nick", "Bi");
    must(filling_attach(f, "/data/photo", STR("a picture"), "jpg", &err), &err);
    return finish_it(f);
}

/* The next that may be sent gets this outcome; 0: none may. */
static int64_t settle(struct world *w, enum outbox_action action, enum outbox_reason reason)
{
    struct outbox outbox;
    struct outbox_item item = {0};
    struct err err = {0};
    outbox_begin(w->app->store, &outbox);
    if (outbox.ops->next(outbox.ctx, INT64_MAX, &w->arena, &item, &err)) {
        must(outbox.ops->begin(outbox.ctx, item.record, &err), &err);
        for (size_t i = 0; i < item.n_files; i++) {
            item.files[i].is_confirmed = action == OUTBOX_SENT;
        }
        struct outbox_outcome outcome = {.action = action, .reason = reason};
        must(outbox.ops->settle(outbox.ctx, &item, &outcome, &err), &err);
    }
    outbox_end(&outbox);
    return item.record;
}

static struct record get(struct world *w, int64_t id)
{
    struct record record;
    struct err err = {0};
    must(record_get(w->app->store, id, &w->arena, &record, &err), &err);
    return record;
}

static int64_t count(struct world *w, int dealt_with)
{
    int64_t n = -1;
    const struct record_filter filter = {.states = 1u << RECORD_ASIDE | 1u << RECORD_RETURNED,
                                         .dealt_with = dealt_with};
    assert_true(record_count(w->app->store, &filter, &n, NULL));
    return n;
}

static struct str xml_of(struct world *w, int64_t id)
{
    struct buf xml = {0};
    struct err err = {0};
    must(record_xml(w->app->store, id, &xml, &err), &err);
    struct str text = {arena_str(&w->arena, buf_str(&xml)), xml.n};
    buf_finish(&xml);
    return text;
}

static void what_came_back_is_corrected_and_sent_again(void **state)
{
    struct world w;
    struct filling *f;
    struct err err = {0};
    char expected[200];
    start(&w);
    int64_t first = add_record(&w);
    const char *id = get(&w, first).instance_id;
    assert_int_equal(settle(&w, OUTBOX_SENT, OUTBOX_NO_REASON), first);
    must(w.inbox.ops->judged(w.inbox.ctx, id, false, "the date is wrong", &err), &err);
    must(w.inbox.ops->judged(w.inbox.ctx, id, false, "the date is wrong", &err), &err);
    must(w.inbox.ops->judged(w.inbox.ctx, "uuid:of-another", true, "", &err), &err);
    assert_int_equal(get(&w, first).state, RECORD_RETURNED);
    assert_string_equal(get(&w, first).message, "the date is wrong");
    assert_int_equal(count(&w, 1), 1);
    must(filling_correct(w.app, first, NULL, &f, &err), &err);
    assert_true(str_is(entry_value(f->entry, "/data/name"), "Lan"));
    assert_string_equal(entry_problem_at(f->entry, 0) ? "x" : "", "");
    say(f, "/data/day", "2026-11-06");
    filling_close(f); /* it is a draft like any other */
    int64_t drafts = 0;
    const struct record_filter of_drafts = {.states = 1u << RECORD_DRAFT};
    assert_true(record_count(w.app->store, &of_drafts, &drafts, NULL));
    assert_int_equal(drafts, 1);
    must(filling_resume(w.app, first + 1, &f, &err), &err);
    int64_t second = finish_it(f);
    struct str xml = xml_of(&w, second);
    snprintf(expected, sizeof(expected), "deprecatedID>%s<", id);
    assert_true(str_find(xml, str_of(expected)) > 0);
    assert_true(str_find(xml, STR("2026-11-06")) > 0);
    assert_int_equal(get(&w, second).files, 1); /* the photo goes along */
    assert_int_equal(count(&w, 1), 0);          /* nothing is left to be done about the first */
    assert_int_equal(settle(&w, OUTBOX_SENT, OUTBOX_NO_REASON), second);
    finish(&w);
}

/* A sent record, its correction that came too late, and what the portal has instead. */
static int64_t make_late(struct world *w, bool has_rival)
{
    struct filling *f;
    struct err err = {0};
    char id[80], theirs[80];
    int64_t first = add_record(w);
    assert_int_equal(settle(w, OUTBOX_SENT, OUTBOX_NO_REASON), first);
    must(filling_correct(w->app, first, NULL, &f, &err), &err);
    say(f, "/data/name", "Lan Anh");
    int64_t late = finish_it(f);
    assert_int_equal(settle(w, OUTBOX_ASIDE, OUTBOX_EDIT_LATE), late);
    assert_true(w->inbox.ops->late(w->inbox.ctx, 0, id));
    assert_string_equal(id, get(w, first).instance_id);
    assert_false(w->inbox.ops->late(w->inbox.ctx, 1, theirs));
    if (has_rival) {
        const char *xml =
            "<data id=\"talk\" version=\"1\"><name>Lan</name><who>f</who><day>2026-11-07</day>"
            "<kid><nick>Bi</nick></kid><kid><nick>Na</nick></kid><photo/><meta><instanceID>"
            "uuid:theirs</instanceID></meta></data>";
        must(w->inbox.ops->take_newest(w->inbox.ctx, id, str_of(xml), &err), &err);
        assert_false(w->inbox.ops->late(w->inbox.ctx, 0, theirs));
    }
    return late;
}

static const struct difference *find(const struct comparing *c, const char *label)
{
    for (size_t i = 0; i < c->differences.n; i++) {
        if (!strcmp(c->differences.v[i].label, label)) {
            return &c->differences.v[i];
        }
    }
    fail_msg("no difference in %s", label);
    return NULL;
}

static void both_versions_stand_side_by_side_in_words(void **state)
{
    struct world w;
    struct comparing *c;
    struct err err = {0};
    start(&w);
    int64_t late = make_late(&w, true);
    must(comparing_open(w.app, late, &c, &err), &err);
    assert_true(c->is_there);
    assert_string_equal(c->their_id, "uuid:theirs");
    assert_int_equal(c->differences.n, 5);
    assert_string_equal(c->differences.v[0].label, "What is the name?"); /* in the form's order */
    assert_string_equal(find(c, "Who opened?")->mine, "The mother");
    assert_string_equal(find(c, "Who opened?")->theirs, "The father");
    assert_string_equal(find(c, "Nickname (2)")->mine, "");
    assert_string_equal(find(c, "Nickname (2)")->theirs, "Na");
    assert_null(strstr(find(c, "When?")->theirs, "2026-")); /* as people write a date */
    assert_string_equal(find(c, "Photo")->theirs, "");
    assert_int_equal(c->same, 1);
    comparing_close(c);
    finish(&w);
}

static void mine_goes_as_a_correction_of_theirs(void **state)
{
    struct world w;
    struct comparing *c;
    struct err err = {0};
    start(&w);
    int64_t late = make_late(&w, true);
    must(comparing_open(w.app, late, &c, &err), &err);
    must(comparing_keep_mine(c, &err), &err);
    comparing_close(c);
    int64_t sent = settle(&w, OUTBOX_SENT, OUTBOX_NO_REASON);
    assert_true(sent > late);
    struct str xml = xml_of(&w, sent);
    assert_true(str_find(xml, STR("deprecatedID>uuid:theirs<")) > 0);
    assert_true(str_find(xml, STR("Lan Anh")) > 0);
    assert_int_equal(get(&w, sent).files, 1);
    assert_true(str_find(xml_of(&w, late), STR("Lan Anh")) > 0); /* still here as it was */
    assert_int_equal(count(&w, 1), 0);
    assert_int_equal(count(&w, 2), 1);
    finish(&w);
}

static void theirs_stands_and_mine_is_kept(void **state)
{
    struct world w;
    struct comparing *c;
    struct err err = {0};
    start(&w);
    int64_t late = make_late(&w, false);
    must(comparing_open(w.app, late, &c, &err), &err);
    assert_false(c->is_there); /* a portal that hands nothing out */
    must(comparing_keep_theirs(c, &err), &err);
    assert_false(comparing_keep_theirs(c, &err)); /* once is enough */
    comparing_close(c);
    assert_int_equal(settle(&w, OUTBOX_SENT, OUTBOX_NO_REASON), 0); /* nothing more is sent */
    assert_true(str_find(xml_of(&w, late), STR("Lan Anh")) > 0);
    assert_int_equal(count(&w, 1), 0);
    finish(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_came_back_is_corrected_and_sent_again),
        cmocka_unit_test(both_versions_stand_side_by_side_in_words),
        cmocka_unit_test(mine_goes_as_a_correction_of_theirs),
        cmocka_unit_test(theirs_stands_and_mine_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
