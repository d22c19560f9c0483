#include "app/screen/load.h"

#include "app/lang/lang.h"

void load_say(struct ui *ui, enum ui_type type, struct buf *text, enum ui_icon icon)
{
    ui_text(ui, type, buf_text(text), UI_OPT(.icon = icon));
    buf_finish(text);
}

void load_draw(struct ui *ui, const struct stick_load *load)
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

void load_draw_not_read(struct ui *ui, int not_read)
{
    struct buf text = {0};
    if (not_read > 0) {
        buf_addf(&text,
                 trn("%d record cannot be read whole and did not go: see the outbox.",
                     "%d records cannot be read whole and did not go: see the outbox.",
                     (unsigned long)not_read),
                 not_read);
        load_say(ui, TYPE_BODY, &text, ICON_INFO);
    }
}
