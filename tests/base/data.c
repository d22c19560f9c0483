/* Buffers, arenas, JSON, errors, chance and digests: what everybody leans on. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "platform/base/arena.h"
#include "platform/base/buf.h"
#include "platform/base/err.h"
#include "platform/base/hash.h"
#include "platform/base/json.h"
#include "platform/base/rand.h"
#include "platform/base/vec.h"

static void a_buffer_grows_and_ends_with_a_zero(void **state)
{
    struct buf b = {0};
    assert_string_equal(buf_text(&b), "");
    for (int i = 0; i < 1000; i++) {
        buf_addf(&b, "%d,", i);
    }
    assert_int_equal(b.n, 3890);
    assert_int_equal(strlen(buf_text(&b)), b.n);
    assert_true(str_ends(buf_str(&b), STR("998,999,")));
    buf_clear(&b);
    assert_string_equal(buf_text(&b), "");
    buf_add(&b, NULL, 0);
    char *taken = buf_take(&b);
    assert_string_equal(taken, "");
    assert_null(b.s);
    free(taken);
}

static void a_full_buffer_changes_nothing_more(void **state)
{
    struct buf b = {.limit = 5};
    buf_add_text(&b, "12345");
    assert_false(b.full);
    buf_add_char(&b, '6');
    assert_true(b.full);
    assert_string_equal(buf_text(&b), "12345");
    buf_add_text(&b, "");
    assert_null(buf_reserve(&b, SIZE_MAX)); /* no sum that turns around */
    buf_clear(&b);
    assert_false(b.full);
    buf_addf(&b, "%s", "too long");
    assert_true(b.full);
    assert_int_equal(b.n, 0);
    buf_wipe(&b);
    assert_int_equal(b.limit, 5);
}

static void an_arena_gives_zeroed_aligned_memory(void **state)
{
    struct arena a = {0};
    for (size_t n = 1; n < 20000; n += 37) {
        unsigned char *p = arena_alloc(&a, n);
        assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
        assert_true(p[0] == 0 && p[n - 1] == 0);
        memset(p, 0xee, n);
    }
    arena_reset(&a);
    assert_int_equal(a.used, 0);
    char *p = arena_alloc(&a, 100); /* memory used before is zeroed again */
    for (int i = 0; i < 100; i++) {
        assert_int_equal(p[i], 0);
    }
    assert_string_equal(arena_printf(&a, "%s-%d", "x", 5), "x-5");
    assert_string_equal(arena_str(&a, (struct str){"abc", 2}), "ab");
    assert_null(arena_strdup(&a, NULL));
    arena_finish(&a);
    arena_finish(&a);
}

static void a_vector_grows_and_keeps_order(void **state)
{
    VEC(int) v = {0};
    for (int i = 0; i < 100; i++) {
        vec_push(&v, i);
    }
    vec_remove(&v, 0);
    vec_remove(&v, 98);
    assert_int_equal(v.n, 98);
    assert_true(v.v[0] == 1 && v.v[97] == 98);
    vec_finish(&v);
    assert_null(v.v);
}

static void json_is_read_strictly(void **state)
{
    struct err err;
    struct json *root = json_parse(STR("{\"b\":[1,2.5,\"x\\u0110\"],\"a\":true,\"n\":null}"), &err);
    assert_non_null(root);
    const struct json *list = json_get(root, "b");
    assert_int_equal(json_count(list), 3);
    assert_int_equal(json_int(json_at(list, 0), -1), 1);
    assert_true(json_number(json_at(list, 1), 0) == 2.5);
    assert_string_equal(json_text(json_at(list, 2), ""), "xĐ");
    assert_null(json_at(list, 3));
    assert_true(json_bool(json_get(root, "a"), false));
    assert_int_equal(json_kind(json_get(root, "n")), JSON_IS_NULL);
    assert_int_equal(json_int(json_get(json_get(root, "none"), "deeper"), 7), 7);
    const char *key;
    const struct json *value;
    assert_true(json_member(root, 0, &key, &value));
    assert_string_equal(key, "b");
    assert_false(json_member(root, 3, &key, &value));
    json_destroy(root);
    const char *const bad[] = {"", "{", "{\"a\":1,}", "[1] x", "\"\xff\"", "{\"a\":\"\\u0000\"}"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        err_clear(&err);
        assert_null(json_parse(str_of(bad[i]), &err));
        assert_int_equal(err.kind, ERR_INPUT);
    }
    json_destroy(NULL);
}

static void deep_json_does_not_end_the_program(void **state)
{
    struct buf deep = {0};
    for (int i = 0; i < 200000; i++) {
        buf_add_char(&deep, '[');
    }
    assert_null(json_parse(buf_str(&deep), NULL));
    buf_finish(&deep);
}

