/* What went wrong, as a value: the kind chooses the sentence and the remedy on the screen, the code
 * is the foreign number (errno, HTTP, SQLite), the text is English for the log and never holds
 * personal data. Lives on the caller's stack; any thread. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>

enum err_kind {
    ERR_NONE,
    ERR_INPUT,     /* what was given is wrong: a form, a code, a value */
    ERR_MISSING,   /* not there */
    ERR_DENIED,    /* a key, a token or a right is missing */
    ERR_OFFLINE,   /* no way to the other side */
    ERR_REMOTE,    /* the other side answered, and not with success */
    ERR_STORAGE,   /* disk or memory did not take it */
    ERR_DAMAGED,   /* what was stored is no longer what was written */
    ERR_DEVICE,    /* camera, scanner, display */
    ERR_CANCELLED, /* somebody stopped it */
    ERR_LIBRARY,   /* a part of the program is not installed: a library of its own */
};

struct err {
    enum err_kind kind;
    int code;
    char text[160];
};

/* Fills err (NULL: nobody cares) and returns false, so that `return err_set(…)` reads well. */
bool err_set(struct err *err, enum err_kind kind, int code, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* Puts context before the text ("form visit: …"); returns false like err_set. */
bool err_prefix(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Makes err say that nothing went wrong; takes NULL. */
void err_clear(struct err *err);

/* The name of a kind for logs and machine-readable output: "input", "offline", … (static). */
const char *err_kind_name(enum err_kind kind);

#endif
