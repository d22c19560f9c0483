#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "platform/base/mem.h"
#include "platform/base/rand.h"
#include "sync/handover/frames.h"
#include "sync/handover/matrix.h"

static struct buf content_of(size_t n)
{
    struct buf content = {0};
    for (size_t i = 0; i < n; i++) {
        buf_add_char(&content, (char)rand_below(256));
    }
    return content;
}

/* Shows a film and loses `loss` of 100 pictures; returns how many were shown. */
static int show(struct frames_film *film, struct frames_watch *watch, int loss, struct str *got)
{
    for (int i = 0; i < 20000; i++) {
        struct buf packet = {0};
        frames_add(film, (uint32_t)i, &packet);
        if ((int)rand_below(100) >= loss) {
            assert_true(frames_watch_add(watch, buf_str(&packet)));
        }
        buf_finish(&packet);
        if (frames_watch_result(watch, got)) {
            return i + 1;
        }
    }
    return -1;
}

static void a_film_arrives_through_losses(void **state)
{
    static const size_t sizes[] = {1, 15, 500, 5000, 50000};
    int losses[] = {0, 20, 40, 70};
    for (size_t s = 0; s < 5; s++) {
        for (size_t l = 0; l < 4; l++) {
            struct buf content = content_of(sizes[s]);
            struct frames_film *film;
            struct str got;
            assert_true(frames_create(&film, buf_str(&content),
                                      (size_t)matrix_capacity(20, MATRIX_LOW), NULL));
            struct frames_watch *watch = frames_watch_create();
            int shown = show(film, watch, losses[l], &got);
            assert_true(shown > 0);
            assert_true(str_eq(got, buf_str(&content)));
            int least = (int)frames_least(film);
            if (losses[l] == 0) {
                assert_int_equal(shown, least);
            } else { /* two or three packets more than the loss alone would ask for */
                assert_true(shown * (100 - losses[l]) / 100 <= least + 12 + least / 3);
            }
            frames_watch_destroy(watch);
            frames_destroy(film);
            buf_finish(&content);
        }
    }
}

static void a_late_watcher_needs_no_plain_pass(void **state)
{
    struct buf content = content_of(20000);
    struct frames_film *film;
    struct str got;
    assert_true(frames_create(&film, buf_str(&content), 500, NULL));
    struct frames_watch *watch = frames_watch_create();
    size_t seen;
    size_t needed;
    frames_watch_progress(watch, &seen, &needed);
    assert_int_equal(needed, 0);
    uint32_t i = 1000;
    for (; !frames_watch_result(watch, &got); i++) {
        struct buf packet = {0};
        frames_add(film, i, &packet);
        assert_true(frames_watch_add(watch, buf_str(&packet)));
        assert_true(frames_watch_add(watch, buf_str(&packet))); /* seen twice: no harm */
        buf_finish(&packet);
    }
    frames_watch_progress(watch, &seen, &needed);
    assert_int_equal(seen, needed);
    assert_int_equal(needed, frames_least(film));
    assert_true(i - 1000 <= needed + 12); /* full rank at once: the sums are independent */
    assert_true(str_eq(got, buf_str(&content)));
    frames_watch_destroy(watch);
    frames_destroy(film);
    buf_finish(&content);
}

static void damaged_and_foreign_packets_change_nothing(void **state)
{
    struct buf content = content_of(3000);
    struct frames_film *film;
    struct buf packet = {0};
    size_t seen;
    size_t needed;
    assert_true(frames_create(&film, buf_str(&content), 200, NULL));
    struct frames_watch *watch = frames_watch_create();
    frames_add(film, 0, &packet);
    for (size_t i = 0; i < packet.n; i++) {
        packet.s[i] ^= 1;
        assert_false(frames_watch_add(watch, buf_str(&packet)));
        packet.s[i] ^= 1;
        assert_false(frames_watch_add(watch, (struct str){packet.s, i}));
    }
    assert_false(frames_watch_add(watch, STR("GCR1:whatever")));
    frames_watch_progress(watch, &seen, &needed);
    assert_int_equal(seen, 0);
    frames_watch_destroy(watch);
    frames_destroy(film);
    buf_finish(&packet);
    buf_finish(&content);
}

static void another_film_takes_over_after_three_pictures(void **state)
{
    struct buf content = content_of(3000);
    struct frames_film *films[2];
    struct frames_watch *watch = frames_watch_create();
    struct str got;
    size_t seen;
    size_t needed;
    for (int i = 0; i < 2; i++) {
        assert_true(frames_create(&films[i], buf_str(&content), 200, NULL));
    }
    for (uint32_t i = 0; i < 12; i++) {
        struct buf packet = {0};
        frames_add(films[i == 5], i, &packet); /* one stray picture */
        assert_true(frames_watch_add(watch, buf_str(&packet)));
        buf_finish(&packet);
    }
    frames_watch_progress(watch, &seen, &needed);
    assert_int_equal(seen, 11);
    assert_true(show(films[1], watch, 0, &got) > 0);
    assert_true(str_eq(got, buf_str(&content)));
    frames_watch_destroy(watch);
    frames_destroy(films[0]);
    frames_destroy(films[1]);
    buf_finish(&content);
}

static void what_cannot_be_shown_is_refused(void **state)
{
    struct frames_film *film;
    char *much = mem_alloc(FRAMES_LIMIT + 1, 1);
    struct err err = {0};
    assert_false(frames_create(&film, STR(""), 500, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_false(frames_create(&film, (struct str){much, FRAMES_LIMIT + 1}, 500, &err));
    assert_false(frames_create(&film, (struct str){much, FRAMES_LIMIT}, 60, &err));
    assert_false(frames_create(&film, STR("x"), FRAMES_HEAD + 1, &err));
    free(much);
}

int main(void)
{
    rand_seed(7);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_film_arrives_through_losses),
        cmocka_unit_test(a_late_watcher_needs_no_plain_pass),
        cmocka_unit_test(damaged_and_foreign_packets_change_nothing),
        cmocka_unit_test(another_film_takes_over_after_three_pictures),
        cmocka_unit_test(what_cannot_be_shown_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
