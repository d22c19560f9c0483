/* kill -9 at random moments of a scripted visit: what the screen had confirmed is there afterwards,
 * and nothing is there twice. GOCUA_KILLS says how many (15), GOCUA_SEED which moments. The oracle
 * is what the killed process told through a pipe after each command, never what the store says. */
#include "tests/work/helper_app.h"

#include <ctype.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "app/screen/screens.h"
#include "app/store/record.h"
#include "app/ui/script.h"
#include "app/work/filling.h"
#include "platform/base/file.h"
#include "platform/base/rand.h"
#include "platform/window/window.h"

enum { LINES = 200 };

static struct buf script;
static struct str lines[LINES];
static int line_count;

/* What the screen had confirmed after a command. */
struct snapshot {
    struct buf values; /* "key=text\n" of the visit */
    struct buf draft;  /* the open form without what differs each time */
};

static struct snapshot reference[LINES];

/* The script waits for the eyes of whoever looks on; nobody does here, and a kill while nothing
 * happens shows nothing. */
static struct str without_pause(struct str line)
{
    bool is_pause = str_starts(line, STR("wait ")) && isdigit((unsigned char)line.s[5]);
    return is_pause ? STR("wait 150") : line;
}

static void read_script(void)
{
    char path[1024];
    struct str rest, line;
    snprintf(path, sizeof(path), "%s/tests/visit/visit.script", getenv("GOCUA_SOURCE"));
    assert_true(file_read(path, 1 << 20, &script, NULL));
    rest = buf_str(&script);
    while (str_cut(&rest, '\n', &line) && line_count < LINES) {
        if (line.n && line.s[0] != '#' && !str_starts(line, STR("shot "))) {
            lines[line_count++] = without_pause(line);
        }
        if (str_is(line, "tap home")) {
            break;
        }
    }
}

/* Copies text without UUIDs and long numbers: they are new in each run. */
static void add_steady(struct buf *to, struct str text)
{
    for (size_t i = 0; i < text.n;) {
        size_t n = 0, digits = 0;
        while (i + n < text.n && (isxdigit((unsigned char)text.s[i + n]) || text.s[i + n] == '-')) {
            digits += isdigit((unsigned char)text.s[i + n]) != 0;
            n++;
        }
        if (n >= 12 && digits >= 6) {
            buf_add_char(to, '#');
        } else {
            buf_add(to, text.s + i, n ? n : 1);
        }
        i += n ? n : 1;
    }
}

static void note_values(const struct visiting *v, struct buf *to)
{
    for (size_t i = 0; v && i < v->values.n; i++) {
        buf_addf(to, "%s=", v->values.v[i].key);
        add_steady(to, str_of(v->values.v[i].text));
        buf_add_char(to, '\n');
    }
}

static void note_draft(struct filling *filling, struct buf *to)
{
    struct buf xml = {0};
    if (filling && entry_serialize(filling->entry, SERIAL_DRAFT, &xml, NULL)) {
        add_steady(to, buf_str(&xml));
    }
    buf_finish(&xml);
}

static void tell(int fd, int index, const struct snapshot *s)
{
    uint32_t head[3] = {(uint32_t)index, (uint32_t)s->values.n, (uint32_t)s->draft.n};
    if (write(fd, head, sizeof(head)) < 0 || write(fd, buf_text(&s->values), s->values.n) < 0 ||
        write(fd, buf_text(&s->draft), s->draft.n) < 0) {
        _exit(3);
    }
}

/* Plays the visit in this process and tells after each command what the screen has confirmed. */
static void play(const char *folder, int fd)
{
    struct err err = {0};
    struct window *window;
    struct window_opt opt = {.title = "", .w = 480, .h = 800, .headless = true};
    char camera[1024];
    struct app *app = test_app_open(folder);
    struct desk *desk = desk_create(app, screens);
    struct ui_app drawn = {.build = desk_draw, .mail = desk_mail, .ctx = desk};
    snprintf(camera, sizeof(camera), "fake:%s/tests/visit/card.jpg", getenv("GOCUA_SOURCE"));
    desk->camera = camera;
    if (!window_open(&opt, &window, &err)) {
        _exit(2);
    }
    struct ui *ui = ui_create(window, &drawn);
    desk_set_ui(desk, ui);
    desk_start(desk);
    for (int i = 0; i < line_count; i++) {
        struct snapshot s = {0};
        if (!script_do(ui, lines[i], NULL, &err)) {
            fprintf(stderr, "%.*s: %s\n", (int)lines[i].n, lines[i].s, err.text);
            _exit(4);
        }
        note_values(desk->visiting, &s.values);
        note_draft(desk->filling, &s.draft);
        tell(fd, i, &s);
        buf_finish(&s.values);
        buf_finish(&s.draft);
    }
    _exit(0);
}

