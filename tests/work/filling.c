/* Filling a form over a store: what the layers below cannot see alone. */
#include "helper_app.h"

#include "app/store/attachment.h"
#include "app/store/formfile.h"
#include "app/store/record.h"
#include "app/work/filling.h"
#include "platform/base/clock.h"

/* As salvage leaves it when the page with its XML was damaged. */
static void a_draft_that_lost_its_xml_keeps_its_id(void **state)
{
    char *folder = test_folder();
    struct app *app = test_app_open(folder);
    struct filling *f = NULL;
    struct err err = {0};
    int64_t id;
    struct record_new what = {.form_id = "feedback", .version = "1", .instance_id = "uuid:kept"};
    test_app_form(app, "feedback");
    assert_true(formfile_current(app->store, "feedback", &what.formfile, &err));
    assert_true(record_create(app->store, &what, &id, &err));
    assert_true(record_save_answer(app->store, id, "/data/what/story", STR("a story"), &err));
    assert_true(filling_resume(app, id, &f, &err));
    assert_string_equal(entry_instance_id(f->entry), "uuid:kept");
    assert_true(str_is(entry_value(f->entry, "/data/what/story"), "a story"));
    filling_close(f);
    app_close(app);
    test_folder_remove(folder);
}

/* A clock that stands or was set back gives the same file name twice. */
static void a_photo_taken_again_in_the_same_moment_stays(void **state)
{
    static const char ref[] = "/data/what/picture";
    char *folder = test_folder(), name[128];
    struct app *app = test_app_open(folder);
    struct filling *f = NULL;
    struct err err = {0};
    struct buf bytes = {0};
    struct attachments files;
    struct arena arena = {0};
    test_app_form(app, "feedback");
    clock_fix_wall(1790000000000);
    assert_true(filling_begin(app, "feedback", "", &f, &err));
    assert_true(filling_attach(f, ref, STR("first"), "jpg", &err));
    assert_true(filling_attach(f, ref, STR("second"), "jpg", &err));
    snprintf(name, sizeof(name), STR_FMT, STR_ARG(entry_value(f->entry, ref)));
    assert_true(attachment_load(app->store, f->record, name, &bytes, &err));
    assert_string_equal(buf_text(&bytes), "second");
    assert_true(attachment_list(app->store, f->record, &arena, &files, &err));
    assert_int_equal(files.n, 1); /* the first went */
    assert_true(filling_detach(f, ref, &err));
    assert_true(attachment_list(app->store, f->record, &arena, &files, &err));
    assert_int_equal(files.n, 0);
    clock_fix_wall(-1);
    arena_finish(&arena);
    buf_finish(&bytes);
    filling_close(f);
    app_close(app);
    test_folder_remove(folder);
}

static const char audited[] =
    "<h:html xmlns=\"http://www.w3.org/2002/xforms\" xmlns:h=\"http://www.w3.org/1999/xhtml\" "
    "xmlns:odk=\"http://www.opendatakit.org/xforms\"><h:head><h:title>Logged</h:title><model>"
    "<instance><data id=\"logged\" version=\"1\"><a/><b/><meta><instanceID/><audit/></meta></data>"
    "</instance><bind nodeset=\"/data/meta/audit\" type=\"binary\" odk:track-changes=\"true\" "
    "odk:identify-user=\"true\"/></model></h:head><h:body><input ref=\"/data/a\"><label>A</label>"
    "</input><input ref=\"/data/b\"><label>B</label></input></h:body></h:html>";

/* The log that a form asks for is as safe as its answers: each time the draft was open stands in
 * it, also one that ended by a kill. */
static void the_log_of_a_draft_survives_a_kill(void **state)
{
    char *folder = test_folder();
    struct app *app = test_app_open(folder);
    struct filling *killed = NULL, *f = NULL;
    struct err err = {0};
    struct buf csv = {0}, xml = {0};
    test_app_take(
        app,
        &(struct inbox_form){.form_id = "logged", .version = "1", .name = "Logged", .hash = "h"},
        str_of(audited));
    assert_true(settings_set(app, "volunteer_name", "Trần Văn Ví Dụ", NULL));
    clock_fix(1790000000000);
    assert_true(filling_begin(app, "logged", "", &killed, &err));
    filling_note(killed, "question", "/data/a");
    assert_true(filling_answer(killed, "/data/a", STR("one"), NULL, &err));
    filling_note(killed, "question", "/data/b");
    assert_true(filling_answer(killed, "/data/b", STR("two"), NULL, &err));
    clock_fix(1790000009000);
    assert_true(filling_resume(app, killed->record, &f, &err));
    filling_note(f, "question", "/data/b");
    assert_true(filling_answer(f, "/data/b", STR("three"), NULL, &err));
    assert_true(filling_finish(f, &err));
    assert_true(attachment_load(app->store, f->record, "audit.csv", &csv, &err));
    assert_string_equal(buf_text(&csv),
                        "event,node,start,end,old-value,new-value,user\n"
                        "form start,,1790000000000,,,,Trần Văn Ví Dụ\n"
                        "question,/data/a,1790000000000,1790000000000,,one,Trần Văn Ví Dụ\n"
                        "form resume,,1790000009000,,,,Trần Văn Ví Dụ\n"
                        "question,/data/b,1790000009000,1790000009000,two,three,Trần Văn Ví Dụ\n"
                        "form finalize,,1790000009000,,,,Trần Văn Ví Dụ\n");
    assert_true(record_xml(app->store, f->record, &xml, &err));
    assert_true(str_find(buf_str(&xml), STR("audit>audit.csv</")) > 0);
    clock_fix(-1);
    buf_finish(&csv);
    buf_finish(&xml);
    filling_close(f);
    killed->answers = 0; /* as dead as it can be here */
    filling_close(killed);
    app_close(app);
    test_folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_log_of_a_draft_survives_a_kill),
        cmocka_unit_test(a_draft_that_lost_its_xml_keeps_its_id),
        cmocka_unit_test(a_photo_taken_again_in_the_same_moment_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
