#include "tests/bench/inside.h"

#include <stdio.h>
#include <time.h>

#include "app/ui/ui.h"
#include "platform/window/input.h"
#include "platform/window/window.h"

double cpu_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1000 + (double)t.tv_nsec / 1e6;
}

static void row(struct ui *ui, size_t index, void *ctx)
{
    char text[64];
    (void)ctx;
    snprintf(text, sizeof(text), "Hộ ông Nguyễn Văn Thử Nghiệm %zu", index);
    ui_list_row(ui, text, -1,
                UI_OPT(.icon = ICON_HOME, .hint = "Ấp 3, xã Tân Thạnh · 05/11/2026",
                       .state = index % 3 ? "Đã gửi" : "Nháp",
                       .tone = index % 3 ? TONE_OK : TONE_WARN));
}

static void build(struct ui *ui, void *ctx)
{
    struct state *state = ctx;
    ui_screen(ui, "log");
    ui_bar(ui, "Nhật ký chuyến thăm", "10.000 lượt");
    const char *text = ui_field(ui, "search", state->text,
                                &(struct ui_field){.input = UI_IN_SEARCH, .name = "Tìm"});
    if (text) {
        snprintf(state->text, sizeof(state->text), "%s", text);
    }
    ui_page_begin(ui);
    ui_list(ui, "rows", &(struct ui_list){.count = STAGE_ROWS, .row = row, .name = "Nhật ký"});
    ui_end(ui);
    ui_actions_begin(ui);
    ui_button(ui, "new", "Chuyến thăm mới", UI_OPT(.kind = UI_PRIMARY, .icon = ICON_ADD));
    ui_end(ui);
}

bool stage_open(struct stage *stage, bool headless)
{
    struct err err = {0};
    *stage = (struct stage){0};
    struct window_opt opt = {.w = STAGE_W, .h = STAGE_H, .headless = headless, .title = "bench"};
    if (!window_open(&opt, &stage->window, &err)) {
        fprintf(stderr, "%s\n", err.text);
        return false;
    }
    struct ui_app app = {.build = build, .ctx = &stage->state};
    stage->ui = ui_create(stage->window, &app);
    return ui_settle(stage->ui, &err);
}

void stage_close(struct stage *stage)
{
    ui_destroy(stage->ui);
    window_close(stage->window);
}

static void send(struct stage *stage, struct input input)
{
    window_inject(stage->window, &input);
    ui_settle(stage->ui, NULL);
}

/* Drags by px a frame; the finger is lifted and set again at the edge. ms of every frame. */
void stage_scroll(struct stage *stage, int frames, int px, double *ms)
{
    int y = 0;
    for (int i = 0; i < frames; i++) {
        if (y - px < 250) {
            send(stage, (struct input){.kind = INPUT_UP, .x = 300, .y = y, .at = 1});
            y = 1000;
            send(stage, (struct input){.kind = INPUT_DOWN, .x = 300, .y = y, .at = 1});
            send(stage, (struct input){.kind = INPUT_MOVE, .x = 300, .y = y -= 60, .at = 2});
        }
        y -= px;
        double start = cpu_ms();
        send(stage, (struct input){.kind = INPUT_MOVE, .x = 300, .y = y, .at = 3 + i});
        if (ms) {
            ms[i] = cpu_ms() - start;
        }
    }
}

void stage_type(struct stage *stage, int keys, double *ms)
{
    static const char letters[] = "nguyen van thu nghiem ";
    ui_focus(stage->ui, "search");
    ui_settle(stage->ui, NULL);
    for (int i = 0; i < keys; i++) {
        struct input input = {.kind = INPUT_TEXT};
        input.text[0] = letters[i % (int)(sizeof(letters) - 1)];
        double start = cpu_ms();
        if (i % 60 == 59) {
            send(stage, (struct input){.kind = INPUT_KEY, .code = 'a', .mods = INPUT_CTRL});
        }
        send(stage, input);
        if (ms) {
            ms[i] = cpu_ms() - start;
        }
    }
}
