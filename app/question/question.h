/* One way of asking: a widget for one kind of question of a form. It shows what question_view says
 * and hands values to its seat, which stores them; it knows no record, no store and no screen. What
 * a widget must remember between two draws (a camera that is open, a drawing) hangs on the seat.
 * UI thread. */
#ifndef QUESTION_QUESTION_H
#define QUESTION_QUESTION_H

#include <stdbool.h>
#include <stddef.h>
#include "app/form/form.h"
#include "app/ui/ui.h"
#include "platform/base/buf.h"
#include "platform/base/err.h"

struct question_seat;

/* Why the sound of a label was not heard. */
enum sound_problem { SOUND_FINE, SOUND_MISSING, SOUND_UNREADABLE, SOUND_SILENT };

/* What the place that shows questions does for them. Failures are shown by it; the widget only
 * stops what it was doing. */
struct question_host {
    /* Stores a value ("" clears); false when it was refused or could not be saved. */
    bool (*answer)(void *ctx, const char *ref, struct str value);
    /* Seals bytes as the question's file and answers with its name. */
    bool (*attach)(void *ctx, const char *ref, struct str bytes, const char *ending);
    /* Takes the file away. */
    bool (*detach)(void *ctx, const char *ref);
    /* Appends the bytes of the question's file, to show it. */
    bool (*load)(void *ctx, const char *name, struct buf *bytes);
    /* Appends a media file of the form ("jr://images/x.png"). */
    bool (*media)(void *ctx, const char *uri, struct buf *bytes);
    /* A code was read for a question that has a reader (gocua:reader): spreads it over the fields.
     * False when it is not what the reader wants (the host has said so). */
    bool (*read_code)(void *ctx, const struct question_view *view, struct str code);
    /* Reads a text aloud; NULL: nobody speaks here. */
    void (*say)(void *ctx, const char *text);
    /* The answer is complete: the page may move on by itself. NULL: it stays. */
    void (*next)(void *ctx);
    /* Folds a text for search (without marks, small). */
    void (*fold)(void *ctx, struct str in, struct buf *out);
};

/* Where one question sits while it is shown. Zeroed at first; question_leave when it goes. */
struct question_seat {
    struct ui *ui;
    struct entry *entry;
    const struct question_host *host;
    void *ctx;          /* of the host */
    const char *camera; /* what camera_open takes; NULL: the first */
    const char *gps;    /* what gps_open takes; NULL: the usual */
    long photo_side;    /* longer side of photos; 0: 1600 */
    const char *error;  /* why the last answer was refused, shown at the widget; "" : none */
    bool is_alone;      /* the only question of its page: it may use all of it */
    const struct question *shown; /* the widget of the last draw */
    void *state;                  /* of the widget; zeroed memory of state_size */
    struct image *label_image;    /* of the label, as long as it has the same address */
    char *label_uri;
    unsigned sound; /* that was played last, and where it came from */
    char *sound_uri;
    enum sound_problem sound_problem;
    bool shows_guidance, shows_big; /* what the person laid open */
};

struct question {
    const char *name;
    size_t state_size;
    /* Is it the one for this view? The first in questions.h that says yes is taken. */
    bool (*fits)(const struct question_view *view);
    /* Draws the answer part (label and hint are drawn by question_draw). */
    void (*draw)(struct question_seat *seat, const struct question_view *view);
    /* Takes a code of a hardware scanner; false: not mine. May be NULL. */
    bool (*scan)(struct question_seat *seat, const struct question_view *view, struct str code);
    /* Frees what the state holds. May be NULL. */
    void (*leave)(struct question_seat *seat);
};

/* Draws label, hint, guidance, media, the widget and its error, in that order. list: the widgets
 * there are (questions.h). */
void question_draw(struct question_seat *seat, const struct question *const *list,
                   const struct question_view *view);

/* Gives a scanned code to the widget of the seat; false when it takes none. */
bool question_scan(struct question_seat *seat, const struct question_view *view, struct str code);

/* Ends what the widget has open; takes a zeroed seat. */
void question_leave(struct question_seat *seat);

/* Beside each other in groups of a form with the grid theme (w1 … w12), as far as the screen has
 * room; zeroed at first. */
struct question_row {
    int used; /* twelfths of the row so far */
    bool is_open;
};

/* Before a question of a group is drawn: begins a row or goes on with it, as its appearance says.
 * Each question of it is then one node, as wide as `share` says. */
int question_row_place(struct ui *ui, struct question_row *row, const struct question_view *view);

/* Ends the row behind the last question. */
void question_row_end(struct ui *ui, struct question_row *row);

/* Is the word itself among the appearances? (question_has_appearance finds "list-nolabel" for
 * "list".) */
bool question_is_marked(const struct question_view *view, const char *word);

/* For widgets: stores a value; false when it was refused. */
bool question_answer(struct question_seat *seat, const struct question_view *view,
                     const char *value);

#endif
