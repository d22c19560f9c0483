/* Every screen of screens.h, full, empty, long and wrong, in every language, text size and kind of
 * window: nothing is cut, overlaps, is too small, too faint or out of reach. every.script says what
 * is looked at; a screen that it does not look at fails the test. One process a language. */
#include "helper_walk.h"

#include <sys/wait.h>
#include <unistd.h>

#include "app/store/household.h"
#include "app/store/record.h"
#include "app/store/setting.h"
#include "app/ui/script.h"
#include "app/work/filling.h"
#include "platform/base/clock.h"
#include "platform/base/file.h"
#include "platform/window/window.h"

#define SETTINGS_CODE                                                                              \
    "eJw9jsFuAiEQhl9lwtkIY21M9+rBaw8eTQzCKOoubFhY3Zh99zLYNhz4/m/yT+YlLuQp6lY08BJ9DCmYwEEEez9aOuvc" \
    "JrEAMVAcKR5zrEOXUt9IiavNUpWHDcoR5Z0mqU9GljU3MmmQyM1cql53xL0ni14PwyNEy2ISczHadlfPF3D4bdeD/nr7" \
    "mP0F0iErRasOvt0hI9GngfEN4OpIeQfmjZaR6bwuzWd1H1A+RPWv93WPRu8W4PLEwWw8bKstsLtmRvtlxDz/AIpaXs8="

static const char *pseudo_folder; /* catalogues of nobody's language, or NULL */

/* ---- what makes screens full ---- */

static void add_household(struct walk *w)
{
    struct err err = {0};
    struct household house = {
        .head = LONG_NAME, .hamlet = "Tổ dân phố số 17", .address = LONG_PLACE};
    struct person person = {.name = "Nguyễn Hoàng Phương Thảo Uyên Nghiêm",
                            .birth = "1953-11-05",
                            .number_tail = "0017",
                            .address = LONG_PLACE};
    walk_must(household_save(w->app->store, &house, &err), &err);
    walk_must(person_save(w->app->store, &person, &err), &err);
    walk_must(settings_set(w->app, "volunteer_team",
                           "Đoàn Thanh niên Cộng sản Hồ Chí Minh phường Bến Thành", &err),
              &err);
    walk_must(settings_set(w->app, "volunteer_name", "Nguyễn Hoàng Phương Thảo Uyên Nghiêm", &err),
              &err);
}

static void through_cards(struct walk *w)
{
    for (int i = 0; i < 20 && looks_has(w->ui, "done"); i++) {
        walk_play(w, "tap done");
    }
}

static void to_topics(struct walk *w)
{
    for (int i = 0; i < 20 && strcmp(looks_screen(w->ui), "topics") != 0; i++) {
        walk_play(w, "key Back");
    }
}

static void add_record(struct walk *w, int i, bool aside)
{
    struct err err = {0};
    char instance[64];
    int64_t id;
    snprintf(instance, sizeof(instance), "uuid:every-%d", i);
    struct record_new what = {.form_id = "application",
                              .version = "1",
                              .instance_id = instance,
                              .title = i % 2 ? LONG_NAME ", " LONG_PLACE : "Khai sinh"};
    struct record_final final = {.xml = STR("<data/>")};
    walk_must(record_create(w->app->store, &what, &id, &err), &err);
    if (i < 3) {
        return; /* stays a draft */
    }
    walk_must(record_finish(w->app->store, id, &final, &err), &err);
    if (aside) {
        walk_must(
            record_set_aside(w->app->store, id, "conflict",
                             "409 Conflict: an entity with this id already exists in the dataset "
                             "\"households_of_the_commune\"; the version that was sent is older. "
                             "Request-Id 01HF3Z8Q9W6N2V5T7K4M0X1Y3Z",
                             &err),
            &err);
    }
}

static void fill_lists(struct walk *w)
{
    struct err err = {0};
    add_record(w, 100, true); /* first of the queue */
    for (int i = 0; i < 12; i++) {
        add_record(w, i, i % 5 == 4);
        struct visit visit = {.kind = VISIT_HOME,
                              .state = i % 4 == 3 ? VISIT_OPEN : VISIT_CLOSED,
                              .title = i % 2 ? LONG_NAME ", " LONG_PLACE : "",
                              .volunteer = LONG_NAME,
                              .hamlet = LONG_PLACE,
                              .outcome = i % 3 ? "not_possible" : "appointment",
                              .dossier = "H56.14-261105-0007",
                              .started_ms = clock_now_ms() - i * 1000};
        walk_must(visit_save(w->app->store, &visit, &err), &err);
    }
    walk_play(w, "tap visits");
    walk_play(w, "tap back");
}

/* ---- forms, page by page ---- */

typedef VEC(char *) names;

static void note_questions(struct entry *entry, names *refs)
{
    struct stop at = stop_next(entry, stop_begin(entry));
    for (; at.kind != STOP_END; at = stop_next(entry, at)) {
        if (at.kind == STOP_QUESTION) {
            vec_push(refs, mem_strdup(stop_ref(entry, at)));
        }
    }
}

