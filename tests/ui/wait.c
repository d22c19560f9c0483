/* A screen whose work waits for the disk says so, and the keys pressed meanwhile are not lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "helper_desk.h"
#include "platform/base/aside.h"

enum { W = 360, H = 640, SLOW_MS = 200 };

struct model {
    int slow_ms, saved, others;
    size_t differs;   /* pixels that were others when the work ended … */
    int lowest;       /* … and the first line of them */
    uint64_t picture; /* a digest of all */
    struct window *window;
    uint32_t *before;
};

static void work(void *ctx)
{
    usleep((useconds_t)((struct model *)ctx)->slow_ms * 1000);
}

/* What was on the screen at the end of the wait, before the new page is painted. */
static void look(struct model *model)
{
    const struct canvas *canvas = window_canvas(model->window);
    model->differs = 0;
    model->lowest = H;
    model->picture = 0;
    for (int y = 0; y < H; y++) {
        const uint32_t *row = canvas->pixels + (size_t)y * (size_t)canvas->stride;
        for (int x = 0; x < W; x++) {
            model->picture = model->picture * 31 + row[x];
            if (row[x] != model->before[y * W + x]) {
                model->differs++;
                model->lowest = y < model->lowest ? y : model->lowest;
            }
        }
    }
}

static void build(struct ui *ui, void *ctx)
{
    struct model *model = ctx;
    ui_screen(ui, "wait");
    ui_bar_home(ui, "Gõ Cửa", NULL);
    ui_body_begin(ui);
    if (ui_button(ui, "save", "Lưu", UI_OPT(.kind = UI_PRIMARY, .focus = true))) {
        aside_do(work, model);
        look(model);
        model->saved++;
    }
    model->others += ui_button(ui, "other", "Khác", NULL);
    ui_end(ui);
}

static void begin(struct desk *desk, struct model *model)
{
    model->before = calloc(W * H, sizeof(*model->before));
    desk_open(desk, W, H, build, model);
    model->window = desk->window;
}

static void keep(struct desk *desk, struct model *model)
{
    const struct canvas *canvas = window_canvas(desk->window);
    for (int y = 0; y < H; y++) {
        memcpy(model->before + y * W, canvas->pixels + (size_t)y * (size_t)canvas->stride,
               W * sizeof(*model->before));
    }
}

/* Saves, with so many further keys behind: down to the other button, then presses of it. */
static void play(struct model *model, int keys)
{
    struct desk desk;
    begin(&desk, model);
    desk_key(&desk, KEY_DOWN); /* the focus is on the first button */
    keep(&desk, model);
    window_inject(desk.window, &(struct input){.kind = INPUT_KEY, .code = KEY_ENTER});
    for (int i = 0; i < keys; i++) {
        int code = i == 0 ? KEY_DOWN : KEY_ENTER;
        window_inject(desk.window, &(struct input){.kind = INPUT_KEY, .code = code});
    }
    desk_settle(&desk);
    assert_int_equal(model->saved, 1);
    keep(&desk, model);
    desk_close(&desk);
}

static void a_slow_disk_puts_a_sign_up_and_takes_it_down(void **state)
{
    struct model slow = {.slow_ms = SLOW_MS}, quick = {.slow_ms = 0};
    play(&slow, 0);
    play(&quick, 0);
    assert_true(slow.differs > 1000);
    assert_true(slow.lowest >= 56); /* the bar stays to be read */
    assert_int_equal(quick.differs, 0);
    assert_memory_equal(slow.before, quick.before, W * H * sizeof(*slow.before));
    free(slow.before);
    free(quick.before);
}

static void keys_that_wait_are_shown_and_then_heard(void **state)
{
    struct model none = {.slow_ms = SLOW_MS}, three = {.slow_ms = SLOW_MS};
    play(&none, 0);
    play(&three, 3);
    assert_int_equal(none.others, 0);
    assert_int_equal(three.others, 2);
    assert_true(three.picture != none.picture); /* a dot for each of them */
    free(none.before);
    free(three.before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slow_disk_puts_a_sign_up_and_takes_it_down),
        cmocka_unit_test(keys_that_wait_are_shown_and_then_heard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
