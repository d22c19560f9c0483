#include "platform/window/font.h"

#include <stdlib.h>
#include <string.h>

#include <fontconfig/fontconfig.h>
#include <pango/pangocairo.h>

#include "platform/base/mem.h"
#include "platform/base/utf8.h"
#include "platform/window/draw.h"

/* A cache of SETS sets of WAYS layouts: rows that scroll back and paragraphs that are measured,
 * then painted, are shaped once. */
enum { SETS = 64, WAYS = 4 };

struct shaped {
    uint64_t hash;
    uint64_t used;
    PangoLayout *layout;
    struct text_size size;
    int line;     /* height of one line */
    int baseline; /* of a line in its own box */
};

struct fonts {
    PangoFontMap *map;
    PangoContext *context[2]; /* left to right, right to left */
    uint64_t tick;
    struct shaped cache[SETS][WAYS];
};

static PangoContext *context_create(PangoFontMap *map, PangoDirection direction)
{
    PangoContext *context = pango_font_map_create_context(map);
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    pango_cairo_context_set_font_options(context, options);
    cairo_font_options_destroy(options);
    pango_cairo_context_set_resolution(context, 72);
    pango_context_set_base_dir(context, direction);
    return context;
}

/* Reads the file and nothing else: FcInit, which Pango calls when there is no configuration yet,
 * reads the forty of the system's template folder as well, only for their descriptions. */
static void configure(const char *file)
{
    static bool is_done; /* fontconfig has one for the whole process */
    FcConfig *config = is_done ? NULL : FcConfigCreate();
    is_done = true;
    if (config) {
        if (FcConfigParseAndLoad(config, (const FcChar8 *)file, FcFalse)) {
            FcConfigSetCurrent(config); /* and holds it */
        }
        FcConfigDestroy(config);
    }
}

struct fonts *fonts_create(const char *config_file)
{
    if (config_file) {
        setenv("FONTCONFIG_FILE", config_file, 0);
    }
    if (getenv("FONTCONFIG_FILE")) {
        configure(getenv("FONTCONFIG_FILE"));
    }
    struct fonts *fonts = mem_alloc(1, sizeof(*fonts));
    fonts->map = pango_cairo_font_map_new();
    fonts->context[0] = context_create(fonts->map, PANGO_DIRECTION_LTR);
    fonts->context[1] = context_create(fonts->map, PANGO_DIRECTION_RTL);
    return fonts;
}

void fonts_destroy(struct fonts *fonts)
{
    if (!fonts) {
        return;
    }
    for (int i = 0; i < SETS; i++) {
        for (int k = 0; k < WAYS; k++) {
            if (fonts->cache[i][k].layout) {
                g_object_unref(fonts->cache[i][k].layout);
            }
        }
    }
    g_object_unref(fonts->context[0]);
    g_object_unref(fonts->context[1]);
    g_object_unref(fonts->map);
    free(fonts);
}

static uint64_t mix(uint64_t h, uint64_t v)
{
    h = (h ^ v) * 0x9e3779b97f4a7c15u;
    return h ^ h >> 29;
}

static uint64_t text_hash(const struct text *t, const char *family)
{
    uint64_t h = 0x6b8b4567u + t->s.n;
    size_t i = 0;
    for (; i + 8 <= t->s.n; i += 8) {
        uint64_t word;
        memcpy(&word, t->s.s + i, 8);
        h = mix(h, word);
    }
    uint64_t word = 0;
    memcpy(&word, t->s.s + i, t->s.n - i);
    h = mix(h, word);
    h = mix(h, (uint64_t)t->size << 32 | (uint32_t)t->width);
    h = mix(h, (uint64_t)t->line << 32 | (uint32_t)t->lines << 5 | (uint32_t)t->bold << 4 |
                   (uint32_t)t->tabular << 3 | (uint32_t)t->markup << 2 | (uint32_t)t->rtl << 1 |
                   (uint32_t)t->code);
    h = mix(h, t->lang[0] ? (uint64_t)t->lang[0] << 8 | (uint64_t)t->lang[1] : 0);
    return mix(h, (uint64_t)family[0]);
}

static void layout_set_text(PangoLayout *layout, const struct text *t)
{
    if (t->markup) {
        PangoAttrList *attributes = NULL;
        char *plain = NULL;
        if (pango_parse_markup(t->s.s, (int)t->s.n, 0, &attributes, &plain, NULL, NULL)) {
            pango_layout_set_text(layout, plain, -1);
            pango_layout_set_attributes(layout, attributes);
            pango_attr_list_unref(attributes);
            g_free(plain);
            return;
        }
    }
    pango_layout_set_text(layout, t->s.s, (int)t->s.n);
}

