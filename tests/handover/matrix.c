#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "platform/base/mem.h"
#include "sync/handover/matrix.h"

static void finder_patterns_stand_in_three_corners(void **state)
{
    struct matrix m;
    assert_true(matrix_make(&m, STR("Gõ Cửa: biên nhận số 12"), MATRIX_MEDIUM, NULL));
    assert_true(m.size >= 21 && m.size <= 33);
    int corners[][2] = {{0, 0}, {m.size - 7, 0}, {0, m.size - 7}};
    for (size_t i = 0; i < 3; i++) {
        int x = corners[i][0];
        int y = corners[i][1];
        assert_true(matrix_is_dark(&m, x, y) && matrix_is_dark(&m, x + 6, y + 6));
        assert_false(matrix_is_dark(&m, x + 1, y + 1));
        assert_true(matrix_is_dark(&m, x + 3, y + 3));
    }
    assert_false(matrix_is_dark(&m, -1, 0));
    assert_false(matrix_is_dark(&m, 0, m.size));
    matrix_finish(&m);
    assert_null(m.cells);
}

static void what_cannot_be_held_is_refused(void **state)
{
    struct matrix m;
    struct err err = {0};
    char *bytes = mem_alloc(3000, 1);
    assert_false(matrix_make(&m, STR(""), MATRIX_LOW, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_false(matrix_make(&m, (struct str){bytes, 3000}, MATRIX_LOW, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_true(matrix_make(&m, (struct str){bytes, 2953}, MATRIX_LOW, &err));
    assert_int_equal(m.size, 177);
    matrix_finish(&m);
    assert_false(matrix_make(&m, (struct str){bytes, 2953}, MATRIX_HIGH, &err));
    free(bytes);
}

static void capacity_is_that_of_the_standard(void **state)
{
    assert_int_equal(matrix_capacity(1, MATRIX_LOW), 17);
    assert_int_equal(matrix_capacity(20, MATRIX_LOW), 858);
    assert_int_equal(matrix_capacity(25, MATRIX_MEDIUM), 997);
    assert_int_equal(matrix_capacity(40, MATRIX_HIGH), 1273);
    assert_int_equal(matrix_capacity(0, MATRIX_LOW), 0);
}

static void frames_of_one_film_have_one_size(void **state)
{
    struct matrix m;
    assert_true(matrix_make_sized(&m, STR("short"), MATRIX_LOW, 20, NULL));
    assert_int_equal(m.size, 97);
    matrix_finish(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finder_patterns_stand_in_three_corners),
        cmocka_unit_test(what_cannot_be_held_is_refused),
        cmocka_unit_test(capacity_is_that_of_the_standard),
        cmocka_unit_test(frames_of_one_film_have_one_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
