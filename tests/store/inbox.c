#include "app/store/inbox.h"
#include "app/store/formfile.h"
#include "app/store/list.h"
#include "tests/store/helper_store.h"

#include "platform/base/clock.h"
#include "platform/base/hash.h"
#include "platform/db/db.h"

static const char form_xml[] =
    "<?xml version=\"1.0\"?><h:html xmlns=\"http://www.w3.org/2002/xforms\""
    " xmlns:h=\"http://www.w3.org/1999/xhtml\"><h:head><h:title>Visit</h:title><model>"
    "<instance><data id=\"visit\" version=\"%s\"><name/><meta><instanceID/></meta></data>"
    "</instance><instance id=\"l\" src=\"jr://file-csv/l.csv\"/>"
    "<bind nodeset=\"/data/name\" type=\"string\"/></model></h:head><h:body>"
    "<input ref=\"/data/name\"><label>Name</label></input></h:body></h:html>";

struct offer {
    char xml[900], hash[40], list_hash[40];
    struct inbox_file file;
    struct inbox_form form;
};

static void make_offer(struct offer *o, const char *version, const char *csv)
{
    char md5[HASH_MD5_TEXT];
    snprintf(o->xml, sizeof(o->xml), form_xml, version);
    hash_md5_text(o->xml, strlen(o->xml), md5);
    snprintf(o->hash, sizeof(o->hash), "md5:%s", md5);
    hash_md5_text(csv, strlen(csv), md5);
    snprintf(o->list_hash, sizeof(o->list_hash), "md5:%s", md5);
    o->file = (struct inbox_file){INBOX_MEDIA, "l.csv", o->list_hash, NULL};
    o->form = (struct inbox_form){"visit", version, "Visit", o->hash, &o->file, 1};
}

/* As a session does: what is here is kept, the rest comes in pieces. */
static bool take(struct inbox *in, const struct inbox_form *form, const struct inbox_file *file,
                 void *update, const char *bytes, bool has, struct err *err)
{
    if (has) {
        return in->ops->keep_file(in->ctx, update, file, err);
    }
    size_t half = strlen(bytes) / 2;
    void *to;
    return in->ops->open_file(in->ctx, update, file, &to, err) &&
           in->ops->write_file(in->ctx, to, bytes, half, err) &&
           in->ops->write_file(in->ctx, to, bytes + half, strlen(bytes) - half, err) &&
           in->ops->close_file(in->ctx, to, err);
}

static bool fetch(struct inbox *in, struct offer *o, const char *csv, struct err *err)
{
    const struct inbox_file xml = {INBOX_FORM, "", o->hash, NULL};
    bool has_form, has_file;
    void *update;
    check(in->ops->has_form(in->ctx, &o->form, &has_form, err), err);
    check(in->ops->has_file(in->ctx, &o->form, &o->file, &has_file, err), err);
    check(in->ops->begin(in->ctx, &o->form, &update, err), err);
    if (!take(in, &o->form, &xml, update, o->xml, has_form, err) ||
        !take(in, &o->form, &o->file, update, csv, has_file, err)) {
        in->ops->abort(in->ctx, update);
        return false;
    }
    return in->ops->commit(in->ctx, update, err);
}

static bool is_here(struct inbox *in, struct offer *o)
{
    struct err err;
    bool form, file;
    check(in->ops->has_form(in->ctx, &o->form, &form, &err), &err);
    check(in->ops->has_file(in->ctx, &o->form, &o->file, &file, &err), &err);
    return form && file;
}

static void a_form_arrives_and_changes(void **state)
{
    struct fixture *f = *state;
    struct err err;
    struct inbox_place place = {f->store, "https://hub"};
    struct inbox in = inbox_of(&place);
    struct offer first, second;
    struct form_list *list;
    int64_t id;
    make_offer(&first, "1", "name\na\n");
    assert_false(is_here(&in, &first));
    check(fetch(&in, &first, "name\na\n", &err), &err);
    assert_true(is_here(&in, &first));
    make_offer(&second, "1", "name\nb\n"); /* only the list changed */
    assert_false(is_here(&in, &second));
    check(fetch(&in, &second, "name\nb\n", &err), &err);
    assert_true(is_here(&in, &second));
    check(formfile_current(f->store, "visit", &id, &err), &err);
    check(formfile_open_list(f->store, id, "l.csv", &list, &err), &err);
    assert_true(str_is(list->ops->cell(list, 0, 0), "b"));
    list->ops->destroy(list);
}

