/* Inside the kit only: the tree, what is remembered between builds, and the kit itself. A node
 * lives from one build to the next (rows of a list: until they scroll out); what must live longer
 * (focus, scroll, typing) hangs on its id in struct ui. Main thread only. */
#ifndef UI_NODE_H
#define UI_NODE_H

#include "app/lang/lang.h"
#include "app/ui/ui.h"
#include "platform/base/arena.h"
#include "platform/base/vec.h"
#include "platform/window/canvas.h"
#include "platform/window/font.h"
#include "platform/window/input.h"
#include "platform/window/window.h"

struct node;
struct widget;

enum node_dir { DIR_COLUMN, DIR_ROW, DIR_WRAP, DIR_GRID, DIR_ACTIONS };

enum node_flag {
    NODE_PRESS = 1 << 0, /* can be pressed and focused */
    NODE_FOCUS = 1 << 1, /* can be focused only */
    NODE_DISABLED = 1 << 2,
    NODE_SELECTED = 1 << 3,
    NODE_CHECKABLE = 1 << 4,   /* selected means checked */
    NODE_OPTION = 1 << 5,      /* digits 1–9 choose it */
    NODE_SCROLL = 1 << 6,      /* children may be higher than it and move */
    NODE_LIST = 1 << 7,        /* a scroll whose children are rows built when seen */
    NODE_MODAL = 1 << 8,       /* what stands before it in the root cannot be used */
    NODE_INSIDE_RING = 1 << 9, /* the focus ring is drawn inside (rows) */
    NODE_MASKED = 1 << 10,
    NODE_HOLD = 1 << 11, /* keeps its natural width in a column */
    NODE_CODE = 1 << 12, /* text without a direction of its own */
    NODE_TABULAR = 1 << 13,
    NODE_MARKUP = 1 << 14,
    NODE_REQUIRED = 1 << 15,
    NODE_GRAB = 1 << 16, /* the finger is the widget's from the first touch (drawing, slider) */
    NODE_FIELD = 1 << 17,
    NODE_SCAN = 1 << 18,   /* takes codes while focused */
    NODE_FIRST = 1 << 19,  /* has the focus when it appears */
    NODE_CENTER = 1 << 20, /* children in the middle along the direction */
    NODE_END = 1 << 21,
    NODE_KIT = 1 << 22,   /* the kit's own (keyboard): not left by touching elsewhere */
    NODE_SMALL = 1 << 23, /* its touch area may be under 48 dp (keys of the keyboard) */
    NODE_DASHED = 1 << 25,
    NODE_INNER = 1 << 26, /* part of a compound: ui_end closes it together with its parent */
    NODE_BACK = 1 << 27,  /* Back dismisses this layer */
    NODE_LTR = 1 << 29,   /* its row is never mirrored */
    NODE_OUTER = 1 << 28, /* head or foot of a list: ids below it are those outside of the list */
};

/* Colours by token; -1 is none. */
struct look {
    int8_t fill, edge, ink;
    uint8_t radius, edge_width; /* dp */
};

struct node {
    uint64_t id, scope; /* scope: id that keys below it are counted from */
    const char *key;
    const struct widget *widget;
    struct node *parent, *first, *last, *next;
    uint32_t flags;
    enum ui_type type;
    enum ui_tone tone;
    enum ui_icon icon;
    enum ui_align align, text_align;
    const char *text, *name, *value, *state;
    const struct image *image;
    const void *data; /* the widget's own, in the arena */
    uint64_t stamp;   /* another one means that data looks different */
    struct look look;
    enum node_dir dir;
    int8_t grow;
    int16_t columns, lines, gap;      /* px but columns, lines */
    int16_t pad[4];                   /* start, top, end, bottom in px */
    int min_w, min_h, max_w;          /* px */
    int measured_for, want_w, want_h; /* the last measure; measured_for -1: none */
    struct rect r;
    int children;
};

/* A kind of node: how large, how it looks, what keys and fingers do to it. All but role may be
 * NULL. */
struct widget {
    const char *role;
    void (*measure)(struct ui *ui, struct node *node, int width); /* sets want_w, want_h */
    void (*paint)(struct ui *ui, const struct node *node, struct paint *paint);
    bool (*key)(struct ui *ui, struct node *node, const struct input *input);   /* taken? */
    bool (*touch)(struct ui *ui, struct node *node, const struct input *input); /* NODE_GRAB */
    int (*ground)(const struct ui *ui, const struct node *node); /* what paint lays under all of it:
                                                                    a token or a node_ground */
};

