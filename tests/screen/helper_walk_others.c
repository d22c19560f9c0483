/* The screens that need other devices: a version of the portal, a stick, a device nearby. */
#include "helper_walk.h"

#include "app/store/record.h"
#include "app/store/rival.h"
#include "app/store/setting.h"
#include "app/work/filling.h"
#include "app/work/receive.h"
#include "platform/base/file.h"
#include "sync/handover/matrix.h"

static void serialize(struct walk *w, const char *text, struct filling *filling, struct buf *xml)
{
    static const char *const refs[] = {"/data/household/hamlet", "/data/household/address"};
    struct err err = {0};
    for (size_t i = 0; i < sizeof(refs) / sizeof(*refs); i++) {
        walk_must(filling_answer(filling, refs[i], str_of(text), NULL, &err), &err);
    }
    walk_must(entry_serialize(filling->entry, SERIAL_SUBMISSION, xml, &err), &err);
}

void walk_versions(struct walk *w)
{
    struct err err = {0};
    struct filling *filling = NULL;
    struct buf mine = {0}, theirs = {0};
    int64_t id;
    walk_must(filling_begin(w->app, "home_visit", "", &filling, &err), &err);
    serialize(w, LONG_PLACE, filling, &mine);
    serialize(w, LONG_NAME, filling, &theirs);
    struct record_new what = {.formfile = filling->formfile,
                              .form_id = "home_visit",
                              .version = "1",
                              .instance_id = "uuid:every-late",
                              .title = LONG_NAME ", " LONG_PLACE};
    walk_must(record_create(w->app->store, &what, &id, &err), &err);
    walk_must(record_finish(w->app->store, id, &(struct record_final){.xml = buf_str(&mine)}, &err),
              &err);
    walk_must(record_set_aside(w->app->store, id, "edit-late", "409", &err), &err);
    desk_go(w->desk, "compare", &(struct ticket){id, NULL});
    walk_play(w, "wait idle");
    walk_look(w, "compare the portal's has not come");
    walk_play(w, "tap back");
    walk_must(rival_put(w->app->store, "uuid:every-late", buf_str(&theirs), &err), &err);
    desk_go(w->desk, "compare", &(struct ticket){id, NULL});
    walk_play(w, "wait idle");
    walk_look(w, "compare both");
    walk_play(w, "tap back");
    walk_must(filling_discard(filling, &err), &err);
    buf_finish(&mine);
    buf_finish(&theirs);
}

/* To an organisation, or to none. */
static void belong(struct walk *w, bool to_one)
{
    static const char key[] = "3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29";
    struct err err = {0};
    walk_must(setting_set(w->app->store, "enrol.key", to_one ? key : "", &err), &err);
}

void walk_stick(struct walk *w)
{
    char *folder = test_folder();
    char sticks[2][400], places[1000], block[500];
    walk_play(w, "tap stick");
    walk_look(w, "stick no key");
    walk_play(w, "tap back");
    belong(w, true);
    setenv("GOCUA_STICKS", "", 1);
    walk_play(w, "tap stick");
    walk_look(w, "stick none");
    walk_play(w, "tap back");
    for (int i = 0; i < 2; i++) {
        snprintf(sticks[i], sizeof(sticks[i]), "%s/%d " LONG_NAME, folder, i + 1);
        assert_true(file_make_folder(sticks[i], NULL));
    }
    snprintf(places, sizeof(places), "%s:%s", sticks[0], sticks[1]);
    setenv("GOCUA_STICKS", places, 1);
    walk_play(w, "tap stick");
    walk_look(w, "stick two of them");
    walk_play(w, "tap write");
    walk_look(w, "stick written");
    walk_play(w, "tap done");
    snprintf(block, sizeof(block), "%s/uuid_every-7.part", sticks[0]); /* no file can be there */
    assert_true(file_make_folder(block, NULL));
    walk_play(w, "tap stick");
    walk_play(w, "tap write");
    walk_look(w, "stick failed");
    walk_play(w, "tap again");
    walk_play(w, "tap back");
    unsetenv("GOCUA_STICKS");
    belong(w, false);
    test_folder_remove(folder);
}

/* A camera that sees that code and nothing else. */
static void show_code(struct walk *w, const struct receive *receive, const char *folder)
{
    enum { CELL = 6 };
    struct err err = {0};
    struct matrix matrix = {0};
    struct buf code = {0}, picture = {0};
    char path[512];
    walk_must(near_add_code(&code, receive_code(receive), &err), &err);
    walk_must(matrix_make(&matrix, buf_str(&code), MATRIX_MEDIUM, &err), &err);
    int side = (matrix.size + 2 * MATRIX_QUIET) * CELL;
    buf_addf(&picture, "P5 %d %d 255\n", side, side);
    for (int i = 0; i < side * side; i++) {
        int x = i % side / CELL - MATRIX_QUIET, y = i / side / CELL - MATRIX_QUIET;
        buf_add_char(&picture, matrix_is_dark(&matrix, x, y) ? 0 : (char)255);
    }
    snprintf(path, sizeof(path), "%s/code.pgm", folder);
    walk_must(file_write(path, picture.s, picture.n, &err), &err);
    snprintf(w->camera, sizeof(w->camera), "fake:%s", path);
    matrix_finish(&matrix);
    buf_finish(&code);
    buf_finish(&picture);
}

/* Until the words of both screens are there: its code was read. */
static void aim_at_code(struct walk *w)
{
    char line[200];
    walk_play(w, "tap near-give");
    snprintf(line, sizeof(line), "wait for \"%s\" 60000", tr("Number on both screens"));
    walk_play(w, line);
}

void walk_near(struct walk *w)
{
    struct err err = {0};
    struct receive *receive = NULL;
    char *folder = test_folder();
    walk_play(w, "tap near");
    walk_look(w, "near");
    walk_play(w, "tap near-give");
    walk_look(w, "near_give no key");
    walk_play(w, "tap back");
    walk_play(w, "tap near-receive");
    walk_look(w, "near_receive no key");
    walk_play(w, "tap back");
    belong(w, true);
    setenv("GOCUA_NEAR", "", 1);
    walk_play(w, "tap near-receive");
    walk_look(w, "near_receive no network");
    setenv("GOCUA_NEAR", "127.0.0.1", 1);
    walk_play(w, "tap again");
    walk_look(w, "near_receive listening");
    walk_play(w, "tap back");
    walk_camera(w, false);
    walk_play(w, "tap near-give");
    walk_look(w, "near_give no camera");
    walk_play(w, "tap back");
    walk_must(receive_begin(w->app, &receive, &err), &err);
    show_code(w, receive, folder);
    aim_at_code(w);
    walk_look(w, "near_give what goes");
    walk_play(w, "tap give");
    walk_look(w, "near_give given");
    walk_play(w, "tap done");
    receive_end(receive);
    aim_at_code(w);
    walk_play(w, "tap give");
    walk_look(w, "near_give nobody");
    walk_play(w, "tap again");
    walk_play(w, "tap back");
    desk_go(w->desk, "near_receive", &(struct ticket){1, NULL});
    walk_play(w, "wait idle");
    walk_look(w, "near_receive tired");
    walk_play(w, "tap back");
    walk_camera(w, true);
    unsetenv("GOCUA_NEAR");
    belong(w, false);
    walk_play(w, "tap back");
    test_folder_remove(folder);
}
