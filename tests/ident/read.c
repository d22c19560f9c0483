/* Every *.tsv here is replayed: source, bytes (with \x.. \n \t escapes), expected kind, problem,
 * warnings (comma-separated, "-" for none) and expected values (field=value;…). All persons are
 * made up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "app/ident/ident.h"
#include "platform/base/clock.h"
#include "platform/base/file.h"
#include "platform/base/utf8.h"

enum { WARNINGS = 12 };

static int64_t today(void)
{
    return clock_days(2026, 11, 21);
}

static void unescape(struct str text, struct buf *out)
{
    for (size_t i = 0; i < text.n; i++) {
        if (text.s[i] != '\\' || i + 1 == text.n) {
            buf_add_char(out, text.s[i]);
            continue;
        }
        char c = text.s[++i];
        if (c == 'x' && i + 2 < text.n) {
            char hex[3] = {text.s[i + 1], text.s[i + 2], '\0'};
            buf_add_char(out, (char)strtol(hex, NULL, 16));
            i += 2;
        } else {
            buf_add_char(out, c == 'n' ? '\n' : c == 't' ? '\t' : c);
        }
    }
}

static void add_warnings(struct buf *to, unsigned warnings)
{
    for (unsigned bit = 0; bit < WARNINGS; bit++) {
        if (warnings >> bit & 1) {
            buf_add_text(to, to->n ? "," : "");
            buf_add_text(to, claim_warning_name((enum claim_warning)(1U << bit)));
        }
    }
    buf_add_text(to, to->n ? "" : "-");
}

static enum claim_field field_of(struct str name)
{
    for (int i = 0; i < CLAIM_FIELDS; i++) {
        if (str_is(name, claim_field_name((enum claim_field)i))) {
            return (enum claim_field)i;
        }
    }
    fail_msg("no field " STR_FMT, STR_ARG(name));
    return CLAIM_FIELDS;
}

static enum claim_source source_of(struct str name)
{
    for (int i = CLAIM_CAMERA; i <= CLAIM_TYPED; i++) {
        if (str_is(name, claim_source_name((enum claim_source)i))) {
            return (enum claim_source)i;
        }
    }
    fail_msg("no source " STR_FMT, STR_ARG(name));
    return CLAIM_NONE;
}

static bool check_values(const struct ident *ident, struct str wanted, const char *where)
{
    struct str pair;
    while (wanted.n > 0 && str_cut(&wanted, ';', &pair)) {
        struct str name;
        str_cut(&pair, '=', &name);
        const char *got =
            str_is(name, "text") ? ident->text : ident->person.values[field_of(name)].text;
        if (!str_is(pair, got)) {
            print_error("%s: " STR_FMT " is \"%s\", not \"" STR_FMT "\"\n", where, STR_ARG(name),
                        got, STR_ARG(pair));
            return false;
        }
    }
    return true;
}

static bool check_row(struct str row, const char *where)
{
    struct str cells[6] = {{0}};
    struct buf bytes = {0}, warnings = {0};
    struct ident ident;
    bool ok = true;
    for (int i = 0; i < 6 && str_cut(&row, '\t', &cells[i]); i++) {
    }
    unescape(cells[1], &bytes);
    ident_read(buf_str(&bytes), source_of(cells[0]), today(), &ident);
    add_warnings(&warnings, ident.person.warnings);
    if (!str_is(cells[2], ident_kind_name(ident.kind)) ||
        !str_is(cells[3], ident_problem_name(ident.problem)) ||
        !str_is(cells[4], buf_text(&warnings))) {
        ok = false;
        print_error("%s: got %s %s %s\n", where, ident_kind_name(ident.kind),
                    ident_problem_name(ident.problem), buf_text(&warnings));
    }
    ok &= check_values(&ident, cells[5], where);
    for (int i = 0; i < CLAIM_FIELDS; i++) {
        const struct claim_value *value = &ident.person.values[i];
        assert_true(utf8_valid(str_of(value->text)));
        assert_int_equal(value->text[0] != '\0', value->source != CLAIM_NONE);
    }
    buf_finish(&bytes);
    buf_finish(&warnings);
    return ok;
}

static size_t replay(const char *path, size_t *wrong)
{
    struct buf text = {0};
    struct str rest, row;
    size_t rows = 0, line = 0;
    char where[256];
    assert_true(file_read(path, 1 << 20, &text, NULL));
    rest = buf_str(&text);
    while (rest.n > 0 && str_cut(&rest, '\n', &row)) {
        line++;
        if (row.n == 0 || *row.s == '#') {
            continue;
        }
        snprintf(where, sizeof where, "%s:%zu", path, line);
        *wrong += !check_row(row, where);
        rows++;
    }
    buf_finish(&text);
    return rows;
}

struct replayed {
    const char *folder;
    size_t files, rows, wrong;
};

static bool replay_if_table(void *ctx, const char *name)
{
    struct replayed *replayed = ctx;
    char path[512];
    if (str_ends(str_of(name), STR(".tsv"))) {
        snprintf(path, sizeof path, "%s/%s", replayed->folder, name);
        replayed->rows += replay(path, &replayed->wrong);
        replayed->files++;
    }
    return true;
}

static void readers_say_what_the_tables_say(void **state)
{
    char folder[400];
    const char *source = getenv("GOCUA_SOURCE");
    snprintf(folder, sizeof folder, "%s/tests/ident", source ? source : ".");
    struct replayed replayed = {.folder = folder};
    assert_true(file_list(folder, replay_if_table, &replayed, NULL));
    assert_int_equal(replayed.wrong, 0);
    assert_true(replayed.files >= 6);
    assert_true(replayed.rows >= 80);
}

static void decomposed_text_gives_the_same_card(void **state)
{
    struct str card =
        STR("079204000002||Trần Văn Ví Dụ|29022004|Nam|Ấp Minh Họa, Xã Giả Định|01032022");
    struct ident plain, decomposed;
    struct buf nfd = {0};
    utf8_add_nfd(&nfd, card);
    assert_true(nfd.n > card.n);
    ident_read(card, CLAIM_CAMERA, today(), &plain);
    ident_read(buf_str(&nfd), CLAIM_CAMERA, today(), &decomposed);
    assert_memory_equal(&plain, &decomposed, sizeof plain);
    buf_finish(&nfd);
}

static void huge_input_is_refused(void **state)
{
    struct ident ident;
    struct buf huge = {0};
    buf_add_text(&huge, "079204000002||");
    while (huge.n < 1000000) {
        buf_add_text(&huge, "Nguyễn ");
    }
    ident_read(buf_str(&huge), CLAIM_CAMERA, today(), &ident);
    assert_int_equal(ident.kind, IDENT_GARBAGE);
    huge.n = 3000;
    ident_read(buf_str(&huge), CLAIM_CAMERA, today(), &ident);
    assert_int_equal(ident.kind, IDENT_BAD_CARD);
    buf_finish(&huge);
}

/* Sources that say nothing else: every value carries where it came from. */
static void values_carry_their_source(void **state)
{
    struct ident ident;
    ident_read(STR("079204000002||Trần Văn Ví Dụ|29022004|Nam|Xã Giả Định|01032022"), CLAIM_PICTURE,
               today(), &ident);
    assert_int_equal(ident.person.values[CLAIM_NAME].source, CLAIM_PICTURE);
    assert_int_equal(ident.person.values[CLAIM_OLD_NUMBER].source, CLAIM_NONE);
    ident_read(STR("079204000002"), CLAIM_TYPED, today(), &ident);
    assert_int_equal(ident.person.values[CLAIM_NUMBER].source, CLAIM_TYPED);
    assert_int_equal(ident.person.values[CLAIM_SEX].source, CLAIM_DERIVED);
}

