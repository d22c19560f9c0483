/* The reference run of the kill lane, by the product's own layers: open the store with the PIN,
 * open a form, 40 answers (some in a repeat), 3 photos, finalise (which also makes an entity), send
 * to a real hub, and a day later ask for the second confirmation. It goes on from wherever the
 * folder stands, so that it is its own recovery; before it goes on it compares the folder with the
 * oracle: the journal of what was acknowledged to the driver, which the driver keeps in its own
 * memory. */
#ifndef TESTS_HELPER_KILL_VISIT_H
#define TESTS_HELPER_KILL_VISIT_H

#include <stdbool.h>
#include <stdint.h>

#include "platform/base/buf.h"
#include "platform/base/str.h"

enum { KILL_ANSWERS = 40, KILL_PHOTOS = 3, KILL_DIGEST = 32, KILL_TEXT = 256 };

#define KILL_PIN    STR("135790")
#define KILL_FORM   "kills"
#define KILL_CANARY "CANARY" /* in each answer and photo: must nowhere be read in clear */

/* What the run tells the driver by its pipe. */
enum said_kind {
    SAID_OPEN = 1, /* n: state of the record (0: none), files: of it confirmed; is the store's */
    SAID_BEGUN,    /* text: instance id */
    SAID_ANSWER,   /* n: how many are on disk now */
    SAID_PHOTO,    /* n: which; text: its name */
    SAID_FINISHED, /* digest: of the frozen bytes */
    SAID_SENT,
    SAID_CONFIRMED,
    SAID_BROKEN, /* text: the promise that was broken */
};

struct said {
    int kind, n, files;
    char text[KILL_TEXT];
    unsigned char digest[KILL_DIGEST];
};

/* What was acknowledged until now. */
struct oracle {
    uint64_t seed; /* of all answers and photos */
    char instance[64];
    int answers;
    char photos[KILL_PHOTOS][128]; /* "": not yet */
    bool is_finished, is_sent, is_confirmed;
    unsigned char digest[KILL_DIGEST];
};

struct visit {
    const char *folder;
    int journal; /* a pipe's end; the driver holds the other */
    struct oracle oracle;
};

/* The form as XML. */
void visit_form(struct buf *xml);

/* The bytes of a photo. */
void visit_photo(uint64_t seed, int which, struct buf *bytes);

/* Plays the run to its end; ctx is a struct visit. Never returns: exit status 0, or 9 after
 * SAID_BROKEN. */
void visit_play(void *ctx);

/* Takes what was said into the oracle. */
void oracle_hear(struct oracle *oracle, const struct said *said);

#endif
