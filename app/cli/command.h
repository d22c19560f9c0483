/* What a command of gocuactl is: one file in app/cli with `const struct command command_NAME`, and
 * one line in commands.h. */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

/* Exit statuses of every command. */
enum { COMMAND_OK = 0, COMMAND_FAILED = 1, COMMAND_MISUSED = 2 };

/* One command. run gets its own name as argv[0] and returns an exit status; it prints results to
 * standard output and reasons to standard error. --help is answered by the front door with usage.
 */
struct command {
    const char *name;    /* "xpath-run" */
    const char *summary; /* one line for the list of commands */
    const char *usage;   /* what stands behind the name, and a sentence to each option */
    int (*run)(int argc, char **argv);
};

#endif