static void a_form_that_is_none_leaves_the_old(void **state)
{
    struct fixture *f = *state;
    struct err err;
    struct inbox_place place = {f->store, "https://hub"};
    struct inbox in = inbox_of(&place);
    struct offer good, bad;
    int64_t before, after;
    make_offer(&good, "1", "name\na\n");
    check(fetch(&in, &good, "name\na\n", &err), &err);
    check(formfile_current(f->store, "visit", &before, &err), &err);
    make_offer(&bad, "2", "name\na\n");
    bad.xml[300] = 0; /* cut off */
    assert_false(fetch(&in, &bad, "name\na\n", &err));
    assert_int_equal(err.kind, ERR_INPUT);
    make_offer(&bad, "2", "name\na\n");
    bad.form.form_id = "another";
    assert_false(fetch(&in, &bad, "name\na\n", &err));
    assert_int_equal(err.kind, ERR_INPUT);
    check(formfile_current(f->store, "visit", &after, &err), &err);
    assert_int_equal(before, after);
    assert_true(is_here(&in, &good));
}

static void what_is_offered_no_more_is_retired(void **state)
{
    struct fixture *f = *state;
    struct err err;
    struct inbox_place place = {f->store, "https://hub"};
    struct inbox in = inbox_of(&place);
    struct offer o;
    int64_t id, record;
    struct buf xml = {0};
    make_offer(&o, "1", "name\na\n");
    check(fetch(&in, &o, "name\na\n", &err), &err);
    check(formfile_current(f->store, "visit", &id, &err), &err);
    check(record_create(
              f->store,
              &(struct record_new){
                  .formfile = id, .form_id = "visit", .version = "1", .instance_id = "uuid:1"},
              &record, &err),
          &err);
    check(in.ops->offered(in.ctx, &o.form, 1, &err), &err);
    check(formfile_current(f->store, "visit", &id, &err), &err);
    check(in.ops->offered(in.ctx, NULL, 0, &err), &err);
    int64_t none;
    assert_false(formfile_current(f->store, "visit", &none, &err));
    check(formfile_xml(f->store, id, &xml, &err), &err); /* the draft can go on */
    assert_false(is_here(&in, &o));
    check(fetch(&in, &o, "name\na\n", &err), &err); /* open again */
    assert_true(is_here(&in, &o));
    buf_finish(&xml);
}

static void entity_lists_are_merged(void **state)
{
    struct fixture *f = *state;
    struct err err;
    struct inbox_place place = {f->store, "https://hub"};
    struct inbox in = inbox_of(&place);
    struct offer o;
    char ids[200];
    const char *const id = "11111111-1111-4111-8111-111111111111";
    make_offer(&o, "1", "");
    o.file = (struct inbox_file){INBOX_LIST, "l.csv", "token-1", "https://hub/integrity"};
    check(in.ops->offline_ids(in.ctx, &o.file, ids, sizeof(ids), &err), &err);
    assert_string_equal(ids, "");
    check(fetch(&in, &o, "name,label,__version\n", &err), &err);
    assert_true(is_here(&in, &o));
    check(
        list_apply(f->store,
                   &(struct entity_change){.list = "l", .id = id, .label = "new", .creates = true},
                   &err),
        &err);
    check(in.ops->offline_ids(in.ctx, &o.file, ids, sizeof(ids), &err), &err);
    assert_string_equal(ids, id);
    check(in.ops->offline_ids(in.ctx, &o.file, ids, 20, &err), &err);
    assert_string_equal(ids, ""); /* no half ids */
    o.file.hash = "token-2";
    assert_false(is_here(&in, &o));
    check(fetch(&in, &o, "name,label,__version\n", &err), &err);
    check(in.ops->entity_deleted(in.ctx, &o.file, id, &err), &err);
    struct list_info info;
    check(list_get(f->store, "l.csv", &f->arena, &info, &err), &err);
    assert_int_equal(info.rows, 0);
}

