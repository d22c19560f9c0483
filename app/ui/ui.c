/* The kit's life: settings, the loop, builds, timers, what comes from outside. */
#include "app/ui/node.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "app/ui/inspect.h"
#include "platform/base/aside.h"
#include "platform/base/clock.h"

enum { FRAME_MS = 16, RUNS_MOST = 32, TURNS_MOST = 4 };

struct ui *ui_create(struct window *window, const struct ui_app *app)
{
    struct ui *ui = mem_alloc(1, sizeof(*ui));
    ui->window = window;
    ui->app = *app;
    ui->into = &ui->arena;
    ui->last_input = clock_mono_ms();
    ui->by_touch = true; /* until a key says otherwise */
    ui->signed_presses = -1;
    ui->aside = aside_create(wait_show, ui);
    ui_set(ui, &(struct ui_settings){.lang = "vi"});
    return ui;
}

void ui_destroy(struct ui *ui)
{
    if (!ui) {
        return;
    }
    aside_destroy(ui->aside);
    inspect_close(ui->inspect);
    for (size_t i = 0; i < ui->scrolls.n; i++) {
        list_drop(ui, ui->scrolls.v[i]);
        vec_finish(&ui->scrolls.v[i]->rows);
        free(ui->scrolls.v[i]);
    }
    for (size_t i = 0; i < ui->spare.n; i++) {
        arena_finish(&ui->spare.v[i]->arena);
        free(ui->spare.v[i]);
    }
    for (size_t i = 0; i < ui->queue.n; i++) {
        buf_wipe(&ui->queue.v[i].text);
    }
    vec_finish(&ui->scrolls);
    vec_finish(&ui->spare);
    vec_finish(&ui->queue);
    vec_finish(&ui->timers);
    vec_finish(&ui->places);
    vec_finish(&ui->menu);
    buf_wipe(&ui->action.text);
    buf_wipe(&ui->result);
    buf_finish(&ui->focus_key);
    free(ui->toast.text);
    free(ui->toast.key);
    free(ui->toast.action);
    free(ui->records);
    edit_finish(&ui->edit);
    arena_finish(&ui->arena);
    arena_finish(&ui->scratch);
    free(ui);
}

/* Device pixels a dp: the shorter side is 360 dp; what lies on its side is a tablet or a laptop
 * when it is large, and shows more instead of larger. */
static double scale_of(const struct ui *ui)
{
    double shorter = ui->w < ui->h ? ui->w : ui->h, scale = shorter / 360.0;
    if (ui->set.scale > 0) {
        scale = ui->set.scale;
    } else if (ui->w > ui->h && scale > 1.8) {
        scale = 1.8;
    }
    return scale * (ui->set.glove ? 1.15 : 1);
}

void ui_set(struct ui *ui, const struct ui_settings *settings)
{
    if (settings != &ui->set) {
        ui->set = *settings;
    }
    struct canvas *canvas = window_canvas(ui->window);
    ui->w = canvas->w;
    ui->h = canvas->h;
    double size = ui->set.text_size > 0 ? ui->set.text_size : 1;
    ui->bare = scale_of(ui);
    ui->px = ui->bare * size;
    ui->finger = ui->bare * (size > 1 ? size : 1);
    ui->is_resized = true;
    ui->repaint_all = true;
    ui->had_keyboard = false; /* the field may be under it now */
    ui_change(ui);
}

const struct ui_settings *ui_get(const struct ui *ui)
{
    return &ui->set;
}

void ui_quit(struct ui *ui)
{
    ui->quit = true;
}

void ui_wake(struct ui *ui)
{
    window_wake(ui->window);
}

void ui_change(struct ui *ui)
{
    ui->is_changed = true;
}

void ui_focus(struct ui *ui, const char *key)
{
    buf_clear(&ui->focus_key);
    buf_add_text(&ui->focus_key, key);
    ui->focus_seen = true;
    ui_change(ui);
}

void ui_set_speech(struct ui *ui, void (*say)(void *ctx, const char *text), void *ctx)
{
    ui->say = say;
    ui->say_ctx = ctx;
}

/* ---- builds ---- */

