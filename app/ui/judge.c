/* Scanners that type like keyboards: each typed key is judged before a field or a shortcut hears of
 * it. Who judges is the program's business; here keys are kept back and let go again. */
#include "app/ui/node.h"

#include <string.h>

#include "platform/base/clock.h"
#include "platform/base/utf8.h"

void ui_set_judge(struct ui *ui, const struct ui_judge *judge)
{
    ui->judge = judge ? *judge : (struct ui_judge){.key = NULL};
}

static void wait_on(struct ui *ui)
{
    int64_t now = clock_mono_ms();
    int ms = ui->judge.wait_ms(ui->judge.ctx, now);
    ui->judge_due = ms < 0 ? 0 : now + ms;
}

/* What was kept back comes as it would have come: text, and Enter or Tab as keys. */
static void let_go(struct ui *ui, struct str text)
{
    struct buf piece = {0};
    uint32_t code;
    while (utf8_next(&text, &code)) {
        if (code != '\n' && code != '\t') {
            utf8_add(&piece, code);
            continue;
        }
        ui_typed(ui, buf_text(&piece));
        buf_clear(&piece);
        struct input key = {
            .kind = INPUT_KEY, .code = code == '\n' ? KEY_ENTER : KEY_TAB, .at = clock_mono_ms()};
        ui_key(ui, &key);
    }
    ui_typed(ui, buf_text(&piece));
    buf_finish(&piece);
}

static void obey(struct ui *ui, enum ui_heard heard, struct str text)
{
    if (heard == UI_HEARD_CODE) {
        ui_give_scan(ui, text);
    } else if (heard == UI_HEARD_TYPED) {
        let_go(ui, text);
    }
}

bool judge_takes(struct ui *ui, const struct input *input)
{
    bool ends = input->kind == INPUT_KEY && (input->code == KEY_ENTER || input->code == KEY_TAB);
    bool letter = input->kind == INPUT_KEY && input->code >= ' ' && input->code < 127;
    int shortcut = INPUT_CTRL | INPUT_ALT | INPUT_SURE;
    if (!ui->judge.key || input->mods & shortcut || input->repeat) {
        return false;
    }
    if (letter) {
        return true; /* comes as text, too, and is judged then */
    }
    if (!ends && (input->kind != INPUT_TEXT || utf8_count(str_of(input->text)) != 1)) {
        return false;
    }
    const char *text = !ends ? input->text : input->code == KEY_TAB ? "\t" : "\n";
    struct str out = {"", 0};
    enum ui_heard heard = ui->judge.key(ui->judge.ctx, input->at, text, &out);
    wait_on(ui);
    if (heard == UI_HEARD_PASS && !ends) {
        ui_typed(ui, input->text);
        return true;
    }
    obey(ui, heard, out);
    return heard != UI_HEARD_PASS;
}

void judge_tick(struct ui *ui, int64_t now)
{
    if (ui->judge_due && now >= ui->judge_due) {
        struct str out = {"", 0};
        enum ui_heard heard = ui->judge.pause(ui->judge.ctx, now, &out);
        ui->judge_due = 0;
        obey(ui, heard, out);
    }
}
