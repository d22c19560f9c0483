/* Hand-over in one Wi-Fi without the Internet: who gives and who receives. */
#include "app/screen/screen.h"

static void draw(struct desk *desk, void *state)
{
    struct ui *ui = desk->ui;
    ui_screen(ui, "near");
    if (ui_bar(ui, tr("Over a hot-spot"), NULL)) {
        desk_back(desk);
    }
    ui_body_begin(ui);
    ui_text(ui, TYPE_STRONG, tr("Both devices must be in the same Wi-Fi."),
            UI_OPT(.icon = ICON_WIFI));
    ui_text(ui, TYPE_BODY,
            tr("One of the two opens a hot-spot in the settings of its system, the other one joins "
               "it. The Internet is not needed. The receiver shows a code, the giver scans it."),
            NULL);
    if (ui_item(ui, "near-give", tr("Give"),
                UI_OPT(.icon = ICON_SEND, .focus = true,
                       .hint = tr("Your finished records, and what you carry for others")))) {
        desk_go(desk, "near_give", NULL);
    }
    if (ui_item(ui, "near-receive", tr("Receive"),
                UI_OPT(.icon = ICON_INBOX,
                       .hint = tr("To carry on the records of colleagues; answers go back")))) {
        desk_go(desk, "near_receive", NULL);
    }
    ui_text(ui, TYPE_BODY,
            tr("Sealed: neither the receiver nor anybody else in this Wi-Fi can read the records. "
               "Only your organisation can."),
            UI_OPT(.icon = ICON_LOCK));
    ui_end(ui);
}

const struct screen screen_near = {
    .name = "near",
    .draw = draw,
};
