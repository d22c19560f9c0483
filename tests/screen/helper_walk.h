/* The walk through every screen (every.c): what its parts share. */
#ifndef TEST_SCREEN_WALK_H
#define TEST_SCREEN_WALK_H

#include "tests/work/helper_app.h"

#include "../ui/helper_looks.h"
#include "app/screen/screens.h"

#define LONG_NAME "Nguyễn Hoàng Phương Thảo Uyên Nghiêm Công Tằng Tôn Nữ Huyền Trân"
#define LONG_PLACE                                                                                 \
    "Số 127/45/3A hẻm 127 đường Nguyễn Thị Minh Khai nối dài, sau nhà văn hóa khu phố 7"

struct walk {
    const char *lang;
    struct app *app;
    struct desk *desk;
    struct ui *ui;
    struct window *window;
    struct buf found;
    char camera[1024];
    bool seen[64];
    int looks, line;
};

/* Checks what is seen; it is screen and a word about it: "stick none". */
void walk_look(struct walk *w, const char *what);

/* Does a line of the script's language, which has to succeed. */
void walk_play(struct walk *w, const char *line);

/* Fails the test with the error. */
void walk_must(bool good, const struct err *err);

/* A camera that sees a card, or none. */
void walk_camera(struct walk *w, bool there);

/* Where a screen stands in screens.h. */
size_t walk_screen(const char *name, size_t n);

/* A correction that came too late, first without the portal's version, then beside it. */
void walk_versions(struct walk *w);

/* Without a key, without a stick, with two that have long names; written to, and one that fails. */
void walk_stick(struct walk *w);

/* Two devices in one: what it receives comes from its own screen. Without a key, without a network,
 * given, given again, to nobody, too full, and nobody comes for long. */
void walk_near(struct walk *w);

#endif
