#include "app/screen/load.h"

bool load_weigh(struct desk *desk, struct giving_load *load)
{
    struct err err = {0};
    bool ok = giving_weigh(desk->app, load, &err);
    bool is_alone = !ok && err.kind == ERR_MISSING;
    if (!ok && !is_alone) {
        desk_fail(desk, &err);
    }
    return !is_alone;
}

void load_say(struct ui *ui, enum ui_type type, struct buf *text, enum ui_icon icon)
{
    ui_text(ui, type, buf_text(text), UI_OPT(.icon = icon));
    buf_finish(text);
}

void load_draw(struct ui *ui, const struct giving_load *load)
{
    const struct outbox_whole *own = &load->own;
    const struct carried *carried = &load->carried;
    struct buf text = {0};
    buf_addf(&text, trn("%d record goes", "%d records go", (unsigned long)own->records),
             (int)own->records);
    if (own->files > 0) {
        buf_add_text(&text, " · ");
        buf_addf(&text, trn("%d photo or file", "%d photos and files", (unsigned long)own->files),
                 (int)own->files);
    }
    if (own->records > 0) {
        buf_add_text(&text, " · ");
        number_add_size(&text, own->bytes);
    }
    load_say(ui, TYPE_STRONG, &text, ICON_SEND);
    if (carried->bundles > 0) {
        buf_addf(&text,
                 trn("With %d parcel of a colleague, ", "With %d parcels of colleagues, ",
                     (unsigned long)carried->bundles),
                 carried->bundles);
        number_add_size(&text, carried->bytes);
        load_say(ui, TYPE_BODY, &text, ICON_INBOX);
    }
}

void load_draw_arrived(struct ui *ui, int sent)
{
    struct buf text = {0};
    if (sent > 0) {
        buf_addf(&text,
                 trn("%d record has arrived and counts as sent.",
                     "%d records have arrived and count as sent.", (unsigned long)sent),
                 sent);
        load_say(ui, TYPE_STRONG, &text, ICON_CLOUD_DONE);
    }
}

void load_draw_rest(struct ui *ui, const struct giving_status *status)
{
    struct buf text = {0};
    int not_read = status->not_read;
    if (not_read > 0) {
        buf_addf(&text,
                 trn("%d record cannot be read whole and did not go: see the outbox.",
                     "%d records cannot be read whole and did not go: see the outbox.",
                     (unsigned long)not_read),
                 not_read);
        load_say(ui, TYPE_BODY, &text, ICON_INFO);
    }
    if (status->result.sent + status->given + not_read == 0 && status->err.kind == ERR_NONE &&
        status->result.reason == OUTBOX_NO_REASON) {
        ui_text(ui, TYPE_BODY, tr("There was nothing new, neither to hand over nor to take in."),
                UI_OPT(.icon = ICON_INFO));
    }
}

bool load_draw_end(struct ui *ui, const struct giving_status *status)
{
    enum outbox_reason reason = status->result.reason;
    if (status->err.kind != ERR_NONE) {
        ui_notice(ui, TONE_ERROR, app_sentence(&status->err));
        return false;
    }
    if (reason == OUTBOX_NO_REASON) {
        return true;
    }
    ui_notice(ui, TONE_ERROR, tr(outbox_reason_text(reason)));
    if (outbox_reason_remedy(reason)[0]) {
        ui_text(ui, TYPE_BODY, tr(outbox_reason_remedy(reason)), NULL);
    }
    return false;
}
