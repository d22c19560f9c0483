/* Contrast of what is read with what is really behind it: the grounds that were painted before it,
 * the last one first. The figures are the style guide's. */
#include "app/ui/check.h"

#include <stdio.h>
#include <string.h>

enum { LETTERS, MARKS };

struct ink {
    uint32_t colour;
    double need;
    const char *what;
};

/* 7 for running text, 4.5 for the rest of it, 3 for marks; glare asks for more. */
static double need_of(const struct ui *ui, int token, int kind)
{
    bool running = token == TOKEN_TEXT || token == TOKEN_ON_CONT;
    double need = kind == MARKS ? 3 : running ? 7 : 4.5;
    return ui->set.theme != THEME_SUN ? need : need >= 4.5 ? 7 : 4.5;
}

static void compare(struct findings *f, const struct part *part, const struct ink *ink,
                    uint32_t ground)
{
    double have = theme_contrast(ink->colour, ground);
    if (have < ink->need) {
        char text[160];
        snprintf(text, sizeof(text), "%s %06x on %06x has contrast %.2f, %.1f is needed", ink->what,
                 ink->colour & 0xffffff, ground & 0xffffff, have, ink->need);
        finding(f, part->node, text);
    }
}

static void against(struct findings *f, const struct part *part, const struct ink *ink, int what)
{
    if (what >= 0) {
        compare(f, part, ink, ui_colour(f->ui, what));
    } else if (what == GROUND_PAPER) {
        compare(f, part, ink, 0xffffffff);
    } else {
        finding(f, part->node,
                what == GROUND_VEIL ? "stands on a veil"
                                    : "stands on a picture: nobody knows its contrast");
    }
}

static void look_behind(struct findings *f, const struct part *part, const struct ink *ink,
                        size_t grounds)
{
    for (size_t i = grounds; i-- > 0;) {
        const struct ground *g = &f->grounds.v[i];
        if (check_holds(g->node, part->node)) {
            against(f, part, ink, g->what);
            return;
        }
        struct rect both = check_meet(part, g->node, g->seen, g->view);
        if (both.w > 1 && both.h > 1) {
            against(f, part, ink, g->what); /* a neighbour's that reaches under it */
        }
    }
    compare(f, part, ink, ui_colour(f->ui, TOKEN_BG));
}

/* Colours that a form gives to single words. */
static void check_spans(struct findings *f, const struct part *part)
{
    static const char mark[] = "foreground=\"";
    const char *at = part->node->text;
    while ((at = strstr(at, mark))) {
        unsigned colour;
        at += strlen(mark);
        struct ink ink = {0, need_of(f->ui, TOKEN_TEXT2, LETTERS), "a word in"};
        if (sscanf(at, "#%6x\"", &colour) == 1 && at[7] == '"') {
            ink.colour = 0xff000000 | colour;
            look_behind(f, part, &ink, part->grounds);
        } else {
            finding(f, part->node, "a word has a colour of which nobody knows the contrast");
        }
    }
}

static void check_ink(struct findings *f, const struct part *part)
{
    const struct node *node = part->node;
    bool off = node->flags & NODE_DISABLED;
    int token = off && !(part->kinds & PART_ICON) ? TOKEN_TEXT2 : node->look.ink;
    int kind = part->kinds & PART_ICON ? MARKS : LETTERS;
    struct ink ink = {ui_colour(f->ui, token), need_of(f->ui, token, kind),
                      kind == MARKS ? "an icon in" : "text in"};
    look_behind(f, part, &ink, part->grounds);
    if (node->flags & NODE_MARKUP) {
        check_spans(f, part);
    }
}

/* The border of a field is all that shows where it is; so is the ground of a switch. */
static void check_border(struct findings *f, const struct part *part)
{
    int token = part->node->widget == &widget_mark && part->node->flags & NODE_SELECTED
                    ? TOKEN_PRIMARY
                : part->node->look.edge == TOKEN_ERROR ? TOKEN_ERROR
                                                       : TOKEN_CONTROL;
    struct ink ink = {ui_colour(f->ui, token), need_of(f->ui, token, MARKS), "a border in"};
    size_t own = part->kinds & PART_FIELD ? 1 : 0;
    look_behind(f, part, &ink, part->grounds - own);
}

void check_contrast(struct findings *f)
{
    for (size_t i = 0; i < f->parts.n; i++) {
        const struct part *part = &f->parts.v[i];
        const struct widget *widget = part->node->widget;
        if (part->kinds & (PART_TEXT | PART_ICON | PART_FIELD)) {
            check_ink(f, part);
        }
        if (part->kinds & PART_FIELD || widget == &widget_mark || widget == &widget_slider ||
            widget == &widget_progress) {
            check_border(f, part);
        }
    }
}
