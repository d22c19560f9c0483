/* Typing: the text of the focused field, its caret and selection, what may be typed and when the
 * screen hears of it. Painting is field.c's. */
#include "app/ui/node.h"

#include <string.h>

#include "platform/base/clock.h"
#include "platform/base/utf8.h"

enum { PAUSE_MS = 600, LETTERS_MOST = 10000 };

static bool is_secret(const struct edit *edit)
{
    return edit->field.input == UI_IN_PIN || edit->field.input == UI_IN_PASSWORD;
}

static void undo_clear(struct edit *edit)
{
    for (size_t i = 0; i < edit->undo.n; i++) {
        free(edit->undo.v[i]);
    }
    edit->undo.n = 0;
}

static void undo_note(struct edit *edit)
{
    const char *now = buf_text(&edit->text);
    if (is_secret(edit) || (edit->undo.n && strcmp(edit->undo.v[edit->undo.n - 1], now) == 0)) {
        return;
    }
    if (edit->undo.n == EDIT_UNDO) {
        free(edit->undo.v[0]);
        vec_remove(&edit->undo, 0);
    }
    vec_push(&edit->undo, mem_strdup(now));
}

static void telex_start(struct ui *ui)
{
    struct edit *edit = &ui->edit;
    bool words = edit->field.input == UI_IN_TEXT || edit->field.input == UI_IN_SEARCH;
    static const enum telex_method methods[] = {TELEX_OFF, TELEX_TELEX, TELEX_VNI};
    enum telex_method method = words && !ui->typing_off ? methods[ui->set.typing] : TELEX_OFF;
    telex_reset(&edit->telex);
    edit->telex.method = method;
    telex_resume(&edit->telex, (struct str){buf_text(&edit->text), edit->caret});
}

static void set_caret(struct ui *ui, size_t at, bool extend)
{
    struct edit *edit = &ui->edit;
    edit->caret = at;
    edit->mark = extend ? edit->mark : at;
    telex_start(ui);
    ui_change(ui);
}

/* The text changed: tell at once, or when typing pauses. */
static void changed(struct ui *ui)
{
    struct edit *edit = &ui->edit;
    edit->is_dirty = true;
    /* half a date is no date: it is told when the field is left */
    edit->paused = edit->field.input == UI_IN_DATE ? 0 : clock_mono_ms() + PAUSE_MS;
    if (edit->field.live || edit->field.input == UI_IN_SEARCH) {
        edit_report(ui);
    }
    ui_change(ui);
}

/* Replaces the bytes from..to; the caret stands behind what was put in. */
static void splice(struct edit *edit, size_t from, size_t to, struct str with)
{
    struct buf next = {0};
    buf_add(&next, edit->text.s ? edit->text.s : "", from);
    buf_add_str(&next, with);
    edit->caret = edit->mark = next.n;
    buf_add(&next, buf_text(&edit->text) + to, edit->text.n - to);
    buf_wipe(&edit->text);
    edit->text = next;
}

/* Does to the text before the caret what typing asks for. */
static void carry_out(struct edit *edit, const struct telex_edit *change)
{
    size_t from = edit->caret;
    for (size_t i = 0; i < change->erase && from > 0; i++) {
        do {
            from--;
        } while (from > 0 && ((unsigned char)edit->text.s[from] & 0xc0) == 0x80);
    }
    splice(edit, from, edit->caret, str_of(change->text));
}

static size_t selection_start(const struct edit *edit)
{
    return edit->caret < edit->mark ? edit->caret : edit->mark;
}

static size_t selection_end(const struct edit *edit)
{
    return edit->caret < edit->mark ? edit->mark : edit->caret;
}

static bool drop_selection(struct edit *edit)
{
    if (edit->caret == edit->mark) {
        return false;
    }
    splice(edit, selection_start(edit), selection_end(edit), (struct str){"", 0});
    return true;
}

/* May that letter stand in such a field? */
static bool fits(const struct edit *edit, uint32_t c)
{
    bool digit = c >= '0' && c <= '9';
    switch (edit->field.input) {
    case UI_IN_INTEGER:
        return digit || c == '-';
    case UI_IN_DECIMAL:
        return digit || c == '-' || c == '.' || c == ',';
    case UI_IN_PHONE:
        return digit || c == '+' || c == ' ' || c == '(' || c == ')' || c == '-' || c == '.';
    case UI_IN_PIN:
        return digit;
    case UI_IN_DATE:
        return digit || c == '/' || c == '-' || c == '.' || c == ' ' || c == ':';
    default:
        return c >= ' ' || (c == '\n' && edit->field.lines > 1);
    }
}

static size_t letters_most(const struct edit *edit)
{
    return edit->field.max > 0 ? (size_t)edit->field.max : LETTERS_MOST;
}

