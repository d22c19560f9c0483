/* A headless window with a kit on it, for the tests of this folder. */
#ifndef TEST_HELPER_DESK_H
#define TEST_HELPER_DESK_H

#include "app/ui/ui.h"
#include "platform/window/window.h"

struct desk {
    struct window *window;
    struct ui *ui;
};

/* Opens a headless window of w x h pixels that shows what build describes; clocks stand still. */
void desk_open(struct desk *desk, int w, int h, void (*build)(struct ui *ui, void *ctx), void *ctx);
void desk_close(struct desk *desk);

/* Settles; fails the test when the window fails. */
void desk_settle(struct desk *desk);

/* Sends a key, a text, a tap on the middle of the widget with that id. */
void desk_key(struct desk *desk, int code);
void desk_type(struct desk *desk, const char *text);
void desk_tap(struct desk *desk, const char *id);

/* The value of a field of the node with that id in the dump ("value", "state", "name"), in a static
 * buffer; "" when there is none. */
const char *desk_get(struct desk *desk, const char *id, const char *what);

/* Is the node there and seen? */
bool desk_has(struct desk *desk, const char *id);

/* The rectangle of a node as dumped; empty when it is not there. */
struct rect desk_rect(struct desk *desk, const char *id);

/* Compares what is shown with tests/ui/pictures/NAME.png; writes NAME.got.png and fails when a tile
 * differs. GOCUA_KEEP_PICTURES=1 keeps what is shown as the new reference. */
void desk_picture(struct desk *desk, const char *name);

#endif