/* One run of the screen's build into a fresh tree. */
static void run(struct ui *ui)
{
    for (size_t i = 0; i < ui->scrolls.n; i++) {
        list_drop(ui, ui->scrolls.v[i]);
    }
    arena_reset(&ui->arena);
    ui->build++;
    ui->into = &ui->arena;
    ui->is_building = true;
    ui->is_taken = ui->is_changed = ui->handover = ui->has_back = false;
    ui->rest_ms = 0;
    ui->bar = NULL;
    ui->menu.n = 0;
    memset(ui->softkeys, 0, sizeof(ui->softkeys));
    ui->root = arena_new(&ui->arena, struct node);
    *ui->root =
        (struct node){.id = 1, .scope = 1, .widget = &widget_screen, .look = {-1, -1, -1, 0, 1}};
    ui->at = ui->root;
    ui->screen = node_open(ui, &widget_group, NULL);
    ui->screen->look = (struct look){-1, -1, -1, 0, 1};
    ui->app.build(ui, ui->app.ctx);
    assert(ui->at == ui->screen && "a begin without ui_end");
    ui->screen->scope = ui->root->scope;
    overlay_build(ui);
    keyboard_build(ui);
    ui->at = NULL;
    ui->is_building = false;
}

static void timers_forget(struct ui *ui)
{
    for (size_t i = ui->timers.n; i-- > 0;) {
        if (ui->timers.v[i].seen != ui->build) {
            vec_remove(&ui->timers, i);
        }
    }
}

/* Delivers the queued actions one by one, then describes until nothing changes any more. */
static void build(struct ui *ui)
{
    for (int i = 0; i < RUNS_MOST; i++) {
        if (ui->queue.n > 0) {
            ui->action = ui->queue.v[0];
            vec_remove(&ui->queue, 0);
            run(ui);
            buf_wipe(&ui->action.text);
            ui->action = (struct action){.kind = ACTION_NONE};
            ui->is_changed = true;
        } else if (ui->is_changed) {
            run(ui);
        } else {
            break;
        }
    }
    timers_forget(ui);
}

static void refresh_tree(struct ui *ui)
{
    for (int i = 0; i < TURNS_MOST && (ui->is_changed || ui->queue.n > 0 || !ui->root); i++) {
        ui->is_changed = ui->is_changed || !ui->root;
        build(ui);
        ui_layout(ui);
        ui->is_laid = false;
        ui->is_unseen = true;
        focus_keep(ui);
        bool has_keyboard = ui->root->last->widget == &widget_key;
        struct node *field = node_find(ui, ui->edit.id);
        if ((has_keyboard != ui->had_keyboard || ui->is_resized) && field) {
            scroll_to(ui, field); /* it may be under the keyboard now */
        } else if (field && ui->edit.field.lines > 1) {
            scroll_to_caret(ui, field);
        }
        ui->had_keyboard = has_keyboard;
        ui->is_resized = false;
    }
}

void ui_lay(struct ui *ui)
{
    refresh_tree(ui);
}

static bool refresh(struct ui *ui, struct err *err)
{
    refresh_tree(ui);
    if (!ui->is_laid || ui->repaint_all) {
        frame_compare(ui);
        ui->is_laid = true;
    }
    if (window_canvas(ui->window)->damages > 0) {
        frame_paint(ui);
        return window_present(ui->window, err);
    }
    return true;
}

/* ---- timers ---- */

bool ui_after(struct ui *ui, const char *key, int ms)
{
    uint64_t id = id_of(id_mix(ui->root->id, 3), key);
    struct node probe = {.id = id};
    bool is_due = node_took(ui, &probe, ACTION_TIMER);
    struct timer *timer = NULL;
    for (size_t i = 0; i < ui->timers.n; i++) {
        timer = ui->timers.v[i].id == id ? &ui->timers.v[i] : timer;
    }
    if (!timer) {
        timer = vec_add(&ui->timers);
        *timer = (struct timer){.id = id, .due = clock_mono_ms() + ms};
    } else if (is_due) {
        timer->due = clock_mono_ms() + ms;
    }
    timer->seen = ui->build;
    return is_due;
}

bool ui_rested(struct ui *ui, int ms)
{
    struct node probe = {.id = id_mix(1, 4)};
    ui->rest_ms = ms;
    return node_took(ui, &probe, ACTION_TIMER);
}

void ui_stay_awake(struct ui *ui)
{
    ui->last_input = clock_mono_ms();
    ui->is_rested = false;
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < 0 || (b >= 0 && b < a) ? b : a;
}

int ui_next_due(const struct ui *ui, int64_t now)
{
    int64_t due = -1;
    for (size_t i = 0; i < ui->timers.n; i++) {
        due = earlier(due, ui->timers.v[i].due);
    }
    due = ui->edit.paused ? earlier(due, ui->edit.paused) : due;
    due = ui->touch.long_due ? earlier(due, ui->touch.long_due) : due;
    due = ui->toast.text ? earlier(due, ui->toast.until) : due;
    due = ui->shown ? earlier(due, ui->shown_until) : due;
    due = ui->rest_ms && !ui->is_rested ? earlier(due, ui->last_input + ui->rest_ms) : due;
    due = ui->judge_due ? earlier(due, ui->judge_due) : due;
    due = ui->fling.id ? earlier(due, ui->fling.last + FRAME_MS) : due;
    if (due < 0) {
        return -1;
    }
    return due <= now ? 0 : due - now > 3600000 ? 3600000 : (int)(due - now);
}

