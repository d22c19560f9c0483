#include "app/store/inbox.h"
#include "app/store/formfile.h"
#include "app/store/list.h"
#include "tests/store/helper_store.h"

#include "platform/base/hash.h"

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
    return in->ops->open_file(in->ctx, update, file, err) &&
           in->ops->write_file(in->ctx, update, bytes, half, err) &&
           in->ops->write_file(in->ctx, update, bytes + half, strlen(bytes) - half, err) &&
           in->ops->close_file(in->ctx, update, err);
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

int main(void)
{
#define IN_STORE(test) cmocka_unit_test_setup_teardown(test, store_setup, store_teardown)
    const struct CMUnitTest tests[] = {
        IN_STORE(a_form_arrives_and_changes),
        IN_STORE(a_form_that_is_none_leaves_the_old),
        IN_STORE(what_is_offered_no_more_is_retired),
        IN_STORE(entity_lists_are_merged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
