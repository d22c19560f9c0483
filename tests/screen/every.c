/* Every screen of screens.h, full, empty, long and wrong, in every language, text size and kind of
 * window: nothing is cut, overlaps, is too small, too faint or out of reach. every.script says what
 * is looked at; a screen that it does not look at fails the test. One process a language. */
#include "tests/work/helper_app.h"

#include <sys/wait.h>
#include <unistd.h>

#include "../ui/helper_looks.h"
#include "app/screen/screens.h"
#include "app/store/household.h"
#include "app/store/record.h"
#include "app/store/rival.h"
#include "app/store/setting.h"
#include "app/ui/script.h"
#include "app/work/filling.h"
#include "app/work/receive.h"
#include "platform/base/clock.h"
#include "platform/base/file.h"
#include "platform/window/window.h"
#include "sync/handover/matrix.h"

#define LONG_NAME "Nguyễn Hoàng Phương Thảo Uyên Nghiêm Công Tằng Tôn Nữ Huyền Trân"
#define LONG_PLACE                                                                                 \
    "Số 127/45/3A hẻm 127 đường Nguyễn Thị Minh Khai nối dài, sau nhà văn hóa khu phố 7"
#define SETTINGS_CODE                                                                              \
    "eJw9jsFuAiEQhl9lwtkIY21M9+rBaw8eTQzCKOoubFhY3Zh99zLYNhz4/m/yT+YlLuQp6lY08BJ9DCmYwEEEez9aOuvc" \
    "JrEAMVAcKR5zrEOXUt9IiavNUpWHDcoR5Z0mqU9GljU3MmmQyM1cql53xL0ni14PwyNEy2ISczHadlfPF3D4bdeD/nr7" \
    "mP0F0iErRasOvt0hI9GngfEN4OpIeQfmjZaR6bwuzWd1H1A+RPWv93WPRu8W4PLEwWw8bKstsLtmRvtlxDz/AIpaXs8="

static const char *pseudo_folder; /* catalogues of nobody's language, or NULL */

struct walk {
    const char *lang, *screen; /* the screen looked at last */
    struct app *app;
    struct desk *desk;
    struct ui *ui;
    struct window *window;
    struct buf found;
    char camera[1024];
    bool seen[64];
    int looks, line;
};

/* ---- looking ---- */

static size_t screen_index(const char *name, size_t n)
{
    for (size_t i = 0; screens[i]; i++) {
        if (strlen(screens[i]->name) == n && strncmp(screens[i]->name, name, n) == 0) {
            return i;
        }
    }
    fail_msg("there is no screen %s", name);
    return 0;
}

static void look(struct walk *w, const char *what)
{
    size_t n = strcspn(what, " ");
    const char *now = looks_screen(w->ui);
    w->seen[screen_index(what, n)] = true;
    if (strncmp(now, what, n) != 0) {
        fputs(buf_text(&w->found), stderr);
        fail_msg("line %d [%s]: %s is seen, not %s", w->line, w->lang, now, what);
    }
    if (!looks_has(w->ui, "finder")) { /* the camera goes on */
        looks_repaint(w->ui, w->window, what, &w->found);
    }
    w->looks += looks_check(w->ui, w->window, what, &w->found);
    if (strcmp(w->lang, "en") == 0) {
        looks_mirror(w->ui, what, &w->found);
    }
    if (strcmp(w->lang, "vi") == 0 && !looks_has(w->ui, "keyboard")) {
        looks_pixels(w->ui, w->window, what, &w->found);
    }
}

static void play(struct walk *w, const char *line)
{
    struct err err = {0};
    if (!script_do(w->ui, str_of(line), NULL, &err)) {
        struct buf shown = {0};
        ui_dump(w->ui, &shown);
        fputs(buf_text(&w->found), stderr);
        fail_msg("line %d [%s] \"%s\": %s\n%s", w->line, w->lang, line, err.text, buf_text(&shown));
    }
}

/* ---- what makes screens full ---- */

static void must(bool good, const struct err *err)
{
    if (!good) {
        fail_msg("%s", err->text);
    }
}

