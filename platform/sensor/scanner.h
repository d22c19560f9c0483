/* Hardware scanners. Some have an input device of their own, which is grabbed so that no code types
 * itself into a field; others are keyboards, told apart from a person by their speed and the key
 * that ends a code (`struct wedge`, a pure state machine that the window feeds). */
#ifndef SENSOR_SCANNER_H
#define SENSOR_SCANNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "platform/base/buf.h"
#include "platform/base/err.h"

/* ---- a scanner with a device of its own ---- */

struct scanner_device {
    char id[128]; /* "/dev/input/by-id/…" or "/dev/input/eventN" */
    char name[96];
};

struct scanner;

/* Writes at most max input devices that look like scanners (named so, or in names: words separated
 * by commas from the settings, may be NULL); returns how many. */
size_t scanner_list(const char *names, struct scanner_device *list, size_t max);

/* Opens and grabs the device and starts a thread that collects codes. wake is called on that thread
 * when a code is there or the device is gone. ERR_MISSING, ERR_DENIED or ERR_DEVICE. */
bool scanner_open(const char *id, void (*wake)(void *ctx), void *ctx, struct scanner **out,
                  struct err *err);

/* The same over a descriptor that delivers struct input_event; not grabbed. The scanner closes it.
 */
bool scanner_open_fd(int give_fd, void (*wake)(void *ctx), void *ctx, struct scanner **out,
                     struct err *err);

/* Stops the thread, gives the device back, frees; takes NULL. */
void scanner_close(struct scanner *scanner);

/* Appends the oldest code that was not taken (bytes as the keys spelled them); false: none. */
bool scanner_take(struct scanner *scanner, struct buf *code);

/* Is the device gone? */
bool scanner_is_lost(struct scanner *scanner);

/* ---- a scanner that types like a keyboard ---- */

enum wedge_verdict {
    WEDGE_PASS,  /* a person typed: hand the key to the field as usual */
    WEDGE_HOLD,  /* perhaps a scanner: keep the key back, and ask again by wedge_wait_ms */
    WEDGE_CODE,  /* a whole code stands in wedge->text; nothing of it may reach the field */
    WEDGE_TYPED, /* it was a person after all: wedge->text goes to the field, in order */
};

struct wedge {
    struct buf text;     /* what is held back, or the code just found */
    int64_t first, last; /* when its first and last key came, monotonic ms */
    size_t keys;
    bool is_done; /* text was handed out; the next key starts afresh */
};

enum {
    WEDGE_GAP_MS = 35, /* longest gap between two keys of a scanner */
    WEDGE_KEYS = 6,    /* shortest code */
};

/* Judges one key: the text it typed (UTF-8; "\n" or "\t" for the keys that end a code) and when.
 * The wedge is zeroed at first. After WEDGE_CODE or WEDGE_TYPED the text stays until the next call.
 * With WEDGE_TYPED the key itself is the last part of the text. */
enum wedge_verdict wedge_key(struct wedge *wedge, int64_t ms, const char *text);

/* Called when wedge_wait_ms have passed without a key: WEDGE_TYPED or WEDGE_CODE (a scanner without
 * an end key) when something was held, else WEDGE_PASS. */
enum wedge_verdict wedge_pause(struct wedge *wedge, int64_t ms);

/* Milliseconds until wedge_pause must be called, or -1 when nothing is held. */
int wedge_wait_ms(const struct wedge *wedge, int64_t ms);

/* Overwrites and frees. */
void wedge_finish(struct wedge *wedge);

#endif
