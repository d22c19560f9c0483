/* The screens there are. A new one is a file app/screen/NAME.c with `const struct screen
 * screen_NAME` and a line here. */
#ifndef SCREEN_SCREENS_H
#define SCREEN_SCREENS_H

#include "app/screen/screen.h"

#define SCREENS(X)                                                                                 \
    X(home)                                                                                        \
    X(lock)                                                                                        \
    X(door)                                                                                        \
    X(commune)                                                                                     \
    X(consent)                                                                                     \
    X(who)                                                                                         \
    X(scan)                                                                                        \
    X(topics)                                                                                      \
    X(guide)                                                                                       \
    X(procedure)                                                                                   \
    X(filler)                                                                                      \
    X(outcome)                                                                                     \
    X(rating)                                                                                      \
    X(review)                                                                                      \
    X(receipt)                                                                                     \
    X(forms)                                                                                       \
    X(drafts)                                                                                      \
    X(outbox)                                                                                      \
    X(compare)                                                                                     \
    X(handover)                                                                                    \
    X(stick)                                                                                       \
    X(near)                                                                                        \
    X(near_give)                                                                                   \
    X(near_receive)                                                                                \
    X(film_show)                                                                                   \
    X(film_watch)                                                                                  \
    X(visits)                                                                                      \
    X(visit)                                                                                       \
    X(export)                                                                                      \
    X(settings)                                                                                    \
    X(enrol)

#define SCREEN_DECLARE(name) extern const struct screen screen_##name;
SCREENS(SCREEN_DECLARE)

/* All of them, ended by NULL. */
extern const struct screen *const screens[];

#endif
