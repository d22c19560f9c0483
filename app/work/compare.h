/* A correction that came too late beside the portal's newer version, question by question in words;
 * and what the person decides. Neither choice loses anything: the version that is not taken stays
 * on this device or in the portal's history. UI thread. */
#ifndef WORK_COMPARE_H
#define WORK_COMPARE_H

#include "app/store/rival.h"
#include "platform/base/arena.h"
#include "platform/base/vec.h"

struct app;

/* A question whose answers differ. */
struct difference {
    const char *label, *mine, *theirs; /* answers in words; "" : none */
};

struct comparing {
    struct app *app;
    int64_t record;
    struct arena arena;
    const char *title;
    bool is_there; /* the portal's version has come; else nothing can be compared yet */
    char their_id[RIVAL_ID];
    VEC(struct difference) differences;
    size_t same; /* questions answered alike */
};

/* Opens the late correction; ERR_MISSING when record or form are gone. comparing_close ends it. */
bool comparing_open(struct app *app, int64_t record, struct comparing **out, struct err *err);

/* Mine shall stand: it is sent again as a correction of the portal's version. */
bool comparing_keep_mine(struct comparing *c, struct err *err);

/* The portal's shall stand: mine stays here and waits for nothing. */
bool comparing_keep_theirs(struct comparing *c, struct err *err);

/* Frees; takes NULL. */
void comparing_close(struct comparing *c);

#endif
