/* What the widgets of choices share: how one choice is drawn and taken, and the list that opens. */
#ifndef QUESTION_SELECT_H
#define QUESTION_SELECT_H

#include "app/question/question.h"
#include "platform/base/vec.h"

/* A picture of a choice, kept while the widget is there. */
struct choice_image {
    char *uri;
    struct image *image; /* NULL: there is none, or it is broken */
};

struct select_state {
    VEC(struct choice_image) images;
    char typed[120]; /* to search */
    bool is_open;
};

/* The picture at that address; NULL without one. */
const struct image *select_image(struct question_seat *seat, const char *uri);

/* Stores what pressing this choice means. The choices are no longer good afterwards. */
void select_take(struct question_seat *seat, const struct question_view *view,
                 const struct choice *choice, struct choices *choices);

/* Is it chosen now? */
bool select_has(const struct question_view *view, const struct choice *choice);

/* Appends the label as markup; the value when there is none. */
void select_label(const struct choice *choice, enum ui_theme theme, struct buf *to);

/* Draws what is chosen as one line that opens a list below, with a field to search when it is long
 * or `searches`. */
void select_draw_folded(struct question_seat *seat, const struct question_view *view,
                        struct choices *choices, bool searches);

#endif
