/* The inside of the form filler: filler.c walks and draws, filler_host.c serves the widgets. */
#ifndef SCREEN_FILLER_H
#define SCREEN_FILLER_H

#include "app/question/question.h"
#include "app/screen/screen.h"

/* One question of the page that is shown. */
struct filler_seat {
    char ref[512];
    char error[300];
    struct question_seat seat;
};

struct filler {
    struct desk *desk;
    struct stop at;
    VEC(struct filler_seat *) seats; /* of the page; addresses stay */
    bool shows_jump, asks_remove, tried;
    bool moves_on;    /* an answer asked for the next page */
    char wanted[512]; /* ref that shall get the focus */
};

/* What the filler does for the widgets. */
extern const struct question_host filler_host;

/* The seat of that ref on the present page, or NULL. */
struct filler_seat *filler_seat_of(struct filler *filler, const char *ref);

/* Notes why an answer was refused; shown at its question. */
void filler_set_error(struct filler *filler, const char *ref, const char *error);

#endif
