/* An arena goes back to a mark, over block boundaries too, and keeps what was there before. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "platform/base/arena.h"

static void test_rewinds(void **state)
{
    struct arena arena = {0};
    struct arena_mark empty = arena_mark(&arena);
    char *kept = arena_strdup(&arena, "kept");
    struct arena_mark mark = arena_mark(&arena);
    size_t used = arena.used;
    char *first = arena_alloc(&arena, 16);
    for (size_t round = 0; round < 3; round++) {
        arena_rewind(&arena, mark);
        assert_int_equal(arena.used, used);
        assert_ptr_equal(arena_alloc(&arena, 16), first);
        memset(arena_alloc(&arena, 1 << 20), 0x55, 1 << 20);
    }
    arena_rewind(&arena, mark);
    char *again = arena_alloc(&arena, 64);
    for (size_t i = 0; i < 64; i++) {
        assert_int_equal(again[i], 0);
    }
    assert_string_equal(kept, "kept");
    arena_rewind(&arena, empty);
    assert_int_equal(arena.used, 0);
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rewinds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
