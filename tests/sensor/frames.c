/* The pipeline on made-up camera frames, a small set with floors; the full one is tests/bench/scan.
 * No payload may ever be wrong, nothing may be found where no code is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "app/ident/ident.h"
#include "platform/sensor/barcode.h"
#include "tests/frames/frames.h"

enum { SEED = 11, SET = 120, EMPTY = 84, FILMS = 6, FILM_FRAMES = 4 };

struct room {
    struct barcode_scanner *scanner;
    uint8_t *pixels;
    struct barcode code;
};

static int make_room(void **state)
{
    struct room *room = calloc(1, sizeof *room);
    room->scanner = barcode_create();
    room->pixels = malloc(FRAMES_PIXELS);
    *state = room;
    return 0;
}

static int leave_room(void **state)
{
    struct room *room = *state;
    barcode_destroy(room->scanner);
    free(room->pixels);
    free(room);
    return 0;
}

static bool is_read(struct room *room, const struct frame_plan *plan, bool is_live)
{
    struct gray gray = {room->pixels, plan->width, plan->height};
    struct barcode_options options = {.live = is_live, .accept = ident_accepts};
    if (barcode_scan(room->scanner, &gray, &options, &room->code, 1) == 0) {
        return false;
    }
    assert_int_equal(room->code.n, plan->payload_size);
    assert_memory_equal(room->code.bytes, plan->payload, plan->payload_size);
    return true;
}

/* A generator that drifts would make all rates worthless. */
static void the_generator_has_not_drifted(void **state)
{
    struct room *room = *state;
    static const struct {
        int axis, level, index;
        uint64_t hash;
    } known[] = {
        {0, 3, 1, 0x24ce0d1c2816a17b},  {1, 2, 1, 0x85b7ee6b4fb01d47},
        {3, 2, 1, 0x3d22dfbe32148287},  {6, 2, 1, 0x6fb89ca815d1575f},
        {8, 5, 1, 0x50c29d168294a560},  {10, 2, 1, 0x4a7bb5a91ae222f9},
        {13, 3, 1, 0xfe2b5ff55117e4d9}, {15, 1, 1, 0x5c776e4748aff812},
        {18, 0, 3, 0x5eb42e98a3c59f9b}, {20, 0, 4, 0x87c3b8ce461b29a1},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        struct frame_plan plan;
        frame_plan(&plan, SEED, known[i].axis, known[i].level, known[i].index);
        assert_true(frame_render(&plan, room->pixels));
        uint64_t hash = frame_hash(room->pixels, (size_t)plan.width * (size_t)plan.height);
        if (hash != known[i].hash) {
            fail_msg("frame %zu is 0x%016llx", i, (unsigned long long)hash);
        }
    }
}

/* Every axis and level in turn, the small pictures of them. */
static void frames_are_read_above_their_floors(void **state)
{
    struct room *room = *state;
    int tried[32] = {0}, right[32] = {0}, all = 0, all_right = 0, axes = frame_axis_count();
    for (int k = 0; all < SET; k++) {
        struct frame_plan plan;
        int axis = k % axes, turn = k / axes;
        frame_plan(&plan, SEED, axis, (turn * 5 + axis) % frame_axis_levels(axis), 2 * turn + 1);
        if (plan.height > 480 || !frame_render(&plan, room->pixels)) {
            continue;
        }
        bool ok = is_read(room, &plan, false);
        tried[axis]++, right[axis] += ok;
        all++, all_right += ok;
    }
    for (int axis = 0; axis < axes; axis++) {
        print_message("%-9s %d of %d\n", frame_axis_name(axis), right[axis], tried[axis]);
        if (strcmp(frame_axis_name(axis), "easy") == 0) {
            assert_int_equal(right[axis], tried[axis]);
        }
    }
    print_message("all %d of %d\n", all_right, all);
    assert_true(all_right * 100 >= 88 * all);
}

static void films_are_read_within_four_pictures(void **state)
{
    struct room *room = *state;
    int right = 0;
    for (int s = 0; s < FILMS; s++) {
        bool ok = false;
        barcode_reset(room->scanner);
        for (int k = 0; k < FILM_FRAMES && !ok; k++) {
            struct frame_plan plan;
            frame_plan_film(&plan, SEED, 2, s, k);
            if (plan.height <= 720 && frame_render(&plan, room->pixels)) {
                ok = is_read(room, &plan, true);
            }
        }
        right += ok;
    }
    assert_true(right * 100 >= 50 * FILMS);
}

static void nothing_is_found_where_nothing_is(void **state)
{
    struct room *room = *state;
    struct barcode_options options = {.accept = ident_accepts};
    for (uint64_t i = 0; i < EMPTY; i++) {
        struct gray gray = {room->pixels, 480, 360};
        frame_no_code(SEED * 1000 + i, gray.width, gray.height, room->pixels);
        options.live = i % 2;
        assert_int_equal(barcode_scan(room->scanner, &gray, &options, &room->code, 1), 0);
    }
}

static void the_budget_is_kept(void **state)
{
    struct room *room = *state;
    struct frame_plan plan;
    struct barcode_options options = {.budget_ms = 1, .accept = ident_accepts};
    frame_plan(&plan, SEED, 21, 0, 3); /* extreme */
    assert_true(frame_render(&plan, room->pixels));
    struct gray gray = {room->pixels, plan.width, plan.height};
    clock_t begin = clock();
    barcode_scan(room->scanner, &gray, &options, &room->code, 1);
    assert_true((double)(clock() - begin) / CLOCKS_PER_SEC < 0.5); /* unlimited: seconds */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_generator_has_not_drifted),
        cmocka_unit_test(frames_are_read_above_their_floors),
        cmocka_unit_test(films_are_read_within_four_pictures),
        cmocka_unit_test(nothing_is_found_where_nothing_is),
        cmocka_unit_test(the_budget_is_kept),
    };
    return cmocka_run_group_tests(tests, make_room, leave_room);
}
