/* How quickly finished records go from a screen to a camera: one process shows the real screen in a
 * window of 720x1280, this one looks at its pixels through a hand-held camera, loses every fifth
 * code, and reads with the product's reader until the film is whole and taken.
 *   build/bench/film [--seed N] [--bytes N] [--speed 0|1|2] [--camera FPS] [--loss PERCENT] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "app/work/app.h"
#include "app/work/film.h"
#include "platform/base/file.h"
#include "platform/base/mem.h"
#include "platform/sensor/barcode.h"
#include "sync/handover/bundle.h"
#include "sync/handover/frames.h"
#include "tests/bench/film.h"
#include "tests/frames/chance.h"

enum { READOUT_MS = 25, BUDGET_MS = 40, PIXELS = SCREEN_W * SCREEN_H };

/* One code on the glass. */
struct shown {
    struct film_picture head;
    uint8_t *pixels;
    bool is_lost;
};

struct bench {
    struct film_plan plan;
    struct chance chance;
    int pipe;
    struct shown now, next;
    struct barcode_scanner *scanner;
    struct frames_watch *film;
    struct barcode code;
    int got, loses; /* codes that came; how many more until one is lost */
    int shown, lost, pictures, read;
    double show_ms, read_ms, most_ms; /* processor time */
};

static double cpu_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1000 + (double)t.tv_nsec / 1e6;
}

static bool get(int pipe, void *bytes, size_t n)
{
    char *at = bytes;
    while (n > 0) {
        ssize_t got = read(pipe, at, n);
        if (got <= 0) {
            return false;
        }
        at += got;
        n -= (size_t)got;
    }
    return true;
}

static bool get_shown(struct bench *b, struct shown *shown)
{
    bool ok =
        get(b->pipe, &shown->head, sizeof(shown->head)) && get(b->pipe, shown->pixels, PIXELS);
    if (b->plan.loss > 0 && b->got++ % (100 / b->plan.loss) == 0) {
        b->loses = chance_below(&b->chance, 100 / b->plan.loss); /* one of the next few */
    }
    shown->is_lost = b->plan.loss > 0 && b->loses-- == 0;
    return ok;
}

static bool step(struct bench *b)
{
    struct shown old = b->now;
    b->now = b->next;
    b->next = old;
    b->shown++;
    b->lost += b->now.is_lost;
    b->show_ms += b->now.head.cpu_ms;
    return get_shown(b, &b->next);
}

static bool accepts(void *ctx, struct str bytes)
{
    return frames_is_packet(bytes);
}

/* One picture of the camera, begun at ms. */
static void look(struct bench *b, double ms)
{
    static uint8_t pixels[CAMERA_W * CAMERA_H];
    double row = ((double)b->next.head.ms - ms) / READOUT_MS * CAMERA_H;
    bool is_torn = row < CAMERA_H;
    if (b->now.is_lost || (is_torn && b->next.is_lost)) {
        return;
    }
    film_see(&b->plan, b->now.pixels, is_torn ? b->next.pixels : NULL, row, ms, pixels);
    struct gray gray = {pixels, CAMERA_W, CAMERA_H};
    const struct barcode_options options = {
        .budget_ms = BUDGET_MS, .live = true, .accept = accepts};
    double before = cpu_ms();
    b->pictures++;
    if (barcode_scan(b->scanner, &gray, &options, &b->code, 1)) {
        b->read += frames_watch_add(b->film, (struct str){(const char *)b->code.bytes, b->code.n});
    }
    double used = cpu_ms() - before;
    b->read_ms += used;
    b->most_ms = used > b->most_ms ? used : b->most_ms;
}

/* ---- what arrived --------------------------------------------------------------------------- */

static bool count_record(void *ctx, struct str id, struct str xml, struct err *err)
{
    ++*(int *)ctx;
    return true;
}

static bool no_file(void *ctx, struct str name, struct str type, int64_t size, struct err *err)
{
    return false;
}

static bool no_bytes(void *ctx, const void *bytes, size_t n, struct err *err)
{
    return false;
}

/* The receiving device keeps it, and the organisation opens every record of it. */
static bool arrived(struct str whole, const unsigned char *secret, int records, struct err *err)
{
    char folder[] = "/tmp/gocua-bench-XXXXXX";
    struct app *app = NULL;
    struct film_word word = {0};
    int count = 0;
    struct bundle_events events = {count_record, no_file, no_bytes, &count};
    if (!mkdtemp(folder)) {
        return err_set(err, ERR_STORAGE, 0, "no temporary folder");
    }
    struct app_options options = {.folder = folder, .no_sync = true};
    bool ok =
        app_open(&options, &app, err) && app_set_up(app, STR("246813"), err) &&
        film_take(app, whole, &word, err) && bundle_read(whole, secret, &events, err) &&
        (count == records || err_set(err, ERR_DAMAGED, 0, "%d of %d records", count, records));
    buf_finish(&word.answer);
    app_close(app);
    file_remove_tree(folder, NULL);
    return ok;
}

