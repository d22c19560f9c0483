/* The camera behind its door, with the fake: newest picture, codes once, advice, stills, and what
 * happens when the pictures go away. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "app/ident/ident.h"
#include "platform/base/file.h"
#include "platform/sensor/camera.h"
#include "tests/frames/frames.h"

enum { PATIENCE_MS = 20000 };

struct room {
    char folder[64], path[3][128];
    uint8_t payload[3][FRAMES_PAYLOAD];
    size_t sizes[3];
    atomic_int wakes;
};

static void write_pgm(const char *path, const uint8_t *pixels, int width, int height)
{
    struct buf file = {0};
    buf_addf(&file, "P5\n%d %d\n255\n", width, height);
    buf_add(&file, pixels, (size_t)width * (size_t)height);
    assert_true(file_write(path, file.s, file.n, NULL));
    buf_finish(&file);
}

/* Pictures 0 and 2 show cards, picture 1 shows none. */
static int make_room(void **state)
{
    struct room *room = calloc(1, sizeof *room);
    uint8_t *pixels = malloc(FRAMES_PIXELS);
    snprintf(room->folder, sizeof room->folder, "/tmp/gocua-camera-XXXXXX");
    assert_non_null(mkdtemp(room->folder));
    for (int i = 0; i < 3; i++) {
        struct frame_plan plan;
        frame_plan(&plan, 21, 18, 0, i); /* easy */
        plan.width = 640, plan.height = 480;
        assert_true(frame_render(&plan, pixels));
        if (i == 1) {
            memset(pixels, 200, 640 * 480);
        }
        snprintf(room->path[i], sizeof room->path[i], "%s/%d.pgm", room->folder, i);
        write_pgm(room->path[i], pixels, 640, 480);
        memcpy(room->payload[i], plan.payload, plan.payload_size);
        room->sizes[i] = plan.payload_size;
    }
    free(pixels);
    *state = room;
    return 0;
}

static int leave_room(void **state)
{
    struct room *room = *state;
    file_remove_tree(room->folder, NULL);
    free(room);
    return 0;
}

static void count_wake(void *ctx)
{
    atomic_fetch_add((atomic_int *)ctx, 1);
}

static struct camera *open_fake(struct room *room, const char *what)
{
    struct camera *camera;
    char id[200];
    struct camera_options options = {
        .id = id, .fps = 30, .scan = true, .wake = count_wake, .wake_ctx = &room->wakes};
    options.codes.accept = ident_accepts;
    options.codes.budget_ms = 1000;
    snprintf(id, sizeof id, "fake:%s", what);
    assert_true(camera_open(&options, &camera, NULL));
    return camera;
}

static bool wait_for_code(struct camera *camera, struct barcode *code, int ms)
{
    for (int waited = 0; waited < ms; waited += 10) {
        if (camera_take_code(camera, code)) {
            return true;
        }
        poll(NULL, 0, 10);
    }
    return false;
}

static void a_picture_is_shown_and_its_code_told_once(void **state)
{
    struct room *room = *state;
    struct camera *camera = open_fake(room, room->path[0]);
    static struct barcode code;
    struct camera_view view;
    assert_true(wait_for_code(camera, &code, PATIENCE_MS));
    assert_int_equal(code.n, room->sizes[0]);
    assert_memory_equal(code.bytes, room->payload[0], code.n);
    assert_true(camera_look(camera, &view));
    assert_int_equal(view.state, CAMERA_RUNNING);
    assert_int_equal(view.preview.width, 480);
    assert_int_equal(view.preview.height, 360);
    assert_int_equal(view.frame_width, 640);
    assert_non_null(view.preview.rgb);
    assert_int_equal(view.advice.hint, BARCODE_HINT_GOOD);
    assert_true(fabsf(view.advice.quad[0] - code.quad[0] * 0.75F) < 1);
    assert_true(atomic_load(&room->wakes) > 0);
    assert_false(wait_for_code(camera, &code, 300)); /* still in sight: not again */
    camera_again(camera);
    assert_true(wait_for_code(camera, &code, PATIENCE_MS));
    camera_close(camera);
}

static void a_film_plays_its_pictures_in_order(void **state)
{
    struct room *room = *state;
    struct camera *camera = open_fake(room, room->folder);
    static struct barcode code;
    for (int i = 0; i < 3; i += 2) {
        assert_true(wait_for_code(camera, &code, PATIENCE_MS));
        assert_int_equal(code.n, room->sizes[i]);
        assert_memory_equal(code.bytes, room->payload[i], code.n);
    }
    camera_close(camera);
}