static bool read_all(int fd, void *to, size_t n)
{
    char *at = to;
    while (n) {
        ssize_t got = read(fd, at, n);
        if (got <= 0) {
            return false;
        }
        at += got;
        n -= (size_t)got;
    }
    return true;
}

static bool hear(int fd, int *index, struct snapshot *s)
{
    uint32_t head[3];
    if (!read_all(fd, head, sizeof(head))) {
        return false;
    }
    buf_clear(&s->values);
    buf_clear(&s->draft);
    char *values = buf_reserve(&s->values, head[1] + 1);
    char *draft = buf_reserve(&s->draft, head[2] + 1);
    if (!read_all(fd, values, head[1]) || !read_all(fd, draft, head[2])) {
        return false;
    }
    s->values.n = head[1];
    s->draft.n = head[2];
    values[head[1]] = draft[head[2]] = 0;
    *index = (int)head[0];
    return true;
}

/* Runs the visit and kills it after so many milliseconds (-1: never); the last confirmed command
 * and what it had confirmed. Each snapshot also goes to keep, when given. */
static int run_and_kill(const char *folder, int ms, struct snapshot *last, struct snapshot *keep)
{
    int ends[2], index = -1, status;
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        play(folder, ends[1]);
    }
    close(ends[1]);
    if (ms >= 0) {
        nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000L}, NULL);
        kill(pid, SIGKILL);
    }
    struct snapshot s = {0};
    while (hear(ends[0], &index, &s)) {
        struct snapshot *to = keep ? &keep[index] : last;
        struct snapshot old = *to;
        *to = s;
        s = old; /* its memory takes the next one */
    }
    buf_finish(&s.values);
    buf_finish(&s.draft);
    close(ends[0]);
    waitpid(pid, &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status)) {
        fail_msg("the visit ended with status %d after command %d", WEXITSTATUS(status), index);
    }
    return index;
}

static bool has_line(const struct buf *lines_of, struct str line)
{
    struct buf whole = {0};
    buf_addf(&whole, "\n%s", buf_text(lines_of));
    struct buf wanted = {0};
    buf_addf(&wanted, "\n" STR_FMT "\n", STR_ARG(line));
    bool found = str_find(buf_str(&whole), buf_str(&wanted)) >= 0;
    buf_finish(&whole);
    buf_finish(&wanted);
    return found;
}

/* Every value that was confirmed is in the store, unless the command under way changes it. */
static void check_values(struct visiting *v, const struct snapshot *confirmed, int index)
{
    struct buf stored = {0};
    struct str rest = buf_str(&confirmed->values), line;
    note_values(v, &stored);
    while (str_cut(&rest, '\n', &line) && line.n) {
        bool may_change = index + 1 < line_count && !has_line(&reference[index + 1].values, line);
        if (!has_line(&stored, line) && !may_change) {
            fail_msg("after command %d \"" STR_FMT "\" the store lacks \"" STR_FMT "\"", index,
                     STR_ARG(lines[index]), STR_ARG(line));
        }
    }
    buf_finish(&stored);
}

/* The open form is as it was confirmed, or as the command under way makes it. */
static void check_draft(struct app *app, const struct visiting *v, const struct snapshot *confirmed,
                        int index)
{
    struct arena arena = {0};
    struct records drafts = {0};
    struct filling *filling = NULL;
    struct buf stored = {0};
    const struct record_filter filter = {
        .visit = v->uuid, .form_id = "application", .states = 1u << RECORD_DRAFT};
    assert_true(record_page(app->store, &filter, (struct page){0, 2}, &arena, &drafts, NULL));
    if (confirmed->draft.n && drafts.n) {
        assert_true(filling_resume(app, drafts.v[0].id, &filling, NULL));
        note_draft(filling, &stored);
        const struct buf *next = index + 1 < line_count ? &reference[index + 1].draft : NULL;
        if (!str_eq(buf_str(&stored), buf_str(&confirmed->draft)) &&
            !(next && str_eq(buf_str(&stored), buf_str(next)))) {
            fail_msg("after command %d \"" STR_FMT
                     "\" the draft is another one:\n%s\nconfirmed:\n%s",
                     index, STR_ARG(lines[index]), buf_text(&stored), buf_text(&confirmed->draft));
        }
        filling_close(filling);
    } else if (confirmed->draft.n && index + 1 < line_count && reference[index + 1].draft.n) {
        fail_msg("after command %d the draft is gone", index);
    }
    buf_finish(&stored);
    arena_finish(&arena);
}

