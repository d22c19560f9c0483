/* Text fields as they are seen: label, box, text with caret and selection, hint, error, counter. */
#include "app/ui/node.h"

#include <stdio.h>
#include <string.h>

#include "platform/base/utf8.h"

static bool is_secret(const struct ui_field *field)
{
    return field->input == UI_IN_PIN || field->input == UI_IN_PASSWORD;
}

/* As many dots as letters. */
static void add_dots(struct buf *to, struct str text)
{
    for (size_t at = 0; at < text.n; at = utf8_grapheme_end(text, at)) {
        buf_add_text(to, "•");
    }
}

/* "1234567" as "1.234.567" for the eye. */
static void add_groups(struct buf *to, const char *text)
{
    size_t start = text[0] == '-', digits = strspn(text + start, "0123456789");
    buf_add(to, text, start);
    for (size_t i = 0; i < digits; i++) {
        if (i > 0 && (digits - i) % 3 == 0) {
            buf_add_char(to, strcmp(lang_get(), "vi") == 0 ? '.' : ',');
        }
        buf_add_char(to, text[start + i]);
    }
    buf_add_text(to, text + start + digits);
}

const char *edit_shown(struct ui *ui, const struct node *node)
{
    const struct ui_field *field = node->data;
    bool edited = ui->edit.id == node->id;
    const char *text = edited ? buf_text(&ui->edit.text) : node->value;
    struct buf shown = {0};
    if (is_secret(field)) {
        add_dots(&shown, str_of(text));
    } else if (field->masked && !edited) {
        buf_add_text(&shown, text[0] ? "••••••••" : "");
    } else if (field->thousands && !edited) {
        add_groups(&shown, text);
    } else {
        buf_add_text(&shown, text);
    }
    if (edited && ui->edit.compose.n > 0) {
        buf_add_str(&shown, buf_str(&ui->edit.compose));
    }
    const char *copy = arena_str(ui->into, buf_str(&shown));
    buf_wipe(&shown);
    return copy;
}

/* A caret of the text as a caret of what is shown. */
static size_t shown_index(const struct ui *ui, const struct ui_field *field, size_t at)
{
    if (!is_secret(field)) {
        return at;
    }
    struct str text = buf_str(&ui->edit.text);
    size_t letters = 0;
    for (size_t i = 0; i < at; i = utf8_grapheme_end(text, i)) {
        letters++;
    }
    return letters * strlen("•");
}

struct text field_example(const struct ui *ui, const struct node *node, int width)
{
    const struct ui_field *field = node->data;
    struct text text = node_spec(ui, node, width);
    text.s = str_of(node->text[0] || !field->placeholder ? "" : field->placeholder);
    text.colour = ui_colour(ui, TOKEN_TEXT2);
    text.lines = 0;
    return text;
}

struct rect field_text(struct ui *ui, const struct node *node, struct text *text)
{
    const struct ui_field *field = node->data;
    struct rect r = {node->r.x + (ui->set.rtl ? node->pad[2] : node->pad[0]),
                     node->r.y + node->pad[1], node->r.w - node->pad[0] - node->pad[2],
                     node->r.h - node->pad[1] - node->pad[3]};
    *text = node_spec(ui, node, r.w);
    if (field->lines > 1) {
        return r;
    }
    text->lines = 1;
    text->width = 0;
    int w = text_measure(text).w;
    struct text example = field_example(ui, node, r.w); /* one types where it begins */
    r.y += (r.h - (example.s.n ? text_measure(&example).h : text->line)) / 2;
    if (w <= r.w) {
        text->width = r.w;
        return r;
    }
    /* longer than the box: moved so that the caret is seen */
    int base = ui->set.rtl ? r.w - w : 0;
    if (ui->edit.id == node->id) {
        int caret = text_caret(text, shown_index(ui, field, ui->edit.caret)).x + base;
        int most = r.w - ui_px(ui, 2);
        base -= caret > most ? caret - most : caret < 0 ? caret : 0;
    }
    r.x += base;
    return r;
}

void edit_touch(struct ui *ui, const struct node *node, const struct input *input, bool drag)
{
    struct text text;
    struct rect r = field_text(ui, node, &text);
    size_t at = text_index_at(&text, input->x - r.x, input->y - r.y);
    if (is_secret(node->data)) {
        at = ui->edit.text.n;
    }
    ui->edit.caret = at < ui->edit.text.n ? at : ui->edit.text.n;
    ui->edit.mark = drag ? ui->edit.mark : ui->edit.caret;
    telex_resume(&ui->edit.telex, (struct str){buf_text(&ui->edit.text), ui->edit.caret});
    ui_change(ui);
}