static void typing_over_clears_its_warning(void **state)
{
    struct ident ident;
    ident_read(STR("001190000001||Nguyễn Thị Thử|31021990|Nữ|Phường Mẫu, Hà Nội|25122021"),
               CLAIM_CAMERA, today(), &ident);
    assert_int_equal(ident.person.warnings, CLAIM_WARN_BIRTH);
    assert_true(claim_set(&ident.person, CLAIM_BIRTH, STR("1990-02-28"), CLAIM_TYPED));
    claim_check(&ident.person, today());
    assert_int_equal(ident.person.warnings, 0);
    assert_true(claim_set(&ident.person, CLAIM_BIRTH, STR("1991"), CLAIM_TYPED));
    claim_check(&ident.person, today());
    assert_int_equal(ident.person.warnings, CLAIM_WARN_YEAR);
}

static void guessed_modules_need_a_sound_card(void **state)
{
    assert_true(ident_accepts(NULL, STR("001190000001|012345678|Nguyễn Thị Thử Nghiệm|08051990|Nữ|"
                                        "Số 5 Ngõ 12, Phường Mẫu, Hà Nội|25122021")));
    /* the miscorrection that was seen: an issue date of 06878333 */
    assert_false(ident_accepts(NULL, STR("001190000001|012345678|Nguyễn Thị Thử Nghiệm|08051990|Nữ|"
                                         "Số 5 Ngõ 12, Phường Mẫu, Hà Nội|06878333")));
    assert_false(ident_accepts(NULL, STR("001190000001|012345678|Nguyễn Thị Thử Nghiệm|08051991|Nữ|"
                                         "Số 5 Ngõ 12, Phường Mẫu, Hà Nội|25122021")));
    assert_false(ident_accepts(NULL, STR("https://example.org/")));
    assert_false(ident_accepts(NULL, STR("")));
}

