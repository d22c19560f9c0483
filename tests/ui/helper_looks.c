#include "helper_looks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "app/lang/lang.h"
#include "app/ui/node.h"

struct look_of {
    int w, h;
    double text;
    enum ui_theme theme;
    bool glove;
};

/* Every text size that settings offer in a narrow and in a low window; each theme, the widest
 * letters (sun) where there is least room; gloves; the large windows. */
static const struct look_of usual[] = {
    {480, 800, 0.9, THEME_DARK, false},  {480, 800, 1, THEME_LIGHT, false},
    {480, 800, 1.15, THEME_DARK, false}, {480, 800, 1.3, THEME_SUN, false},
    {480, 800, 1.5, THEME_SUN, false},   {800, 480, 0.9, THEME_LIGHT, false},
    {800, 480, 1, THEME_SUN, false},     {800, 480, 1.15, THEME_LIGHT, false},
    {800, 480, 1.3, THEME_DARK, false},  {800, 480, 1.5, THEME_LIGHT, false},
    {480, 800, 1, THEME_DARK, true},     {480, 800, 1.5, THEME_LIGHT, true},
    {480, 800, 0.9, THEME_LIGHT, true},  {720, 1280, 1, THEME_LIGHT, false},
    {1280, 800, 1, THEME_DARK, false},
};

static void add_lines(const char *where, const struct ui *ui, const struct buf *lines,
                      struct buf *found)
{
    static const char *const themes[] = {"light", "dark", "sun"};
    struct str rest = buf_str(lines), line;
    const struct ui_settings *set = ui_get(ui);
    while (str_cut(&rest, '\n', &line) && line.n) {
        buf_addf(found, "%s [%s %dx%d text %.2f %s%s] " STR_FMT "\n", where, lang_get(), ui->w,
                 ui->h, set->text_size, themes[set->theme], set->glove ? " glove" : "",
                 STR_ARG(line));
    }
}

static void take(struct ui *ui, struct window *window, const struct look_of *look)
{
    struct ui_settings set = *ui_get(ui);
    set.text_size = look->text;
    set.theme = look->theme;
    set.glove = look->glove;
    assert_true(window_resize(window, look->w, look->h));
    ui_set(ui, &set);
    ui_lay(ui);
}

static void check(struct ui *ui, struct window *window, const struct look_of *look,
                  const char *where, struct buf *found)
{
    struct buf lines = {0};
    take(ui, window, look);
    if (!ui_check(ui, &lines)) {
        add_lines(where, ui, &lines, found);
    }
    buf_finish(&lines);
}

static int check_all(struct ui *ui, struct window *window, const char *where, struct buf *found)
{
    static const int sizes[][2] = {{480, 800}, {720, 1280}, {800, 480}, {1280, 800}};
    static const double texts[] = {0.9, 1, 1.15, 1.3, 1.5};
    int n = 0;
    for (int i = 0; i < 4 * 5 * 3 * 2; i++, n++) {
        struct look_of look = {sizes[i % 4][0], sizes[i % 4][1], texts[i / 4 % 5],
                               (enum ui_theme)(i / 20 % 3), i / 60};
        check(ui, window, &look, where, found);
    }
    return n;
}

int looks_check(struct ui *ui, struct window *window, const char *where, struct buf *found)
{
    const char *every = getenv("GOCUA_EVERY");
    const struct ui_settings before = *ui_get(ui);
    int w = ui->w, h = ui->h, n = sizeof(usual) / sizeof(*usual);
    if (every && strcmp(every, "all") == 0) {
        n = check_all(ui, window, where, found);
    } else {
        for (int i = 0; i < n; i++) {
            check(ui, window, &usual[i], where, found);
        }
    }
    assert_true(window_resize(window, w, h));
    ui_set(ui, &before);
    ui_lay(ui);
    return n;
}

/* ---- the mirror ---- */

struct spot {
    struct rect r;
    bool fixed;
};
typedef VEC(struct spot) spots;

static void note_spots(struct ui *ui, bool rtl, spots *to)
{
    struct ui_settings set = *ui_get(ui);
    set.rtl = rtl;
    ui_set(ui, &set);
    ui_lay(ui);
    for (struct node *n = ui->root; n; n = node_next(ui->root, n)) {
        bool fixed = false;
        for (const struct node *p = n; p; p = p->parent) {
            fixed = fixed || p->flags & NODE_LTR || p->widget == &widget_key;
        }
        vec_push(to, (struct spot){n->r, fixed});
    }
}

void looks_mirror(struct ui *ui, const char *where, struct buf *found)
{
    const struct ui_settings before = *ui_get(ui);
    spots left = {0}, right = {0};
    struct buf lines = {0};
    size_t i = 0;
    note_spots(ui, false, &left);
    note_spots(ui, true, &right);
    if (left.n != right.n) {
        buf_addf(&lines, "from the right there are %zu things, from the left %zu\n", right.n,
                 left.n);
    }
    for (struct node *n = ui->root; n && i < left.n && i < right.n;
         n = node_next(ui->root, n), i++) {
        struct rect a = left.v[i].r, b = right.v[i].r;
        int off = abs(ui->w - a.x - a.w - b.x);
        bool same = off <= 2 && abs(a.y - b.y) <= 2 && abs(a.w - b.w) <= 2 && abs(a.h - b.h) <= 2;
        if (!same && !left.v[i].fixed && a.w > 0 && b.w > 0) {
            buf_addf(&lines, "%s \"%s\" at %d,%d %dx%d is not mirrored: %d,%d %dx%d\n",
                     n->widget->role,
                     n->text  ? n->text
                     : n->key ? n->key
                              : "",
                     a.x, a.y, a.w, a.h, b.x, b.y, b.w, b.h);
        }
    }
    add_lines(where, ui, &lines, found);
    buf_finish(&lines);
    vec_finish(&left);
    vec_finish(&right);
    ui_set(ui, &before);
    ui_lay(ui);
}

