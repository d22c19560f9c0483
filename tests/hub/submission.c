/* The rows of the protocol's tables about POST /submission, asked over a real connection. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "helper_hub.h"

#include <string.h>
#include <unistd.h>

#define SUCCESS "full submission upload was successful!"

static void new_and_identical_bytes_are_201(void **state)
{
    struct world *w = *state;
    const char *xml = record("uuid:new-1", "", "");
    int64_t before = world_records(w);
    assert_int_equal(post_status(w, xml, SUCCESS), 201);
    assert_int_equal(post_status(w, xml, SUCCESS), 201);
    assert_int_equal(world_records(w), before + 1);
}

static void other_bytes_are_409_and_change_nothing(void **state)
{
    struct world *w = *state;
    assert_int_equal(post_status(w, record("uuid:other", "", ""), NULL), 201);
    assert_int_equal(post_status(w, record("uuid:other", "<age>3</age>", ""), "different XML"),
                     409);
    char longer[2048];
    snprintf(longer, sizeof(longer), "%s\n", record("uuid:other", "", ""));
    assert_int_equal(post_status(w, longer, "different XML"), 409);
    assert_int_equal(post_status(w, record("uuid:other", "", ""), SUCCESS), 201);
}

static void what_is_no_record_is_400(void **state)
{
    struct world *w = *state;
    int64_t before = world_records(w);
    const struct {
        const char *xml, *words;
    } rows[] = {
        {"<data id=\"visit\" version=\"1\"><name>x</nam", "cannot be read"},
        {"<data id=\"visit\" version=\"1\"><a></b></data>", "cannot be read"},
        {"", "form ID"},
        {"<data><meta><instanceID>uuid:x</instanceID></meta></data>", "form ID"},
        {"<data id=\"visit\" version=\"1\"><name>no id</name></data>", "instanceID"},
        {"<data id=\"visit\" version=\"1\"><meta><instanceID> </instanceID></meta></data>",
         "instanceID"},
        {"<data id=\"visit\" version=\"1\">\xe1<meta><instanceID>u</instanceID></meta></data>",
         "UTF-8"},
        {"<!DOCTYPE d [<!ENTITY a \"b\">]><data id=\"visit\" version=\"1\"><meta>"
         "<instanceID>&a;</instanceID></meta></data>",
         "cannot be read"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        assert_int_equal(post_status(w, rows[i].xml, rows[i].words), 400);
        assert_int_equal(post_status(w, rows[i].xml, rows[i].words), 400);
    }
    assert_int_equal(world_records(w), before);
}

static void deep_and_hostile_xml_is_refused(void **state)
{
    struct world *w = *state;
    struct buf xml = {0};
    buf_add_text(&xml, "<data id=\"visit\" version=\"1\">");
    for (int i = 0; i < 5000; i++) {
        buf_add_text(&xml, "<a>");
    }
    assert_int_equal(post_status(w, buf_text(&xml), "cannot be read"), 400);
    buf_finish(&xml);
}

static void forms_and_versions_must_be_known(void **state)
{
    struct world *w = *state;
    struct buf form = {0};
    assert_int_equal(post_status(w,
                                 "<data id=\"nope\" version=\"1\"><meta><instanceID>uuid:n"
                                 "</instanceID></meta></data>",
                                 "Could not find"),
                     404);
    assert_int_equal(post_status(w,
                                 "<data id=\"visit\" version=\"77\"><meta><instanceID>uuid:n"
                                 "</instanceID></meta></data>",
                                 "version specified in this submission"),
                     404);
    assert_int_equal(post_status(w,
                                 "<data id=\"visit\"><meta><instanceID>uuid:n"
                                 "</instanceID></meta></data>",
                                 "does not exist"),
                     404);
    form_add(&form, "visit", "2");
    world_publish(w, buf_str(&form));
    assert_int_equal(post_status(w, record("uuid:old-version", "", ""), SUCCESS), 201);
    buf_finish(&form);
}

static void the_same_id_in_another_form_is_another_record(void **state)
{
    struct world *w = *state;
    struct buf form = {0};
    form_add(&form, "second", "1");
    world_publish(w, buf_str(&form));
    assert_int_equal(post_status(w, record("uuid:both", "", ""), NULL), 201);
    assert_int_equal(post_status(w,
                                 "<data id=\"second\" version=\"1\"><meta><instanceID>uuid:both"
                                 "</instanceID></meta></data>",
                                 NULL),
                     201);
    buf_finish(&form);
}

static void a_closed_form_takes_nothing(void **state)
{
    struct world *w = *state;
    struct buf form = {0};
    const char *xml = "<data id=\"state\" version=\"1\"><meta><instanceID>uuid:s1</instanceID>"
                      "</meta></data>";
    form_add(&form, "state", "1");
    world_publish(w, buf_str(&form));
    struct archive *archive = world_archive(w);
    assert_true(archive_form_set_state(archive, "state", OPENROSA_FORM_CLOSING, NULL));
    assert_int_equal(post_status(w, xml, SUCCESS), 201);
    assert_true(archive_form_set_state(archive, "state", OPENROSA_FORM_CLOSED, NULL));
    assert_int_equal(post_status(w, xml, "not currently accepting"), 409);
    hub_give(w->hub, archive);
    buf_finish(&form);
}

static void deleted_ids_stay_known(void **state)
{
    struct world *w = *state;
    assert_int_equal(post_status(w, record("uuid:del", "", ""), NULL), 201);
    struct archive *archive = world_archive(w);
    assert_true(archive_record_delete(archive, "visit", "uuid:del", NULL));
    hub_give(w->hub, archive);
    assert_int_equal(post_status(w, record("uuid:del", "", ""), "has been deleted"), 409);
}

static void edits_follow_the_chain(void **state)
{
    struct world *w = *state;
    const char *dep = "<deprecatedID>uuid:e1</deprecatedID>";
    int64_t before = world_records(w);
    assert_int_equal(post_status(w, record("uuid:e1", "", ""), NULL), 201);
    assert_int_equal(post_status(w, record("uuid:e2", "<age>2</age>", dep), SUCCESS), 201);
    assert_int_equal(post_status(w, record("uuid:e2", "<age>2</age>", dep), SUCCESS), 201);
    assert_int_equal(post_status(w, record("uuid:e1", "", ""), "(undefined) is now out of date"),
                     409);
    assert_int_equal(post_status(w, record("uuid:e3", "", dep), "(uuid:e1) is now out of date"),
                     409);
    assert_int_equal(post_status(w,
                                 record("uuid:e4", "", "<deprecatedID>uuid:never</deprecatedID>"),
                                 "find that submission to update (uuid:never)"),
                     404);
    assert_int_equal(world_records(w), before + 1);
}

static void missing_files_are_named(void **state)
{
    struct world *w = *state;
    struct answer_got got = {0};
    const char *xml =
        record("uuid:files", "<photo>one.png</photo><photo2>hai ảnh.png</photo2>", "");
    struct sent_file one = {"one.png", "one.png", STR("first")};
    struct sent_file two = {"hai ảnh.png", "hai ảnh.png", STR("second")};
    struct sent_file field = {"*isIncomplete*", NULL, STR("yes")};
    struct sent_file first[] = {one, field};
    post(w, xml, first, 2, &got);
    assert_int_equal(got.status, 201);
    assert_true(got_has(&got, "<file>hai ảnh.png</file>"));
    assert_false(got_has(&got, "<file>one.png</file>"));
    post(w, xml, &two, 1, &got);
    assert_int_equal(got.status, 201);
    assert_false(got_has(&got, "<file>"));
    got_finish(&got);
}

struct look {
    int here, named, all;
    char first_digit;
};

static void look_at(void *ctx, const struct archive_file *file)
{
    struct look *look = ctx;
    look->all++;
    look->here += file->is_here ? 1 : 0;
    look->named += file->is_named ? 1 : 0;
}

static bool find_seq(void *ctx, const struct archive_record *row)
{
    *(int64_t *)ctx = row->seq;
    return false;
}

/* The number of the newest record. */
static int64_t newest(struct archive *archive)
{
    int64_t seq = 0;
    struct archive_filter filter = {.count = 1};
    assert_true(archive_record_list(archive, &filter, find_seq, &seq, NULL));
    return seq;
}