static void add_bytes(void *to, const void *bytes, size_t n)
{
    buf_add(to, bytes, n);
}

/* Bytes that a broken link left are there after a restart; whole files wait for their form. */
static void what_came_before_the_break_is_kept(void **state)
{
    struct fixture *f = *state;
    struct err err;
    struct inbox_place place = {f->store, "https://hub"};
    struct inbox in = inbox_of(&place);
    struct buf large = {0}, back = {0};
    const char *etag;
    void *update, *to, *other;
    bool has;
    for (int i = 0; i < 200000; i++) {
        buf_addf(&large, "%d,", i);
    }
    char md5[HASH_MD5_TEXT], hash[40], small_md5[HASH_MD5_TEXT];
    hash_md5_text(large.s, large.n, md5);
    hash_md5_text("logo", 4, small_md5);
    snprintf(hash, sizeof(hash), "md5:%s", md5);
    struct offer o;
    make_offer(&o, "1", "");
    const struct inbox_file film = {INBOX_MEDIA, "film.mp4", hash, NULL};
    const struct inbox_file logo = {INBOX_MEDIA, "logo.png", small_md5, NULL};
    const struct inbox_file list = {INBOX_LIST, "l.csv", "token", "https://hub/i"};
    check(in.ops->begin(in.ctx, &o.form, &update, &err), &err);
    check(in.ops->open_file(in.ctx, update, &film, &to, &err), &err);
    check(in.ops->open_file(in.ctx, update, &logo, &other, &err), &err);
    assert_int_equal(in.ops->have_file(in.ctx, to, &etag), 0);
    check(in.ops->stand_file(in.ctx, to, "\"e1\"", true, &err), &err);
    check(in.ops->stand_file(in.ctx, other, "\"e2\"", true, &err), &err);
    for (size_t at = 0; at < 900000; at += 1000) { /* two at a time */
        check(in.ops->write_file(in.ctx, to, large.s + at, 1000, &err), &err);
        if (at < 4000) {
            check(in.ops->write_file(in.ctx, other, "logo" + at / 1000, 1, &err), &err);
        }
    }
    check(in.ops->close_file(in.ctx, other, &err), &err);
    in.ops->leave_file(in.ctx, to, true);
    check(in.ops->open_file(in.ctx, update, &list, &to, &err), &err);
    check(in.ops->write_file(in.ctx, to, "name", 4, &err), &err);
    in.ops->leave_file(in.ctx, to, true);
    in.ops->abort(in.ctx, update);
    store_restart(f);
    place.store = f->store;
    check(in.ops->offered(in.ctx, &o.form, 1, &err), &err); /* nothing of it is swept away */
    check(in.ops->has_file(in.ctx, &o.form, &logo, &has, &err), &err);
    assert_true(has);
    check(in.ops->has_file(in.ctx, &o.form, &film, &has, &err), &err);
    assert_false(has);
    check(in.ops->begin(in.ctx, &o.form, &update, &err), &err);
    check(in.ops->open_file(in.ctx, update, &list, &to, &err), &err);
    assert_int_equal(in.ops->have_file(in.ctx, to, &etag), 0); /* its token proves no bytes */
    in.ops->leave_file(in.ctx, to, false);
    check(in.ops->open_file(in.ctx, update, &film, &to, &err), &err);
    assert_int_equal(in.ops->have_file(in.ctx, to, &etag), 900000);
    assert_string_equal(etag, "\"e1\"");
    check(in.ops->replay_file(in.ctx, to, add_bytes, &back, &err), &err);
    assert_memory_equal(back.s, large.s, 900000);
    check(in.ops->stand_file(in.ctx, to, "\"e1\"", false, &err), &err);
    check(in.ops->write_file(in.ctx, to, large.s + 900000, large.n - 900000, &err), &err);
    check(in.ops->close_file(in.ctx, to, &err), &err);
    in.ops->abort(in.ctx, update);
    check(in.ops->has_file(in.ctx, &o.form, &film, &has, &err), &err);
    assert_true(has);
    int64_t pieces;
    check(db_number(f->store->db, "SELECT count(*) FROM arriving_piece", DB_NONE, &pieces, 0, &err),
          &err);
    assert_int_equal(pieces, 0);
    check(in.ops->offered(in.ctx, &o.form, 1, &err), &err); /* the next session */
    check(in.ops->has_file(in.ctx, &o.form, &film, &has, &err), &err);
    assert_true(has);
    clock_fix(clock_now_ms() + 15 * 86400000LL); /* nobody came for them */
    check(in.ops->offered(in.ctx, &o.form, 1, &err), &err);
    clock_fix(-1);
    check(in.ops->has_file(in.ctx, &o.form, &film, &has, &err), &err);
    assert_false(has);
    buf_finish(&large);
    buf_finish(&back);
}