static void check_single(struct app *app, const struct visiting *v)
{
    static const char *const forms[] = {"home_visit", "application", "satisfaction"};
    for (size_t i = 0; i < 3; i++) {
        const struct record_filter filter = {.visit = v->uuid, .form_id = forms[i]};
        int64_t n = 0;
        assert_true(record_count(app->store, &filter, &n, NULL));
        if (n > 1) {
            fail_msg("%s stands %d times in one visit", forms[i], (int)n);
        }
    }
}

static void check(const char *folder, const struct snapshot *confirmed, int index, int visits)
{
    struct app *app = test_app_open(folder);
    struct arena arena = {0};
    struct visits newest = {0};
    const struct visit_filter all = {.kind = VISIT_HOME};
    int64_t n = 0;
    assert_int_equal(app->health.missing, 0);
    assert_true(visit_count(app->store, &all, &n, NULL));
    assert_true(n <= visits);
    if (confirmed->values.n) {
        struct visiting *v = NULL;
        assert_true(visit_page(app->store, &all, (struct page){0, 1}, &arena, &newest, NULL));
        assert_int_equal(newest.n, 1);
        assert_true(visiting_resume(app, newest.v[0].id, &v, NULL));
        check_values(v, confirmed, index);
        check_draft(app, v, confirmed, index);
        check_single(app, v);
        visiting_close(v);
    }
    arena_finish(&arena);
    app_close(app);
}

/* A store whose PIN is quick to check: the kills shall fall into the visit, not into Argon2. */
static void prepare(const char *folder)
{
    static const struct keyslot_cost cheap = {8192, 1};
    char keyslot[1024], device[1024];
    struct key *key = NULL;
    struct err err = {0};
    snprintf(keyslot, sizeof(keyslot), "%s/keyslot", folder);
    snprintf(device, sizeof(device), "%s/device", folder);
    assert_true(
        keyslot_create(&(struct keyslot_place){keyslot, device}, TEST_PIN, &cheap, &key, &err));
    keyslot_forget(key);
    struct app *app = test_app_open(folder);
    assert_true(settings_set(app, "volunteer_name", "Trần Văn Ví Dụ", NULL));
    test_app_form(app, "home_visit");
    test_app_form(app, "application");
    test_app_form(app, "satisfaction");
    app_close(app);
}

/* Plays it whole, keeps what each command leaves, and says how long that took. */
static int play_reference(const char *folder)
{
    struct snapshot last = {0};
    struct timespec from, to;
    clock_gettime(CLOCK_MONOTONIC, &from);
    assert_int_equal(run_and_kill(folder, -1, &last, reference), line_count - 1);
    clock_gettime(CLOCK_MONOTONIC, &to);
    return (int)((to.tv_sec - from.tv_sec) * 1000 + (to.tv_nsec - from.tv_nsec) / 1000000);
}

/* The moments come from the seed alone, so that a failure can be tried again; how far the visit is
 * at a moment is the machine's affair. */
static int moment(uint64_t *seed, int whole_ms)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (int)((*seed >> 33) % (uint64_t)whole_ms);
}

static void nothing_confirmed_is_lost(void **state)
{
    const char *wanted = getenv("GOCUA_KILLS"), *chosen = getenv("GOCUA_SEED");
    int kills = wanted ? atoi(wanted) : 15, in_visit = 0;
    uint64_t seed = chosen ? strtoull(chosen, NULL, 10) : rand_below(1000000);
    char *folder = test_folder();
    struct snapshot last = {0};
    print_message("GOCUA_SEED=%llu GOCUA_KILLS=%d test_screen_kills\n", (unsigned long long)seed,
                  kills);
    read_script();
    prepare(folder);
    int whole_ms = play_reference(folder);
    for (int i = 0; i < kills; i++) {
        int ms = moment(&seed, whole_ms);
        int index = run_and_kill(folder, ms, &last, NULL);
        in_visit += last.values.n > 0;
        check(folder, &last, index, i + 2);
        buf_clear(&last.values);
        buf_clear(&last.draft);
    }
    print_message("%d kills, %d of them inside a visit: nothing lost, nothing double\n", kills,
                  in_visit);
    buf_finish(&last.values);
    buf_finish(&last.draft);
    for (int i = 0; i < line_count; i++) {
        buf_finish(&reference[i].values);
        buf_finish(&reference[i].draft);
    }
    buf_finish(&script);
    test_folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(nothing_confirmed_is_lost)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
