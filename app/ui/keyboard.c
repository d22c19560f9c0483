/* The on-screen keyboard: letters (Latin with Telex or VNI, Arabic), symbols, and a pad for
 * numbers. The whole cell is the target; the picture of a key is smaller. */
#include "app/ui/node.h"

#include <string.h>

#include "platform/base/utf8.h"

enum key_code {
    CODE_TEXT,
    CODE_SHIFT,
    CODE_ERASE,
    CODE_ENTER,
    CODE_PAGE,
    CODE_WAY,
    CODE_HIDE,
    CODE_CUT,
    CODE_COPY,
    CODE_PASTE,
    CODE_ALL,
    CODE_LETTERS,
};

enum {
    PREVIEW_MORE = 10, /* dp on each side that it is larger than its key */
    KEY_LEAST = 46,    /* dp high on a low window */
};

struct cell {
    enum key_code code;
    const char *text; /* what it types; NULL: its code says */
};

static const char *const latin[] = {"q w e r t y u i o p", "a s d f g h j k l", "z x c v b n m"};
/* The places of the usual layout. Where twelve columns would be too narrow for a finger, what
 * stands beyond the tenth has a row of its own. */
static const char *const arabic[] = {"ض ص ث ق ف غ ع ه خ ح ج د", "ش س ي ب ل ا ت ن م ك ط أ",
                                     "ئ ء ؤ ر ى ة و ز ظ ذ إ آ"};
static const char *const arabic_narrow[] = {"ض ص ث ق ف غ ع ه خ ح", "ش س ي ب ل ا ت ن م ك",
                                            "ئ ء ؤ ر ى ة و ز ظ ط", "أ إ آ ج د ذ"};
static const char *const symbols[] = {"1 2 3 4 5 6 7 8 9 0",
                                      "@ # & * ( ) - + / :", "\" ' ! ? ; % _ ="};

static int board_ground(const struct ui *ui, const struct node *node)
{
    (void)ui;
    (void)node;
    return TOKEN_SURFACE2;
}

static void board_paint(struct ui *ui, const struct node *node, struct paint *paint)
{
    paint_fill(paint, node->r, ui_colour(ui, board_ground(ui, node)));
    struct rect line = node->r;
    line.h = ui_px(ui, 1);
    paint_fill(paint, line, ui_colour(ui, TOKEN_CONTROL));
}

const struct widget widget_key = {.role = "keyboard", .paint = board_paint, .ground = board_ground};

static int cell_ground(const struct ui *ui, const struct node *node)
{
    return ui->pressed == node->id ? TOKEN_PRIMARY_CONT : node->look.fill;
}

static void cell_paint(struct ui *ui, const struct node *node, struct paint *paint)
{
    struct rect r = rect_grown(node->r, -ui_px(ui, 2));
    bool pressed = ui->pressed == node->id;
    paint_round(paint, r, ui_px(ui, 6), ui_colour(ui, cell_ground(ui, node)));
    if (ui->board_at == node->id) {
        struct paint_line ring = {ui_px(ui, 6), ui_px(ui, 3), 0, ui_colour(ui, TOKEN_FOCUS)};
        paint_outline(paint, r, &ring);
    } else if (ui->set.theme == THEME_SUN || pressed) {
        struct paint_line line = {ui_px(ui, 6), ui_px(ui, 1), 0, ui_colour(ui, TOKEN_CONTROL)};
        paint_outline(paint, r, &line);
    }
}

static const struct widget widget_cell = {
    .role = "key", .paint = cell_paint, .ground = cell_ground};

static struct node *cell_open(struct ui *ui, struct cell cell, const char *key, int grow)
{
    struct node *node = node_open(ui, &widget_cell, key);
    struct cell *copy = arena_new(ui->into, struct cell);
    *copy = (struct cell){cell.code, node_keep(ui, cell.text)};
    node->data = copy;
    node->flags |= NODE_PRESS | NODE_KIT | NODE_SMALL | NODE_CENTER;
    node->look = (struct look){TOKEN_SURFACE, -1, TOKEN_TEXT, 6, 1};
    node->dir = DIR_ROW;
    node->grow = (int8_t)grow;
    node->min_h = ui_finger(ui, 50);
    return node;
}