static void type_code(struct ui *ui, uint32_t c)
{
    struct edit *edit = &ui->edit;
    if (c >= 0x660 && c <= 0x669) { /* Arabic-Indic digits are digits */
        c = c - 0x660 + '0';
    } else if (c >= 0x6f0 && c <= 0x6f9) {
        c = c - 0x6f0 + '0';
    }
    if (!fits(edit, c)) {
        return;
    }
    struct telex_edit change = {.erase = 0};
    bool special = edit->telex.method != TELEX_OFF && !window_is_composing(ui->window) &&
                   telex_key(&edit->telex, c, &change);
    if (!special && utf8_count(buf_str(&edit->text)) >= letters_most(edit)) {
        telex_reset(&edit->telex); /* it took the key, the text did not */
        return;
    }
    if (edit->telex.method == TELEX_OFF || window_is_composing(ui->window)) {
        struct buf one = {0};
        utf8_add(&one, c);
        splice(edit, edit->caret, edit->caret, buf_str(&one));
        buf_finish(&one);
        return;
    }
    carry_out(edit, &change);
}

void edit_type(struct ui *ui, const char *text)
{
    struct edit *edit = &ui->edit;
    struct buf nfc = {0};
    edit->tools = false;
    utf8_add_nfc(&nfc, str_of(text));
    struct str rest = buf_str(&nfc);
    uint32_t code;
    if (edit->caret != edit->mark || rest.n > 4 || (rest.n && rest.s[0] == ' ')) {
        undo_note(edit);
    }
    if (drop_selection(edit)) {
        telex_start(ui);
    }
    while (utf8_next(&rest, &code)) {
        type_code(ui, code);
    }
    buf_finish(&nfc);
    changed(ui);
}

void edit_erase(struct ui *ui)
{
    struct edit *edit = &ui->edit;
    if (drop_selection(edit)) {
        telex_start(ui);
        changed(ui);
        return;
    }
    if (edit->caret == 0) {
        return;
    }
    struct telex_edit change = {.erase = 0};
    if (edit->telex.method != TELEX_OFF && telex_backspace(&edit->telex, &change)) {
        carry_out(edit, &change);
    } else {
        size_t from = utf8_grapheme_start(buf_str(&edit->text), edit->caret);
        splice(edit, from, edit->caret, (struct str){"", 0});
    }
    changed(ui);
}

void edit_replace(struct ui *ui, const char *text)
{
    struct edit *edit = &ui->edit;
    undo_note(edit);
    splice(edit, 0, edit->text.n, (struct str){"", 0});
    enum telex_method method = edit->telex.method;
    edit->telex.method = TELEX_OFF;
    struct str rest = str_of(text);
    uint32_t code;
    while (utf8_next(&rest, &code)) {
        type_code(ui, code);
    }
    edit->telex.method = method;
    telex_reset(&edit->telex);
    changed(ui);
}

void edit_copy(struct ui *ui, bool cut)
{
    struct edit *edit = &ui->edit;
    if (edit->caret == edit->mark || is_secret(edit)) {
        return;
    }
    size_t from = selection_start(edit);
    char *piece = mem_strndup(edit->text.s + from, selection_end(edit) - from);
    window_set_clipboard(ui->window, piece);
    free(piece);
    if (cut) {
        undo_note(edit);
        drop_selection(edit);
        telex_start(ui);
        changed(ui);
    }
}

void edit_paste(struct ui *ui)
{
    struct edit *edit = &ui->edit;
    char *text = window_clipboard(ui->window);
    enum telex_method method = edit->telex.method;
    undo_note(edit);
    drop_selection(edit);
    edit->telex.method = TELEX_OFF;
    if (edit->field.lines <= 1) {
        for (char *p = text; *p; p++) {
            *p = *p == '\n' || *p == '\t' ? ' ' : *p;
        }
    }
    edit_type(ui, text);
    edit->telex.method = method;
    telex_reset(&edit->telex);
    free(text);
}

void edit_select_all(struct ui *ui)
{
    ui->edit.mark = 0;
    set_caret(ui, ui->edit.text.n, true);
}

void edit_select_word(struct ui *ui)
{
    struct edit *edit = &ui->edit;
    const char *s = buf_text(&edit->text);
    size_t from = edit->caret, to = edit->caret;
    while (from > 0 && !strchr(" \n\t,.;:", s[from - 1])) {
        from--;
    }
    while (to < edit->text.n && !strchr(" \n\t,.;:", s[to])) {
        to++;
    }
    edit->mark = from;
    set_caret(ui, to, true);
}

void edit_start(struct ui *ui, struct node *node)
{
    struct edit *edit = &ui->edit;
    if (edit->id == node->id) {
        return;
    }
    edit_stop(ui);
    edit->id = node->id;
    edit->field = *(const struct ui_field *)node->data;
    buf_clear(&edit->text);
    buf_add_text(&edit->text, node->value ? node->value : "");
    edit->is_settling = false;
    buf_clear(&edit->model);
    buf_add_str(&edit->model, buf_str(&edit->text));
    edit->page = 0;
    edit->shift = edit->tools = false;
    undo_clear(edit);
    set_caret(ui, edit->text.n, false);
    window_text_input(ui->window, true, node->r);
}