/* What lies under a node's content where it is no token. */
enum node_ground {
    GROUND_NONE = -1,    /* whatever is below it */
    GROUND_PAPER = -2,   /* white in every theme */
    GROUND_PICTURE = -3, /* nobody knows */
    GROUND_VEIL = -4,    /* darkens what is below it, which cannot be used meanwhile */
};

extern const struct widget widget_box, widget_text, widget_icon, widget_button, widget_tile,
    widget_item, widget_row, widget_radio, widget_check, widget_switch, widget_tab, widget_chip,
    widget_group, widget_list, widget_scroll, widget_bar, widget_dialog, widget_sheet, widget_toast,
    widget_image, widget_qr, widget_progress, widget_bars, widget_field, widget_key, widget_ink,
    widget_view, widget_slider, widget_mark, widget_badge, widget_notice, widget_line,
    widget_heading, widget_screen, widget_scrim, widget_actions, widget_calendar;

/* What is remembered of a scrolling part under its id. */
struct scroll {
    uint64_t id, seen; /* seen: number of the last build that had it */
    int offset;        /* scroll: px above the view */
    long anchor;       /* list: first row that is seen (-1 is the head) … */
    int anchor_y;      /* … and where its top is, px below the top of the view (≤ 0) */
    bool has_head;     /* list: it had one in the last build */
    bool is_new, show; /* show: bring row `anchor` into view */
    int content;       /* height of what there is (list: an estimate) */
    struct node *node; /* in the tree now, or NULL */
    const struct ui_list *list;
    VEC(struct row *) rows; /* list: those that are built, in order */
};

/* A row of a list with memory of its own. */
struct row {
    struct arena arena;
    struct node *node;
    long index;
};

enum action_kind {
    ACTION_NONE,
    ACTION_PRESS,
    ACTION_TEXT,
    ACTION_ENTER,
    ACTION_TIMER,
    ACTION_SCAN,
    ACTION_TRIGGER,
    ACTION_BACK,
    ACTION_HOME,
    ACTION_SOFTKEY,
    ACTION_TOAST,
    ACTION_VALUE,
    ACTION_STROKE
};

struct action {
    enum action_kind kind;
    uint64_t id;
    long number;
    double value;
    struct buf text;
};

struct timer {
    uint64_t id;
    int64_t due;
    uint64_t seen;
};

/* What was painted of a node: another digest or place means damage. */
struct record {
    uint64_t id, digest;
    struct rect r, clip;
    uint32_t round;
};

/* Where a screen was left. */
struct place {
    uint64_t screen, focus;
};

enum { EDIT_UNDO = 32 };

/* Typing in the field that has the focus. */
struct edit {
    uint64_t id;
    struct buf text;    /* as the user sees it, NFC */
    struct buf model;   /* what the screen gave as its value last */
    bool is_settling;   /* the next value is the screen's reading of what was typed */
    struct buf compose; /* unfinished text of an input method */
    size_t caret, mark; /* selection between them; caret is where typing goes */
    bool is_dirty, is_entered;
    int64_t paused;        /* report at this time; 0: never */
    struct ui_field field; /* texts borrowed from the tree */
    bool shift, caps;      /* on-screen keyboard */
    int page;              /* letters, symbols */
    bool tools;            /* the bar to cut, copy and paste is up */
    struct telex telex;
    VEC(char *) undo;
    int drag_from;
};

struct menu_row {
    const char *key, *text;
    enum ui_icon icon;
    uint64_t id;
};

struct softkey {
    const char *text;
    bool wanted;
};

struct toast {
    char *text, *key, *action;
    int64_t until;
};

/* The calendar that is open, and what was typed into a date field that is no date. */
struct picker {
    uint64_t id;
    int year, month;
    uint64_t bad_id;
    char bad[32];
};

enum touch_state { TOUCH_NONE, TOUCH_PRESS, TOUCH_SCROLL, TOUCH_GRAB, TOUCH_DEAD, TOUCH_TEXT };

struct touch {
    enum touch_state state;
    uint64_t id;      /* pressed node */
    uint64_t scroll;  /* part that would scroll */
    int x, y, last_y; /* where it began; last position */
    int64_t at, last_at;
    double speed;     /* px a ms */
    int64_t long_due; /* long press; 0: none */
};

