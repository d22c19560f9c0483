#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <fontconfig/fontconfig.h>

#include "platform/window/font.h"

static struct fonts *fonts;

static struct text of(const char *s)
{
    return (struct text){
        .fonts = fonts, .s = str_of(s), .size = 32, .line = 48, .colour = 0xff000000};
}

static void every_letter_of_three_languages_has_a_glyph(void **state)
{
    static const char *const texts[] = {
        "ẠẢẤẦẨẪẬẮẰẲẴẶẸẺẼẾỀỂỄỆỈỊỌỎỐỒỔỖỘỚỜỞỠỢỤỦỨỪỬỮỰỲỴỶỸ",
        "ạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹđĐăâêôơưčĕĭñŏŭ",
        "أبتثجحخدذرزسشصضطظعغفقكلمنهوي ءآؤئىة لا ؟،٠١٢٣٤٥٦٧٨٩",
        "«“”’…–—•·₫€ 1.234.567,5 * < > & @ # % − ≥ ≤ → ← ✓ ✗ × ÷ ° ½"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        for (int bold = 0; bold < 2; bold++) {
            struct text text = of(texts[i]);
            text.bold = bold;
            if (!text_is_shown(&text)) {
                fail_msg("a letter is missing in %s", texts[i]);
            }
        }
    }
    struct text none = of("\xe0\xb8\x81"); /* a Thai letter: none of our fonts has it */
    assert_false(text_is_shown(&none));
}

static void text_wraps_and_is_cut_when_asked(void **state)
{
    struct text text = of("Phường Bến Thành, Thành phố Hồ Chí Minh, nước Việt Nam");
    struct text_size whole = text_measure(&text);
    assert_int_equal(whole.lines, 1);
    assert_int_equal(whole.h, 48);
    text.width = whole.w / 3;
    struct text_size wrapped = text_measure(&text);
    assert_true(wrapped.lines >= 3 && wrapped.w <= text.width && !wrapped.cut);
    assert_int_equal(wrapped.h, wrapped.lines * 48);
    text.lines = 2;
    struct text_size cut = text_measure(&text);
    assert_int_equal(cut.lines, 2);
    assert_true(cut.cut);
    text.width = whole.w;
    assert_false(text_measure(&text).cut);
}

static void the_caret_goes_where_the_finger_is(void **state)
{
    static const char *const texts[] = {"Nguyễn Thị Thử", "هل لديك حساب", "abc نعم 123"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        struct text text = of(texts[i]);
        text.rtl = i > 0;
        text.width = 600;
        struct rect at = text_caret(&text, 0);
        size_t back = text_index_at(&text, at.x, 10);
        struct rect again = text_caret(&text, back);
        assert_int_equal(again.x, at.x);
        assert_int_equal(at.h, 48);
    }
    struct text text = of("Nguyễn");
    assert_int_equal(text_caret(&text, 0).x, 0);
    assert_int_equal(text_caret(&text, strlen("Nguyễn")).x, text_measure(&text).w);
    assert_int_equal(text_index_at(&text, 10000, 10), strlen("Nguyễn"));
}

static void start_is_right_when_mirrored(void **state)
{
    struct text text = of("Nguyễn");
    text.width = 600;
    text.rtl = true;
    int w = text_measure(&text).w, x = text_caret(&text, 0).x;
    assert_in_range(x, 600 - w - 1, 600 - w + 1);
    text.align = TEXT_END;
    assert_int_equal(text_caret(&text, 0).x, 0);
}

static void broken_markup_is_shown_as_it_is(void **state)
{
    struct text text = of("a <b>bold</b> word");
    text.markup = true;
    int styled = text_measure(&text).w;
    text.s = STR("a <b>bold word");
    int broken = text_measure(&text).w;
    text.markup = false;
    assert_int_equal(text_measure(&text).w, broken);
    assert_true(styled < broken);
}

static void count(void *ctx, struct rect r)
{
    int *pixels = ctx;
    *pixels += r.w;
}

static void a_selection_covers_its_letters(void **state)
{
    struct text text = of("Nguyễn Thị Thử Nghiệm");
    int pixels = 0;
    text_ranges(&text, 0, text.s.n, count, &pixels);
    assert_in_range(pixels, text_measure(&text).w - 2, text_measure(&text).w + 2);
    pixels = 0;
    text.width = 150;
    text_ranges(&text, 0, 3, count, &pixels);
    assert_true(pixels > 0 && pixels < 150);
}

/* Only the shipped file is read, none of the system's. */
static void reads_one_configuration(void **state)
{
    FcConfigFileInfoIter at;
    FcConfig *config = FcConfigGetCurrent();
    int count = 0;
    FcConfigFileInfoIterInit(config, &at);
    do {
        FcChar8 *name = NULL, *what = NULL;
        FcBool is_used = FcFalse;
        if (FcConfigFileInfoIterGet(config, &at, &name, &what, &is_used)) {
            assert_string_equal((const char *)name, getenv("FONTCONFIG_FILE"));
            count++;
        }
        free(name);
        free(what);
    } while (FcConfigFileInfoIterNext(config, &at));
    assert_int_equal(count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_one_configuration),
        cmocka_unit_test(every_letter_of_three_languages_has_a_glyph),
        cmocka_unit_test(text_wraps_and_is_cut_when_asked),
        cmocka_unit_test(the_caret_goes_where_the_finger_is),
        cmocka_unit_test(start_is_right_when_mirrored),
        cmocka_unit_test(broken_markup_is_shown_as_it_is),
        cmocka_unit_test(a_selection_covers_its_letters),
    };
    fonts = fonts_create(NULL);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    fonts_destroy(fonts);
    return failed;
}
