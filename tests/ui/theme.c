#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "app/ui/theme.h"

struct pair {
    enum ui_token ink, ground;
    double need; /* in light and dark; sun asks 7 for 4.5 and 4.5 for 3 */
};

static const struct pair pairs[] = {
    {TOKEN_TEXT, TOKEN_BG, 7},
    {TOKEN_TEXT, TOKEN_SURFACE, 7},
    {TOKEN_TEXT, TOKEN_SURFACE2, 7},
    {TOKEN_TEXT2, TOKEN_BG, 4.5},
    {TOKEN_TEXT2, TOKEN_SURFACE, 4.5},
    {TOKEN_TEXT2, TOKEN_SURFACE2, 4.5},
    {TOKEN_ON_PRIMARY, TOKEN_PRIMARY, 4.5},
    {TOKEN_PRIMARY, TOKEN_SURFACE, 4.5},
    {TOKEN_PRIMARY, TOKEN_SURFACE2, 4.5},
    {TOKEN_ON_CONT, TOKEN_PRIMARY_CONT, 7},
    {TOKEN_CONTROL, TOKEN_SURFACE, 3},
    {TOKEN_CONTROL, TOKEN_BG, 3},
    {TOKEN_FOCUS, TOKEN_BG, 3},
    {TOKEN_FOCUS, TOKEN_SURFACE, 3},
    {TOKEN_FOCUS, TOKEN_SURFACE2, 3},
    {TOKEN_ERROR, TOKEN_SURFACE, 4.5},
    {TOKEN_ERROR, TOKEN_BG, 4.5},
    {TOKEN_ON_ERROR, TOKEN_ERROR, 4.5},
    {TOKEN_WARN, TOKEN_WARN_BG, 4.5},
    {TOKEN_WARN, TOKEN_SURFACE, 4.5},
    {TOKEN_OK, TOKEN_OK_BG, 4.5},
    {TOKEN_OK, TOKEN_SURFACE, 4.5},
    {TOKEN_SYNC, TOKEN_SURFACE, 4.5},
    {TOKEN_TEXT, TOKEN_PRIMARY_CONT, 7}, /* a chosen answer */
    {TOKEN_BG, TOKEN_TEXT, 7},           /* a toast */
};

static double sun_need(double need)
{
    return need >= 4.5 ? 7 : 4.5;
}

static void every_pair_has_its_contrast(void **state)
{
    for (int theme = THEME_LIGHT; theme <= THEME_SUN; theme++) {
        for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
            double need = theme == THEME_SUN ? sun_need(pairs[i].need) : pairs[i].need;
            double have = theme_contrast(theme_colour((enum ui_theme)theme, pairs[i].ink),
                                         theme_colour((enum ui_theme)theme, pairs[i].ground));
            if (have < need) {
                fail_msg("theme %d: token %d on %d has %.2f, needs %.1f", theme, pairs[i].ink,
                         pairs[i].ground, have, need);
            }
        }
    }
}

static void contrast_is_that_of_wcag(void **state)
{
    assert_true(theme_contrast(0xff000000, 0xffffffff) > 20.99);
    assert_true(theme_contrast(0xffffffff, 0xff000000) > 20.99);
    double same = theme_contrast(0xff123456, 0xff123456);
    assert_true(same > 0.999 && same < 1.001);
    double text =
        theme_contrast(theme_colour(THEME_LIGHT, TOKEN_TEXT), theme_colour(THEME_LIGHT, TOKEN_BG));
    assert_true(text > 16.59 && text < 16.61);
}

static void lines_leave_room_for_stacked_marks(void **state)
{
    for (int i = 0; i < TYPES; i++) {
        const struct theme_type *type = theme_type((enum ui_type)i);
        assert_true(type->line * 100 >= type->size * 136);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_pair_has_its_contrast),
        cmocka_unit_test(contrast_is_that_of_wcag),
        cmocka_unit_test(lines_leave_room_for_stacked_marks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