static void json_is_written_so_that_it_can_be_read(void **state)
{
    struct buf out = {0};
    buf_add_char(&out, '{');
    json_add_key(&out, "text");
    json_add_text(&out, STR("a\"b\\c\n\x01Đ"));
    json_add_key(&out, "whole");
    json_add_number(&out, 1700000000000.0);
    json_add_key(&out, "part");
    json_add_number(&out, -0.25);
    json_add_key(&out, "none");
    json_add_number(&out, NAN);
    buf_add_char(&out, '}');
    struct json *root = json_parse(buf_str(&out), NULL);
    assert_non_null(root);
    assert_string_equal(json_text(json_get(root, "text"), ""), "a\"b\\c\n\x01Đ");
    assert_true(json_int(json_get(root, "whole"), 0) == 1700000000000);
    assert_true(json_number(json_get(root, "part"), 0) == -0.25);
    assert_int_equal(json_kind(json_get(root, "none")), JSON_IS_NULL);
    json_destroy(root);
    buf_finish(&out);
}

static void errors_carry_their_context(void **state)
{
    struct err err;
    char longest[400];
    memset(longest, 'x', sizeof(longest) - 1);
    longest[sizeof(longest) - 1] = 0;
    assert_false(err_set(&err, ERR_STORAGE, 28, "disk %s", "full"));
    assert_false(err_prefix(&err, "record %d", 5));
    assert_string_equal(err.text, "record 5: disk full");
    assert_int_equal(err.code, 28);
    err_prefix(&err, "%s", longest);
    assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
    assert_false(err_set(NULL, ERR_INPUT, 0, "nobody cares"));
    err_clear(&err);
    err_clear(NULL);
    assert_int_equal(err.kind, ERR_NONE);
    assert_string_equal(err_kind_name(ERR_DAMAGED), "damaged");
    assert_string_equal(err_kind_name((enum err_kind)99), "unknown");
}

static void chance_can_be_repeated(void **state)
{
    char one[RAND_UUID_TEXT], two[RAND_UUID_TEXT], three[RAND_UUID_TEXT];
    rand_seed(7);
    rand_uuid(one);
    rand_seed(7);
    rand_uuid(two);
    rand_seed(0);
    rand_uuid(three);
    assert_string_equal(one, two);
    assert_string_not_equal(one, three);
    assert_true(three[14] == '4' && strchr("89ab", three[19]));
    int seen[5] = {0};
    for (int i = 0; i < 1000; i++) {
        seen[rand_below(5)]++;
    }
    for (int i = 0; i < 5; i++) {
        assert_true(seen[i] > 100);
    }
}

static void digests_run_on(void **state)
{
    unsigned char whole[HASH_MAX], parts[HASH_MAX];
    static const char text[] = "a text that comes in two parts";
    const enum hash_kind kinds[] = {HASH_MD5, HASH_SHA1, HASH_SHA256, HASH_SHA512, HASH_BLAKE2B};
    const size_t sizes[] = {16, 20, 32, 64, HASH_BLAKE2B_SIZE};
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
        struct hash *hash = hash_begin(kinds[i]);
        hash_more(hash, text, 7);
        hash_more(hash, text + 7, strlen(text) - 7);
        assert_int_equal(hash_end(hash, parts), sizes[i]);
        assert_int_equal(hash_bytes(kinds[i], text, strlen(text), whole), sizes[i]);
        assert_true(hash_equal(whole, parts, sizes[i]));
    }
    hash_abort(hash_begin(HASH_BLAKE2B));
    hash_abort(NULL);
    struct buf hex = {0}, back = {0};
    hash_add_hex(&hex, "\x00\xff\x10", 3);
    assert_string_equal(buf_text(&hex), "00ff10");
    assert_true(hash_from_hex(&back, STR("00FF10")));
    assert_int_equal(back.n, 3);
    assert_false(hash_from_hex(&back, STR("00F")));
    assert_false(hash_from_hex(&back, STR("zz")));
    buf_finish(&hex);
    buf_finish(&back);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_buffer_grows_and_ends_with_a_zero),
        cmocka_unit_test(a_full_buffer_changes_nothing_more),
        cmocka_unit_test(an_arena_gives_zeroed_aligned_memory),
        cmocka_unit_test(a_vector_grows_and_keeps_order),
        cmocka_unit_test(json_is_read_strictly),
        cmocka_unit_test(deep_json_does_not_end_the_program),
        cmocka_unit_test(json_is_written_so_that_it_can_be_read),
        cmocka_unit_test(errors_carry_their_context),
        cmocka_unit_test(chance_can_be_repeated),
        cmocka_unit_test(digests_run_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