static void field_measure(struct ui *ui, struct node *node, int width)
{
    const struct ui_field *field = node->data;
    struct text text = node_spec(ui, node, field->lines > 1 ? width : 0);
    int lines = field->lines > 1 ? text_measure(&text).lines : 1;
    lines = lines < field->lines ? field->lines : lines;
    struct text example = field_example(ui, node, width);
    int wrapped = example.s.n ? text_measure(&example).lines : 1;
    lines = lines < wrapped ? wrapped : lines;
    node->want_w = width;
    node->want_h = (lines < 1 ? 1 : lines) * text.line;
}

struct selection {
    struct ui *ui;
    struct paint *paint;
    struct rect r;
};

static void paint_selected(void *ctx, struct rect part)
{
    struct selection *s = ctx;
    part.x += s->r.x;
    part.y += s->r.y;
    paint_fill(s->paint, part, ui_colour(s->ui, TOKEN_PRIMARY_CONT));
}

static void paint_content(struct ui *ui, const struct node *node, struct paint *paint)
{
    const struct ui_field *field = node->data;
    struct text text;
    struct rect r = field_text(ui, node, &text);
    bool edited = ui->edit.id == node->id;
    if (edited && ui->edit.caret != ui->edit.mark) {
        size_t a = shown_index(ui, field, ui->edit.caret);
        size_t b = shown_index(ui, field, ui->edit.mark);
        struct selection s = {ui, paint, r};
        text_ranges(&text, a < b ? a : b, a < b ? b : a, paint_selected, &s);
    }
    struct text example = field_example(ui, node, node->r.w - node->pad[0] - node->pad[2]);
    if (example.s.n) {
        paint_text(paint, &example, r.x, r.y);
    }
    paint_text(paint, &text, r.x, r.y);
    if (edited && !(node->flags & NODE_DISABLED)) {
        struct rect caret = text_caret(&text, shown_index(ui, field, ui->edit.caret));
        caret.x += r.x;
        caret.y += r.y + ui_px(ui, 2);
        caret.w = ui_px(ui, 2);
        caret.h -= 2 * ui_px(ui, 2);
        paint_fill(paint, caret, ui_colour(ui, TOKEN_PRIMARY));
    }
}

static int field_ground(const struct ui *ui, const struct node *node)
{
    (void)ui;
    return node->flags & NODE_DISABLED ? TOKEN_SURFACE2 : TOKEN_SURFACE;
}

static void field_paint(struct ui *ui, const struct node *node, struct paint *paint)
{
    bool edited = ui->edit.id == node->id, off = node->flags & NODE_DISABLED;
    int edge = node->look.edge == TOKEN_ERROR ? TOKEN_ERROR
               : edited                       ? TOKEN_PRIMARY
                                              : TOKEN_CONTROL;
    int wide = edited || node->look.edge == TOKEN_ERROR || ui->set.theme == THEME_SUN ? 2 : 1;
    paint_round(paint, node->r, ui_px(ui, 8), ui_colour(ui, field_ground(ui, node)));
    struct paint_line line = {ui_px(ui, 8), ui_px(ui, wide),
                              off && ui->set.theme == THEME_SUN ? ui_px(ui, 4) : 0,
                              ui_colour(ui, edge)};
    paint_outline(paint, node->r, &line);
    struct rect inside = rect_grown(node->r, -ui_px(ui, 4));
    paint_clip(paint, inside);
    paint_content(ui, node, paint);
    paint_unclip(paint);
}

static bool field_key(struct ui *ui, struct node *node, const struct input *input)
{
    return ui->edit.id == node->id && edit_key(ui, node, input);
}

const struct widget widget_field = {.role = "field",
                                    .measure = field_measure,
                                    .paint = field_paint,
                                    .key = field_key,
                                    .ground = field_ground};

/* The label above: words, and what must be answered says so. */
static void add_label(struct ui *ui, const char *label, bool required)
{
    if (!label || !label[0]) {
        return;
    }
    struct node *row = node_open(ui, &widget_box, NULL);
    row->dir = DIR_ROW;
    row->gap = (int16_t)ui_px(ui, 4);
    struct node *text = node_label(ui, TYPE_STRONG, label, TOKEN_TEXT);
    if (required) {
        text->grow = 1;
        node_label(ui, TYPE_SMALL, tr("* required"), TOKEN_ERROR);
    }
    ui_end(ui);
}

static void add_foot(struct ui *ui, const struct ui_field *field, const char *shown)
{
    if (field->error) {
        ui_text(ui, TYPE_SMALL, field->error, UI_OPT(.tone = TONE_ERROR, .icon = ICON_ERROR));
    }
    if (field->hint) {
        node_label(ui, TYPE_SMALL, field->hint, TOKEN_TEXT2);
    }
    if (field->counter && field->max > 0) {
        char count[48];
        snprintf(count, sizeof(count), "%zu/%d", utf8_count(str_of(shown)), field->max);
        node_label(ui, TYPE_SMALL, count, TOKEN_TEXT2)->text_align = ALIGN_END;
    }
}