/* Goes to each question by the jump list and on from there, so that errors show. */
static void look_at_pages(struct walk *w, const char *form)
{
    names refs = {0};
    char last[600] = "";
    note_questions(w->desk->filling->entry, &refs);
    for (size_t i = 0; i < refs.n; i++) {
        char line[600];
        walk_play(w, "tap jump");
        if (i == 0) {
            walk_look(w, "filler questions of a form");
        }
        snprintf(line, sizeof(line), "tap questions/%s", refs.v[i]);
        walk_play(w, line);
        if (strcmp(last, looks_screen(w->ui)) == 0) {
            continue; /* several on a page */
        }
        snprintf(last, sizeof(last), "%s", looks_screen(w->ui));
        snprintf(line, sizeof(line), "filler %.60s %.400s", form, refs.v[i]);
        walk_look(w, line);
        walk_play(w, "tap next");
        if (strcmp(last, looks_screen(w->ui)) == 0) {
            snprintf(line, sizeof(line), "filler %.60s %.400s, refused", form, refs.v[i]);
            walk_look(w, line);
        }
    }
    walk_play(w, "tap jump");
    walk_play(w, "tap end");
    walk_look(w, "filler end of a form");
    for (size_t i = 0; i < refs.n; i++) {
        free(refs.v[i]);
    }
    vec_finish(&refs);
}

static void look_at_forms(struct walk *w)
{
    static const char *const forms[] = {"home_visit", "application", "satisfaction"};
    for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
        struct err err = {0};
        walk_must(filling_begin(w->app, forms[i], "", &w->desk->filling, &err), &err);
        desk_go(w->desk, "filler", NULL);
        walk_play(w, "wait idle");
        look_at_pages(w, forms[i]);
        walk_play(w, "key Back");
    }
}

/* ---- the script ---- */

static void mend(struct walk *w)
{
    struct err err = {0};
    struct arena arena = {0};
    struct records drafts = {0};
    const struct record_filter filter = {
        .visit = w->desk->visiting->uuid, .form_id = "application", .states = 1u << RECORD_DRAFT};
    walk_must(record_page(w->app->store, &filter, (struct page){0, 5}, &arena, &drafts, &err),
              &err);
    for (size_t i = 0; i < drafts.n; i++) {
        walk_must(record_delete_draft(w->app->store, drafts.v[i].id, &err), &err);
    }
    arena_finish(&arena);
    walk_must(visiting_check(w->desk->visiting, &err), &err);
    for (size_t i = 0; i < w->desk->visiting->problems.n; i++) {
        print_message("%s: %s\n", w->desk->visiting->problems.v[i].ref,
                      w->desk->visiting->problems.v[i].message);
    }
    ui_change(w->ui);
    walk_play(w, "wait idle");
}

static void say_much(struct walk *w)
{
    desk_say(w->desk, tr("The records on this device were damaged. What could be read was saved, "
                         "the damaged file was kept: tell your supervisor."));
    walk_play(w, "wait idle");
}

static void enrol(struct walk *w)
{
    desk_go(w->desk, "enrol", &(struct ticket){0, SETTINGS_CODE});
    walk_play(w, "wait idle");
}

/* "go SCREEN": puts it on top, as others do by desk_go. */
static void go(struct walk *w, const char *screen)
{
    desk_go(w->desk, screens[walk_screen(screen, strlen(screen))]->name, NULL);
    walk_play(w, "wait idle");
}

static void no_camera(struct walk *w)
{
    walk_camera(w, false);
}

static void camera(struct walk *w)
{
    walk_camera(w, true);
}

static void do_named(struct walk *w, const char *name)
{
    static const struct {
        const char *name;
        void (*go)(struct walk *w);
    } all[] = {{"nasty", add_household}, {"camera", camera},          {"no-camera", no_camera},
               {"cards", through_cards}, {"topics", to_topics},       {"mend", mend},
               {"lists", fill_lists},    {"forms", look_at_forms},    {"notice", say_much},
               {"enrol", enrol},         {"versions", walk_versions}, {"stick", walk_stick},
               {"near", walk_near}};
    for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
        if (strcmp(all[i].name, name) == 0) {
            all[i].go(w);
            return;
        }
    }
    fail_msg("line %d: what is \"do %s\"?", w->line, name);
}

static void walk_script(struct walk *w)
{
    char path[1024];
    struct buf script = {0};
    struct str rest, line;
    snprintf(path, sizeof(path), "%s/tests/screen/every.script", getenv("GOCUA_SOURCE"));
    assert_true(file_read(path, 1 << 20, &script, NULL));
    rest = buf_str(&script);
    for (w->line = 1; str_cut(&rest, '\n', &line); w->line++) {
        char *text = mem_strndup(line.s, line.n);
        if (strncmp(text, "look ", 5) == 0) {
            walk_look(w, text + 5);
        } else if (strncmp(text, "go ", 3) == 0) {
            go(w, text + 3);
        } else if (strncmp(text, "do ", 3) == 0) {
            do_named(w, text + 3);
        } else if (text[0] && text[0] != '#') {
            walk_play(w, text);
        }
        free(text);
    }
    buf_finish(&script);
}

