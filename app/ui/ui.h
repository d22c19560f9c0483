/* The kit. A screen describes itself in one function, build(ui): it calls ui_bar, ui_text,
 * ui_button … in reading order, and the kit makes a tree of nodes of it, lays it out, paints what
 * changed, and sleeps. build runs when something happened and never because a frame passed.
 *
 * How actions come back: as values of the same calls. When the user did something, build runs once
 * with that one action, and the widget's call says so (ui_button returns true, ui_field the new
 * text). The screen changes its model right there, may go to another screen or call ui_quit; the
 * tree of such a run is thrown away and build runs again without an action. So `if (ui_button(…)) {
 * … }` is all there is.
 *
 * Keys: every thing that can be used has a key, stable and unique among its neighbours; scripts,
 * tests, focus, scroll and caret hold on to it. Keyed containers and list rows put theirs before
 * it: "visits/12/send". Text given to any call is copied; nothing needs to outlive build but what
 * says so.
 *
 * Lengths are dp (1/160 inch at scale 1); start and end are logical: right-to-left mirrors by
 * itself. Main thread only but for ui_wake. The kit knows no form, no store and no screen. */
#ifndef UI_UI_H
#define UI_UI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "app/ui/icon.h"
#include "app/ui/theme.h"
#include "platform/base/buf.h"
#include "platform/base/err.h"
#include "platform/base/str.h"
#include "platform/window/image.h"

struct ui;
struct window;

/* ---- the program's side -------------------------------------------------------------------- */

struct ui_app {
    void (*build)(struct ui *ui, void *ctx); /* describes what is to be seen now */
    void (*mail)(struct ui *ui,
                 void *ctx);    /* after ui_wake: take your mails, then ui_change; or NULL */
    bool (*is_busy)(void *ctx); /* do jobs run? a script's "wait idle" waits for them; or NULL */
    void *ctx;
};

enum ui_keyboard { UI_KEYBOARD_AUTO, UI_KEYBOARD_ALWAYS, UI_KEYBOARD_NEVER };
enum ui_typing { UI_TYPE_PLAIN, UI_TYPE_TELEX, UI_TYPE_VNI };

struct ui_settings {
    enum ui_theme theme;
    double text_size;          /* 0.9 1 1.15 1.3 1.5; 0 counts as 1 */
    double scale;              /* device pixels a dp; 0: width / 360 (tablets: height decides) */
    bool glove;                /* larger targets */
    bool rtl;                  /* mirrored */
    char lang[8];              /* "vi": shaping and digits of the kit's own parts */
    bool still;                /* reduced motion: nothing fades, slides or flings */
    bool buzz;                 /* keys and scans are felt, where the device can shake */
    bool softkeys;             /* the device has F keys: their labels are shown */
    enum ui_keyboard keyboard; /* on-screen keyboard: when a finger opens a field, always, never */
    enum ui_typing typing;     /* how letters become Vietnamese */
};

/* Makes the kit on a window (borrowed, must outlive it). app is copied. */
struct ui *ui_create(struct window *window, const struct ui_app *app);

/* Frees; takes NULL. */
void ui_destroy(struct ui *ui);

/* Takes new settings; everything is built and painted anew. */
void ui_set(struct ui *ui, const struct ui_settings *settings);

/* The settings in force, borrowed. */
const struct ui_settings *ui_get(const struct ui *ui);

/* Runs until ui_quit: waits, builds, paints. False with err when the window fails. */
bool ui_run(struct ui *ui, struct err *err);

/* Makes ui_run return. */
void ui_quit(struct ui *ui);

/* Handles everything that is waiting (input, timers that are due, builds, painting) and returns
 * without sleeping; false with err when the window fails. For tests and scripts. */
bool ui_settle(struct ui *ui, struct err *err);

/* Makes the loop call app.mail soon. Any thread. */
void ui_wake(struct ui *ui);

/* Asks for a new build: the model changed outside of a build. */
void ui_change(struct ui *ui);

/* Gives a code of a hardware scanner (or a script) to the focused field that takes scans, else to
 * ui_scanned. */
void ui_give_scan(struct ui *ui, struct str code);

