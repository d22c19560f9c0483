#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/cli/command.h"
#include "app/cli/media_folder.h"

static const char *const kinds[] = {
    [PROBLEM_ERROR] = "error",
    [PROBLEM_WARNING] = "warning",
    [PROBLEM_UNSUPPORTED] = "unsupported",
};

static void print_problem(const char *path, const struct form_problem *problem)
{
    printf("%s:%ld: %s: %s%s%s\n", path, problem->line, kinds[problem->kind], problem->node,
           problem->node[0] ? ": " : "", problem->text);
}

/* A form may read well and still fail when it is opened: that is told too. */
static bool opens(struct form *form, const char *path)
{
    struct entry *entry = NULL;
    struct err err = {0};
    bool ok = entry_create(form, NULL, &entry, &err);
    if (!ok) {
        printf("%s:0: error: the form cannot be opened: %s\n", path, err.text);
    }
    entry_destroy(entry);
    return ok;
}

static bool check(const char *path, const char *folder)
{
    char *own = folder ? NULL : media_folder_of(path);
    struct form_options options = {
        .media = {(void *)(folder ? folder : own), media_folder_read, NULL}};
    struct form *form = form_load_file(path, &options);
    for (size_t i = 0; i < form_problem_count(form); i++) {
        print_problem(path, form_problem_at(form, i));
    }
    bool ok = form_is_usable(form) && opens(form, path);
    form_destroy(form);
    free(own);
    return ok;
}

static int run(int argc, char **argv)
{
    const char *folder = NULL;
    size_t files = 0, bad = 0;
    for (int i = 1; i < argc; i++) { /* first, since it may stand behind the forms */
        if (!strcmp(argv[i], "--media") && i + 1 < argc) {
            folder = argv[++i];
        } else if (argv[i][0] == '-') {
            return COMMAND_MISUSED;
        }
    }
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--media")) {
            i++;
        } else {
            files++;
            bad += !check(argv[i], folder);
        }
    }
    if (files == 0) {
        return COMMAND_MISUSED;
    }
    printf("%zu forms checked, %zu cannot be used\n", files, bad);
    return bad ? COMMAND_FAILED : COMMAND_OK;
}

const struct command command_check = {
    .name = "check",
    .summary = "says what is wrong with or unsupported in a form",
    .usage =
        "FORM.xml… [--media DIR]\n"
        "  --media DIR  where the form's lists are; else beside the form\n"
        "Prints FILE:LINE: error|warning|unsupported: NODE: SENTENCE. Exit status 1 when a form\n"
        "cannot be used.",
    .run = run,
};
