#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/cli/command.h"
#include "app/form/cases.h"
#include "platform/base/clock.h"
#include "platform/base/file.h"

enum { MOST_FILE = 256 << 20 };

struct tally {
    size_t passed, failed;
    bool verified_only;
};

static void run_one(const struct json *request, struct tally *tally)
{
    if (tally->verified_only && !json_bool(json_get(request, "verified"), true)) {
        return;
    }
    struct case_result result;
    case_run_xpath(request, &result);
    if (result.passed) {
        tally->passed++;
    } else {
        tally->failed++;
        printf("%s: %s: wanted %s, got %s\n", json_text(json_get(request, "name"), "?"),
               json_text(json_get(request, "expr"), "?"), buf_text(&result.wanted),
               buf_text(&result.got));
    }
    case_result_finish(&result);
}

static bool run_file(const char *path, struct tally *tally)
{
    struct buf text = {0};
    struct err err = {0};
    struct json *all = NULL;
    if (file_read(path, MOST_FILE, &text, &err)) {
        all = json_parse(buf_str(&text), &err);
    }
    buf_finish(&text);
    if (!all) {
        fprintf(stderr, "%s: %s\n", path, err.text);
        return false;
    }
    if (json_kind(all) == JSON_IS_ARRAY) {
        for (size_t i = 0; i < json_count(all); i++) {
            run_one(json_at(all, i), tally);
        }
    } else {
        run_one(all, tally);
    }
    json_destroy(all);
    return true;
}

static void answer(const struct json *request)
{
    struct case_result result;
    struct buf line = {0};
    case_run_xpath(request, &result);
    buf_add_char(&line, '{');
    json_add_key(&line, "name");
    json_add_text(&line, str_of(json_text(json_get(request, "name"), "")));
    json_add_key(&line, "passed");
    buf_add_text(&line, result.passed ? "true" : "false");
    json_add_key(&line, "wanted");
    buf_add_str(&line, buf_str(&result.wanted));
    json_add_key(&line, "got");
    buf_add_str(&line, buf_str(&result.got));
    buf_add_char(&line, '}');
    puts(buf_text(&line));
    buf_finish(&line);
    case_result_finish(&result);
}

/* One request a line in, one answer a line out. */
static int run_lines(void)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t n;
    while ((n = getline(&line, &room, stdin)) >= 0) {
        struct err err = {0};
        struct json *request = json_parse((struct str){line, (size_t)n}, &err);
        if (request) {
            answer(request);
        } else {
            struct buf text = {0};
            json_add_text(&text, str_of(err.text));
            printf("{\"error\":%s}\n", buf_text(&text));
            buf_finish(&text);
        }
        fflush(stdout);
        json_destroy(request);
    }
    free(line);
    return COMMAND_OK;
}

static int run(int argc, char **argv)
{
    struct tally tally = {0};
    int i = 1;
    for (; i < argc && strncmp(argv[i], "--", 2) == 0; i++) {
        int64_t moment;
        if (strcmp(argv[i], "--verified") == 0) {
            tally.verified_only = true;
        } else if (strcmp(argv[i], "--clock") == 0 && i + 1 < argc &&
                   clock_parse(str_of(argv[++i]), &moment)) {
            clock_fix_wall(moment);
        } else {
            fprintf(stderr, "gocuactl: xpath-run knows --verified and --clock "
                            "2026-11-05T09:30:00\n");
            return COMMAND_MISUSED;
        }
    }
    if (i == argc) {
        return run_lines();
    }
    bool ok = true;
    for (; i < argc; i++) {
        ok = run_file(argv[i], &tally) && ok;
    }
    printf("%zu passed, %zu failed\n", tally.passed, tally.failed);
    return ok && tally.failed == 0 ? COMMAND_OK : COMMAND_FAILED;
}

const struct command command_xpath_run = {
    .name = "xpath-run",
    .summary = "evaluates XPath cases and compares what comes out",
    .usage =
        "[--verified] [--clock MOMENT] [FILE.json…]\n"
        "  FILE.json       a case or an array of cases; a line is printed for each that fails\n"
        "  --verified      leaves out cases whose recording is marked as not verified\n"
        "  --clock MOMENT  today() and now() are of 2026-11-05T09:30:00, when they were recorded\n"
        "Without files: one JSON case a line on standard input, one JSON answer a line out.",
    .run = run,
};
