/* Filling a form over a store: what the layers below cannot see alone. */
#include "helper_app.h"

#include "app/store/attachment.h"
#include "app/work/filling.h"
#include "platform/base/clock.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_photo_taken_again_in_the_same_moment_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
