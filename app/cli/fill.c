#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/cli/command.h"
#include "app/cli/media_folder.h"
#include "platform/base/arena.h"
#include "platform/base/file.h"

enum { MOST_SCRIPT = 64 << 20 };

struct fill {
    struct entry *entry;
    long line;
    bool failed;
};

static void complain(struct fill *fill, const char *what, const char *why)
{
    fprintf(stderr, "line %ld: %s: %s\n", fill->line, what, why);
    fill->failed = true;
}

static void answer(struct fill *fill, const char *ref, struct str value)
{
    struct answer_result result;
    struct err err = {0};
    if (!entry_answer(fill->entry, ref, value, &result, &err)) {
        complain(fill, ref, err.text);
    } else if (result.state != ANSWER_OK) {
        const char *why =
            result.state == ANSWER_REQUIRED ? "an answer is required" : "the constraint refuses it";
        complain(fill, ref, result.message[0] ? result.message : why);
    }
}

/* "ref TAB value", "+ref" adds a repeat instance, "-ref" removes one, "# …" says nothing. */
static void do_line(struct fill *fill, struct str line)
{
    struct arena arena = {0};
    struct err err = {0};
    struct str value = line, ref;
    if (line.n && line.s[line.n - 1] == '\r') {
        value.n--;
    }
    if (str_trim(line).n == 0 || line.s[0] == '#') {
        return;
    }
    bool is_step = line.s[0] == '+' || line.s[0] == '-';
    if (is_step) {
        const char *path = arena_str(&arena, str_trim((struct str){line.s + 1, line.n - 1}));
        bool ok = line.s[0] == '+' ? entry_repeat_add(fill->entry, path, NULL, &err)
                                   : entry_repeat_remove(fill->entry, path, &err);
        if (!ok) {
            complain(fill, path, err.text);
        }
    } else {
        str_cut(&value, '\t', &ref);
        answer(fill, arena_str(&arena, ref), value.s ? value : STR(""));
    }
    arena_finish(&arena);
}

static bool read_script(const char *path, struct buf *script, struct err *err)
{
    if (strcmp(path, "-") != 0) {
        return file_read(path, MOST_SCRIPT, script, err);
    }
    char chunk[4096];
    size_t n;
    while ((n = fread(chunk, 1, sizeof chunk, stdin)) > 0) {
        buf_add(script, chunk, n);
    }
    return true;
}

static int fill_form(struct form *form, struct str script, bool is_draft)
{
    struct fill fill = {0};
    struct err err = {0};
    struct str line;
    if (!entry_create(form, NULL, &fill.entry, &err)) {
        fprintf(stderr, "the form cannot be opened: %s\n", err.text);
        return COMMAND_FAILED;
    }
    while (str_cut(&script, '\n', &line)) {
        fill.line++;
        do_line(&fill, line);
    }
    if (!is_draft && !entry_finalize(fill.entry, &err)) {
        fill.failed = true;
        fprintf(stderr, "%s\n", err.text);
        const struct entry_problem *problem;
        for (size_t i = 0; (problem = entry_problem_at(fill.entry, i)); i++) {
            fprintf(stderr, "%s: %s\n", problem->ref,
                    problem->state == ANSWER_REQUIRED ? "an answer is required"
                                                      : "the constraint refuses the answer");
        }
    }
    struct buf xml = {0};
    if (entry_serialize(fill.entry, is_draft ? SERIAL_DRAFT : SERIAL_SUBMISSION, &xml, &err)) {
        puts(buf_text(&xml));
    }
    buf_finish(&xml);
    entry_destroy(fill.entry);
    return fill.failed ? COMMAND_FAILED : COMMAND_OK;
}

static int run(int argc, char **argv)
{
    const char *path = NULL, *script_path = NULL, *folder = NULL;
    bool is_draft = false;
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--script") && i + 1 < argc) {
            script_path = argv[++i];
        } else if (!strcmp(argv[i], "--media") && i + 1 < argc) {
            folder = argv[++i];
        } else if (!strcmp(argv[i], "--draft")) {
            is_draft = true;
        } else {
            path = argv[i];
        }
    }
    if (!path || !script_path) {
        return COMMAND_MISUSED;
    }
    char *own = folder ? NULL : media_folder_of(path);
    struct form_options options = {
        .media = {(void *)(folder ? folder : own), media_folder_read, NULL}};
    struct form *form = form_load_file(path, &options);
    struct buf script = {0};
    struct err err = {0};
    int status = COMMAND_FAILED;
    if (!form_is_usable(form)) {
        fprintf(stderr, "%s\n", form_problem_at(form, 0)->text);
    } else if (!read_script(script_path, &script, &err)) {
        fprintf(stderr, "%s\n", err.text);
    } else {
        status = fill_form(form, buf_str(&script), is_draft);
    }
    buf_finish(&script);
    form_destroy(form);
    free(own);
    return status;
}

const struct command command_fill = {
    .name = "fill",
    .summary = "fills a form from a script and prints the finished XML",
    .usage = "FORM.xml --script FILE [--media DIR] [--draft]\n"
             "  --script FILE  lines \"ref TAB value\"; \"+ref\" adds a repeat instance, \"-ref\" "
             "removes\n"
             "                 one; \"-\" reads standard input\n"
             "  --media DIR    where the form's lists are; else beside the form\n"
             "  --draft        prints the unfinished record, with what is not relevant",
    .run = run,
};