static void text_cell(struct ui *ui, const char *text, enum ui_type type, int grow)
{
    struct buf shown = {0};
    if (ui->edit.shift || ui->edit.caps) {
        utf8_add_upper(&shown, str_of(text));
    } else {
        buf_add_text(&shown, text);
    }
    cell_open(ui, (struct cell){CODE_TEXT, buf_text(&shown)}, text, grow);
    node_label(ui, type, buf_text(&shown), TOKEN_TEXT);
    ui_end(ui);
    buf_finish(&shown);
}

static void icon_cell(struct ui *ui, enum key_code code, const char *key, const char *name,
                      enum ui_icon icon)
{
    struct node *node = cell_open(ui, (struct cell){code, NULL}, key, 3);
    node->name = node_keep(ui, name);
    bool on = code == CODE_SHIFT && (ui->edit.shift || ui->edit.caps);
    node->look.fill = (int8_t)(code == CODE_ENTER || on ? TOKEN_PRIMARY : TOKEN_BG);
    node_icon(ui, icon, 24, code == CODE_ENTER || on ? TOKEN_ON_PRIMARY : TOKEN_TEXT);
    ui_end(ui);
}

/* Have large letters made the keys too narrow for words? */
static bool is_narrow(const struct ui *ui)
{
    enum { WORDS = 300 };
    return ui->w < ui_px(ui, WORDS);
}

static void word_cell(struct ui *ui, enum key_code code, const char *key, const char *word)
{
    struct node *node = cell_open(ui, (struct cell){code, NULL}, key, 3);
    node->look.fill = TOKEN_BG;
    struct node *label = node_label(ui, is_narrow(ui) ? TYPE_TAG : TYPE_SMALL, word, TOKEN_TEXT);
    label->text_align = ALIGN_CENTER;
    ui_end(ui);
}

static void row_open(struct ui *ui)
{
    struct node *row = node_open(ui, &widget_box, NULL);
    row->dir = DIR_ROW;
    row->flags |= NODE_LTR;
}

/* The largest of the types that lets the text stand in a key of that width. */
static enum ui_type fitting(const struct ui *ui, const char *text, int width)
{
    static const enum ui_type types[] = {TYPE_TITLE, TYPE_STRONG, TYPE_BODY, TYPE_SMALL, TYPE_TAG};
    size_t i = (unsigned char)text[0] >= 0xd8; /* Arabic letters are wide */
    for (; i + 1 < sizeof(types) / sizeof(*types); i++) {
        struct node probe = {.text = text, .type = types[i]};
        struct text spec = node_spec(ui, &probe, 0);
        if (text_measure(&spec).w <= width - ui_px(ui, 2)) {
            break;
        }
    }
    return types[i];
}

/* The letters of a row. */
static void letters(struct ui *ui, const char *row)
{
    struct str rest = str_of(row), word;
    int n = 0;
    while (str_word(&rest, &word)) {
        n++;
    }
    rest = str_of(row);
    while (str_word(&rest, &word)) {
        char *text = mem_strndup(word.s, word.n);
        text_cell(ui, text, fitting(ui, text, ui->w / n), 2);
        free(text);
    }
}

static const char *way_name(const struct ui *ui)
{
    if (strcmp(ui->set.lang, "ar") == 0) {
        return ui->latin ? "عربي" : "ABC";
    }
    return ui->set.typing == UI_TYPE_PLAIN || ui->typing_off ? "abc"
           : ui->set.typing == UI_TYPE_TELEX                 ? "Telex"
                                                             : "VNI";
}

/* Rows of letters; the last one has the key that erases, the Latin one that for capitals, too. */
static void letter_rows(struct ui *ui, const char *const *rows, int n)
{
    for (int i = 0; i < n; i++) {
        row_open(ui);
        if (rows == latin && i == 1) { /* nine letters in the middle; large text needs no more */
            int most = ui->w * 16 / 360, pad = ui_px(ui, 16);
            ui->at->pad[0] = ui->at->pad[2] = (int16_t)(pad < most ? pad : most);
        } else if (rows == latin && i == 2) {
            icon_cell(ui, CODE_SHIFT, "shift", tr("Capitals"), ICON_ARROW_UPWARD);
        }
        letters(ui, rows[i]);
        if (i == n - 1 && rows != arabic) {
            icon_cell(ui, CODE_ERASE, "erase", tr("Erase"), ICON_BACKSPACE);
        }
        ui_end(ui);
    }
}

