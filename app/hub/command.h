/* One command of gocua-hub: its words, its options, what it does. */
#ifndef HUB_COMMAND_H
#define HUB_COMMAND_H

#include "app/hub/archive.h"
#include "app/hub/hub.h"

enum { COMMAND_OPTIONS = 12, COMMAND_ARGUMENTS = 1024 };

struct command_line {
    const struct hub_shell *shell;
    const char *data;
    const char *options[COMMAND_OPTIONS]; /* values, in the order of the command's table */
    const char *arguments[COMMAND_ARGUMENTS];
    size_t n_arguments;
    size_t n_before_media; /* arguments that came before --media */
};

struct command {
    const char *words; /* "device add" */
    const char *usage; /* what follows the words */
    const char *about;
    const char *options[COMMAND_OPTIONS]; /* "listen=" takes a value, "full" does not */
    size_t min_arguments, max_arguments;
    int (*run)(struct command_line *line);
};

/* The value of an option, or NULL; a flag that was given is "". */
const char *command_option(const struct command_line *line, size_t i);

/* Opens the archive of the line's folder, or says why not. */
struct archive *command_archive(const struct command_line *line);

/* Says what went wrong and returns 1. */
int command_failed(const struct command_line *line, const struct err *err);

/* Reads a day (YYYY-MM-DD, from its first or to its last moment) or a dateTime; false when it is
 * none. */
bool command_time(const char *text, bool is_end, int64_t *ms);

extern const struct command commands_serve[], commands_publish[], commands_device[],
    commands_export[], commands_import[];

#endif