static struct ui_field *field_copy(struct ui *ui, const struct ui_field *field)
{
    struct ui_field *copy = arena_new(ui->into, struct ui_field);
    if (field) {
        *copy = *field;
        copy->placeholder = node_keep(ui, field->placeholder);
    }
    return copy;
}

static void field_flags(struct node *node, const struct ui_field *field)
{
    node->flags |= NODE_FIELD | NODE_PRESS | (field->disabled ? NODE_DISABLED : 0) |
                   (field->required ? NODE_REQUIRED : 0) | (field->focus ? NODE_FIRST : 0) |
                   (field->scan ? NODE_SCAN : 0) |
                   (field->masked || is_secret(field) ? NODE_MASKED : 0);
    bool code = field->input != UI_IN_TEXT && field->input != UI_IN_SEARCH;
    node->flags |= code ? NODE_CODE : 0;
}

/* The screen's value changed by itself: show it, unless the user is typing. What the screen made of
 * the typing (without the space at its end, say) is shown when the field is left, not under the
 * fingers. */
static void follow_model(struct ui *ui, const struct node *node)
{
    struct edit *edit = &ui->edit;
    if (edit->id != node->id || edit->is_dirty || ui->action.kind != ACTION_NONE ||
        ui->queue.n > 0) {
        return;
    }
    bool was_settling = edit->is_settling;
    edit->is_settling = false;
    if (strcmp(buf_text(&edit->model), node->value) == 0) {
        return;
    }
    buf_clear(&edit->model);
    buf_add_text(&edit->model, node->value);
    if (was_settling) {
        return;
    }
    buf_clear(&edit->text);
    buf_add_text(&edit->text, node->value);
    edit->caret = edit->mark = edit->text.n;
    telex_reset(&edit->telex);
}

const char *field_build(struct ui *ui, const char *key, const char *value,
                        const struct ui_field *given, struct field_button *button)
{
    struct ui_field *field = field_copy(ui, given);
    struct node *column = node_open(ui, &widget_box, NULL);
    column->gap = (int16_t)ui_px(ui, 4);
    column->grow = (int8_t)field->grow;
    add_label(ui, field->label, field->required);
    struct node *row = node_open(ui, &widget_box, NULL);
    row->dir = DIR_ROW;
    row->gap = (int16_t)ui_px(ui, 8);
    if (field->icon || field->input == UI_IN_SEARCH) {
        node_icon(ui, field->icon ? field->icon : ICON_SEARCH, 24, TOKEN_TEXT2);
    }
    struct node *node = node_add(ui, &widget_field, key);
    node->grow = 1;
    node->data = field;
    node->value = node_keep(ui, value ? value : "");
    node->name = node_keep(ui, field->name ? field->name : field->label);
    node->min_h = ui_finger(ui, 48);
    node_pad(ui, node, 12, field->lines > 1 ? 10 : 8);
    field_flags(node, field);
    node->look = (struct look){TOKEN_SURFACE, (int8_t)(field->error ? TOKEN_ERROR : TOKEN_CONTROL),
                               TOKEN_TEXT, 8, 1};
    follow_model(ui, node);
    node->text = edit_shown(ui, node);
    node->stamp = ui->edit.id == node->id ? id_mix(ui->edit.caret, ui->edit.mark) : 0;
    if (field->unit) {
        node_label(ui, TYPE_BODY, field->unit, TOKEN_TEXT2);
    }
    if (button) {
        button->pressed = ui_icon_button(ui, button->key, button->name, button->icon);
    }
    ui_end(ui);
    add_foot(ui, field, node->text);
    ui_end(ui);
    if (node_took(ui, node, ACTION_TEXT)) {
        buf_clear(&ui->result);
        buf_add_str(&ui->result, buf_str(&ui->action.text));
        return buf_text(&ui->result);
    }
    return NULL;
}

const char *ui_field(struct ui *ui, const char *key, const char *value,
                     const struct ui_field *field)
{
    if (!field || field->input != UI_IN_SEARCH || !value || !value[0]) {
        return field_build(ui, key, value, field, NULL);
    }
    char clear[160];
    snprintf(clear, sizeof(clear), "%s-clear", key);
    struct field_button button = {.key = clear, .name = tr("Clear"), .icon = ICON_CLOSE};
    const char *text = field_build(ui, key, value, field, &button);
    if (!button.pressed) {
        return text;
    }
    if (ui->edit.id == id_of(ui->at->scope, key)) {
        edit_replace(ui, "");
        ui->edit.is_dirty = false;
    }
    return "";
}

bool ui_entered(struct ui *ui, const char *key)
{
    struct node field = {.id = id_of(ui->at->scope, key)};
    return node_took(ui, &field, ACTION_ENTER);
}