struct fling {
    uint64_t id;
    double speed; /* px a ms */
    double rest;  /* fraction of a pixel */
    int64_t last;
};

struct ui {
    struct window *window;
    struct ui_app app;
    struct ui_settings set;
    double px;     /* device pixels a dp, text size included */
    double finger; /* the same for what a finger touches: never less than at text size 1 */
    double bare;   /* without the text size */
    int w, h;

    struct arena arena;     /* of the tree */
    struct arena scratch;   /* of one turn of the loop */
    struct arena *into;     /* where nodes are made now: arena or a row's */
    struct node *root, *at; /* at: innermost container that is open */
    struct node *screen, *bar, *bar_end;
    uint64_t build, screen_id;
    uint32_t round; /* of records */
    bool is_changed, is_building, is_laid, quit, handover, has_back;
    bool is_unseen;                  /* the tree is newer than what was painted */
    bool repaint_all, is_still_list; /* list rows are being made between builds */
    struct action action;            /* being delivered; kind NONE: describing */
    bool is_taken;
    VEC(struct action) queue; /* to be delivered, in order */
    struct buf result;        /* text given to the screen in this run */

    VEC(struct scroll *) scrolls;
    VEC(struct row *) spare;
    VEC(struct timer) timers;
    VEC(struct place) places;
    struct record *records;
    size_t record_n, record_cap;

    uint64_t last_place;
    uint64_t focus, pressed, shown; /* shown: masked value laid open */
    int64_t shown_until;
    bool focus_seen, by_touch;
    struct buf focus_key; /* ui_focus asked for it */
    struct edit edit;
    bool keyboard; /* the on-screen keyboard is up */
    bool had_keyboard, is_resized;
    uint64_t board_at;   /* key of it that arrows and Enter mean; 0: none */
    struct rect preview; /* of the pressed key, as painted last */
    bool latin;          /* its letters are Latin though the language is not */
    bool typing_off;     /* its Vietnamese is switched off */
    struct touch touch;
    struct fling fling;
    struct softkey softkeys[13];
    struct toast toast;
    struct picker picker;
    bool menu_open;
    VEC(struct menu_row) menu;
    int64_t last_input;
    int rest_ms;
    bool is_rested;
    int64_t back_since;
    struct buf scan;

    struct aside *aside; /* what is slow is done there */
    int signed_presses;  /* keys waiting as the sign shows them; -1: no sign is up */
    double turn_ms;      /* wait_clock when this turn began to answer */
    double signed_ms;    /* wait_clock of the first sign since it was set to 0 */
    struct inspect *inspect;
    struct ui_judge judge; /* key NULL: none */
    int64_t judge_due;     /* ask it then; 0: nothing is kept back */
    void (*say)(void *ctx, const char *text);
    void *say_ctx;
};

/* ---- build.c: making nodes ---- */

/* Pixels of dp, at least 1 for anything above 0. */
int ui_px(const struct ui *ui, double dp);

/* Pixels of dp for what is touched: fingers do not shrink with the text. */
int ui_finger(const struct ui *ui, double dp);

/* A new node at the end of the open container. key may be NULL. */
struct node *node_add(struct ui *ui, const struct widget *widget, const char *key);

/* The same, and it becomes the open container until ui_end. */
struct node *node_open(struct ui *ui, const struct widget *widget, const char *key);

/* Copies a text into the arena of the build; NULL stays NULL. */
const char *node_keep(struct ui *ui, const char *text);

/* Sets what opt says about any node (gap, pad, size, state); NULL is allowed. */
void node_apply(struct ui *ui, struct node *node, const struct ui_opt *opt);

/* The same padding on all sides / horizontally and vertically, in dp. */
void node_pad(struct ui *ui, struct node *node, double x, double y);

/* A text node with a colour token as child of the open container. */
struct node *node_label(struct ui *ui, enum ui_type type, const char *text, int ink);

/* An icon node of dp size. */
struct node *node_icon(struct ui *ui, enum ui_icon icon, int dp, int ink);

/* Is the action being delivered of that kind and for that node? Then it is taken. */
bool node_took(struct ui *ui, const struct node *node, enum action_kind kind);

/* The id that a key has in a scope. */
uint64_t id_of(uint64_t scope, const char *key);

/* Combines two numbers into an id. */
uint64_t id_mix(uint64_t a, uint64_t b);

/* Finds a node of the tree by id; NULL. */
struct node *node_find(struct ui *ui, uint64_t id);