/* ---- a language ---- */

/* The jobs of the app tell the kit, as in gocua. */
static struct ui *told;

static void wake(void *ctx)
{
    if (told) {
        ui_wake(told);
    }
}

static void open_desk(struct walk *w)
{
    struct err err = {0};
    struct window_opt opt = {.title = "", .w = 480, .h = 800, .headless = true};
    w->desk = desk_create(w->app, screens);
    struct ui_app drawn = {
        .build = desk_draw, .mail = desk_mail, .is_busy = desk_is_busy, .ctx = w->desk};
    walk_must(window_open(&opt, &w->window, &err), &err);
    told = w->ui = ui_create(w->window, &drawn);
    w->desk->is_silent = true;
    walk_camera(w, true);
    desk_set_ui(w->desk, w->ui);
    desk_start(w->desk);
    walk_play(w, "wait idle");
}

static void close_desk(struct walk *w)
{
    desk_destroy(w->desk);
    told = NULL;
    ui_destroy(w->ui);
    window_close(w->window);
}

static struct app *open_app(const char *folder)
{
    struct app_options options = {.folder = folder, .wake = wake};
    struct app *app = NULL;
    struct err err = {0};
    char path[1024];
    snprintf(path, sizeof(path), "%s/assets", getenv("GOCUA_SOURCE"));
    setenv("GOCUA_ASSETS", path, 1);
    walk_must(app_open(&options, &app, &err), &err);
    if (pseudo_folder) {
        walk_must(lang_open(pseudo_folder, &err), &err);
    }
    return app;
}

/* A device that was never used: the first PIN. */
static void look_at_first_start(struct walk *w)
{
    char *folder = test_folder();
    w->app = open_app(folder);
    assert_true(lang_set(w->lang, NULL));
    open_desk(w);
    walk_look(w, "lock first start");
    walk_play(w, "type 12345");
    walk_play(w, "tap set");
    walk_look(w, "lock first PIN refused");
    close_desk(w);
    app_close(w->app);
    test_folder_remove(folder);
}

static void in_language(struct walk *w, const char *folder)
{
    struct err err = {0};
    look_at_first_start(w);
    w->app = open_app(folder);
    walk_must(app_unlock(w->app, TEST_PIN, &err), &err);
    assert_true(lang_set(w->lang, NULL));
    open_desk(w);
    walk_script(w);
    close_desk(w);
    app_close(w->app);
    for (size_t i = 0; screens[i]; i++) {
        if (!w->seen[i]) {
            fail_msg("the screen %s is not looked at: add it to every.script", screens[i]->name);
        }
    }
    print_message("%s: %d looks\n", w->lang, w->looks);
    looks_end(&w->found);
}

/* An app with forms and a cheap PIN, to be copied for each language. */
static char *prepare(void)
{
    char *folder = test_folder();
    struct app *app = open_app(folder);
    struct key *key = NULL;
    struct err err = {0};
    walk_must(keyslot_create(&app->place, TEST_PIN, &keyslot_floor, &key, &err), &err);
    keyslot_forget(key);
    walk_must(app_unlock(app, TEST_PIN, &err), &err);
    test_app_form(app, "home_visit");
    test_app_form(app, "application");
    test_app_form(app, "satisfaction");
    app_close(app);
    return folder;
}

static void every_screen(const char *lang)
{
    static struct walk w;
    char *folder = prepare();
    const char *only = getenv("GOCUA_EVERY_LANG");
    if (!only || strcmp(only, lang) == 0) {
        w = (struct walk){.lang = lang};
        in_language(&w, folder);
    }
    test_folder_remove(folder);
}

static void in_vietnamese(void **state)
{
    every_screen("vi");
}

static void in_english(void **state)
{
    every_screen("en");
}

static void in_arabic(void **state)
{
    every_screen("ar");
}

/* Every text 40 % longer, from the right, with stacked marks; needs gettext's tools. */
static void in_nobodys_language(void **state)
{
    char command[2048], *folder = test_folder();
    struct err err = {0};
    snprintf(command, sizeof(command), "'%s/tests/lang/pseudo' '%s'", getenv("GOCUA_SOURCE"),
             folder);
    if (system("command -v msgfilter >/dev/null") != 0) {
        test_folder_remove(folder);
        skip();
    }
    assert_int_equal(system(command), 0);
    pseudo_folder = folder;
    walk_must(lang_open(folder, &err), &err);
    every_screen("qps");
    test_folder_remove(folder);
}

/* Two processes, since each language takes a processor for some ten seconds. */
int main(void)
{
    const struct CMUnitTest one[] = {cmocka_unit_test(in_vietnamese), cmocka_unit_test(in_arabic)};
    const struct CMUnitTest other[] = {cmocka_unit_test(in_english),
                                       cmocka_unit_test(in_nobodys_language)};
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        return cmocka_run_group_tests(other, NULL, NULL);
    }
    int failed = cmocka_run_group_tests(one, NULL, NULL);
    waitpid(child, &status, 0);
    return failed || status != 0;
}