/* A new version of a form never changes an entry that was begun in the old one. */
static void a_form_in_use_keeps_its_old_version(void **state)
{
    struct fixture *f = *state;
    struct err err;
    struct inbox_place place = {f->store, "https://hub"};
    struct inbox in = inbox_of(&place);
    struct offer first, second;
    struct form_list *list;
    struct buf xml = {0};
    int64_t old, id;
    make_offer(&first, "1", "name\na\n");
    check(fetch(&in, &first, "name\na\n", &err), &err);
    check(formfile_current(f->store, "visit", &old, &err), &err);
    check(record_create(
              f->store,
              &(struct record_new){
                  .formfile = old, .form_id = "visit", .version = "1", .instance_id = "uuid:1"},
              &id, &err),
          &err);
    make_offer(&second, "2", "name\nb\n");
    check(fetch(&in, &second, "name\nb\n", &err), &err);
    check(in.ops->offered(in.ctx, &second.form, 1, &err), &err);
    store_restart(f);
    place.store = f->store;
    check(formfile_xml(f->store, old, &xml, &err), &err);
    assert_true(str_is(buf_str(&xml), first.xml));
    check(formfile_open_list(f->store, old, "l.csv", &list, &err), &err);
    assert_true(str_is(list->ops->cell(list, 0, 0), "a"));
    list->ops->destroy(list);
    check(formfile_current(f->store, "visit", &id, &err), &err);
    assert_int_not_equal(id, old);
    check(record_delete_draft(f->store, 1, &err), &err); /* nobody needs it now */
    check(in.ops->offered(in.ctx, &second.form, 1, &err), &err);
    buf_clear(&xml);
    assert_false(formfile_xml(f->store, old, &xml, &err));
    buf_finish(&xml);
}

static void lists_are_remembered_without_their_address(void **state)
{
    struct fixture *f = *state;
    struct err err;
    struct inbox_place place = {f->store, "https://hub"};
    struct inbox in = inbox_of(&place);
    struct buf etag = {0}, bytes = {0};
    int64_t found;
    assert_false(in.ops->recall(in.ctx, "https://hub/key/SECRET/formList", &etag, &bytes));
    in.ops->remember(in.ctx, "https://hub/key/SECRET/formList", "\"e1\"", STR("<a/>"));
    in.ops->remember(in.ctx, "https://hub/key/SECRET/formList", "\"e2\"", STR("<b/>"));
    store_restart(f);
    place.store = f->store;
    assert_true(in.ops->recall(in.ctx, "https://hub/key/SECRET/formList", &etag, &bytes));
    assert_string_equal(buf_text(&etag), "\"e2\"");
    assert_string_equal(buf_text(&bytes), "<b/>");
    check(db_number(f->store->db, "SELECT count(*) FROM remembered WHERE address LIKE '%SECRET%'",
                    DB_NONE, &found, 0, &err),
          &err);
    assert_int_equal(found, 0);
    buf_finish(&etag);
    buf_finish(&bytes);
}

int main(void)
{
#define IN_STORE(test) cmocka_unit_test_setup_teardown(test, store_setup, store_teardown)
    const struct CMUnitTest tests[] = {
        IN_STORE(a_form_arrives_and_changes),
        IN_STORE(lists_are_remembered_without_their_address),
        IN_STORE(a_form_that_is_none_leaves_the_old),
        IN_STORE(what_is_offered_no_more_is_retired),
        IN_STORE(entity_lists_are_merged),
        IN_STORE(what_came_before_the_break_is_kept),
        IN_STORE(a_form_in_use_keeps_its_old_version),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