static void layout_set_features(PangoLayout *layout, const struct text *t)
{
    PangoAttrList *list = pango_layout_get_attributes(layout);
    list = list ? pango_attr_list_copy(list) : pango_attr_list_new();
    if (t->tabular) {
        pango_attr_list_insert(list, pango_attr_font_features_new("tnum=1"));
    }
    if (t->lang[0]) {
        pango_attr_list_insert(list, pango_attr_language_new(pango_language_from_string(t->lang)));
    }
    pango_attr_list_insert(list, pango_attr_insert_hyphens_new(FALSE));
    pango_layout_set_attributes(layout, list);
    pango_attr_list_unref(list);
}

static PangoLayout *layout_create(const struct text *t, const char *family)
{
    PangoLayout *layout = pango_layout_new(t->fonts->context[t->rtl && !t->code]);
    PangoFontDescription *font = pango_font_description_new();
    pango_font_description_set_family_static(font, family);
    pango_font_description_set_absolute_size(font, (double)t->size * PANGO_SCALE);
    pango_font_description_set_weight(font, t->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    pango_layout_set_auto_dir(layout, !t->code);
    layout_set_text(layout, t);
    layout_set_features(layout, t);
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    if (t->width > 0) {
        pango_layout_set_width(layout, t->width * PANGO_SCALE);
    }
    if (t->lines > 0) {
        pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
        pango_layout_set_height(layout, -t->lines);
        pango_layout_set_single_paragraph_mode(layout, t->lines == 1);
    }
    return layout;
}

static void shape(struct shaped *s, const struct text *t, const char *family)
{
    s->layout = layout_create(t, family);
    PangoRectangle logical;
    pango_layout_get_extents(s->layout, NULL, &logical);
    int lines = pango_layout_get_line_count(s->layout), widest = 0;
    bool cut = pango_layout_is_ellipsized(s->layout);
    if (t->lines > 0 && lines > t->lines) { /* several paragraphs: Pango limits each */
        lines = t->lines;
        cut = true;
    }
    for (int i = 0; i < lines; i++) {
        PangoRectangle r;
        pango_layout_line_get_extents(pango_layout_get_line_readonly(s->layout, i), NULL, &r);
        widest = r.width > widest ? r.width : widest;
    }
    PangoFontMetrics *metrics = pango_context_get_metrics(
        pango_layout_get_context(s->layout), pango_layout_get_font_description(s->layout), NULL);
    int ascent = pango_font_metrics_get_ascent(metrics);
    int height = ascent + pango_font_metrics_get_descent(metrics);
    pango_font_metrics_unref(metrics);
    s->line = t->line > 0 ? t->line : PANGO_PIXELS_CEIL(height);
    s->baseline = PANGO_PIXELS((s->line * PANGO_SCALE - height) / 2 + ascent);
    s->size =
        (struct text_size){PANGO_PIXELS_CEIL(widest), lines * s->line, s->baseline, lines, cut};
}

static struct shaped *shaped_get(const struct text *text, const char *family)
{
    struct text t = *text;
    t.lang = t.lang ? t.lang : "";
    struct fonts *f = t.fonts;
    uint64_t hash = text_hash(&t, family);
    struct shaped *set = f->cache[hash % SETS], *oldest = &set[0];
    for (int i = 0; i < WAYS; i++) {
        if (set[i].layout && set[i].hash == hash) {
            set[i].used = ++f->tick;
            return &set[i];
        }
        if (set[i].used < oldest->used) {
            oldest = &set[i];
        }
    }
    if (oldest->layout) {
        g_object_unref(oldest->layout);
    }
    shape(oldest, &t, family);
    oldest->hash = hash;
    oldest->used = ++f->tick;
    return oldest;
}

/* A short text that fits on one line is shaped once, whatever the width. */
static struct shaped *shaped_text(const struct text *text)
{
    static const char family[] = "Noto Sans,Noto Sans Arabic UI";
    enum { SHORT = 160 };
    if (text->width > 0 && text->s.n <= SHORT) {
        struct text whole = *text;
        whole.width = 0;
        struct shaped *s = shaped_get(&whole, family);
        if (s->size.lines == 1 && s->size.w <= text->width) {
            return s;
        }
    }
    return shaped_get(text, family);
}

struct text_size text_measure(const struct text *text)
{
    return shaped_text(text)->size;
}

/* Where a line starts in the box, in Pango units. */
static int line_x(const struct shaped *s, const struct text *t, PangoLayoutLine *line)
{
    PangoRectangle r;
    pango_layout_line_get_extents(line, NULL, &r);
    int room = (t->width > 0 ? t->width : s->size.w) * PANGO_SCALE - r.width;
    bool right = t->align == TEXT_END ? !t->rtl : t->align == TEXT_START && t->rtl;
    int x = t->align == TEXT_CENTER ? room / 2 : right ? room : 0;
    return x - r.x;
}

void paint_text(struct paint *paint, const struct text *text, int x, int y)
{
    if (text->s.n == 0) {
        return;
    }
    const struct shaped *s = shaped_text(text);
    struct rect part = paint_part(paint);
    paint_set_colour(paint, text->colour);
    for (int i = 0; i < s->size.lines; i++) {
        int top = y + i * s->line;
        if (top + s->line < part.y || top > part.y + part.h) {
            continue;
        }
        PangoLayoutLine *line = pango_layout_get_line_readonly(s->layout, i);
        cairo_move_to(paint->cr, x + PANGO_PIXELS(line_x(s, text, line)), top + s->baseline);
        pango_cairo_show_layout_line(paint->cr, line);
    }
    cairo_new_path(paint->cr);
}

size_t text_index_at(const struct text *text, int x, int y)
{
    const struct shaped *s = shaped_text(text);
    int i = y < 0 ? 0 : y / s->line;
    i = i < s->size.lines ? i : s->size.lines - 1;
    PangoLayoutLine *line = pango_layout_get_line_readonly(s->layout, i);
    int index = 0, trailing = 0;
    pango_layout_line_x_to_index(line, x * PANGO_SCALE - line_x(s, text, line), &index, &trailing);
    size_t at = (size_t)index;
    while (trailing-- > 0 && at < text->s.n) {
        struct str rest = {text->s.s + at, text->s.n - at};
        uint32_t code;
        utf8_next(&rest, &code);
        at = (size_t)(rest.s - text->s.s);
    }
    return at < text->s.n ? at : text->s.n;
}

struct rect text_caret(const struct text *text, size_t index)
{
    const struct shaped *s = shaped_text(text);
    int number = 0, x = 0;
    pango_layout_index_to_line_x(s->layout, (int)index, FALSE, &number, &x);
    number = number < s->size.lines ? number : s->size.lines - 1;
    PangoLayoutLine *line = pango_layout_get_line_readonly(s->layout, number);
    pango_layout_line_index_to_x(line, (int)index, FALSE, &x);
    return (struct rect){PANGO_PIXELS(x + line_x(s, text, line)), number * s->line, 0, s->line};
}

void text_ranges(const struct text *text, size_t from, size_t to,
                 void (*each)(void *ctx, struct rect r), void *ctx)
{
    const struct shaped *s = shaped_text(text);
    for (int i = 0; i < s->size.lines; i++) {
        PangoLayoutLine *line = pango_layout_get_line_readonly(s->layout, i);
        int start = line->start_index, end = start + line->length;
        int a = (int)from > start ? (int)from : start, b = (int)to < end ? (int)to : end;
        if (a >= b) {
            continue;
        }
        int *ranges = NULL, n = 0, left = line_x(s, text, line);
        pango_layout_line_get_x_ranges(line, a, b, &ranges, &n);
        PangoRectangle extents; /* the ranges are counted from where Pango itself would align */
        pango_layout_line_get_extents(line, NULL, &extents);
        for (int k = 0; k < n; k++) {
            int x0 = 0, x1 = 0;
            pango_layout_line_index_to_x(line, a, FALSE, &x0);
            pango_layout_line_index_to_x(line, b, FALSE, &x1);
            int width = ranges[2 * k + 1] - ranges[2 * k];
            int x = n == 1 ? (x0 < x1 ? x0 : x1) : ranges[2 * k] - extents.x;
            each(ctx,
                 (struct rect){PANGO_PIXELS(x + left), i * s->line, PANGO_PIXELS(width), s->line});
        }
        g_free(ranges);
    }
}

void paint_icon(struct paint *paint, const struct icon *icon, struct rect r)
{
    struct buf code = {0};
    utf8_add(&code, icon->code);
    struct text text = {
        .fonts = icon->fonts, .s = buf_str(&code), .size = icon->size, .code = true};
    const struct shaped *s = shaped_get(&text, "Material Icons");
    PangoLayoutLine *line = pango_layout_get_line_readonly(s->layout, 0);
    PangoRectangle ink;
    pango_layout_line_get_extents(line, NULL, &ink);
    int x = r.x + (r.w - icon->size) / 2, y = r.y + (r.h - icon->size) / 2;
    cairo_t *cr = paint->cr;
    cairo_save(cr);
    paint_set_colour(paint, icon->colour);
    if (icon->mirrored) {
        cairo_translate(cr, 2 * x + icon->size, 0);
        cairo_scale(cr, -1, 1);
    }
    cairo_move_to(cr, x, y - PANGO_PIXELS(ink.y));
    pango_cairo_show_layout_line(cr, line);
    cairo_restore(cr);
    cairo_new_path(cr);
    buf_finish(&code);
}

bool text_is_shown(const struct text *text)
{
    return pango_layout_get_unknown_glyphs_count(shaped_text(text)->layout) == 0;
}
