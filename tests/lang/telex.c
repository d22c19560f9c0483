/* Typed sequences and what must stand in the field afterwards, from tables; an edit is carried out
 * on a model of a field, so the counts of erased letters are tested too. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "app/lang/lang.h"
#include "platform/base/file.h"
#include "platform/base/utf8.h"

struct field {
    struct telex telex;
    struct buf text;
};

static void carry_out(struct field *field, const struct telex_edit *edit)
{
    for (size_t i = 0; i < edit->erase; i++) {
        size_t at = field->text.n;
        assert_true(at > 0);
        do {
            at--;
        } while (at && ((unsigned char)field->text.s[at] & 0xc0) == 0x80);
        field->text.n = at;
        field->text.s[at] = 0;
    }
    buf_add_text(&field->text, edit->text);
    assert_true(utf8_valid(buf_str(&field->text)));
}

/* ⌫ is backspace, ⏎ the end of the field, ¦ a caret that left and came back. */
static void type(struct field *field, struct str keys)
{
    struct telex_edit edit;
    uint32_t key;
    while (utf8_next(&keys, &key)) {
        if (key == 0x232b) {
            if (field->text.n) {
                telex_backspace(&field->telex, &edit);
                carry_out(field, &edit);
            }
        } else if (key == 0x23ce) {
            telex_end(&field->telex, &edit);
            carry_out(field, &edit);
        } else if (key == 0xa6) {
            telex_resume(&field->telex, buf_str(&field->text));
        } else {
            telex_key(&field->telex, key, &edit);
            carry_out(field, &edit);
        }
    }
}

static void set_mode(struct telex *telex, struct str mode)
{
    struct str word;
    telex->method = TELEX_TELEX;
    while (str_word(&mode, &word)) {
        if (str_is(word, "vni")) {
            telex->method = TELEX_VNI;
        } else if (str_is(word, "off")) {
            telex->method = TELEX_OFF;
        } else if (str_is(word, "new")) {
            telex->style = TONE_NEW;
        } else if (str_is(word, "keep")) {
            telex->keep = true;
        } else if (str_is(word, "brackets")) {
            telex->brackets = true;
        } else if (str_is(word, "plain-w")) {
            telex->plain_w = true;
        } else {
            assert_true(str_is(word, "telex"));
        }
    }
}

/* Lines of mode, keys, expected text; # begins a comment. */
static size_t run_table(const char *name)
{
    char path[1024];
    struct buf file = {0};
    struct err err = {0};
    size_t lines = 0, wrong = 0;
    snprintf(path, sizeof(path), "%s/tests/lang/%s", getenv("GOCUA_SOURCE"), name);
    assert_true(file_read(path, 1 << 22, &file, &err));
    struct str rest = buf_str(&file), line, mode, keys;
    while (str_cut(&rest, '\n', &line)) {
        if (!line.n || *line.s == '#') {
            continue;
        }
        struct field field = {0};
        assert_true(str_cut(&line, '\t', &mode) && str_cut(&line, '\t', &keys));
        set_mode(&field.telex, mode);
        type(&field, keys);
        lines++;
        if (!str_eq(buf_str(&field.text), line)) {
            print_error("%s: " STR_FMT " typed in " STR_FMT " gave %s, not " STR_FMT "\n", name,
                        STR_ARG(keys), STR_ARG(mode), buf_text(&field.text), STR_ARG(line));
            wrong++;
        }
        buf_finish(&field.text);
    }
    buf_finish(&file);
    assert_int_equal(wrong, 0);
    return lines;
}

static void test_rules(void **state)
{
    assert_true(run_table("telex.tsv") >= 200);
}

static void test_names(void **state)
{
    assert_true(run_table("telex_names.tsv") >= 600);
}

static void test_off_changes_nothing(void **state)
{
    struct field field = {0};
    type(&field, STR("https://dvc.gov.vn/aa-dd-ww?x=ss"));
    assert_string_equal(buf_text(&field.text), "https://dvc.gov.vn/aa-dd-ww?x=ss");
    buf_finish(&field.text);
}

static void test_endless_word(void **state)
{
    struct field field = {.telex = {.method = TELEX_TELEX}};
    for (int i = 0; i < 200; i++) {
        type(&field, STR("asw"));
    }
    type(&field, STR(" vieetj"));
    assert_true(str_ends(buf_str(&field.text), STR(" việt")));
    buf_finish(&field.text);
}

/* Whatever is typed, every edit must fit the text and keep it well-formed. */
static void test_random_keys(void **state)
{
    static const char *const keys[] = {"a", "o", "u", "i", "e", "y", "w", "d", "s", "f", "j", "z",
                                       "n", "g", "h", "q", "t", "1", "6", "7", "8", "9", "0", " ",
                                       "⌫", "⌫", "⏎", "¦", "[", "]", "W", "D", "đ", "ể"};
    uint32_t seed = 7;
    for (int round = 0; round < 300; round++) {
        struct field field = {0};
        field.telex.method = round % 2 ? TELEX_VNI : TELEX_TELEX;
        field.telex.style = round % 3 ? TONE_OLD : TONE_NEW;
        field.telex.brackets = round % 5 == 0;
        for (int i = 0; i < 120; i++) {
            seed = seed * 1664525u + 1013904223u;
            type(&field, str_of(keys[(seed >> 16) % (sizeof(keys) / sizeof(keys[0]))]));
        }
        buf_finish(&field.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_off_changes_nothing),
        cmocka_unit_test(test_endless_word),
        cmocka_unit_test(test_random_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