static void letter_board(struct ui *ui)
{
    enum { COLUMNS = 12, WIDE = 36 };
    bool is_arabic = strcmp(ui->set.lang, "ar") == 0 && !ui->latin;
    bool wide = ui->w >= (int)(COLUMNS * WIDE * ui->bare);
    const char *const *own = !is_arabic ? latin : wide ? arabic : arabic_narrow;
    const char *const *rows = ui->edit.page ? symbols : own;
    letter_rows(ui, rows, rows == arabic_narrow ? 4 : 3);
    row_open(ui);
    word_cell(ui, CODE_PAGE, "page", ui->edit.page ? "ABC" : "?123");
    bool words = ui->edit.field.input == UI_IN_TEXT || ui->edit.field.input == UI_IN_SEARCH;
    if (words && (is_arabic || ui->latin || ui->set.typing != UI_TYPE_PLAIN)) {
        word_cell(ui, CODE_WAY, "way", way_name(ui));
    }
    text_cell(ui, is_arabic ? "،" : ",", TYPE_TITLE, 2);
    struct node *space = cell_open(ui, (struct cell){CODE_TEXT, " "}, "space",
                                   rows == arabic || is_narrow(ui) ? 5
                                   : rows == arabic_narrow         ? 7
                                                                   : 8);
    space->name = node_keep(ui, tr("Space"));
    node_icon(ui, ICON_SPACE_BAR, 24, TOKEN_TEXT2);
    ui_end(ui);
    text_cell(ui, ".", TYPE_TITLE, 2);
    if (rows == arabic) { /* its rows of twelve letters have no room for it */
        icon_cell(ui, CODE_ERASE, "erase", tr("Erase"), ICON_BACKSPACE);
    }
    icon_cell(ui, CODE_ENTER, "enter", tr("Done"),
              ui->edit.field.lines > 1 ? ICON_KEYBOARD_RETURN : ICON_CHECK);
    ui_end(ui);
}

static void number_board(struct ui *ui)
{
    static const char *const rows[] = {"1 2 3", "4 5 6", "7 8 9"};
    struct node *board = ui->at;
    for (int i = 0; i < 3; i++) {
        row_open(ui);
        letters(ui, rows[i]);
        ui_end(ui);
    }
    enum ui_input input = ui->edit.field.input;
    row_open(ui);
    const char *left = input == UI_IN_DECIMAL   ? ","
                       : input == UI_IN_DATE    ? "/"
                       : input == UI_IN_PHONE   ? "+"
                       : input == UI_IN_INTEGER ? "-"
                                                : NULL;
    if (left) {
        text_cell(ui, left, TYPE_TITLE, 2);
    } else {
        icon_cell(ui, CODE_HIDE, "hide", tr("Hide the keyboard"), ICON_KEYBOARD_HIDE);
        ui->at->last->grow = 2;
    }
    text_cell(ui, "0", TYPE_TITLE, 2);
    icon_cell(ui, CODE_ERASE, "erase", tr("Erase"), ICON_BACKSPACE);
    ui->at->last->grow = 2;
    icon_cell(ui, CODE_ENTER, "enter", tr("Done"), ICON_CHECK);
    ui->at->last->grow = 2;
    ui_end(ui);
    for (struct node *n = board->first; n; n = node_next(board, n)) {
        n->min_h = n->widget == &widget_cell ? ui_finger(ui, 56) : n->min_h;
    }
}

/* Would tools above the letters leave so little of a low window that one does not see what they
 * are for? Then they stand alone. */
static bool is_tight(const struct ui *ui)
{
    enum { ROWS = 5, LEAST = 80 };
    return ui->h - ROWS * (int)(KEY_LEAST * ui->bare + 0.5) < ui_px(ui, LEAST);
}

/* After a long press on a field: what keys do with Ctrl. */
static void tools(struct ui *ui, bool alone)
{
    bool secret = ui->edit.field.input == UI_IN_PIN || ui->edit.field.input == UI_IN_PASSWORD;
    row_open(ui);
    if (!secret) {
        word_cell(ui, CODE_CUT, "cut", tr("Cut"));
        word_cell(ui, CODE_COPY, "copy", tr("Copy"));
    }
    word_cell(ui, CODE_PASTE, "paste", tr("Paste"));
    word_cell(ui, CODE_ALL, "all", tr("Select all"));
    if (alone) {
        icon_cell(ui, CODE_LETTERS, "letters", tr("Back to the letters"), ICON_KEYBOARD);
    }
    ui_end(ui);
}

