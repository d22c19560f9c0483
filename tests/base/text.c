#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "platform/base/clock.h"
#include "platform/base/csv.h"
#include "platform/base/hash.h"
#include "platform/base/map.h"
#include "platform/base/str.h"
#include "platform/base/utf8.h"

static void str_cuts_every_piece(void **state)
{
    struct str rest = STR("a||b"), piece;
    const char *want[] = {"a", "", "b"};
    for (int i = 0; i < 3; i++) {
        assert_true(str_cut(&rest, '|', &piece));
        assert_true(str_is(piece, want[i]));
    }
    assert_false(str_cut(&rest, '|', &piece));
}

static void str_reads_only_whole_integers(void **state)
{
    long long value;
    assert_true(str_to_int64(STR("-9223372036854775808"), &value));
    assert_true(value == (-9223372036854775807LL - 1));
    assert_false(str_to_int64(STR("9223372036854775808"), &value));
    assert_false(str_to_int64(STR("1 "), &value));
    assert_false(str_to_int64(STR("-"), &value));
    assert_false(str_to_int64(STR(""), &value));
}

static void utf8_refuses_what_is_not_well_formed(void **state)
{
    assert_true(utf8_valid(STR("Nguyễn Thị Thử Nghiệm")));
    assert_false(utf8_valid(STR("\xc0\xaf")));
    assert_false(utf8_valid(STR("\xed\xa0\x80")));
    assert_false(utf8_valid(STR("\xf4\x90\x80\x80")));
    assert_false(utf8_valid(STR("ab\xe1\xbb")));
}

static void utf8_composes_and_keeps_graphemes_whole(void **state)
{
    struct buf b = {0};
    utf8_add_nfc(&b, STR("Nguye\xcc\x82\xcc\x83n"));
    assert_string_equal(buf_text(&b), "Nguyễn");
    struct str loose = STR("e\xcc\x82\xcc\x83n");
    assert_int_equal(utf8_grapheme_end(loose, 0), 5);
    assert_int_equal(utf8_grapheme_start(loose, 6), 5);
    buf_clear(&b);
    utf8_add_upper(&b, STR("đường"));
    assert_string_equal(buf_text(&b), "ĐƯỜNG");
    buf_finish(&b);
}

static void clock_reads_and_writes_moments(void **state)
{
    int64_t ms;
    char text[CLOCK_TEXT];
    assert_true(clock_parse(STR("2026-11-05T09:30:00.123+07:00"), &ms));
    clock_format_utc(ms, text);
    assert_string_equal(text, "2026-11-05T02:30:00.123Z");
    clock_format_local(ms, text); /* the tests run in Asia/Ho_Chi_Minh */
    assert_string_equal(text, "2026-11-05T09:30:00.123+07:00");
    assert_true(clock_parse(STR("2024-02-29"), &ms));
    assert_false(clock_parse(STR("2023-02-29"), &ms));
    assert_false(clock_parse(STR("2026-11-05T24:00:00"), &ms));
    assert_false(clock_parse(STR("2026-11-05T09:30:60Z"), &ms));
    assert_int_equal(clock_days(1970, 1, 1), 0);
    assert_int_equal(clock_days(1600, 3, 1), -135080);
}

static void csv_reads_quotes_and_line_ends(void **state)
{
    struct csv csv;
    struct err err;
    csv_begin(&csv, STR("\xef\xbb\xbf"
                        "a,b\r\n\"x, \"\"y\"\"\",\"two\nlines\"\n\nz"));
    assert_true(csv_row(&csv, &err) && csv.cells.n == 2 && str_is(csv.cells.v[0], "a"));
    assert_true(csv_row(&csv, &err) && csv.cells.n == 2);
    assert_true(str_is(csv.cells.v[0], "x, \"y\"") && str_is(csv.cells.v[1], "two\nlines"));
    assert_true(csv_row(&csv, &err) && csv.cells.n == 1 && str_is(csv.cells.v[0], "z"));
    assert_false(csv_row(&csv, &err));
    assert_int_equal(err.kind, ERR_NONE);
    csv_end(&csv);
    csv_begin(&csv, STR("a;b\n\"open"));
    assert_true(csv_row(&csv, &err) && csv.cells.n == 2);
    assert_false(csv_row(&csv, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    csv_end(&csv);
}

static void csv_disarms_formulas_but_not_numbers(void **state)
{
    struct buf b = {0};
    csv_add(&b, true, STR("=1+1"));
    csv_add(&b, false, STR("-5.2"));
    csv_add(&b, false, STR("@x"));
    csv_add(&b, false, STR("say \"hi\""));
    assert_string_equal(buf_text(&b), "\"'=1+1\",-5.2,\"'@x\",\"say \"\"hi\"\"\"");
    buf_finish(&b);
}

static void map_finds_what_stayed_after_removals(void **state)
{
    static char keys[2000][8];
    struct map map = {0};
    for (int i = 0; i < 2000; i++) {
        snprintf(keys[i], sizeof(keys[i]), "k%d", i);
        map_put(&map, str_of(keys[i]), keys[i]);
    }
    for (int i = 0; i < 2000; i += 3) {
        assert_ptr_equal(map_remove(&map, str_of(keys[i])), keys[i]);
    }
    for (int i = 0; i < 2000; i++) {
        assert_ptr_equal(map_get(&map, str_of(keys[i])), i % 3 ? keys[i] : NULL);
    }
    map_finish(&map);
}

static void hash_speaks_the_known_vectors(void **state)
{
    char md5[HASH_MD5_TEXT];
    struct buf b = {0};
    hash_md5_text("abc", 3, md5);
    assert_string_equal(md5, "900150983cd24fb0d6963f7d28e17f72");
    hash_add_base64(&b, "ab", 2);
    assert_string_equal(buf_text(&b), "YWI=");
    buf_clear(&b);
    assert_true(hash_from_base64(&b, STR("YW\nI=")));
    assert_string_equal(buf_text(&b), "ab");
    assert_false(hash_from_base64(&b, STR("Y*I=")));
    buf_finish(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(str_cuts_every_piece),
        cmocka_unit_test(str_reads_only_whole_integers),
        cmocka_unit_test(utf8_refuses_what_is_not_well_formed),
        cmocka_unit_test(utf8_composes_and_keeps_graphemes_whole),
        cmocka_unit_test(clock_reads_and_writes_moments),
        cmocka_unit_test(csv_reads_quotes_and_line_ends),
        cmocka_unit_test(csv_disarms_formulas_but_not_numbers),
        cmocka_unit_test(map_finds_what_stayed_after_removals),
        cmocka_unit_test(hash_speaks_the_known_vectors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
