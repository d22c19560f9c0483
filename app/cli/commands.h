/* The commands of gocuactl: one line for each. Only the front door (app/cli.c) includes this. */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "app/cli/command.h"

#define COMMANDS(X)                                                                                \
    X(enrol)                                                                                       \
    X(sync)                                                                                        \
    X(handover)                                                                                    \
    X(receive)                                                                                     \
    X(export) X(settings) X(scan) X(xpath_run) X(xform_run) X(check) X(fill) X(shot)

#define COMMANDS_DECLARE(name) extern const struct command command_##name;
COMMANDS(COMMANDS_DECLARE)

#endif