static bool is_number(enum ui_input input)
{
    return input == UI_IN_INTEGER || input == UI_IN_DECIMAL || input == UI_IN_PHONE ||
           input == UI_IN_PIN || input == UI_IN_DATE;
}

/* ---- the preview: the letter above the finger that hides its key ---- */

/* The letter key under the finger; NULL: none, or nobody shall read it over the shoulder. */
static const struct node *previewed(struct ui *ui)
{
    const struct node *node = ui->pressed ? node_find(ui, ui->pressed) : NULL;
    const struct cell *cell = node && node->widget == &widget_cell ? node->data : NULL;
    enum ui_input input = ui->edit.field.input;
    bool secret = ui->edit.field.masked || input == UI_IN_PIN || input == UI_IN_PASSWORD;
    bool is_letter = cell && cell->code == CODE_TEXT && strcmp(cell->text, " ") != 0;
    return is_letter && !secret && !is_number(input) ? node : NULL;
}

struct rect keyboard_preview(struct ui *ui)
{
    const struct node *key = previewed(ui);
    if (!key) {
        return (struct rect){0, 0, 0, 0};
    }
    struct rect r = rect_grown(key->r, ui_px(ui, PREVIEW_MORE));
    r.h = key->r.h + ui_px(ui, PREVIEW_MORE);
    r.y = key->r.y - r.h > 0 ? key->r.y - r.h : 0;
    r.x = r.x + r.w > ui->w ? ui->w - r.w : r.x < 0 ? 0 : r.x;
    return r;
}

void keyboard_paint_preview(struct ui *ui, struct paint *paint)
{
    struct rect r = keyboard_preview(ui);
    if (rect_is_empty(rect_both(r, paint_part(paint)))) {
        return;
    }
    const struct node *key = previewed(ui);
    const struct cell *cell = key->data;
    struct paint_line line = {ui_px(ui, 8), ui_px(ui, 1), 0, ui_colour(ui, TOKEN_CONTROL)};
    struct node letter = {.text = cell->text,
                          .type = TYPE_QUESTION,
                          .look = {-1, -1, TOKEN_TEXT, 0, 1},
                          .text_align = ALIGN_CENTER,
                          .lines = 1};
    struct text text = node_spec(ui, &letter, r.w);
    text.size = text.line = r.h * 9 / 20;
    struct text_size size = text_measure(&text);
    paint_round(paint, r, ui_px(ui, 8), ui_colour(ui, TOKEN_SURFACE));
    paint_outline(paint, r, &line);
    paint_text(paint, &text, r.x, r.y + (r.h - size.h) / 2);
}

/* On a low screen the keys are as high as a finger and no higher, so that the field is seen. */
static void leave_room(struct ui *ui, struct node *board)
{
    int rows = board->children, share = rows > 4 ? 5 : 6; /* tenths of the window */
    int most = (ui->h * share / 10 - board->pad[1] - board->pad[3]) / rows;
    int least = (int)(KEY_LEAST * ui->bare + 0.5);
    if (most < least) {
        most = least;
        board->pad[1] = board->pad[3] = (int16_t)ui_px(ui, 1);
    }
    for (struct node *n = board->first; n; n = node_next(board, n)) {
        if (n->widget == &widget_cell && n->min_h > most) {
            n->min_h = most;
        }
    }
}

void keyboard_build(struct ui *ui)
{
    bool letters_wanted = ui->set.keyboard == UI_KEYBOARD_ALWAYS ||
                          (ui->keyboard && ui->set.keyboard == UI_KEYBOARD_AUTO);
    if (!ui->edit.id || !(letters_wanted || ui->edit.tools)) {
        return;
    }
    ui->at = ui->root;
    struct node *board = node_open(ui, &widget_key, NULL);
    board->id = board->scope = id_of(2, "keyboard");
    board->key = "keyboard";
    node_pad(ui, board, 0, 4); /* ten keys a row need all of the width */
    if (ui->edit.tools) {
        bool alone = letters_wanted && is_tight(ui);
        tools(ui, alone);
        letters_wanted = letters_wanted && !alone;
    }
    if (letters_wanted && is_number(ui->edit.field.input)) {
        number_board(ui);
    } else if (letters_wanted) {
        letter_board(ui);
    }
    leave_room(ui, board);
    ui_end(ui);
}