static void files_go_by_part_name_or_file_name(void **state)
{
    struct world *w = *state;
    struct answer_got got = {0};
    struct look look = {0};
    struct sent_file files[] = {{"x1.png", "other.png", STR("1")},
                                {"file2", "C:\\dir\\x2.png", STR("2")},
                                {"extra", "unnamed.png", STR("3")}};
    post(w, record("uuid:names", "<photo>x1.png</photo><photo2>x2.png</photo2>", ""), files, 3,
         &got);
    assert_int_equal(got.status, 201);
    assert_false(got_has(&got, "<file>"));
    struct archive *archive = world_archive(w);
    assert_true(archive_record_files(archive, newest(archive), look_at, &look, NULL));
    hub_give(w->hub, archive);
    assert_int_equal(look.all, 3);
    assert_int_equal(look.here, 3);
    assert_int_equal(look.named, 2);
    got_finish(&got);
}

static void bytes_are_kept_exactly(void **state)
{
    struct world *w = *state;
    struct answer_got got = {0};
    char bytes[300], back[300];
    int fd = -1;
    uint64_t size = 0;
    for (int i = 0; i < 300; i++) {
        bytes[i] = (char)(i * 7);
    }
    struct sent_file file = {"one.png", "one.png", {bytes, sizeof(bytes)}};
    post(w, record("uuid:bytes", "<photo>one.png</photo>", ""), &file, 1, &got);
    struct archive *archive = world_archive(w);
    assert_true(archive_record_open(archive, newest(archive), "one.png", &fd, &size, NULL));
    hub_give(w->hub, archive);
    assert_int_equal(size, sizeof(bytes));
    assert_int_equal(read(fd, back, sizeof(back)), sizeof(back));
    assert_memory_equal(back, bytes, sizeof(bytes));
    close(fd);
    got_finish(&got);
}

