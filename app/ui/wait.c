/* What is answered when there is no answer yet: the screen's work waits for the disk, or for a key
 * that is derived slowly, and the keys pressed meanwhile wait for the screen. */
#include "app/ui/node.h"

#include <time.h>

#include "platform/base/aside.h"

enum {
    SOON_MS = 40, /* most disks have answered by then: no flicker */
    TOP = 64,     /* dp: below the bar, where neither keyboard nor button is */
    PAD_X = 20,
    PAD_Y = 12,
    DOT = 8,
    DOTS_MOST = 8,
};

double wait_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* One dot a key, in reading direction below the words. */
static void paint_dots(struct ui *ui, struct paint *paint, struct rect sign, int n)
{
    int dot = ui_px(ui, DOT), step = 2 * dot;
    int w = n * step - dot, x = sign.x + (sign.w - w) / 2;
    for (int i = 0; i < n; i++) {
        int at = ui->set.rtl ? x + w - dot - i * step : x + i * step;
        struct rect r = {at, sign.y + sign.h - dot - ui_px(ui, PAD_Y) / 2, dot, dot};
        paint_round(paint, r, dot / 2, ui_colour(ui, TOKEN_BG));
    }
}

static void paint_sign(struct ui *ui, int presses)
{
    struct canvas *canvas = window_canvas(ui->window);
    struct node words = {.text = tr("One moment…"),
                         .type = TYPE_STRONG,
                         .look = {-1, -1, TOKEN_BG, 0, 1},
                         .lines = 1};
    struct text text = node_spec(ui, &words, 0);
    struct text_size size = text_measure(&text);
    int w = size.w + 2 * ui_px(ui, PAD_X), least = ui_px(ui, 2 * DOT * DOTS_MOST + 2 * PAD_X);
    w = w < least ? least : w;
    struct rect sign = {(canvas->w - w) / 2, ui_px(ui, TOP), w,
                        size.h + 2 * ui_px(ui, PAD_Y) + ui_px(ui, DOT)};
    struct paint *paint = paint_begin(canvas, sign);
    paint_fill(paint, sign, ui_colour(ui, TOKEN_TEXT));
    paint_text(paint, &text, sign.x + (w - size.w) / 2, sign.y + ui_px(ui, PAD_Y));
    paint_dots(ui, paint, sign, presses < DOTS_MOST ? presses : DOTS_MOST);
    paint_end(paint, NULL);
    canvas_damage(canvas, sign);
}

void wait_show(void *ctx, int64_t ms)
{
    struct ui *ui = ctx;
    int presses = window_presses(ui->window);
    double since = wait_clock() - ui->turn_ms; /* many short waits are a long one */
    if ((ms < SOON_MS && since < SOON_MS) || presses == ui->signed_presses) {
        return;
    }
    paint_sign(ui, presses);
    window_present(ui->window, NULL); /* what is wrong with the window is said after the work */
    ui->repaint_all = true;
    ui->signed_presses = presses;
    ui->signed_ms = ui->signed_ms > 0 ? ui->signed_ms : wait_clock();
}