static void tick(struct ui *ui)
{
    int64_t now = clock_mono_ms();
    for (size_t i = 0; i < ui->timers.n; i++) {
        if (now >= ui->timers.v[i].due) {
            ui->timers.v[i].due = now + 3600000; /* set again by the run that hears it */
            ui_act(ui, ACTION_TIMER, ui->timers.v[i].id, 0, NULL);
        }
    }
    if (ui->edit.paused && now >= ui->edit.paused) {
        edit_report(ui);
    }
    if (ui->toast.text && now >= ui->toast.until) {
        free(ui->toast.text);
        ui->toast.text = NULL;
        ui_change(ui);
    }
    if (ui->shown && now >= ui->shown_until) {
        ui->shown = 0;
        ui_change(ui);
    }
    if (ui->rest_ms && !ui->is_rested && now >= ui->last_input + ui->rest_ms) {
        ui->is_rested = true;
        ui_act(ui, ACTION_TIMER, id_mix(1, 4), 0, NULL);
    }
    judge_tick(ui, now);
    if (ui->touch.long_due || ui->fling.id) {
        touch_tick(ui, now);
    }
}

/* ---- what a screen asks ---- */

void ui_buzz(struct ui *ui, enum ui_buzz buzz)
{
    static const int ms[] = {[UI_BUZZ_KEY] = 15, [UI_BUZZ_GOOD] = 80, [UI_BUZZ_BAD] = 300};
    if (ui->set.buzz) {
        window_buzz(ui->window, ms[buzz]);
    }
}

static bool took_number(struct ui *ui, enum action_kind kind, long number)
{
    if (ui->action.kind != kind || ui->action.number != number || ui->is_taken) {
        return false;
    }
    ui->is_taken = true;
    return true;
}

bool ui_softkey(struct ui *ui, int n, const char *text)
{
    assert(n >= 1 && n <= 12);
    ui->softkeys[n].text = node_keep(ui, text);
    return took_number(ui, ACTION_SOFTKEY, n);
}

bool ui_home_wanted(struct ui *ui)
{
    return took_number(ui, ACTION_HOME, 0);
}

void ui_handover(struct ui *ui)
{
    ui->handover = true;
}

const char *ui_scanned(struct ui *ui)
{
    if (!took_number(ui, ACTION_SCAN, 0)) {
        return NULL;
    }
    buf_clear(&ui->result);
    buf_add_str(&ui->result, buf_str(&ui->action.text));
    return buf_text(&ui->result);
}

bool ui_scan_wanted(struct ui *ui)
{
    return took_number(ui, ACTION_TRIGGER, 0);
}

/* ---- the loop ---- */

bool ui_is_idle(const struct ui *ui)
{
    return !ui->is_changed && ui->queue.n == 0 && ui->fling.id == 0 && ui->is_laid &&
           !window_is_busy(ui->window) && !(ui->app.is_busy && ui->app.is_busy(ui->app.ctx));
}

bool ui_turn(struct ui *ui, int ms, struct err *err)
{
    ui->turn_ms = wait_clock();
    if (!refresh(ui, err)) {
        return false;
    }
    int due = ui_next_due(ui, clock_mono_ms());
    int wait = due >= 0 && (ms < 0 || due < ms) ? due : ms;
    struct input *input = arena_new(&ui->scratch, struct input);
    bool came = window_wait(ui->window, ui->quit ? 0 : wait, input);
    ui->turn_ms = wait_clock();
    while (came) {
        ui_input(ui, input);
        refresh_tree(ui); /* the next input meets the screen that this one led to */
        came = !ui->quit && window_wait(ui->window, 0, input);
    }
    arena_reset(&ui->scratch);
    tick(ui);
    bool good = refresh(ui, err);
    inspect_serve(ui);
    return good;
}

bool ui_run(struct ui *ui, struct err *err)
{
    ui->quit = false;
    while (!ui->quit) {
        if (!ui_turn(ui, -1, err)) {
            return false;
        }
    }
    edit_stop(ui);
    return refresh(ui, err);
}

bool ui_settle(struct ui *ui, struct err *err)
{
    do {
        if (!ui_turn(ui, 0, err)) {
            return false;
        }
    } while (!ui->quit && (ui->is_changed || ui->queue.n > 0 || window_is_busy(ui->window)));
    return true;
}
