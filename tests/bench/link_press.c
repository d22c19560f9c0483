#include "tests/bench/link.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LIMIT_MS = 100, BETWEEN_MS = 120 };

static double number_of(const char *answer, const char *name)
{
    const char *at = strstr(answer, name);
    return at ? atof(at + strlen(name)) : 0;
}

/* Does a line; the program's answer: was it done? unsigned_ms (may be NULL): for how long of the
 * time the screen showed nothing of it yet. */
static bool ask(struct handheld *h, const char *line, double *unsigned_ms)
{
    char answer[4096];
    double begin = now_ms();
    size_t n = 0, length = strlen(line);
    if (send(h->fd, line, length, MSG_NOSIGNAL) != (ssize_t)length ||
        send(h->fd, "\n", 1, MSG_NOSIGNAL) != 1) {
        fprintf(stderr, "link: the program is gone\n");
        exit(1);
    }
    do {
        ssize_t got = read(h->fd, answer + n, sizeof(answer) - 1 - n);
        if (got <= 0) {
            fprintf(stderr, "link: the program ended at: %s\n", line);
            exit(1);
        }
        n += (size_t)got;
        answer[n] = 0;
    } while (!strchr(answer, '\n') && n < sizeof(answer) - 1);
    if (unsigned_ms) {
        *unsigned_ms =
            now_ms() - begin - number_of(answer, "\"ms\":") + number_of(answer, "\"seen_ms\":");
    }
    return strstr(answer, "\"ok\":true") != NULL;
}

/* How long a thread stood in the queue for a CPU that somebody else had. */
static double thread_queued_ms(const struct handheld *h, long thread)
{
    char path[64];
    long long ran = 0, waited = 0;
    snprintf(path, sizeof(path), "/proc/%d/task/%ld/schedstat", (int)h->pid, thread);
    FILE *f = fopen(path, "r");
    if (f) {
        int got = fscanf(f, "%lld %lld", &ran, &waited);
        waited = got == 2 ? waited : 0;
        fclose(f);
    }
    return (double)waited / 1e6;
}

/* The main thread, and all others: who holds a lock and has no CPU keeps the main thread waiting.
 */
struct queued {
    double own, others;
};

static struct queued queued_ms(const struct handheld *h)
{
    char path[64];
    struct queued queued = {.own = thread_queued_ms(h, (long)h->pid)};
    snprintf(path, sizeof(path), "/proc/%d/task", (int)h->pid);
    DIR *dir = opendir(path);
    for (struct dirent *entry; dir && (entry = readdir(dir)) != NULL;) {
        long thread = atol(entry->d_name);
        queued.others += thread > 0 && thread != (long)h->pid ? thread_queued_ms(h, thread) : 0;
    }
    if (dir) {
        closedir(dir);
    }
    return queued;
}

void link_note(struct link_keys *keys, const char *what, const struct link_time *time)
{
    if (keys->n == keys->cap) {
        keys->cap = keys->cap ? 2 * keys->cap : 4096;
        keys->ms = realloc(keys->ms, keys->cap * sizeof(*keys->ms));
        keys->own_ms = realloc(keys->own_ms, keys->cap * sizeof(*keys->own_ms));
        keys->whole_ms = realloc(keys->whole_ms, keys->cap * sizeof(*keys->whole_ms));
        keys->what = realloc(keys->what, keys->cap * sizeof(*keys->what));
        if (!keys->ms || !keys->own_ms || !keys->whole_ms || !keys->what) {
            abort();
        }
    }
    keys->ms[keys->n] = time->ms;
    keys->own_ms[keys->n] = time->own_ms;
    keys->whole_ms[keys->n] = time->whole_ms;
    keys->what[keys->n++] = what;
}

/* One key or touch, to the frame that answers it: the new one, or the sign that the disk keeps it
 * waiting. Then the finger moves on. What is not there is no answer. */
