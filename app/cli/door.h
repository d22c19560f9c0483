/* Opening the device's data for a command: the folder from --data, the PIN from standard input
 * (--pin-stdin: its first line) or asked for on the terminal. */
#ifndef CLI_DOOR_H
#define CLI_DOOR_H

#include <stdbool.h>
#include "app/work/app.h"

struct door {
    const char *data;
    const char *lang; /* speaks this one whatever the device is set to; NULL: as it is set */
    bool pin_stdin;
    char *pin; /* where the PIN is handed on to, or NULL */
    size_t pin_room;
    bool may_set_up; /* a folder without a PIN gets this one */
};

/* Takes --data DIR, --pin-stdin, --lang CODE out of the argument at *i (moving it on); false when
 * it is another one. */
bool door_option(struct door *door, int argc, char **argv, int *i);

/* Opens and unlocks; says on standard error why not. app_close ends it. */
bool door_open(const struct door *door, struct app **out);

/* Prints "gocuactl: SENTENCE (reason)" and gives COMMAND_FAILED. */
int door_fail(const struct err *err);

#endif