/* What somebody else thinks of a key: a scanner that types like a keyboard is told from a person.
 */
enum ui_heard {
    UI_HEARD_PASS,  /* a person: as usual */
    UI_HEARD_HOLD,  /* nobody knows yet: kept back until pause says */
    UI_HEARD_CODE,  /* *out is a whole code */
    UI_HEARD_TYPED, /* it was a person: *out is all that was kept back, this key included */
};

/* The judge. key: text typed ("\n", "\t" for Enter and Tab) at ms; pause: wait_ms have passed
 * without a key. *out is the judge's until the next call. */
struct ui_judge {
    enum ui_heard (*key)(void *ctx, int64_t ms, const char *text, struct str *out);
    enum ui_heard (*pause)(void *ctx, int64_t ms, struct str *out);
    int (*wait_ms)(void *ctx, int64_t ms);
    void *ctx;
};

/* Lets every typed key be judged; NULL: every key is a person's. judge is copied. */
void ui_set_judge(struct ui *ui, const struct ui_judge *judge);

/* What a shake in the hand says: a key went down, a code was taken, or refused. */
enum ui_buzz { UI_BUZZ_KEY, UI_BUZZ_GOOD, UI_BUZZ_BAD };

/* Shakes the device, where it can and the settings allow it. */
void ui_buzz(struct ui *ui, enum ui_buzz buzz);

/* ---- options of every widget ---------------------------------------------------------------- */

enum ui_kind {
    UI_NORMAL,  /* buttons: outlined; tiles: surface; containers: no look of their own */
    UI_PRIMARY, /* the one thing to do next */
    UI_DANGER,  /* destroys something; never beside the primary */
    UI_QUIET,   /* text only */
    UI_RADIO,   /* ui_choice: one of several (default) */
    UI_CHECK,   /* ui_choice: any of several */
    UI_SWITCH,  /* ui_choice: on or off at once */
};

enum ui_tone { TONE_NONE, TONE_SOFT, TONE_PRIMARY, TONE_OK, TONE_WARN, TONE_ERROR, TONE_SYNC };
enum ui_align { ALIGN_START, ALIGN_CENTER, ALIGN_END };

/* A length that means nothing at all, where 0 means the usual one. */
enum { UI_FLUSH = -1 };

struct ui_opt {
    enum ui_kind kind;
    enum ui_tone tone;
    enum ui_icon icon;
    enum ui_align align; /* of text in itself, of children across the direction */
    const char *hint;    /* a second line, help below a field */
    const char *error;   /* what is wrong here and what to do; stands at the widget */
    const char *name;    /* what speech, scripts and tests call it when its text does not do */
    const char *state;   /* a state word as badge at the end ("draft"); coloured by tone */
    const struct image *image; /* beside or above the text of a choice or tile; borrowed until the
                                  next build */
    int grow;                  /* takes this share of the space left */
    int width, height;         /* dp, at least; 0: as needed */
    int gap, pad;              /* dp between and around children; 0: usual (8, 0), UI_FLUSH: none */
    int lines;                 /* of text at most, then an ellipsis; 0: wraps as needed */
    bool disabled;             /* seen, explained by hint, not usable */
    bool required;   /* a field or group that must be answered: marked with a star and a word */
    bool focus;      /* has the focus when it appears */
    bool markup;     /* text is escaped text with <b> <i> <u> <sub> <sup> <span foreground=""> */
    bool masked;     /* value is personal: dots on screen and in dumps until shown */
    bool center;     /* children in the middle along the direction */
    bool end;        /* children at the end along the direction */
    bool hold_width; /* buttons: as wide as the text, not as the column */
    bool bare;       /* choices: no mark; what is selected shows a tick */
};

/* Options written in place: ui_button(ui, "save", tr("Save"), UI_OPT(.kind = UI_PRIMARY)). NULL is
 * "all usual". */
#define UI_OPT(...) (&(const struct ui_opt){__VA_ARGS__})

/* ---- frame of a screen ---------------------------------------------------------------------- */

/* Names the screen: focus and scroll are kept under that name, and pages change at it. First call
 * of a build. */
void ui_screen(struct ui *ui, const char *name);