/* The keys that do something with the whole text. */
static void press_tool(struct ui *ui, enum key_code code)
{
    if (code == CODE_ALL) {
        edit_select_all(ui);
        return;
    }
    if (code == CODE_PASTE) {
        edit_paste(ui);
    } else {
        edit_copy(ui, code == CODE_CUT);
    }
    ui->edit.tools = false;
}

static void change_way(struct ui *ui)
{
    struct edit *edit = &ui->edit;
    if (strcmp(ui->set.lang, "ar") == 0) {
        ui->latin = !ui->latin;
        return;
    }
    ui->typing_off = !ui->typing_off;
    edit->telex.method = ui->typing_off                  ? TELEX_OFF
                         : ui->set.typing == UI_TYPE_VNI ? TELEX_VNI
                                                         : TELEX_TELEX;
    telex_reset(&edit->telex);
}

static struct node *board_of(struct ui *ui)
{
    struct node *board = ui->root->last;
    return board && board->widget == &widget_key ? board : NULL;
}

static struct node *cell_towards(struct ui *ui, struct node *board, struct rect from, int code)
{
    struct node *best = NULL;
    long least = 0;
    for (struct node *n = board->first; n; n = node_next(board, n)) {
        long d = n->widget == &widget_cell ? focus_distance(from, n->r, code) : -1;
        if (d >= 0 && (!best || d < least)) {
            best = n;
            least = d;
        }
    }
    (void)ui;
    return best;
}

static void board_move(struct ui *ui, struct node *to)
{
    ui->board_at = to ? to->id : 0;
    ui->is_laid = false; /* the ring is seen elsewhere */
}

bool keyboard_key(struct ui *ui, const struct input *input)
{
    struct node *board = board_of(ui), *field = node_find(ui, ui->edit.id);
    if (!board || !field) {
        ui->board_at = 0;
        return false;
    }
    bool arrow = input->code >= KEY_UP && input->code <= KEY_RIGHT;
    struct node *at = node_find(ui, ui->board_at);
    if (!at) {
        bool enters = input->code == KEY_DOWN && ui->edit.field.lines <= 1;
        if (enters) {
            board_move(ui, cell_towards(ui, board, field->r, KEY_DOWN));
        }
        return enters;
    }
    if (arrow) {
        struct node *to = cell_towards(ui, board, at->r, input->code);
        if (to || input->code == KEY_UP) {
            board_move(ui, to);
        }
        return true;
    }
    if (input->code == KEY_BACK || input->code == KEY_ESCAPE) {
        board_move(ui, NULL);
        return true;
    }
    if (input->code == KEY_ENTER) {
        keyboard_press(ui, at);
        return true;
    }
    return false;
}

void keyboard_press(struct ui *ui, const struct node *node)
{
    const struct cell *cell = node->data;
    struct edit *edit = &ui->edit;
    struct node *field = node_find(ui, edit->id);
    struct input enter = {.kind = INPUT_KEY, .code = KEY_ENTER};
    ui_buzz(ui, UI_BUZZ_KEY);
    switch (cell->code) {
    case CODE_TEXT:
        edit_type(ui, cell->text);
        edit->shift = false;
        break;
    case CODE_SHIFT:
        edit->caps = edit->shift;
        edit->shift = !edit->shift && !edit->caps;
        break;
    case CODE_ERASE:
        edit_erase(ui);
        break;
    case CODE_ENTER:
        if (field) {
            edit_key(ui, field, &enter);
        }
        ui->keyboard = edit->field.lines > 1;
        break;
    case CODE_PAGE:
        edit->page = !edit->page;
        break;
    case CODE_WAY:
        change_way(ui);
        break;
    case CODE_HIDE:
        ui->keyboard = false;
        break;
    case CODE_LETTERS:
        edit->tools = false;
        break;
    default:
        press_tool(ui, cell->code);
        break;
    }
    ui_change(ui);
}