/* ---- pixels ---- */

/* The colour that most pixels of the part have. */
static uint32_t most_frequent(const struct canvas *canvas, struct rect r)
{
    enum { KINDS = 512 };
    struct {
        uint32_t colour;
        int n;
    } kinds[KINDS];
    int used = 0, best = 0;
    for (int y = r.y; y < r.y + r.h; y++) {
        for (int x = r.x; x < r.x + r.w; x++) {
            uint32_t colour = canvas->pixels[(size_t)y * (size_t)canvas->stride + (size_t)x];
            int i = 0;
            while (i < used && kinds[i].colour != colour) {
                i++;
            }
            if (i == used && used < KINDS) {
                kinds[used].colour = colour;
                kinds[used++].n = 0;
            }
            if (i < used && ++kinds[i].n > kinds[best].n) {
                best = i;
            }
        }
    }
    return used ? kinds[best].colour : 0;
}

static bool is_read(const struct ui *ui, const struct node *node)
{
    bool words = node->widget == &widget_text || node->widget == &widget_heading;
    struct rect seen = rect_both(node->r, node_clip(ui, node));
    const struct node *toast = ui->root->last; /* lies over it for five seconds */
    if (toast->first && toast->first->widget == &widget_badge &&
        !rect_is_empty(rect_both(toast->first->r, node->r))) {
        return false;
    }
    return words && node->text && node->text[0] && seen.w == node->r.w && seen.h == node->r.h;
}

void looks_pixels(struct ui *ui, struct window *window, const char *where, struct buf *found)
{
    const struct ui_settings before = *ui_get(ui);
    for (int theme = THEME_LIGHT; theme <= THEME_SUN; theme++) {
        struct ui_settings set = before;
        struct buf lines = {0};
        set.theme = (enum ui_theme)theme;
        ui_set(ui, &set);
        assert_true(ui_settle(ui, NULL));
        const struct canvas *canvas = window_canvas(window);
        struct node *layer = focus_layer(ui);
        for (struct node *n = layer; n; n = node_next(layer, n)) {
            if (!is_read(ui, n)) {
                continue;
            }
            struct text text = node_spec(ui, n, 0);
            uint32_t behind = 0xff000000 | most_frequent(canvas, n->r);
            double have = theme_contrast(text.colour, behind), need = theme == THEME_SUN ? 7 : 4.5;
            if (have < need) {
                buf_addf(&lines, "%s \"%s\" at %d,%d %dx%d: %06x on painted %06x has %.2f\n",
                         n->widget->role, n->text, n->r.x, n->r.y, n->r.w, n->r.h,
                         text.colour & 0xffffff, behind & 0xffffff, have);
            }
        }
        add_lines(where, ui, &lines, found);
        buf_finish(&lines);
    }
    ui_set(ui, &before);
    ui_lay(ui);
}

/* Is it another colour, not only the edge of something round that was cut elsewhere? */
static bool differs(uint32_t a, uint32_t b)
{
    enum { SHADE = 48 };
    bool off = false;
    for (int shift = 0; shift <= 16; shift += 8) {
        off = off || abs((int)(a >> shift & 255) - (int)(b >> shift & 255)) > SHADE;
    }
    return off;
}

void looks_repaint(struct ui *ui, struct window *window, const char *where, struct buf *found)
{
    struct buf lines = {0};
    assert_true(ui_settle(ui, NULL));
    const struct canvas *canvas = window_canvas(window);
    size_t pixels = (size_t)canvas->h * (size_t)canvas->stride;
    enum { CORNERS = 12 };
    int n = 0;
    struct rect off = {0, 0, 0, 0};
    uint32_t *before = mem_alloc(pixels, sizeof(*before));
    memcpy(before, canvas->pixels, pixels * sizeof(*before));
    uint64_t build = ui->build;
    ui->repaint_all = true;
    assert_true(ui_settle(ui, NULL));
    if (ui->build != build) { /* news came meanwhile: it is another picture */
        free(before);
        return;
    }
    for (int y = 0; y < canvas->h; y++) {
        const uint32_t *then = before + (size_t)y * (size_t)canvas->stride;
        const uint32_t *now = canvas->pixels + (size_t)y * (size_t)canvas->stride;
        for (int x = 0; x < canvas->w; x++) {
            struct rect pixel = {x, y, 1, 1};
            if (differs(then[x], now[x])) {
                n++;
                off = off.h ? rect_around(off, pixel) : pixel;
            }
        }
    }
    if (n > CORNERS) {
        buf_addf(&lines, "%d,%d %dx%d was not painted anew\n", off.x, off.y, off.w, off.h);
    }
    add_lines(where, ui, &lines, found);
    free(before);
    buf_finish(&lines);
}

const char *looks_screen(const struct ui *ui)
{
    return ui->root->name;
}

bool looks_has(struct ui *ui, const char *key)
{
    return node_find_key(ui, key) != NULL;
}

void looks_end(struct buf *found)
{
    int n = 0;
    for (size_t i = 0; i < found->n; i++) {
        n += found->s[i] == '\n';
    }
    fputs(buf_text(found), stderr);
    buf_finish(found);
    if (n > 0) {
        fail_msg("%d findings, above", n);
    }
}
