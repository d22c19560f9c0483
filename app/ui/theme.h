/* The look as data: three themes of colour tokens, the type scale, and what the user set. The
 * figures are the style guide's; tests/ui/theme.c keeps their contrast. */
#ifndef UI_THEME_H
#define UI_THEME_H

#include <stdbool.h>
#include <stdint.h>

enum ui_theme { THEME_LIGHT, THEME_DARK, THEME_SUN };

enum ui_token {
    TOKEN_BG,
    TOKEN_SURFACE,
    TOKEN_SURFACE2,
    TOKEN_TEXT,
    TOKEN_TEXT2,
    TOKEN_LINE,    /* decoration only */
    TOKEN_CONTROL, /* borders of what can be used */
    TOKEN_PRIMARY,
    TOKEN_ON_PRIMARY,
    TOKEN_PRIMARY_CONT,
    TOKEN_ON_CONT,
    TOKEN_FOCUS,
    TOKEN_ERROR,
    TOKEN_ON_ERROR,
    TOKEN_WARN,
    TOKEN_WARN_BG,
    TOKEN_OK,
    TOKEN_OK_BG,
    TOKEN_SYNC,
    TOKENS,
};

/* The colour of a token as 0xAARRGGBB (opaque). */
uint32_t theme_colour(enum ui_theme theme, enum ui_token token);

/* WCAG contrast of two opaque colours, 1–21. */
double theme_contrast(uint32_t a, uint32_t b);

/* A colour that somebody else chose, moved towards the text's until it can be read on every ground
 * that running text stands on. */
uint32_t theme_readable(enum ui_theme theme, uint32_t colour);

/* Kinds of text; size and line height stand in theme.c. */
enum ui_type {
    TYPE_BODY = 0, /* running text, values */
    TYPE_STRONG,   /* labels, first line of a row */
    TYPE_SMALL,    /* hints, second line of a row */
    TYPE_TITLE,
    TYPE_QUESTION,
    TYPE_DISPLAY, /* a big count */
    TYPE_TAG,     /* badges only */
    TYPES,
};

struct theme_type {
    int size, line; /* dp */
    bool bold;
};

/* The row of the type scale. */
const struct theme_type *theme_type(enum ui_type type);

#endif