static bool press(struct handheld *h, struct link_keys *keys, const char *line, const char *where)
{
    struct queued before = queued_ms(h);
    double begin = now_ms(), ms;
    bool done = ask(h, line, &ms);
    double whole = now_ms() - begin;
    struct queued after = queued_ms(h);
    if (done) {
        double own = ms - (after.own - before.own);
        link_note(keys, where, &(struct link_time){ms, own > 0 ? own : 0, whole});
        keys->signs += whole - ms > 1;
    }
    if (done && ms > LIMIT_MS) {
        fprintf(stderr, "slow \"%s\" in %s: %.1f ms; waiting for a CPU: %.1f, other threads %.1f\n",
                line, where, ms, after.own - before.own, after.others - before.others);
    }
    usleep(BETWEEN_MS * 1000);
    return done;
}

static void go_home(struct handheld *h, struct link_keys *keys, const char *where)
{
    for (int i = 0; i < 6 && !ask(h, "expect screen home", NULL); i++) {
        press(h, keys, "key Back", where);
    }
}

/* An open visit and a draft, to go on with in each round. */
static void begin_work(struct handheld *h, struct link_keys *keys)
{
    press(h, keys, "tap new-visit", "door");
    go_home(h, keys, "door");
    press(h, keys, "tap tiles/forms", "forms");
    press(h, keys, "tap forms/2", "forms");
    go_home(h, keys, "forms");
}

bool link_round(struct handheld *h, struct link_keys *keys)
{
    static const struct {
        const char *where, *lines;
    } places[] = {
        {"home", "key Down;key Down;key Up;key Right;key Left"},
        {"visit log", "tap tiles/visits;key Tab;key Down;key Down;key PageDown;key PageDown;"
                      "key PageUp;key Enter;key Down;key Back"},
        {"door", "tap resume;tap hamlet;key t;key o;key Space;key Backspace;key Down"},
        {"form", "tap drafts;tap drafts/1;tap next;tap next;tap answer;key a;key n;key h;"
                 "key Backspace;tap previous;tap next"},
        {"outbox", "tap outbox;key Tab;key Down;key Down;key PageDown;key PageDown;key PageUp;"
                   "key Up"},
    };
    bool done = false;
    if (keys->n == 0) {
        begin_work(h, keys);
    }
    for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
        char lines[512];
        char *rest = lines;
        snprintf(lines, sizeof(lines), "%s", places[i].lines);
        for (const char *line; (line = strsep(&rest, ";"));) {
            if (!press(h, keys, line, places[i].where)) {
                fprintf(stderr, "link: no \"%s\" in %s\n", line, places[i].where);
            }
        }
        if (strcmp(places[i].where, "outbox") == 0) {
            done = ask(h, "expect \"Everything is sent\"", NULL);
        }
        go_home(h, keys, places[i].where);
    }
    return done;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

size_t link_print_times(const char *name, double *ms, size_t n)
{
    size_t slow = 0;
    qsort(ms, n, sizeof(*ms), compare);
    for (size_t i = 0; i < n; i++) {
        slow += ms[i] > LIMIT_MS;
    }
    printf("| %s | %zu | %.1f | %.1f | %.1f | %zu |\n", name, n, ms[n / 2], ms[n * 99 / 100],
           ms[n - 1], slow);
    return slow;
}

bool link_print_keys(struct link_keys *keys)
{
    printf("\n| key press to answered frame | keys | p50 ms | p99 ms | max ms | over %d ms |\n"
           "|---|---|---|---|---|---|\n",
           LIMIT_MS);
    if (keys->n == 0) {
        return false;
    }
    link_print_times("by the clock", keys->ms, keys->n);
    bool good = link_print_times("without waiting for a CPU that other programs had", keys->own_ms,
                                 keys->n) == 0;
    char name[100];
    snprintf(name, sizeof(name), "until the whole answer; %zu showed \"One moment\" first",
             keys->signs);
    link_print_times(name, keys->whole_ms, keys->n);
    return good;
}

void link_keys_finish(struct link_keys *keys)
{
    free(keys->ms);
    free(keys->own_ms);
    free(keys->whole_ms);
    free(keys->what);
    *keys = (struct link_keys){0};
}