static void report(const struct bench *b, size_t bytes, double seconds)
{
    size_t seen, needed;
    frames_watch_progress(b->film, &seen, &needed);
    printf("%zu bytes sealed (%d records) in at least %zu codes; seed %llu\n", bytes,
           b->now.head.records, needed, (unsigned long long)b->plan.seed);
    printf("screen 720x1280, %s; camera 1280x720, %d pictures a second, shutter over %d ms\n",
           b->plan.speed == 0   ? "3 codes a second"
           : b->plan.speed == 1 ? "6 codes a second"
                                : "10 codes a second",
           b->plan.camera_fps, READOUT_MS);
    printf("codes shown %d, lost %d (%.0f %%); pictures looked at %d, read %d\n", b->shown, b->lost,
           100.0 * b->lost / b->shown, b->pictures, b->read);
    printf("%.1f s, %.0f bytes a second\n", seconds, (double)bytes / seconds);
    printf("CPU: a code shown %.1f ms; a picture read %.1f ms, at most %.0f ms\n",
           b->show_ms / b->shown, b->read_ms / b->pictures, b->most_ms);
}

static int watch(struct bench *b, const unsigned char *secret)
{
    struct str whole;
    struct err err = {0};
    double gap = 1000.0 / b->plan.camera_fps;
    double ms = chance_share(&b->chance) * gap;
    bool ok = get_shown(b, &b->now) && get_shown(b, &b->next);
    b->shown = 1;
    b->lost = b->now.is_lost;
    while (ok && !frames_watch_result(b->film, &whole)) {
        while (ok && ms >= (double)b->next.head.ms) {
            ok = step(b);
        }
        look(b, ms);
        ms += gap;
    }
    close(b->pipe);
    if (!ok || !arrived(whole, secret, b->now.head.records, &err)) {
        fprintf(stderr, "nothing arrived: %s\n", err.text);
        return 1;
    }
    report(b, whole.n, (ms - gap + READOUT_MS) / 1000);
    return 0;
}

static bool take_options(int argc, char **argv, struct film_plan *plan)
{
    for (int i = 1; i < argc; i++) {
        bool has_value = i + 1 < argc;
        if (has_value && strcmp(argv[i], "--seed") == 0) {
            plan->seed = strtoull(argv[++i], NULL, 10);
        } else if (has_value && strcmp(argv[i], "--bytes") == 0) {
            plan->bytes = atoi(argv[++i]);
        } else if (has_value && strcmp(argv[i], "--speed") == 0) {
            plan->speed = atoi(argv[++i]);
        } else if (has_value && strcmp(argv[i], "--camera") == 0) {
            plan->camera_fps = atoi(argv[++i]);
        } else if (has_value && strcmp(argv[i], "--loss") == 0) {
            plan->loss = atoi(argv[++i]);
        } else {
            return false;
        }
    }
    return plan->speed >= 0 && plan->speed < 3 && plan->camera_fps > 0 && plan->bytes > 0 &&
           plan->loss >= 0 && plan->loss <= 50;
}

int main(int argc, char **argv)
{
    struct bench b = {
        .plan = {.seed = 1, .bytes = 50000, .speed = 1, .camera_fps = 12, .loss = 20}};
    unsigned char organisation[SIGN_PUBLIC], secret[SIGN_SECRET];
    char folder[] = "/tmp/gocua-bench-XXXXXX";
    int ends[2];
    if (!take_options(argc, argv, &b.plan)) {
        fprintf(stderr, "usage: film [--seed N] [--bytes N] [--speed 0|1|2] [--camera FPS]"
                        " [--loss PERCENT]\n");
        return 2;
    }
    sign_make_keys(organisation, secret);
    b.plan.organisation = organisation;
    if (!mkdtemp(folder) || pipe(ends) != 0) {
        perror("film");
        return 1;
    }
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        _exit(film_show(&b.plan, folder, ends[1]));
    }
    close(ends[1]);
    b.pipe = ends[0];
    b.now.pixels = mem_alloc(PIXELS, 1);
    b.next.pixels = mem_alloc(PIXELS, 1);
    b.scanner = barcode_create();
    b.film = frames_watch_create();
    chance_init(&b.chance, b.plan.seed);
    int status = watch(&b, secret), shown = 0;
    waitpid(child, &shown, 0);
    barcode_destroy(b.scanner);
    frames_watch_destroy(b.film);
    free(b.now.pixels);
    free(b.next.pixels);
    file_remove_tree(folder, NULL);
    return status ? status : WIFEXITED(shown) ? WEXITSTATUS(shown) : 1;
}