static void add_household(struct walk *w)
{
    struct err err = {0};
    struct household house = {
        .head = LONG_NAME, .hamlet = "Tổ dân phố số 17", .address = LONG_PLACE};
    struct person person = {.name = "Nguyễn Hoàng Phương Thảo Uyên Nghiêm",
                            .birth = "1953-11-05",
                            .number_tail = "0017",
                            .address = LONG_PLACE};
    must(household_save(w->app->store, &house, &err), &err);
    must(person_save(w->app->store, &person, &err), &err);
    must(settings_set(w->app, "volunteer_team",
                      "Đoàn Thanh niên Cộng sản Hồ Chí Minh phường Bến Thành", &err),
         &err);
    must(settings_set(w->app, "volunteer_name", "Nguyễn Hoàng Phương Thảo Uyên Nghiêm", &err),
         &err);
}

static void use_camera(struct walk *w, bool there)
{
    snprintf(w->camera, sizeof(w->camera), "fake:%s/tests/visit/%s", getenv("GOCUA_SOURCE"),
             there ? "pictures/vi" : "nothing");
    w->desk->camera = w->camera;
}

static void through_cards(struct walk *w)
{
    for (int i = 0; i < 20 && looks_has(w->ui, "done"); i++) {
        play(w, "tap done");
    }
}

