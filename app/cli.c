/* gocuactl: the same work without a screen. */
#include <stdio.h>
#include <string.h>

#include "app/cli/commands.h"

#define COMMANDS_ROW(name) &command_##name,
static const struct command *const commands[] = {COMMANDS(COMMANDS_ROW) NULL};

static void print_help(FILE *to)
{
    fputs("usage: gocuactl COMMAND [ARGUMENT…]\n"
          "       gocuactl COMMAND --help\n"
          "       gocuactl --version\n\ncommands:\n",
          to);
    for (const struct command *const *command = commands; *command; command++) {
        fprintf(to, "  %-12s %s\n", (*command)->name, (*command)->summary);
    }
}

static int run(const struct command *command, int argc, char **argv)
{
    if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
        printf("usage: gocuactl %s %s\n", command->name, command->usage);
        return COMMAND_OK;
    }
    int status = command->run(argc, argv);
    if (status == COMMAND_MISUSED) {
        fprintf(stderr, "usage: gocuactl %s %s\n", command->name, command->usage);
    }
    return status;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        print_help(stderr);
        return COMMAND_MISUSED;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        print_help(stdout);
        return COMMAND_OK;
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("gocuactl " GOCUA_VERSION);
        return COMMAND_OK;
    }
    for (const struct command *const *command = commands; *command; command++) {
        if (strcmp((*command)->name, argv[1]) == 0) {
            return run(*command, argc - 1, argv + 1);
        }
    }
    fprintf(stderr, "gocuactl: there is no command %s; gocuactl --help lists them\n", argv[1]);
    return COMMAND_MISUSED;
}