void edit_report(struct ui *ui)
{
    struct edit *edit = &ui->edit;
    edit->paused = 0;
    if (edit->id && edit->is_dirty) {
        edit->is_dirty = false;
        edit->is_settling = true;
        ui_act(ui, ACTION_TEXT, edit->id, 0, buf_text(&edit->text));
    }
}

void edit_stop(struct ui *ui)
{
    struct edit *edit = &ui->edit;
    if (!edit->id) {
        return;
    }
    struct telex_edit change;
    if (edit->caret == edit->mark && telex_end(&edit->telex, &change)) {
        carry_out(edit, &change); /* the last word was no Vietnamese one */
        edit->is_dirty = true;
    }
    edit_report(ui);
    edit->id = 0;
    undo_clear(edit);
    buf_wipe(&edit->text);
    buf_wipe(&edit->model);
    buf_clear(&edit->compose);
    window_text_input(ui->window, false, (struct rect){0, 0, 0, 0});
    ui_change(ui);
}

void edit_finish(struct edit *edit)
{
    undo_clear(edit);
    vec_finish(&edit->undo);
    buf_wipe(&edit->text);
    buf_wipe(&edit->model);
    buf_finish(&edit->compose);
}

/* Is the text written from right to left (its first letter that has a direction)? */
static bool runs_left(struct str text)
{
    uint32_t c;
    while (utf8_next(&text, &c)) {
        if ((c >= 0x590 && c <= 0x8ff) || (c >= 0xfb1d && c <= 0xfefc)) {
            return true;
        }
        if ((c | 32) >= 'a' && (c | 32) <= 'z') {
            return false;
        }
    }
    return false;
}

static size_t step(const struct edit *edit, bool forward, bool word)
{
    struct str text = buf_str(&edit->text);
    size_t at = edit->caret;
    do {
        at = forward ? utf8_grapheme_end(text, at) : utf8_grapheme_start(text, at);
    } while (word && at > 0 && at < text.n && text.s[forward ? at : at - 1] != ' ');
    return at;
}

static void undo_take(struct ui *ui)
{
    struct edit *edit = &ui->edit;
    if (edit->undo.n > 0) {
        char *old = edit->undo.v[--edit->undo.n];
        splice(edit, 0, edit->text.n, str_of(old));
        free(old);
        telex_start(ui);
        changed(ui);
    }
}

static bool control_key(struct ui *ui, int code)
{
    switch (code) {
    case 'a':
        edit_select_all(ui);
        return true;
    case 'c':
    case 'x':
        edit_copy(ui, code == 'x');
        return true;
    case 'v':
        edit_paste(ui);
        return true;
    case 'z':
        undo_take(ui);
        return true;
    default:
        return false;
    }
}

static bool enter_key(struct ui *ui)
{
    struct edit *edit = &ui->edit;
    if (edit->field.lines > 1) {
        edit_type(ui, "\n");
        return true;
    }
    edit_report(ui);
    edit->is_settling = false; /* whatever the screen makes of it is shown */
    ui_act(ui, ACTION_ENTER, edit->id, 0, NULL);
    return true;
}

/* Up and down in a field of several lines; false at its edges. */
static bool line_key(struct ui *ui, const struct node *node, bool down)
{
    struct edit *edit = &ui->edit;
    struct text text;
    field_text(ui, node, &text);
    if (edit->field.lines <= 1) {
        return false;
    }
    struct rect caret = text_caret(&text, edit->caret);
    int y = caret.y + (down ? caret.h + caret.h / 2 : -caret.h / 2);
    if (y < 0 || y >= text_measure(&text).h) {
        return false;
    }
    set_caret(ui, text_index_at(&text, caret.x, y), false);
    return true;
}

bool edit_key(struct ui *ui, struct node *node, const struct input *input)
{
    struct edit *edit = &ui->edit;
    bool extend = input->mods & INPUT_SHIFT, word = input->mods & INPUT_CTRL;
    if (word && input->code > ' ' && input->code < 127) {
        return control_key(ui, input->code);
    }
    switch (input->code) {
    case KEY_LEFT:
    case KEY_RIGHT: {
        bool forward = (input->code == KEY_RIGHT) != runs_left(buf_str(&edit->text));
        size_t to = step(edit, forward, word);
        bool moved = to != edit->caret || edit->caret != edit->mark;
        set_caret(ui, to, extend);
        return moved;
    }
    case KEY_UP:
    case KEY_DOWN:
        return line_key(ui, node, input->code == KEY_DOWN);
    case KEY_HOME:
    case KEY_END:
        set_caret(ui, input->code == KEY_HOME ? 0 : edit->text.n, extend);
        return true;
    case KEY_BACKSPACE:
        edit_erase(ui);
        return true;
    case KEY_DELETE:
        if (edit->caret == edit->mark) {
            edit->mark = step(edit, true, false);
        }
        if (drop_selection(edit)) {
            telex_start(ui);
            changed(ui);
        }
        return true;
    case KEY_ENTER:
        return enter_key(ui);
    default:
        return false;
    }
}