static void to_topics(struct walk *w)
{
    for (int i = 0; i < 20 && strcmp(looks_screen(w->ui), "topics") != 0; i++) {
        play(w, "key Back");
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
    must(record_create(w->app->store, &what, &id, &err), &err);
    if (i < 3) {
        return; /* stays a draft */
    }
    must(record_finish(w->app->store, id, &final, &err), &err);
    if (aside) {
        must(record_set_aside(w->app->store, id, "conflict",
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
        must(visit_save(w->app->store, &visit, &err), &err);
    }
    play(w, "tap visits");
    play(w, "tap back");
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
        play(w, "tap jump");
        if (i == 0) {
            look(w, "filler questions of a form");
        }
        snprintf(line, sizeof(line), "tap questions/%s", refs.v[i]);
        play(w, line);
        if (strcmp(last, looks_screen(w->ui)) == 0) {
            continue; /* several on a page */
        }
        snprintf(last, sizeof(last), "%s", looks_screen(w->ui));
        snprintf(line, sizeof(line), "filler %.60s %.400s", form, refs.v[i]);
        look(w, line);
        play(w, "tap next");
        if (strcmp(last, looks_screen(w->ui)) == 0) {
            snprintf(line, sizeof(line), "filler %.60s %.400s, refused", form, refs.v[i]);
            look(w, line);
        }
    }
    play(w, "tap jump");
    play(w, "tap end");
    look(w, "filler end of a form");
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
        must(filling_begin(w->app, forms[i], "", &w->desk->filling, &err), &err);
        desk_go(w->desk, "filler", NULL);
        play(w, "wait idle");
        look_at_pages(w, forms[i]);
        play(w, "key Back");
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
    must(record_page(w->app->store, &filter, (struct page){0, 5}, &arena, &drafts, &err), &err);
    for (size_t i = 0; i < drafts.n; i++) {
        must(record_delete_draft(w->app->store, drafts.v[i].id, &err), &err);
    }
    arena_finish(&arena);
    must(visiting_check(w->desk->visiting, &err), &err);
    for (size_t i = 0; i < w->desk->visiting->problems.n; i++) {
        print_message("%s: %s\n", w->desk->visiting->problems.v[i].ref,
                      w->desk->visiting->problems.v[i].message);
    }
    ui_change(w->ui);
    play(w, "wait idle");
}

static void say_much(struct walk *w)
{
    desk_say(w->desk, tr("The records on this device were damaged. What could be read was saved, "
                         "the damaged file was kept: tell your supervisor."));
    play(w, "wait idle");
}

static void enrol(struct walk *w)
{
    desk_go(w->desk, "enrol", &(struct ticket){0, SETTINGS_CODE});
    play(w, "wait idle");
}

static void serialize(struct walk *w, const char *text, struct filling *filling, struct buf *xml)
{
    static const char *const refs[] = {"/data/household/hamlet", "/data/household/address"};
    struct err err = {0};
    for (size_t i = 0; i < sizeof(refs) / sizeof(*refs); i++) {
        must(filling_answer(filling, refs[i], str_of(text), NULL, &err), &err);
    }
    must(entry_serialize(filling->entry, SERIAL_SUBMISSION, xml, &err), &err);
}

/* A correction that came too late, first without the portal's version, then beside it. */
static void look_at_versions(struct walk *w)
{
    struct err err = {0};
    struct filling *filling = NULL;
    struct buf mine = {0}, theirs = {0};
    int64_t id;
    must(filling_begin(w->app, "home_visit", "", &filling, &err), &err);
    serialize(w, LONG_PLACE, filling, &mine);
    serialize(w, LONG_NAME, filling, &theirs);
    struct record_new what = {.formfile = filling->formfile,
                              .form_id = "home_visit",
                              .version = "1",
                              .instance_id = "uuid:every-late",
                              .title = LONG_NAME ", " LONG_PLACE};
    must(record_create(w->app->store, &what, &id, &err), &err);
    must(record_finish(w->app->store, id, &(struct record_final){.xml = buf_str(&mine)}, &err),
         &err);
    must(record_set_aside(w->app->store, id, "edit-late", "409", &err), &err);
    desk_go(w->desk, "compare", &(struct ticket){id, NULL});
    play(w, "wait idle");
    look(w, "compare the portal's has not come");
    play(w, "tap back");
    must(rival_put(w->app->store, "uuid:every-late", buf_str(&theirs), &err), &err);
    desk_go(w->desk, "compare", &(struct ticket){id, NULL});
    play(w, "wait idle");
    look(w, "compare both");
    play(w, "tap back");
    must(filling_discard(filling, &err), &err);
    buf_finish(&mine);
    buf_finish(&theirs);
}

/* Without a key, without a stick, with two that have long names; written to, and one that fails. */
static void look_at_stick(struct walk *w)
{
    struct err err = {0};
    char *folder = test_folder();
    char sticks[2][400], places[1000], block[500];
    play(w, "tap stick");
    look(w, "stick no key");
    play(w, "tap back");
    must(setting_set(w->app->store, "enrol.key",
                     "3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29", &err),
         &err);
    setenv("GOCUA_STICKS", "", 1);
    play(w, "tap stick");
    look(w, "stick none");
    play(w, "tap back");
    for (int i = 0; i < 2; i++) {
        snprintf(sticks[i], sizeof(sticks[i]), "%s/%d " LONG_NAME, folder, i + 1);
        assert_true(file_make_folder(sticks[i], NULL));
    }
    snprintf(places, sizeof(places), "%s:%s", sticks[0], sticks[1]);
    setenv("GOCUA_STICKS", places, 1);
    play(w, "tap stick");
    look(w, "stick two of them");
    play(w, "tap write");
    look(w, "stick written");
    play(w, "tap done");
    snprintf(block, sizeof(block), "%s/uuid_every-7.part", sticks[0]); /* no file can be there */
    assert_true(file_make_folder(block, NULL));
    play(w, "tap stick");
    play(w, "tap write");
    look(w, "stick failed");
    play(w, "tap again");
    play(w, "tap back");
    unsetenv("GOCUA_STICKS");
    must(setting_set(w->app->store, "enrol.key", "", &err), &err);
    test_folder_remove(folder);
}

/* A camera that sees that code and nothing else. */
static void show_code(struct walk *w, const struct receive *receive, const char *folder)
{
    enum { CELL = 6 };
    struct err err = {0};
    struct matrix matrix = {0};
    struct buf code = {0}, picture = {0};
    char path[512];
    must(near_add_code(&code, receive_code(receive), &err), &err);
    must(matrix_make(&matrix, buf_str(&code), MATRIX_MEDIUM, &err), &err);
    int side = (matrix.size + 2 * MATRIX_QUIET) * CELL;
    buf_addf(&picture, "P5 %d %d 255\n", side, side);
    for (int i = 0; i < side * side; i++) {
        int x = i % side / CELL - MATRIX_QUIET, y = i / side / CELL - MATRIX_QUIET;
        buf_add_char(&picture, matrix_is_dark(&matrix, x, y) ? 0 : (char)255);
    }
    snprintf(path, sizeof(path), "%s/code.pgm", folder);
    must(file_write(path, picture.s, picture.n, &err), &err);
    snprintf(w->camera, sizeof(w->camera), "fake:%s", path);
    matrix_finish(&matrix);
    buf_finish(&code);
    buf_finish(&picture);
}

/* Until the words of both screens are there: its code was read. */
static void aim_at_code(struct walk *w)
{
    char line[200];
    play(w, "tap near-give");
    snprintf(line, sizeof(line), "wait for \"%s\" 60000", tr("Number on both screens"));
    play(w, line);
}

/* Two devices in one: what it receives comes from its own screen. Without a key, without a network,
 * given, given again, to nobody, too full, and nobody comes for long. */
static void look_at_near(struct walk *w)
{
    struct err err = {0};
    struct receive *receive = NULL;
    char *folder = test_folder();
    play(w, "tap near");
    look(w, "near");
    play(w, "tap near-give");
    look(w, "near_give no key");
    play(w, "tap back");
    play(w, "tap near-receive");
    look(w, "near_receive no key");
    play(w, "tap back");
    must(setting_set(w->app->store, "enrol.key",
                     "3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29", &err),
         &err);
    setenv("GOCUA_NEAR", "", 1);
    play(w, "tap near-receive");
    look(w, "near_receive no network");
    setenv("GOCUA_NEAR", "127.0.0.1", 1);
    play(w, "tap again");
    look(w, "near_receive listening");
    play(w, "tap back");
    use_camera(w, false);
    play(w, "tap near-give");
    look(w, "near_give no camera");
    play(w, "tap back");
    must(receive_begin(w->app, &receive, &err), &err);
    show_code(w, receive, folder);
    aim_at_code(w);
    look(w, "near_give what goes");
    play(w, "tap give");
    look(w, "near_give given");
    play(w, "tap done");
    receive_end(receive);
    aim_at_code(w);
    play(w, "tap give");
    look(w, "near_give nobody");
    play(w, "tap again");
    play(w, "tap back");
    desk_go(w->desk, "near_receive", &(struct ticket){1, NULL});
    play(w, "wait idle");
    look(w, "near_receive tired");
    play(w, "tap back");
    use_camera(w, true);
    unsetenv("GOCUA_NEAR");
    must(setting_set(w->app->store, "enrol.key", "", &err), &err);
    play(w, "tap back");
    test_folder_remove(folder);
}

/* "go SCREEN": puts it on top, as others do by desk_go. */
static void go(struct walk *w, const char *screen)
{
    desk_go(w->desk, screens[screen_index(screen, strlen(screen))]->name, NULL);
    play(w, "wait idle");
}

static void no_camera(struct walk *w)
{
    use_camera(w, false);
}

static void camera(struct walk *w)
{
    use_camera(w, true);
}

static void do_named(struct walk *w, const char *name)
{
    static const struct {
        const char *name;
        void (*go)(struct walk *w);
    } all[] = {{"nasty", add_household},       {"camera", camera},
               {"no-camera", no_camera},       {"cards", through_cards},
               {"topics", to_topics},          {"mend", mend},
               {"lists", fill_lists},          {"forms", look_at_forms},
               {"notice", say_much},           {"enrol", enrol},
               {"versions", look_at_versions}, {"stick", look_at_stick},
               {"near", look_at_near}};
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
            look(w, text + 5);
        } else if (strncmp(text, "go ", 3) == 0) {
            go(w, text + 3);
        } else if (strncmp(text, "do ", 3) == 0) {
            do_named(w, text + 3);
        } else if (text[0] && text[0] != '#') {
            play(w, text);
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
    must(window_open(&opt, &w->window, &err), &err);
    told = w->ui = ui_create(w->window, &drawn);
    w->desk->is_silent = true;
    use_camera(w, true);
    desk_set_ui(w->desk, w->ui);
    desk_start(w->desk);
    play(w, "wait idle");
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
    must(app_open(&options, &app, &err), &err);
    if (pseudo_folder) {
        must(lang_open(pseudo_folder, &err), &err);
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
    look(w, "lock first start");
    play(w, "type 12345");
    play(w, "tap set");
    look(w, "lock first PIN refused");
    close_desk(w);
    app_close(w->app);
    test_folder_remove(folder);
}

static void in_language(struct walk *w, const char *folder)
{
    struct err err = {0};
    look_at_first_start(w);
    w->app = open_app(folder);
    must(app_unlock(w->app, TEST_PIN, &err), &err);
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
    must(keyslot_create(&app->place, TEST_PIN, &keyslot_floor, &key, &err), &err);
    keyslot_forget(key);
    must(app_unlock(app, TEST_PIN, &err), &err);
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
    must(lang_open(folder, &err), &err);
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