/* App bar: back arrow, title, second line (or NULL). True when the user goes back (arrow, Back,
 * Esc). */
bool ui_bar(struct ui *ui, const char *title, const char *subtitle);

/* App bar of the first screen: no way back. */
void ui_bar_home(struct ui *ui, const char *title, const char *subtitle);

/* An action at the end of the bar; follows ui_bar. Pressed? */
bool ui_bar_action(struct ui *ui, const char *key, const char *text, enum ui_icon icon);

/* An entry of the bar's overflow menu, which the kit opens and closes. Chosen? */
bool ui_bar_menu(struct ui *ui, const char *key, const char *text, enum ui_icon icon);

/* The part between the bars: a column with side margins that scrolls. Ends with ui_end. */
void ui_body_begin(struct ui *ui);

/* Width in dp that the body gives what stands in it, text size counted in: how much fits beside
 * each other. */
int ui_body_width(const struct ui *ui);

/* Height in dp of the whole window, text size counted in: what must stay out of a low one. */
int ui_window_height(const struct ui *ui);

/* Is the window so low that what stands above a list should scroll with it (as its head)? */
bool ui_is_low(const struct ui *ui);

/* The part between the bars without scrolling and margins: for a list, viewfinder or drawing that
 * takes all of it (.grow = 1). Ends with ui_end. */
void ui_page_begin(struct ui *ui);

/* The bar at the bottom for the next step: buttons in it share the width. Ends with ui_end. */
void ui_actions_begin(struct ui *ui);

/* Ends what was begun last. */
void ui_end(struct ui *ui);

/* F key n (1–12) of this screen and its label. Pressed? F1 help, F2 save, F3 next problem, F4
 * theme. */
bool ui_softkey(struct ui *ui, int n, const char *text);

/* Long Back was pressed: the program goes home. */
bool ui_home_wanted(struct ui *ui);

/* While a build calls this the device is in another person's hand: Back, home, menu and F keys are
 * dead, toasts wait. The way out is a widget of the screen. */
void ui_handover(struct ui *ui);

/* No input for ms milliseconds: time to lock. True once per rest. */
bool ui_rested(struct ui *ui, int ms);

/* ms milliseconds have passed since a build began to call this; counts again from then on while it
 * is called. At most a few times a second, a film of codes a dozen. */
bool ui_after(struct ui *ui, const char *key, int ms);

/* Something goes on that nobody need touch the device for: the rest of ui_rested starts anew. Call
 * it only while that is so, never without an end. */
void ui_stay_awake(struct ui *ui);

/* A code came and no field took it: the code (borrowed until the run of build ends), else NULL. */
const char *ui_scanned(struct ui *ui);

/* The trigger was pressed where nothing reads by itself: show the scanner. */
bool ui_scan_wanted(struct ui *ui);

/* ---- containers (each ends with ui_end; key may be NULL) ------------------------------------- */

/* One below the other, as wide as there is room. */
void ui_column_begin(struct ui *ui, const char *key, const struct ui_opt *opt);

/* One after the other from start to end; those with grow share what is left. */
void ui_row_begin(struct ui *ui, const char *key, const struct ui_opt *opt);

/* One after the other, into the next line when there is no room: chips, badges, quick choices. */
void ui_wrap_begin(struct ui *ui, const char *key, const struct ui_opt *opt);

/* Equal columns of at least min dp width (columns > 0: exactly so many): tiles, image choices. */
void ui_grid_begin(struct ui *ui, const char *key, int min, int columns);

/* A column on a surface with round corners; tone tints it. */
void ui_card_begin(struct ui *ui, const char *key, const struct ui_opt *opt);

/* A group with a heading whose choices belong together (speech says so; digits count in it). error
 * and hint of opt stand below the heading. */
void ui_group_begin(struct ui *ui, const char *key, const char *heading, const struct ui_opt *opt);

/* A part that scrolls by itself within a page (.grow = 1). */
void ui_scroll_begin(struct ui *ui, const char *key, const struct ui_opt *opt);

/* ---- things to read ------------------------------------------------------------------------- */

