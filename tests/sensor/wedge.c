/* The keyboard wedge told apart from a person by speed and end key. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "platform/sensor/scanner.h"

/* Types text with a gap between the keys; gives the verdict of the last one. */
static enum wedge_verdict type(struct wedge *wedge, int64_t *ms, const char *text, int gap)
{
    enum wedge_verdict verdict = WEDGE_PASS;
    for (; *text; text++) {
        *ms += gap;
        verdict = wedge_key(wedge, *ms, (char[]){*text, '\0'});
    }
    return verdict;
}

static void a_fast_run_with_an_end_key_is_a_code(void **state)
{
    struct wedge wedge = {0};
    int64_t ms = 1000;
    assert_int_equal(type(&wedge, &ms, "001190000001", 8), WEDGE_HOLD);
    assert_int_equal(type(&wedge, &ms, "\n", 8), WEDGE_CODE);
    assert_string_equal(buf_text(&wedge.text), "001190000001");
    assert_int_equal(type(&wedge, &ms, "8938505974194", 2), WEDGE_HOLD);
    assert_int_equal(type(&wedge, &ms, "\t", 2), WEDGE_CODE);
    assert_string_equal(buf_text(&wedge.text), "8938505974194");
    wedge_finish(&wedge);
}

static void a_scanner_without_end_key_is_heard_at_the_pause(void **state)
{
    struct wedge wedge = {0};
    int64_t ms = 0;
    type(&wedge, &ms, "001190000001", 10);
    assert_int_equal(wedge_wait_ms(&wedge, ms), WEDGE_GAP_MS + 1);
    assert_int_equal(wedge_pause(&wedge, ms + 5), WEDGE_PASS);
    assert_int_equal(wedge_pause(&wedge, ms + WEDGE_GAP_MS + 1), WEDGE_CODE);
    assert_int_equal(wedge_wait_ms(&wedge, ms + 100), -1);
    wedge_finish(&wedge);
}

static void a_person_loses_no_key(void **state)
{
    struct wedge wedge = {0};
    struct buf field = {0};
    const char *word = "nguyen van a";
    for (int64_t ms = 0; *word; word++) {
        ms += 120;
        assert_int_equal(wedge_key(&wedge, ms, (char[]){*word, '\0'}), WEDGE_HOLD);
        assert_int_equal(wedge_pause(&wedge, ms + WEDGE_GAP_MS + 1), WEDGE_TYPED);
        buf_add_str(&field, buf_str(&wedge.text));
    }
    assert_string_equal(buf_text(&field), "nguyen van a");
    buf_finish(&field);
    wedge_finish(&wedge);
}

/* Two keys rolled over each other and a third later, then enter: still a person's. */
static void a_quick_roll_is_no_code(void **state)
{
    struct wedge wedge = {0};
    int64_t ms = 0;
    assert_int_equal(type(&wedge, &ms, "th", 20), WEDGE_HOLD);
    ms += 200;
    assert_int_equal(wedge_key(&wedge, ms, "u"), WEDGE_TYPED);
    assert_string_equal(buf_text(&wedge.text), "thu");
    ms += 10;
    assert_int_equal(wedge_key(&wedge, ms, "\n"), WEDGE_PASS);
    assert_int_equal(type(&wedge, &ms, "ab\n", 20), WEDGE_TYPED);
    assert_string_equal(buf_text(&wedge.text), "ab\n");
    wedge_finish(&wedge);
}

static void vietnamese_letters_are_held_whole(void **state)
{
    struct wedge wedge = {0};
    const char *keys[] = {"N", "g", "u", "y", "ễ", "n", "|", "1"};
    int64_t ms = 0;
    for (int i = 0; i < 8; i++) {
        assert_int_equal(wedge_key(&wedge, ms += 5, keys[i]), WEDGE_HOLD);
    }
    assert_int_equal(wedge_key(&wedge, ms += 5, "\n"), WEDGE_CODE);
    assert_string_equal(buf_text(&wedge.text), "Nguyễn|1");
    wedge_finish(&wedge);
}

static void endless_keys_do_not_grow_for_ever(void **state)
{
    struct wedge wedge = {0};
    int64_t ms = 0;
    enum wedge_verdict verdict = WEDGE_HOLD;
    for (int i = 0; i < 100000 && verdict == WEDGE_HOLD; i++) {
        verdict = wedge_key(&wedge, ms += 1, "x");
    }
    assert_int_equal(verdict, WEDGE_TYPED);
    assert_true(wedge.text.n <= 4096);
    wedge_finish(&wedge);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fast_run_with_an_end_key_is_a_code),
        cmocka_unit_test(a_scanner_without_end_key_is_heard_at_the_pause),
        cmocka_unit_test(a_person_loses_no_key),
        cmocka_unit_test(a_quick_roll_is_no_code),
        cmocka_unit_test(vietnamese_letters_are_held_whole),
        cmocka_unit_test(endless_keys_do_not_grow_for_ever),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
