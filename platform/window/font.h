/* Text in pixels: measured, painted, hit by a finger. Shaping, right to left and fallback are
 * Pango's; nobody outside this folder sees it. Fonts come from assets/fonts/fonts.conf
 * (FONTCONFIG_FILE). A small cache keeps the layouts that come again. Main thread only. */
#ifndef WINDOW_FONT_H
#define WINDOW_FONT_H

#include "platform/window/canvas.h"

/* Fonts and the layouts that come again. One a window (window_fonts); not for two threads. */
struct fonts;

/* Opens the fonts. config_file, the shipped fonts.conf, is given to fontconfig by FONTCONFIG_FILE
 * unless that is set; NULL: it is set, or the system's fonts do. */
struct fonts *fonts_create(const char *config_file);

/* Frees; takes NULL. */
void fonts_destroy(struct fonts *fonts);

enum text_align { TEXT_START, TEXT_CENTER, TEXT_END };

/* One piece of text and how it shall look. Start is right when rtl is set. */
struct text {
    struct fonts *fonts; /* must be there */
    struct str s;
    int size; /* em in pixels */
    int line; /* line height in pixels; 0: the font's own */
    bool bold, tabular, markup, rtl;
    bool code; /* no direction of its own: numbers and codes stay left to right */
    int width; /* wraps and aligns to this; 0: one line as long as it is */
    int lines; /* at most, then an ellipsis; 0: as many as needed */
    enum text_align align;
    uint32_t colour;
    const char *lang; /* "vi"; may be NULL */
};

struct text_size {
    int w, h;
    int baseline; /* of the first line, from the top */
    int lines;
    bool cut; /* an ellipsis stands for the rest */
};

/* How large the text is. */
struct text_size text_measure(const struct text *text);

/* Paints it with the top left corner of its box at x, y. */
void paint_text(struct paint *paint, const struct text *text, int x, int y);

/* The byte index of the letter boundary nearest to the point (relative to the box). */
size_t text_index_at(const struct text *text, int x, int y);

/* Where the caret before byte index stands (relative to the box; w is 0). */
struct rect text_caret(const struct text *text, size_t index);

/* Calls each for every rectangle that the selected bytes from..to cover. */
void text_ranges(const struct text *text, size_t from, size_t to,
                 void (*each)(void *ctx, struct rect r), void *ctx);

/* Paints one icon of the icon font (a code point of it) centred in r at size pixels; mirrored turns
 * it around for right-to-left. */
struct icon {
    struct fonts *fonts;
    uint32_t code;
    int size;
    uint32_t colour;
    bool mirrored;
};
void paint_icon(struct paint *paint, const struct icon *icon, struct rect r);

/* Can the fonts show every letter of the text (no empty boxes)? */
bool text_is_shown(const struct text *text);

#endif