/* A text; wraps unless opt->lines. tone colours it, icon stands before it. */
void ui_text(struct ui *ui, enum ui_type type, const char *text, const struct ui_opt *opt);

/* A label and its value, two columns when there is room, for reviews. opt->masked: dots with a
 * button that shows it for ten seconds (needs key). */
void ui_value(struct ui *ui, const char *key, const char *label, const char *value,
              const struct ui_opt *opt);

/* A state word with icon on a tinted ground. */
void ui_badge(struct ui *ui, const char *text, enum ui_tone tone);

/* A notice across the width: icon, text, tint of the tone. */
void ui_notice(struct ui *ui, enum ui_tone tone, const char *text);

/* A heading between parts. */
void ui_heading(struct ui *ui, const char *text);

/* A line of decoration; a gap of dp. */
void ui_line(struct ui *ui);
void ui_space(struct ui *ui, int dp);

/* Nothing here: icon, why, and what next. */
void ui_empty(struct ui *ui, enum ui_icon icon, const char *text, const char *hint);

/* A picture (borrowed until the next build); height dp of opt or as its shape wants. name says what
 * it shows. */
void ui_image(struct ui *ui, const struct image *image, const char *name, const struct ui_opt *opt);

/* A QR code of side * side modules (bit 0 = dark), copied. name says what it holds. With .grow it
 * takes all the room there is. */
void ui_qr(struct ui *ui, const uint8_t *modules, int side, const char *name,
           const struct ui_opt *opt);

/* How many modules a side fit beside each other, quiet zone counted, when each shall be px pixels
 * wide on a screen with an app bar and a line of text. */
int ui_qr_most(const struct ui *ui, int px);

/* Work under way: part 0–1, or negative when nobody knows. Repaints at most 4 times a second. */
void ui_progress(struct ui *ui, double part, const char *text);

/* Bars with their values beside them. */
struct ui_bar_row {
    const char *label;
    double value;
    const char *text; /* what stands beside it; NULL: the value */
    enum ui_tone tone;
};
void ui_bars(struct ui *ui, const char *name, const struct ui_bar_row *rows, size_t n);

/* ---- things to use -------------------------------------------------------------------------- */

/* A button. Pressed? */
bool ui_button(struct ui *ui, const char *key, const char *text, const struct ui_opt *opt);

/* A button that is an icon only; text is its name. Pressed? */
bool ui_icon_button(struct ui *ui, const char *key, const char *text, enum ui_icon icon);

/* A large tile with icon, text, hint and state. Pressed? */
bool ui_tile(struct ui *ui, const char *key, const char *text, const struct ui_opt *opt);

/* A full-width row with icon, text, second line (hint) and state; opens something. Pressed? */
bool ui_item(struct ui *ui, const char *key, const char *text, const struct ui_opt *opt);

/* A choice (opt->kind radio, check or switch; radio when NULL). Chosen or changed? The screen keeps
 * what is selected. With .align = ALIGN_CENTER it is a cell of a grid: picture, mark and text one
 * below the other; an empty text leaves the mark alone (then opt->name says what it is). */
bool ui_choice(struct ui *ui, const char *key, const char *text, bool selected,
               const struct ui_opt *opt);

/* A chip: a small choice in a row of such. Pressed? */
bool ui_chip(struct ui *ui, const char *key, const char *text, bool selected);

/* Tabs; the index that is selected now (a changed one once, when chosen). */
int ui_tabs(struct ui *ui, const char *key, const char *const *names, int n, int selected);

/* A row of an error list that puts the focus on the widget with that key of the same screen. */
void ui_problem(struct ui *ui, const char *text, const char *target);

/* Puts the focus on the widget with that key (full id or its last part) and scrolls to it. */
void ui_focus(struct ui *ui, const char *key);

/* How a text field behaves. */
enum ui_input {
    UI_IN_TEXT, /* any letters, Telex on */
    UI_IN_CODE, /* letters and digits, no Telex, no capitals by itself */
    UI_IN_INTEGER,
    UI_IN_DECIMAL, /* comma or point */
    UI_IN_PHONE,
    UI_IN_PIN,      /* digits, masked, number pad */
    UI_IN_PASSWORD, /* masked, no Telex, never in dumps */
    UI_IN_DATE,     /* dd/MM/yyyy, slashes come by themselves; a year alone is allowed */
    UI_IN_URL,
    UI_IN_SEARCH, /* magnifier, a button that empties, reports at every letter */
};