static void the_advice_changes_as_the_picture_does(void **state)
{
    struct room *room = *state;
    struct camera *camera = open_fake(room, room->folder);
    struct camera_view view;
    bool seen[BARCODE_HINT_GOOD + 1] = {false};
    for (int waited = 0;
         waited < PATIENCE_MS && !(seen[BARCODE_HINT_GOOD] && seen[BARCODE_HINT_NONE]);
         waited += 5) {
        if (camera_look(camera, &view) && view.number > 1) {
            seen[view.advice.hint] = true;
        }
        poll(NULL, 0, 5);
    }
    assert_true(seen[BARCODE_HINT_GOOD]);
    assert_true(seen[BARCODE_HINT_NONE]);
    camera_close(camera);
}

/* Six pictures of a shaking hand: too blurred at first, then one that can be read. */
static void a_hand_held_film_ends_in_the_right_person(void **state)
{
    struct room *room = *state;
    char folder[400];
    const char *source = getenv("GOCUA_SOURCE");
    static struct barcode code;
    static struct ident ident;
    struct camera_view view;
    bool was_told_to_hold_still = false, is_read = false;
    snprintf(folder, sizeof folder, "%s/tests/data/scan/film", source ? source : ".");
    struct camera *camera = open_fake(room, folder);
    for (int waited = 0; waited < PATIENCE_MS && !is_read; waited += 5) {
        camera_look(camera, &view);
        was_told_to_hold_still |= view.advice.hint == BARCODE_HINT_STILL;
        is_read = camera_take_code(camera, &code);
        poll(NULL, 0, 5);
    }
    camera_close(camera);
    assert_true(is_read);
    assert_true(was_told_to_hold_still);
    ident_read((struct str){(const char *)code.bytes, code.n}, CLAIM_CAMERA, 20779, &ident);
    assert_int_equal(ident.kind, IDENT_CCCD);
    assert_int_equal(ident.person.warnings, 0);
    assert_string_equal(ident.person.values[CLAIM_NAME].text, "Nguyễn Thị Thử Nghiệm");
    assert_string_equal(ident.person.values[CLAIM_NUMBER].text, "001190000001");
    assert_int_equal(ident.person.values[CLAIM_NAME].source, CLAIM_CAMERA);
}

static void a_still_is_the_whole_frame(void **state)
{
    struct room *room = *state;
    struct camera *camera = open_fake(room, room->path[0]);
    struct picture still = {0};
    for (int i = 0; i < 500 && !camera_still(camera, &still, NULL); i++) {
        poll(NULL, 0, 10);
    }
    assert_int_equal(still.width, 640);
    assert_int_equal(still.height, 480);
    picture_finish(&still);
    struct err err = {0};
    assert_false(camera_set_torch(camera, true, &err));
    assert_int_equal(err.kind, ERR_MISSING);
    camera_focus(camera); /* nothing to focus: no harm */
    camera_close(camera);
}

static void pictures_that_go_away_are_a_lost_camera(void **state)
{
    struct room *room = *state;
    struct camera_view view = {0};
    char folder[80], path[100];
    uint8_t grey[64 * 64] = {0};
    snprintf(folder, sizeof folder, "%s/gone", room->folder);
    assert_true(file_make_folder(folder, NULL));
    for (int i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/%d.pgm", folder, i);
        write_pgm(path, grey, 64, 64);
    }
    struct camera *camera = open_fake(room, folder);
    assert_true(file_remove_tree(folder, NULL));
    for (int i = 0; i < 500 && view.state != CAMERA_LOST; i++) {
        camera_look(camera, &view);
        poll(NULL, 0, 10);
    }
    assert_int_equal(view.state, CAMERA_LOST);
    assert_int_equal(view.err.kind, ERR_MISSING);
    camera_close(camera);
}

static void what_is_not_there_is_said_so(void **state)
{
    struct camera *camera;
    struct err err = {0};
    struct camera_options options = {.id = "fake:/no/such/picture.png"};
    assert_false(camera_open(&options, &camera, &err));
    assert_int_equal(err.kind, ERR_MISSING);
    options.id = "/dev/video999";
    assert_false(camera_open(&options, &camera, &err));
    assert_int_equal(err.kind, ERR_MISSING);
    options.id = "bluetooth";
    assert_false(camera_open(&options, &camera, &err));
    options.id = "/dev/null"; /* opens, but is no camera */
    assert_false(camera_open(&options, &camera, &err));
    assert_int_equal(err.kind, ERR_DEVICE);
    camera_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_picture_is_shown_and_its_code_told_once),
        cmocka_unit_test(a_film_plays_its_pictures_in_order),
        cmocka_unit_test(the_advice_changes_as_the_picture_does),
        cmocka_unit_test(a_hand_held_film_ends_in_the_right_person),
        cmocka_unit_test(a_still_is_the_whole_frame),
        cmocka_unit_test(pictures_that_go_away_are_a_lost_camera),
        cmocka_unit_test(what_is_not_there_is_said_so),
    };
    return cmocka_run_group_tests(tests, make_room, leave_room);
}