/* Finds a node by full id ("visits/12/send") or its last part; NULL. */
struct node *node_find_key(struct ui *ui, const char *key);

/* Appends the full id of a node. */
void node_path(const struct node *node, struct buf *to);

/* The next node in reading order within top; NULL at the end. */
struct node *node_next(const struct node *top, const struct node *node);

/* What a node is called: name, text or the text inside it. Appended to to. */
void node_name(const struct node *node, struct buf *to);

/* The colour token of a tone, and the ground that goes with it. */
int tone_ink(enum ui_tone tone);
int tone_ground(enum ui_tone tone);

/* The colour of a token in the theme in force. */
uint32_t ui_colour(const struct ui *ui, int token);

/* Queues an action to be delivered to the next build. */
void ui_act(struct ui *ui, enum action_kind kind, uint64_t id, long number, const char *text);

/* ---- layout.c ---- */

/* Measures a node for a width (cached) and places a tree into a rectangle. */
void node_measure(struct ui *ui, struct node *node, int width);
void node_place(struct ui *ui, struct node *node, struct rect r);

/* Lays the whole window out. */
void ui_layout(struct ui *ui);

/* Moves a node and all below it. */
void node_shift(struct node *node, int dy);

/* ---- text.c ---- */

/* The text of a node as the font room wants it, for a width (0: one line). */
struct text node_spec(const struct ui *ui, const struct node *node, int width);

/* ---- frame.c: what changed is painted ---- */

/* Compares the tree with what was painted and damages what differs. */
void frame_compare(struct ui *ui);

/* Paints all damage. */
void frame_paint(struct ui *ui);

/* Moves what was painted inside a scrolling part by dy: pixels and records. */
void frame_scroll(struct ui *ui, struct node *node, int dy);

/* How far the focus ring of a node reaches out of its rectangle, in pixels; 0: it lies inside. */
int frame_ring(const struct ui *ui, const struct node *node);

/* The part of a node's rectangle that its scrolling ancestors let be seen. */
struct rect node_clip(const struct ui *ui, const struct node *node);

/* ---- wait.c: a sign while the program cannot answer ---- */

/* Called every ASIDE_STEP_MS while the screen's own work waits for the disk (platform/base/aside):
 * soon a sign stands over what was painted last, with a dot for each key that waits. ctx: the ui.
 */
void wait_show(void *ctx, int64_t ms);

/* Milliseconds of a clock that runs also where the program's own was made to stand. */
double wait_clock(void);

/* ---- scroll.c, list.c ---- */

/* The memory of a scrolling part; made when there is none. */
struct scroll *scroll_get(struct ui *ui, uint64_t id);

/* Moves a part by dy pixels (positive: content goes up); returns how far it went. */
int scroll_by(struct ui *ui, struct scroll *scroll, int dy);

/* Keeps the offset within what there is after a layout. */
void scroll_settle(struct ui *ui, struct node *node);

/* Makes a node wholly seen, with some context. */
void scroll_to(struct ui *ui, const struct node *node);

/* Makes the line that is being typed in seen, in a field that may be higher than what is in view.
 */
void scroll_to_caret(struct ui *ui, const struct node *field);

/* Fills a list with rows for its rectangle. */
void list_fill(struct ui *ui, struct node *node);

/* Moves a list by dy pixels; returns how far it went. */
int list_scroll(struct ui *ui, struct scroll *scroll, int dy);

/* Gives the rows' memory back (before a build). */
void list_drop(struct ui *ui, struct scroll *scroll);

/* ---- focus.c ---- */

/* Can it have the focus now (enabled, in the top layer)? */
bool focus_fits(struct ui *ui, const struct node *node);

/* Distance from one rectangle to another in the direction of an arrow key; negative when it lies
 * elsewhere. */
long focus_distance(struct rect from, struct rect to, int code);

/* The node that an arrow key leads to from another one; NULL. */
struct node *focus_towards(struct ui *ui, const struct node *from, int code);

/* Where a key starts when nothing has the focus. */
struct node *focus_first(struct ui *ui);

/* Moves the focus to a node (NULL: nowhere). */
void focus_set(struct ui *ui, struct node *node);

/* Moves by a key: KEY_UP …, KEY_TAB; false when there is nothing in that direction. */
bool focus_move(struct ui *ui, int code, bool back);

/* After a build: keeps, restores or starts the focus. */
void focus_keep(struct ui *ui);