struct ui_field {
    const char *label;
    enum ui_input input;
    const char *placeholder;
    const char *hint, *error;
    const char *unit; /* after the value: "kg" */
    const char *name;
    enum ui_icon icon;
    int lines; /* more than 1: multi-line */
    int max;   /* letters; 0: 10,000 */
    int grow;
    bool counter;   /* shows "12/200" (needs max) */
    bool live;      /* reports at every letter; else on a pause, on leaving and on Enter */
    bool scan;      /* takes codes while focused */
    bool masked;    /* personal: dots when not focused, and in dumps */
    bool thousands; /* groups digits for the eye */
    bool disabled, required, focus;
};

/* A text field. value is the model's; the new text when the user changed it (borrowed until the run
 * of build ends), else NULL. Unreported typing is reported before any other action. field may be
 * NULL. */
const char *ui_field(struct ui *ui, const char *key, const char *value,
                     const struct ui_field *field);

/* Enter (or the keyboard's Done) was pressed in the field with that key in this run. */
bool ui_entered(struct ui *ui, const char *key);

/* A date field with calendar. value and result: "yyyy-mm-dd", "yyyy-mm", "yyyy" or "" (empty);
 * NULL: unchanged. part: 'd' whole dates, 'm' month and year, 'y' year; year_only lets a bare year
 * pass. */
struct ui_date {
    const char *label, *hint, *error;
    const char *name; /* what speech and scripts call it where it has no label */
    char part;
    bool year_only, disabled, required, focus;
    bool typed; /* no calendar to pick from */
};
const char *ui_date(struct ui *ui, const char *key, const char *value, const struct ui_date *date);

/* A time field "HH:MM" by 24 hours; result as for ui_date. */
const char *ui_time(struct ui *ui, const char *key, const char *value, const struct ui_date *date);

/* A value by sliding or by − and +. True when *value changed. */
struct ui_range {
    double min, max, step;
    bool is_set; /* false: nothing chosen yet */
    bool vertical;
    bool stepper;                            /* − value + without a track */
    const char *label, *min_text, *max_text; /* words at the ends */
    const char *name; /* what speech and scripts call it where it has no label */
    const char *text; /* the value in words; NULL: the number */
    bool disabled;
};
bool ui_slider(struct ui *ui, const char *key, double *value, const struct ui_range *range);

/* n stars, selected of them filled; the number pressed, else 0. */
int ui_rating(struct ui *ui, const char *key, int n, int selected, const char *label);

/* ---- lists ---------------------------------------------------------------------------------- */

/* Rows are built by index when they are seen (and when an action is in them), by ui_ calls in row.
 * A row is one column; usually it is one ui_list_row. row, head, foot and ctx must stay valid until
 * the next build; rows are also built while scrolling, between builds. */
struct ui_list {
    size_t count;
    void (*row)(struct ui *ui, size_t index, void *ctx);
    void (*head)(struct ui *ui, void *ctx); /* scrolls with the rows, before them; or NULL; keys in
                                               it are those of the container of the list */
    void (*foot)(struct ui *ui, void *ctx); /* after them; or NULL */
    void *ctx;
    const char *(*id)(size_t index, void *ctx); /* stable name of a row; NULL: its index */
    const char *name;                           /* what the list is, for speech */
    const char *empty, *empty_hint;
    enum ui_icon empty_icon;
    size_t from;  /* row to show first when the list appears */
    bool passive; /* rows cannot be pressed themselves */
};

/* A list that takes the rest of the page (use ui_page_begin or grow around it). The index of the
 * row pressed, else -1. */
long ui_list(struct ui *ui, const char *key, const struct ui_list *list);

/* Scrolls the list with that key so that row index is seen. */
void ui_list_show(struct ui *ui, const char *key, size_t index);

/* The usual row: icon, first line, second line (opt->hint), state word. selected >= 0 draws a radio
 * or check mark (opt->kind) before it. */