static void masks_show_no_more_than_the_tail(void **state)
{
    struct buf text = {0};
    number_add_masked(&text, STR("001190000001"));
    assert_string_equal(buf_text(&text), "••••••••0001");
    buf_clear(&text);
    number_add_masked(&text, STR("12345"));
    assert_string_equal(buf_text(&text), "•••••");
    buf_clear(&text);
    name_add_masked(&text, STR("Nguyễn Thị Ánh"));
    assert_string_equal(buf_text(&text), "N••••• T•• Á••");
    buf_finish(&text);
}

static void numbers_tell_province_year_and_sex(void **state)
{
    struct number_facts facts;
    assert_true(number_read(STR("079204000002"), &facts));
    assert_string_equal(facts.province, "TP Hồ Chí Minh");
    assert_int_equal(facts.year, 2004);
    assert_true(facts.is_male);
    assert_true(number_read(STR("101190000002"), &facts));
    assert_true(facts.is_abroad);
    assert_false(number_read(STR("07920400000"), &facts));
    assert_false(number_read(STR("07920400000x"), &facts));
}

static void every_value_has_a_name_and_a_sentence(void **state)
{
    for (int i = 0; i < WARNINGS; i++) {
        assert_true(claim_warning_name((enum claim_warning)(1U << i))[0]);
        assert_true(claim_warning_sentence((enum claim_warning)(1U << i))[0]);
    }
    for (int kind = IDENT_VNEID; kind <= IDENT_GARBAGE; kind++) {
        struct ident ident = {.kind = (enum ident_kind)kind};
        assert_true(ident_kind_name(ident.kind)[0]);
        assert_true(ident_sentence(&ident)[0]);
    }
    for (int problem = IDENT_TOO_FEW_FIELDS; problem <= IDENT_CHECK_DIGIT; problem++) {
        struct ident ident = {.kind = IDENT_BAD_CARD, .problem = (enum ident_problem)problem};
        assert_true(ident_sentence(&ident)[0]);
    }
}

static void broken_letters_are_noticed(void **state)
{
    const char *broken[] = {"Nguyá»…n VÄƒn A",   "NguyÔn V¨n A",  "Nguyeãn Vaên A", "Nguy?n V?n A",
                            "Nguy\xEF\xBF\xBDn", "TrÇn §øc B×nh", "Traàn Ñöùc Bình"};
    const char *sound[] = {"Nguyễn Thị Thử Nghiệm",
                           "H’ Lan Niê",
                           "Đắk Rông",
                           "Lò Thị Páo",
                           "Y Ksor Č",
                           "NGUYỄN VĂN Ý",
                           "Hoà Bình",
                           "Kông Chro",
                           "Vũ Thuý Quỳnh",
                           "Ñ Măng Y",
                           "Cư M'gar",
                           "Võ Hoàng Yến"};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        if (!text_is_garbled(str_of(broken[i]))) {
            fail_msg("not noticed: %s", broken[i]);
        }
    }
    for (size_t i = 0; i < sizeof sound / sizeof *sound; i++) {
        if (text_is_garbled(str_of(sound[i]))) {
            fail_msg("wrongly noticed: %s", sound[i]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(readers_say_what_the_tables_say),
        cmocka_unit_test(decomposed_text_gives_the_same_card),
        cmocka_unit_test(huge_input_is_refused),
        cmocka_unit_test(values_carry_their_source),
        cmocka_unit_test(typing_over_clears_its_warning),
        cmocka_unit_test(guessed_modules_need_a_sound_card),
        cmocka_unit_test(masks_show_no_more_than_the_tail),
        cmocka_unit_test(numbers_tell_province_year_and_sex),
        cmocka_unit_test(every_value_has_a_name_and_a_sentence),
        cmocka_unit_test(broken_letters_are_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