static void hundreds_of_files_fit_in_one_post(void **state)
{
    struct world *w = *state;
    struct answer_got got = {0};
    static char names[120][16];
    struct sent_file files[120];
    struct look look = {0};
    for (int i = 0; i < 120; i++) {
        snprintf(names[i], sizeof(names[i]), "f%03d.png", i);
        files[i] = (struct sent_file){names[i], names[i], str_of(names[i])};
    }
    post(w, record("uuid:many", "", ""), files, 120, &got);
    assert_int_equal(got.status, 201);
    struct archive *archive = world_archive(w);
    assert_true(archive_record_files(archive, newest(archive), look_at, &look, NULL));
    hub_give(w->hub, archive);
    assert_int_equal(look.here, 120);
    got_finish(&got);
}

static void hostile_names_do_not_leave_the_folder(void **state)
{
    struct world *w = *state;
    struct answer_got got = {0};
    struct sent_file up = {"../../evil", "..", STR("x")};
    post(w, record("uuid:evil", "", ""), &up, 1, &got);
    assert_int_equal(got.status, 400);
    got_finish(&got);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(new_and_identical_bytes_are_201),
        cmocka_unit_test(other_bytes_are_409_and_change_nothing),
        cmocka_unit_test(what_is_no_record_is_400),
        cmocka_unit_test(deep_and_hostile_xml_is_refused),
        cmocka_unit_test(forms_and_versions_must_be_known),
        cmocka_unit_test(the_same_id_in_another_form_is_another_record),
        cmocka_unit_test(a_closed_form_takes_nothing),
        cmocka_unit_test(deleted_ids_stay_known),
        cmocka_unit_test(edits_follow_the_chain),
        cmocka_unit_test(missing_files_are_named),
        cmocka_unit_test(files_go_by_part_name_or_file_name),
        cmocka_unit_test(bytes_are_kept_exactly),
        cmocka_unit_test(hundreds_of_files_fit_in_one_post),
        cmocka_unit_test(hostile_names_do_not_leave_the_folder),
    };
    return cmocka_run_group_tests(tests, world_open, world_close);
}
