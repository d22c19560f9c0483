#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/cli/command.h"
#include "app/cli/media_folder.h"
#include "platform/base/file.h"

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

/* Lists that are missing were told when the form was read; pictures and sounds are told here. */
static void check_media(const struct form *form, const char *path, const char *folder)
{
    const char *uri;
    struct buf full = {0};
    for (size_t i = 0; (uri = form_media_at(form, i)); i++) {
        struct str name = form_media_name(str_of(uri));
        bool is_shown = !strncmp(uri, "jr://images/", 12) || !strncmp(uri, "jr://audio/", 11) ||
                        !strncmp(uri, "jr://video/", 11);
        buf_clear(&full);
        buf_addf(&full, "%s/" STR_FMT, folder, STR_ARG(name));
        if (is_shown && !file_exists(buf_text(&full))) {
            printf("%s:0: warning: the file %s is missing\n", path, uri);
        }
    }
    buf_finish(&full);
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
    check_media(form, path, folder ? folder : own);
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