void ui_list_row(struct ui *ui, const char *text, int selected, const struct ui_opt *opt);

/* ---- overlays ------------------------------------------------------------------------------- */

/* A sheet from below over the screen. True when the user wants it gone (Back, touch outside). Ends
 * with ui_end. What is under it cannot be used while it is built. */
bool ui_sheet_begin(struct ui *ui, const char *key, const char *title);

/* A question in the middle; .kind = UI_DANGER for one that destroys. True when dismissed. Ends with
 * ui_end. */
bool ui_dialog_begin(struct ui *ui, const char *key, const char *title, const char *text);

/* Shows a sentence for 5 seconds. With action_key and action text it has a button. Not for errors.
 */
void ui_toast(struct ui *ui, const char *text, const char *action_key, const char *action);

/* The toast's button with that key was pressed. Ask in every build that should hear it. */
bool ui_toast_pressed(struct ui *ui, const char *action_key);

/* ---- drawing, camera ------------------------------------------------------------------------ */

/* A drawing: strokes of points in units of 1/10,000 of its width, owned by the screen; zeroed
 * memory is an empty one. */
struct ui_point {
    int16_t x, y;
    uint8_t pen; /* 0: starts a stroke */
    uint8_t colour;
};
struct ui_drawing {
    struct ui_point *v;
    size_t n, cap;
    double shape; /* height / width it was drawn at */
};

/* Lets the finger draw; opt->image lies under it, opt->height dp (0: the shape of the image). True
 * when a stroke ended. */
bool ui_ink(struct ui *ui, const char *key, struct ui_drawing *drawing, const struct ui_opt *opt);

/* Takes away the last stroke; all of them; frees. */
void ui_drawing_undo(struct ui_drawing *drawing);
void ui_drawing_clear(struct ui_drawing *drawing);
void ui_drawing_finish(struct ui_drawing *drawing);

/* The drawing over a background (or white when NULL) as a PNG or JPEG of width pixels. */
bool ui_drawing_image(const struct ui_drawing *drawing, const struct image *background, int width,
                      struct image **out, struct err *err);

/* A camera picture as it is now. pixels stay valid until the next build. */
enum ui_pixels { UI_GREY8, UI_YUYV, UI_NV12, UI_RGB24, UI_XRGB32 };
struct ui_frame {
    const uint8_t *pixels;
    enum ui_pixels format;
    int w, h, stride; /* stride in bytes */
    int quarters;     /* to be turned clockwise */
    bool mirrored;
    uint64_t number; /* another one means another picture */
};

/* Where the camera's picture goes (frame NULL: dark, "starting"). A reticle frames a code; advice
 * is the sentence below it, tone its colour. */
void ui_viewfinder(struct ui *ui, const char *key, const struct ui_frame *frame, const char *advice,
                   const struct ui_opt *opt);

/* ---- eyes for machines ---------------------------------------------------------------------- */

/* Appends the tree as JSON: {"screen","size","focus","nodes":[{"id","role","name","value","state",
 * "rect","focus"}]}. Masked values are dots. */
void ui_dump(struct ui *ui, struct buf *to);

/* Appends a picture of the window as PNG. */
bool ui_shot(struct ui *ui, struct buf *to, struct err *err);

/* Looks for what a person would trip over: text cut or overlapping, touch areas under 48 dp, things
 * outside the window, unnamed controls, letters without a glyph. Appends a line for each; true when
 * there is none. */
bool ui_check(struct ui *ui, struct buf *to);

/* Runs a script file (the language stands in script.h) to its end or first failure, driving the
 * window by taps and keys; err says line and reason. */
bool ui_play(struct ui *ui, const char *path, struct err *err);

/* Opens the inspection socket (0600) at path: each line is a script command, each answer a line of
 * JSON. Closed by ui_destroy. */
bool ui_inspect(struct ui *ui, const char *path, struct err *err);

/* Sentences that speech should say are given to say (text borrowed): the focused widget when the
 * user asked by F1. */
void ui_set_speech(struct ui *ui, void (*say)(void *ctx, const char *text), void *ctx);

#endif
