/* A form on a headless window without a store: shows one group of it as the filler would and keeps
 * what its widgets answer. */
#ifndef TEST_HELPER_STAND_H
#define TEST_HELPER_STAND_H

#include "../ui/helper_desk.h"
#include "app/form/form.h"
#include "app/question/questions.h"
#include "platform/base/vec.h"

struct stand_seat {
    char ref[200], error[200];
    struct question_seat seat;
};

struct stand {
    struct desk desk;
    struct form *form;
    struct entry *entry;
    char page[64]; /* name of the group shown */
    VEC(struct stand_seat *) seats;
    struct buf file; /* attached last */
    int answers, moves, read;
    bool refuses; /* every answer */
    bool sounds;  /* its sounds are sounds; else bytes that are none */
};

/* Looks of the window, as settings and pixels. */
struct stand_look {
    int w, h;
    enum ui_theme theme;
    double text_size;
    const char *lang; /* of interface and form */
};

/* Loads tests/question/all_appearances.xml and opens the window; NULL: 480x800, light, Vietnamese.
 */
void stand_open(struct stand *stand, const struct stand_look *look);
void stand_close(struct stand *stand);

/* Shows the group of that name. */
void stand_show(struct stand *stand, const char *page);

/* The stored value of a question of the page shown ("s_one"); borrowed until the entry changes. */
const char *stand_value(struct stand *stand, const char *name);

/* Stores a value as if it had been answered before. */
void stand_set(struct stand *stand, const char *name, const char *value);

/* The widget of that question, its id behind the question's: stand_id(…, "s_one", "choice-single").
 * Static buffer. */
const char *stand_id(struct stand *stand, const char *name, const char *widget);

/* Taps and types there; puts the focus there by keys alone is left to the test. */
void stand_tap(struct stand *stand, const char *name, const char *widget);
void stand_type(struct stand *stand, const char *name, const char *widget, const char *text);

/* A code of a hardware scanner, as the filler hands it out. */
bool stand_scan(struct stand *stand, const char *code);

#endif
