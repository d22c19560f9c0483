#include "app/ui/theme.h"

#include <math.h>
#include <stddef.h>

static const uint32_t colours[3][TOKENS] = {
    [THEME_LIGHT] = {0xfff7f8f6, 0xffffffff, 0xffe6edee, 0xff15191c, 0xff4a535b, 0xffc9d0d4,
                     0xff6b767f, 0xff00586e, 0xffffffff, 0xffcfe8ef, 0xff00323f, 0xffb8460e,
                     0xffb3151b, 0xffffffff, 0xff7a4b00, 0xffffe9c2, 0xff13612f, 0xffd6f0dc,
                     0xff5b3fa0},
    [THEME_DARK] = {0xff101416, 0xff181d20, 0xff242b2f, 0xffeef2f3, 0xffb3bec4, 0xff39434a,
                    0xff8a97a0, 0xff6ccfe6, 0xff00303c, 0xff0b4353, 0xffcdeff8, 0xffffb454,
                    0xffff9a93, 0xff4a0206, 0xffffcb73, 0xff3b2a06, 0xff83d99a, 0xff0e3319,
                    0xffc8b6ff},
    [THEME_SUN] = {0xffffffff, 0xffffffff, 0xfffff4b8, 0xff000000, 0xff1f1f1f, 0xff000000,
                   0xff000000, 0xff003a8c, 0xffffffff, 0xfffff4b8, 0xff000000, 0xffc00000,
                   0xff9b0000, 0xffffffff, 0xff5c3600, 0xfffff4b8, 0xff004d1c, 0xffffffff,
                   0xff3b1a8f},
};

static const struct theme_type types[TYPES] = {
    [TYPE_BODY] = {16, 24, false},    [TYPE_STRONG] = {16, 24, true},
    [TYPE_SMALL] = {14, 20, false},   [TYPE_TITLE] = {20, 28, true},
    [TYPE_QUESTION] = {18, 26, true}, [TYPE_DISPLAY] = {28, 40, true},
    [TYPE_TAG] = {12, 18, true},
};

uint32_t theme_colour(enum ui_theme theme, enum ui_token token)
{
    return colours[theme][token];
}

const struct theme_type *theme_type(enum ui_type type)
{
    return &types[type];
}

/* Relative luminance of sRGB (WCAG 2.2, definitions). */
static double luminance(uint32_t colour)
{
    double sum = 0;
    static const double weight[] = {0.2126, 0.7152, 0.0722};
    for (int i = 0; i < 3; i++) {
        double v = (colour >> (16 - 8 * i) & 255) / 255.0;
        sum += weight[i] * (v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4));
    }
    return sum;
}

double theme_contrast(uint32_t a, uint32_t b)
{
    double x = luminance(a), y = luminance(b);
    return x > y ? (x + 0.05) / (y + 0.05) : (y + 0.05) / (x + 0.05);
}

static bool is_readable(enum ui_theme theme, uint32_t colour)
{
    static const enum ui_token grounds[] = {TOKEN_BG, TOKEN_SURFACE, TOKEN_SURFACE2,
                                            TOKEN_PRIMARY_CONT};
    bool good = true;
    for (size_t i = 0; i < sizeof(grounds) / sizeof(*grounds); i++) {
        double need = theme == THEME_SUN ? 7 : 4.5;
        good = good && theme_contrast(colour, theme_colour(theme, grounds[i])) >= need;
    }
    return good;
}

uint32_t theme_readable(enum ui_theme theme, uint32_t colour)
{
    enum { STEPS = 16 };
    uint32_t text = theme_colour(theme, TOKEN_TEXT), mixed = colour | 0xff000000;
    for (uint32_t step = 1; step <= STEPS && !is_readable(theme, mixed); step++) {
        mixed = 0xff;
        for (int shift = 16; shift >= 0; shift -= 8) {
            uint32_t from = colour >> shift & 255, to = text >> shift & 255;
            mixed = mixed << 8 | (from * (STEPS - step) + to * step) / STEPS;
        }
    }
    return mixed;
}
