/* The part of the benches `handheld` and `ui` that works inside the app's rooms (inside.h):
 *   inside fill FOLDER VISITS [cheap]
 *   inside form FOLDER FORM.xml            prints the form's id
 *   inside enrol FOLDER ADDRESS
 *   inside answers FOLDER COUNT            CPU and wall ms of the unlocking and of an answer
 *   inside kit [headless]                  ms CPU of a scroll frame, p99 of a key, the presenter
 *   inside scroll|type COUNT               only that, for callgrind */
#include "tests/bench/inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/window/window.h"
#include "tests/bench/handheld.h"

enum { FRAMES = 300, STEP_PX = 24 };

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static int kit(bool headless)
{
    static double ms[FRAMES];
    struct stage stage;
    if (!stage_open(&stage, headless)) {
        return 1;
    }
    double start = cpu_ms();
    stage_scroll(&stage, FRAMES, STEP_PX, NULL);
    double scroll = (cpu_ms() - start) / FRAMES;
    stage_type(&stage, FRAMES, ms);
    qsort(ms, FRAMES, sizeof(*ms), ascending);
    printf("%.4f %.4f %s\n", scroll, ms[FRAMES * 99 / 100], window_presenter(stage.window));
    stage_close(&stage);
    return 0;
}

/* One deed of the kit again and again. */
static int repeat(const char *what, int count)
{
    struct stage stage;
    if (!stage_open(&stage, true)) {
        return 1;
    }
    strcmp(what, "scroll") == 0 ? stage_scroll(&stage, count, STEP_PX, NULL)
                                : stage_type(&stage, count, NULL);
    stage_close(&stage);
    return 0;
}

static int usage(void)
{
    fputs("inside: see the head of tests/bench/inside.c\n", stderr);
    return 2;
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    if (strcmp(what, "kit") == 0) {
        return kit(argc > 2);
    }
    if (argc == 3 && (strcmp(what, "scroll") == 0 || strcmp(what, "type") == 0)) {
        return repeat(what, atoi(argv[2]));
    }
    if (argc < 4) {
        return usage();
    }
    if (strcmp(what, "fill") == 0) {
        inside_fill(argv[2], atoi(argv[3]), argc > 4);
    } else if (strcmp(what, "enrol") == 0) {
        inside_enrol(argv[2], argv[3]);
    } else if (strcmp(what, "form") == 0) {
        char id[64];
        inside_put_form(argv[2], argv[3], id, sizeof(id));
        puts(id);
    } else if (strcmp(what, "answers") == 0) {
        struct cost pin, answer = inside_answers(argv[2], atoi(argv[3]), &pin);
        printf("%f %f %f %f\n", pin.cpu_ms, pin.wall_ms, answer.cpu_ms, answer.wall_ms);
    } else {
        return usage();
    }
    return 0;
}
