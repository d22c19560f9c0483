#include "app/hub/command.h"

#include <string.h>

#include "app/lang/lang.h"
#include "platform/base/clock.h"

static const struct command *const shelves[] = {commands_serve, commands_publish, commands_device,
                                                commands_export, commands_import};

enum { SHELVES = sizeof(shelves) / sizeof(*shelves) };

const char *command_option(const struct command_line *line, size_t i)
{
    return line->options[i];
}

struct archive *command_archive(const struct command_line *line)
{
    struct archive *archive = NULL;
    struct err err = {0};
    if (!archive_open(&archive, line->data, &err)) {
        command_failed(line, &err);
    }
    return archive;
}

int command_failed(const struct command_line *line, const struct err *err)
{
    fprintf(line->shell->errors, "gocua-hub: %s\n", err->text);
    return 1;
}

bool command_time(const char *text, bool is_end, int64_t *ms)
{
    if (!clock_parse(str_of(text), ms)) {
        return false;
    }
    if (is_end && strlen(text) == 10) {
        *ms += 24LL * 3600 * 1000;
    }
    return true;
}

static void print_usage(FILE *to)
{
    fprintf(to,
            "usage: gocua-hub COMMAND --data DIR …\n\n"
            "The server of a commune: takes what handhelds send, gives them forms and lists.\n");
    for (size_t i = 0; i < SHELVES; i++) {
        for (const struct command *c = shelves[i]; c->words; c++) {
            fprintf(to, "\n  %s %s\n      %s\n", c->words, c->usage, c->about);
        }
    }
    fprintf(to, "\nEvery command takes --data DIR (or $GOCUA_HUB_DATA) and --lang vi|en|ar, and "
                "works while the hub serves.\nExit status: 0 done, 1 could not, 2 wrong use.\n");
}

/* The command whose words stand at the start of the arguments; *used of them. */
static const struct command *find(int argc, char **argv, int *used)
{
    for (size_t i = 0; i < SHELVES; i++) {
        for (const struct command *c = shelves[i]; c->words; c++) {
            struct str rest = str_of(c->words), word;
            int at = 1;
            bool same = true;
            while (same && str_word(&rest, &word)) {
                same = at < argc && str_is(word, argv[at]);
                at++;
            }
            if (same) {
                *used = at;
                return c;
            }
        }
    }
    return NULL;
}

static int wrong(const struct hub_shell *shell, const struct command *command, const char *what)
{
    fprintf(shell->errors, "gocua-hub: %s\nusage: gocua-hub %s %s\n", what, command->words,
            command->usage);
    return 2;
}

/* The place of an option in the command's table, or -1. */
static int option_place(const struct command *command, struct str name, bool *takes_value)
{
    for (int i = 0; i < COMMAND_OPTIONS && command->options[i]; i++) {
        struct str option = str_of(command->options[i]);
        *takes_value = str_ends(option, STR("="));
        if (*takes_value) {
            option.n--;
        }
        if (str_eq(option, name)) {
            return i;
        }
    }
    return -1;
}

/* Takes one option that begins with "--"; *at moves over its value. 0, or the status to end with.
 */
static int take_option(struct command_line *line, const struct command *command, int argc,
                       char **argv, int *at)
{
    struct str name = str_of(argv[*at] + 2), rest = name;
    const char *value = NULL;
    bool takes_value = false;
    if (str_cut(&rest, '=', &name) && name.n < strlen(argv[*at] + 2)) {
        value = rest.s;
    }
    bool is_data = str_is(name, "data"), is_lang = str_is(name, "lang");
    int place = option_place(command, name, &takes_value);
    if (str_is(name, "media") && strcmp(command->words, "publish") == 0 && !value) {
        line->n_before_media = line->n_arguments;
        return 0;
    }
    if (place < 0 && !is_data && !is_lang) {
        return wrong(line->shell, command, "there is no such option");
    }
    takes_value = takes_value || is_data || is_lang;
    if (takes_value && !value) {
        if (*at + 1 >= argc) {
            return wrong(line->shell, command, "an option wants a value");
        }
        value = argv[++*at];
    }
    if (is_data) {
        line->data = value;
    } else if (is_lang) {
        lang_set(value, NULL);
    } else {
        line->options[place] = value ? value : "";
    }
    return 0;
}

static int read_line(struct command_line *line, const struct command *command, int argc,
                     char **argv, int at)
{
    bool only_arguments = false;
    for (; at < argc; at++) {
        if (!only_arguments && strcmp(argv[at], "--") == 0) {
            only_arguments = true;
        } else if (!only_arguments && strncmp(argv[at], "--", 2) == 0) {
            int status = take_option(line, command, argc, argv, &at);
            if (status) {
                return status;
            }
        } else if (line->n_arguments == COMMAND_ARGUMENTS) {
            return wrong(line->shell, command, "too many arguments");
        } else {
            line->arguments[line->n_arguments++] = argv[at];
        }
    }
    if (line->n_arguments < command->min_arguments || line->n_arguments > command->max_arguments) {
        return wrong(line->shell, command, "wrong number of arguments");
    }
    if (!line->data || !*line->data) {
        return wrong(line->shell, command, "say where the data lie: --data DIR");
    }
    return 0;
}

int hub_run(int argc, char **argv, const struct hub_shell *shell)
{
    struct command_line line = {.shell = shell, .data = shell->data, .n_before_media = SIZE_MAX};
    int used = 0;
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            print_usage(shell->out);
            return 0;
        }
        if (strcmp(argv[i], "--version") == 0) {
            fprintf(shell->out, "gocua-hub %s\n", GOCUA_VERSION);
            return 0;
        }
    }
    const struct command *command = find(argc, argv, &used);
    if (!command) {
        print_usage(shell->errors);
        return 2;
    }
    int status = read_line(&line, command, argc, argv, used);
    return status ? status : command->run(&line);
}
