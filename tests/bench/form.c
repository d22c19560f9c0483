/* What the engine costs on one form, beside the peers of ../shared/bench: the same forms, the same
 * recorded answers, one JSON line with the same keys. Usage: form FORM.xml ANSWERS_DIR. The name of
 * the form is that of its folder; answers stand in NAME.answers.tsv and NAME.lists.tsv. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "app/form/form.h"
#include "platform/base/file.h"
#include "platform/base/mem.h"
#include "platform/base/vec.h"

enum { MOST_FILE = 256 << 20, LOADS = 7, WARM = 2, COLD_RUNS = 3 };

struct op {
    double wall, cpu; /* ms */
};

struct ops {
    struct op *v;
    size_t n, cap;
};

struct bench {
    const char *path;
    char *folder, *name, *answers;
    struct form *form;
    struct entry *entry;
};

static double clock_ms(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static struct op op_begin(void)
{
    return (struct op){clock_ms(CLOCK_MONOTONIC), clock_ms(CLOCK_PROCESS_CPUTIME_ID)};
}

static void op_end(struct ops *ops, struct op from)
{
    double cpu = clock_ms(CLOCK_PROCESS_CPUTIME_ID) - from.cpu;
    vec_push(ops, (struct op){clock_ms(CLOCK_MONOTONIC) - from.wall, cpu});
}

/* ---- figures --------------------------------------------------------------------------------- */

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double *sorted(const struct ops *ops, bool cpu)
{
    double *v = mem_alloc(ops->n + 1, sizeof *v);
    for (size_t i = 0; i < ops->n; i++) {
        v[i] = cpu ? ops->v[i].cpu : ops->v[i].wall;
    }
    qsort(v, ops->n, sizeof *v, by_size);
    return v;
}

static double median_of(const double *v, size_t n)
{
    return n == 0 ? 0 : n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

static double p99_of(const double *v, size_t n)
{
    size_t rank = (n * 99 + 99) / 100; /* nearest rank */
    return n == 0 ? 0 : v[rank ? rank - 1 : 0];
}

static void print_stat(const struct ops *ops)
{
    double *wall = sorted(ops, false), *cpu = sorted(ops, true);
    size_t n = ops->n;
    printf("\"n\":%zu,\"median_ms\":%.4f,\"p99_ms\":%.4f,\"max_ms\":%.4f,\"cpu_median_ms\":%.4f,"
           "\"cpu_p99_ms\":%.4f",
           n, median_of(wall, n), p99_of(wall, n), n ? wall[n - 1] : 0, median_of(cpu, n),
           p99_of(cpu, n));
    free(wall);
    free(cpu);
}

static long peak_kb(int who)
{
    struct rusage usage;
    getrusage(who, &usage);
    return usage.ru_maxrss;
}

/* ---- loading --------------------------------------------------------------------------------- */

static bool read_media(void *ctx, const char *uri, struct buf *bytes, struct err *err)
{
    const struct bench *bench = ctx;
    struct buf path = {0};
    struct str name = form_media_name(str_of(uri));
    buf_addf(&path, "%s/" STR_FMT, bench->folder, STR_ARG(name));
    bool ok = file_read(buf_text(&path), MOST_FILE, bytes, err);
    buf_finish(&path);
    return ok;
}

static void unload(struct bench *bench)
{
    entry_destroy(bench->entry);
    form_destroy(bench->form);
    bench->entry = NULL;
    bench->form = NULL;
}

static void load(struct bench *bench)
{
    struct form_options options = {.media = {bench, read_media, NULL}};
    struct err err = {0};
    bench->form = form_load_file(bench->path, &options);
    if (!form_is_usable(bench->form) || !entry_create(bench->form, NULL, &bench->entry, &err)) {
        const struct form_problem *problem = form_problem_at(bench->form, 0);
        fprintf(stderr, "%s: %s\n", bench->path, err.text[0] ? err.text : problem->text);
        exit(1);
    }
}

static void bench_load(struct bench *bench)
{
    struct ops ops = {0};
    for (int i = 0; i < LOADS; i++) {
        unload(bench);
        struct op from = op_begin();
        load(bench);
        if (i >= WARM) {
            op_end(&ops, from);
        }
    }
    printf(",\"load\":{");
    print_stat(&ops);
    printf("}");
    vec_finish(&ops);
}

/* A fresh process of this program that loads the form and ends. */
static void cold_run(const struct bench *bench, struct ops *ops, long *peak)
{
    double from = clock_ms(CLOCK_MONOTONIC);
    pid_t child = fork();
    if (child == 0) {
        execl("/proc/self/exe", "form", "--cold", bench->path, (char *)NULL);
        _exit(127);
    }
    struct rusage usage;
    int status;
    wait4(child, &status, 0, &usage);
    double wall = clock_ms(CLOCK_MONOTONIC) - from;
    double cpu = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3 +
                 (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3;
    vec_push(ops, (struct op){wall, cpu});
    *peak = usage.ru_maxrss > *peak ? usage.ru_maxrss : *peak;
}

static void bench_cold(struct bench *bench)
{
    struct ops ops = {0};
    long peak = 0;
    for (int i = 0; i < COLD_RUNS; i++) {
        cold_run(bench, &ops, &peak);
    }
    double *wall = sorted(&ops, false), *cpu = sorted(&ops, true);
    printf(",\"cold\":{\"wall_ms\":%.2f,\"cpu_ms\":%.2f,\"peak_rss_kb\":%ld}",
           median_of(wall, ops.n), median_of(cpu, ops.n), peak);
    free(wall);
    free(cpu);
    vec_finish(&ops);
}

/* ---- recorded answers ------------------------------------------------------------------------ */

/* The file NAME.what.tsv; empty when there is none. */
static struct buf recorded(const struct bench *bench, const char *what)
{
    struct buf path = {0}, text = {0};
    buf_addf(&path, "%s/%s.%s.tsv", bench->answers, bench->name, what);
    if (!file_read(buf_text(&path), MOST_FILE, &text, NULL)) {
        buf_clear(&text);
    }
    buf_finish(&path);
    return text;
}

/* The next line cut at its tabs, NUL-terminated in place; false at the end. */
static bool next_line(struct buf *text, size_t *at, char *cells[4])
{
    while (*at < text->n) {
        char *line = text->s + *at;
        size_t n = strcspn(line, "\n");
        line[n] = '\0';
        *at += n + 1;
        if (n == 0) {
            continue;
        }
        for (int i = 0; i < 4; i++) {
            cells[i] = line;
            line += strcspn(line, "\t");
            if (*line) {
                *line++ = '\0';
            }
        }
        return true;
    }
    return false;
}

static void bench_answers(struct bench *bench)
{
    struct buf text = recorded(bench, "answers");
    struct ops ops = {0};
    size_t at = 0, skipped = 0;
    char *cells[4];
    while (next_line(&text, &at, cells)) {
        struct question_view view;
        if (!question_view_ref(bench->entry, cells[0], &view, NULL) || !view.relevant ||
            view.readonly) {
            skipped++;
            continue;
        }
        struct answer_result result;
        struct op from = op_begin();
        bool ok = entry_answer(bench->entry, cells[0], str_of(cells[1]), &result, NULL);
        op_end(&ops, from);
        skipped += !ok || result.state != ANSWER_OK;
    }
    if (text.n) {
        printf(",\"answer\":{");
        print_stat(&ops);
        printf(",\"skipped\":%zu}", skipped);
    }
    vec_finish(&ops);
    buf_finish(&text);
}

static void print_serialise(struct bench *bench)
{
    struct ops ops = {0};
    size_t bytes = 0;
    for (int i = 0; i < 5; i++) {
        struct buf xml = {0};
        struct op from = op_begin();
        entry_serialize(bench->entry, SERIAL_SUBMISSION, &xml, NULL);
        op_end(&ops, from);
        bytes = xml.n;
        buf_finish(&xml);
    }
    printf("\"serialise\":{");
    print_stat(&ops);
    printf(",\"bytes\":%zu}", bytes);
    vec_finish(&ops);
}

/* ---- lists ----------------------------------------------------------------------------------- */

struct per_list {
    char name[64];
    struct ops ops;
};

struct per_lists {
    struct per_list *v;
    size_t n, cap;
};

static struct ops *ops_of(struct per_lists *per, const char *ref)
{
    const char *name = strrchr(ref, '/') + 1;
    for (size_t i = 0; i < per->n; i++) {
        if (!strcmp(per->v[i].name, name)) {
            return &per->v[i].ops;
        }
    }
    struct per_list *one = vec_add(per);
    memset(one, 0, sizeof *one);
    snprintf(one->name, sizeof one->name, "%s", name);
    return &one->ops;
}

/* Reads the whole list, value and label; returns how many, and the label bytes. */
static size_t read_list(struct bench *bench, const char *ref, size_t *chars)
{
    struct choices *choices;
    struct choice choice;
    size_t n = 0;
    if (question_choices(bench->entry, ref, &choices, NULL)) {
        for (; choices_at(choices, n, &choice); n++) {
            *chars += choice.label.text ? strlen(choice.label.text) : 0;
        }
    }
    return n;
}

static void bench_lists(struct bench *bench)
{
    struct buf text = recorded(bench, "lists");
    struct per_lists per = {0};
    struct ops all = {0};
    size_t at = 0, bad = 0;
    char *cells[4];
    unload(bench);
    load(bench);
    while (next_line(&text, &at, cells)) {
        size_t chars = 0;
        struct op from = op_begin();
        bool ok = entry_answer(bench->entry, cells[0], str_of(cells[1]), NULL, NULL);
        size_t n = read_list(bench, cells[2], &chars);
        op_end(ops_of(&per, cells[2]), from);
        op_end(&all, from);
        bad += !ok || n != strtoul(cells[3], NULL, 10) || (n && !chars);
    }
    if (text.n) {
        printf(",\"choices\":{");
        print_stat(&all);
        printf(",\"bad\":%zu,\"per\":{", bad);
        for (size_t i = 0; i < per.n; i++) {
            printf("%s\"%s\":{", i ? "," : "", per.v[i].name);
            print_stat(&per.v[i].ops);
            printf("}");
            vec_finish(&per.v[i].ops);
        }
        printf("}}");
    }
    vec_finish(&per);
    vec_finish(&all);
    buf_finish(&text);
}

/* ---- rows ------------------------------------------------------------------------------------ */

enum { MOST_ROWS = 5000 };

struct rows {
    struct bench *bench;
    long long sum;
    int qty[MOST_ROWS], price[MOST_ROWS];
    uint32_t seed;
};

static int chance(struct rows *rows, int below)
{
    rows->seed = rows->seed * 1664525u + 1013904223u;
    return (int)((rows->seed >> 8) % (uint32_t)below);
}

static void set_cell(struct rows *rows, int row, const char *cell, const char *value)
{
    char ref[64];
    snprintf(ref, sizeof ref, "/data/row[%d]/%s", row + 1, cell);
    entry_answer(rows->bench->entry, ref, str_of(value), NULL, NULL);
}

static void set_number(struct rows *rows, int row, const char *cell, int value)
{
    char text[16];
    snprintf(text, sizeof text, "%d", value);
    set_cell(rows, row, cell, text);
}

static void add_row(struct rows *rows, int row, struct ops *adds)
{
    char item[32];
    struct op from = op_begin();
    entry_repeat_add(rows->bench->entry, "/data/row", NULL, NULL);
    op_end(adds, from);
    snprintf(item, sizeof item, "item %d", row);
    rows->qty[row] = chance(rows, 50);
    rows->price[row] = chance(rows, 1000);
    set_cell(rows, row, "item", item);
    set_cell(rows, row, "kind", "a");
    set_number(rows, row, "qty", rows->qty[row]);
    set_number(rows, row, "price", rows->price[row]);
    rows->sum += (long long)rows->qty[row] * rows->price[row];
}

static void change_rows(struct rows *rows, int n)
{
    struct ops ops = {0};
    for (int i = 0; i < 50; i++) {
        int row = chance(rows, n), qty = chance(rows, 50);
        rows->sum += (long long)(qty - rows->qty[row]) * rows->price[row];
        rows->qty[row] = qty;
        struct op from = op_begin();
        set_number(rows, row, "qty", qty);
        op_end(&ops, from);
    }
    char wanted[32];
    snprintf(wanted, sizeof wanted, "%lld", rows->sum);
    struct str total = entry_value(rows->bench->entry, "/data/grand_total");
    printf(",\"answer\":{");
    print_stat(&ops);
    printf("},\"sum_ok\":%s,", str_is(total, wanted) ? "true" : "false");
    vec_finish(&ops);
}

static void bench_rows(struct bench *bench)
{
    if (strcmp(bench->name, "g2") != 0) {
        return;
    }
    unload(bench);
    load(bench);
    struct rows *rows = mem_alloc(1, sizeof *rows);
    struct ops adds = {0};
    rows->bench = bench;
    rows->seed = 7;
    struct op from = op_begin();
    printf(",\"repeat\":{\"fill\":{");
    for (int i = 0; i < MOST_ROWS; i++) {
        add_row(rows, i, &adds);
        if (i + 1 != 100 && i + 1 != 1000 && i + 1 != 5000) {
            continue;
        }
        struct ops last = {adds.v + adds.n - 5, 5, 5}, total = {0};
        double *wall = sorted(&last, false), *cpu = sorted(&last, true);
        op_end(&total, from);
        printf("%s\"%d\":{\"total_ms\":%.2f,\"total_cpu_ms\":%.2f,\"add_ms\":%.4f,"
               "\"add_cpu_ms\":%.4f",
               i + 1 == 100 ? "" : ",", i + 1, total.v[0].wall, total.v[0].cpu, median_of(wall, 5),
               median_of(cpu, 5));
        change_rows(rows, i + 1);
        print_serialise(bench);
        printf("}");
        free(wall);
        free(cpu);
        vec_finish(&total);
    }
    printf("}}");
    vec_finish(&adds);
    free(rows);
}

/* ---- the line -------------------------------------------------------------------------------- */

static void set_names(struct bench *bench)
{
    char *full = realpath(bench->path, NULL), *slash = full ? strrchr(full, '/') : NULL;
    if (!slash) {
        fprintf(stderr, "%s: no such form\n", bench->path);
        exit(1);
    }
    *slash = '\0';
    bench->folder = full;
    bench->name = strrchr(full, '/') ? strrchr(full, '/') + 1 : full;
}

int main(int argc, char **argv)
{
    bool is_cold = argc == 3 && !strcmp(argv[1], "--cold");
    if (argc != 3) {
        fprintf(stderr, "usage: form FORM.xml ANSWERS_DIR\n");
        return 2;
    }
    struct bench bench = {.path = argv[is_cold ? 2 : 1], .answers = argv[2]};
    set_names(&bench);
    if (is_cold) {
        load(&bench);
        fflush(stdout);
        _exit(0);
    }
    printf("{\"peer\":\"gocua\",\"form\":\"%s\"", bench.name);
    fflush(stdout);
    bench_cold(&bench);
    bench_load(&bench);
    bench_answers(&bench);
    printf(",");
    print_serialise(&bench);
    bench_lists(&bench);
    bench_rows(&bench);
    printf(",\"peak_rss_kb\":%ld}\n", peak_kb(RUSAGE_SELF));
    unload(&bench);
    free(bench.folder);
    return 0;
}