/* The layer that can be used: the last modal child of the root, or the screen. */
struct node *focus_layer(struct ui *ui);

/* ---- input.c, touch.c ---- */

/* Handles one input. */
void ui_input(struct ui *ui, const struct input *input);

/* Handles a finger; time passing for long press and fling. */
void touch_input(struct ui *ui, const struct input *input);
void touch_tick(struct ui *ui, int64_t now);

/* Presses a node as a finger or Enter would. */
void ui_press(struct ui *ui, struct node *node);

/* Goes back by one: keyboard, field, overlay, screen. */
void ui_back(struct ui *ui);

/* Text that a person typed: into the field, or digits that choose. */
void ui_typed(struct ui *ui, const char *text);

/* A key that is no letter. */
void ui_key(struct ui *ui, const struct input *input);

/* ---- judge.c ---- */

/* Is the input kept back or a part of a code? Then nobody else hears of it. */
bool judge_takes(struct ui *ui, const struct input *input);

/* Time passed. */
void judge_tick(struct ui *ui, int64_t now);

/* ---- edit.c, keyboard.c ---- */

/* Starts typing in a field, ends it (reporting what was typed). */
void edit_start(struct ui *ui, struct node *node);
void edit_stop(struct ui *ui);

/* Queues what was typed and not yet told. */
void edit_report(struct ui *ui);

/* Types text, as a keyboard does; a key; true when taken. */
void edit_type(struct ui *ui, const char *text);
bool edit_key(struct ui *ui, struct node *node, const struct input *input);

/* Replaces the whole text (paste of a scan, date picker). */
void edit_replace(struct ui *ui, const char *text);

/* The text that the field shows: typed, or the model's with dots or groups. In the arena. */
const char *edit_shown(struct ui *ui, const struct node *node);

/* Frees. */
void edit_finish(struct edit *edit);

/* The example that stands in a field while it is empty, wrapped to a width; s.n 0: none. */
struct text field_example(const struct ui *ui, const struct node *node, int width);

/* Where the text of a field stands, and the text as it is painted there (width 0: one long line).
 */
struct rect field_text(struct ui *ui, const struct node *node, struct text *text);

/* A text field with a button behind its box; pressed says whether it was pressed (button may be
 * NULL). */
struct field_button {
    const char *key, *name;
    enum ui_icon icon;
    bool pressed;
};
const char *field_build(struct ui *ui, const char *key, const char *value,
                        const struct ui_field *field, struct field_button *button);

/* Puts the caret where the finger is; extends the selection when drag is set. */
void edit_touch(struct ui *ui, const struct node *node, const struct input *input, bool drag);

/* Selects the word at the caret; everything. */
void edit_select_word(struct ui *ui);
void edit_select_all(struct ui *ui);

/* Copies the selection (cut: and removes it); inserts the clipboard. */
void edit_copy(struct ui *ui, bool cut);
void edit_paste(struct ui *ui);

/* Backspace. */
void edit_erase(struct ui *ui);

/* Where the letter of the pressed key is shown large; empty: nowhere. */
struct rect keyboard_preview(struct ui *ui);

/* Paints it, over everything. */
void keyboard_paint_preview(struct ui *ui, struct paint *paint);

/* Adds the on-screen keyboard below the screen when it is up. */
void keyboard_build(struct ui *ui);

/* A key of it was pressed. */
void keyboard_press(struct ui *ui, const struct node *node);

/* Real keys on it, for devices with arrows only: down from the field goes in, Enter presses, Back
 * and up from the first row go out. Taken? */
bool keyboard_key(struct ui *ui, const struct input *input);

/* ---- overlay.c ---- */

/* Adds the kit's own layers (menu, toast, softkeys) after the screen's. */
void overlay_build(struct ui *ui);

/* A keyboard leaves little of a low window, and no bar at its bottom: the toast moves down there
 * and needs no more than its words. After overlay_build. */
void toast_lower(struct ui *ui);

/* ---- ui.c ---- */

/* ms until the kit wants to be called without input; -1: never. */
int ui_next_due(const struct ui *ui, int64_t now);

/* Is nothing waiting: no input, action, build, damage, animation? Timers do not count. */
bool ui_is_idle(const struct ui *ui);

/* Builds and lays out what waits and paints nothing: for checks of the tree alone. */
void ui_lay(struct ui *ui);

/* One turn of the loop: waits at most ms, handles, builds, paints. */
bool ui_turn(struct ui *ui, int ms, struct err *err);

#endif
