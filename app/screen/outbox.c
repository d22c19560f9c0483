/* What waits to be sent, each with its reason and what can be done; what was sent. "Send now" asks
 * at once; "without a network" leads to the ways by hand. */
#include <stdio.h>
#include <string.h>

#include "app/screen/screen.h"
#include "app/store/outbox.h"
#include "app/store/record.h"
#include "app/work/enrol.h"
#include "app/work/sync.h"
#include "platform/base/clock.h"

enum {
    MOST = 500,
    HELD = 2,
    LOW = 320 /* dp of a window in which two buttons would leave nothing of the list */
};

struct outbox_state {
    struct desk *desk;
    struct arena arena;
    struct records records;
    struct sync_status sync;
    bool shows_sent;
    struct {
        int64_t files, bytes;
    } held[HELD]; /* waiting for Wi-Fi; for another day */
    int64_t open; /* record whose sheet is shown, 0: none */
};

static void look(struct desk *desk, void *state)
{
    struct outbox_state *s = state;
    s->desk = desk;
    const unsigned done = 1u << RECORD_SENT | 1u << RECORD_ACCEPTED;
    const unsigned open = 1u << RECORD_READY | 1u << RECORD_SENDING;
    const unsigned asks = 1u << RECORD_ASIDE | 1u << RECORD_RETURNED;
    const struct record_filter filter = {.states = s->shows_sent ? done | asks : open | asks,
                                         .dealt_with = s->shows_sent ? 2 : 1};
    arena_reset(&s->arena);
    if (!record_page(desk->app->store, &filter, (struct page){0, MOST}, &s->arena, &s->records,
                     NULL)) {
        s->records.n = 0;
    }
    sync_look(desk->app->sync, &s->sync);
    static const enum outbox_reason reasons[HELD] = {OUTBOX_WAIT_WIFI, OUTBOX_BUDGET};
    for (size_t i = 0; i < HELD; i++) {
        outbox_held(desk->app->store, reasons[i], &s->held[i].files, &s->held[i].bytes, NULL);
    }
}

static bool enter(struct desk *desk, void *state, const struct ticket *ticket)
{
    look(desk, state);
    return true;
}

static void mail(struct desk *desk, void *state, const struct mail *mail)
{
    look(desk, state);
}

static void leave(struct desk *desk, void *state)
{
    struct outbox_state *s = state;
    arena_finish(&s->arena);
}

/* Why the record is where it is, in words. */
static void reason_of(const struct outbox_state *s, const struct record *record, struct buf *to)
{
    if (record->state == RECORD_SENT || record->state == RECORD_ACCEPTED) {
        date_add_moment(to, record->sent_ms);
    } else if (record->state == RECORD_SENDING || s->sync.record == record->id) {
        buf_add_text(to, tr("Being sent now"));
    } else if (record->reason[0]) {
        buf_add_text(to, tr(outbox_reason_text(outbox_reason_of(record->reason))));
    } else if (!s->sync.has_route) {
        buf_add_text(to, tr(outbox_reason_text(OUTBOX_NO_NETWORK)));
    } else {
        buf_add_text(to, tr("Waits for its turn"));
    }
    if (record->files && record->state != RECORD_SENT && record->state != RECORD_ACCEPTED) {
        buf_add_text(to, " · ");
        buf_addf(to, tr("%lld of %lld files confirmed"), (long long)record->files_confirmed,
                 (long long)record->files);
    }
}

static const struct {
    const char *text;
    enum ui_tone tone;
    enum ui_icon icon;
} looks[] = {
    [RECORD_READY] = {tr_later("Waiting"), TONE_SYNC, ICON_CLOUD_UPLOAD},
    [RECORD_SENDING] = {tr_later("Sending"), TONE_SYNC, ICON_SYNC},
    [RECORD_SENT] = {tr_later("Sent"), TONE_OK, ICON_CLOUD_DONE},
    [RECORD_ACCEPTED] = {tr_later("Accepted"), TONE_OK, ICON_CHECK_CIRCLE},
    [RECORD_RETURNED] = {tr_later("Returned"), TONE_WARN, ICON_ASSIGNMENT_RETURN},
    [RECORD_ASIDE] = {tr_later("Set aside"), TONE_ERROR, ICON_WARNING},
};

static void row(struct ui *ui, size_t index, void *ctx)
{
    struct outbox_state *s = ctx;
    const struct record *record = &s->records.v[index];
    struct buf hint = {0};
    reason_of(s, record, &hint);
    ui_list_row(ui, record->title[0] ? record->title : record->form_id, -1,
                UI_OPT(.icon = looks[record->state].icon, .hint = buf_text(&hint),
                       .state = tr(looks[record->state].text), .tone = looks[record->state].tone));
    buf_finish(&hint);
}

/* Files that wait by a rule of ours, with number and size. */
static void draw_held(struct desk *desk, const struct outbox_state *s)
{
    for (size_t i = 0; i < HELD; i++) {
        struct buf text = {0}, size = {0};
        long long files = s->held[i].files;
        number_add_size(&size, s->held[i].bytes);
        if (i == 0 && files == 1) {
            buf_addf(&text, tr("Waiting for Wi-Fi: 1 file, %s"), buf_text(&size));
        } else if (i == 0) {
            buf_addf(&text, tr("Waiting for Wi-Fi: %lld files, %s"), files, buf_text(&size));
        } else if (files == 1) {
            buf_addf(&text,
                     tr("Today's data is used up: 1 file, %s, goes on tomorrow or over Wi-Fi"),
                     buf_text(&size));
        } else {
            buf_addf(&text,
                     tr("Today's data is used up: %lld files, %s, go on tomorrow or over Wi-Fi"),
                     files, buf_text(&size));
        }
        if (files > 0) {
            ui_notice(desk->ui, TONE_SYNC, buf_text(&text));
        }
        buf_finish(&text);
        buf_finish(&size);
    }
    if (s->sync.news.forms_waiting > 0) {
        ui_notice(desk->ui, TONE_SYNC, tr("New pictures of forms wait for Wi-Fi."));
    }
}

static void draw_head(struct desk *desk, struct outbox_state *s)
{
    struct ui *ui = desk->ui;
    char text[200];
    ui_column_begin(ui, NULL, UI_OPT(.pad = 16));
    if (!enrol_is_done(desk->app)) {
        ui_notice(ui, TONE_WARN, tr(outbox_reason_text(OUTBOX_NOT_ENROLLED)));
    } else if (s->sync.is_running) {
        double part = s->sync.total > 0 ? (double)s->sync.done / (double)s->sync.total : -1;
        ui_progress(ui, part, tr("Sending now…"));
    } else if (s->sync.reason != OUTBOX_NO_REASON) {
        ui_notice(ui, TONE_SYNC, tr(outbox_reason_text(s->sync.reason)));
        if (s->sync.next_ms > clock_now_ms()) {
            long seconds = (long)((s->sync.next_ms - clock_now_ms() + 999) / 1000);
            snprintf(text, sizeof(text), tr("The next try comes by itself in %ld s."), seconds);
            ui_text(ui, TYPE_SMALL, text, NULL);
            ui_after(ui, "next-try", 1000); /* counts down */
        }
    } else if (!s->sync.has_route && s->records.n > 0) {
        ui_notice(ui, TONE_SYNC, tr(outbox_reason_text(OUTBOX_NO_NETWORK)));
    }
    draw_held(desk, s);
    ui_end(ui);
}

/* Corrections: of what was sent or returned, and when the portal has a newer version. */
static void draw_ways(struct desk *desk, struct outbox_state *s, const struct record *record)
{
    struct ui *ui = desk->ui;
    struct err err = {0};
    bool is_sent = record->state == RECORD_SENT || record->state == RECORD_ACCEPTED ||
                   record->state == RECORD_RETURNED;
    if (is_sent &&
        ui_button(ui, "correct", tr("Correct it"),
                  UI_OPT(.kind = record->state == RECORD_RETURNED ? UI_PRIMARY : UI_NORMAL,
                         .icon = ICON_EDIT))) {
        desk_put_away(desk);
        s->open = 0;
        if (filling_correct(desk->app, record->id, NULL, &desk->filling, &err)) {
            desk_go(desk, "filler", NULL);
        } else if (err.kind == ERR_MISSING || err.kind == ERR_DENIED) {
            desk_say(desk, tr("This record can no longer be changed on this device."));
        } else {
            desk_fail(desk, &err);
        }
    }
    if (record->state == RECORD_ASIDE && outbox_reason_of(record->reason) == OUTBOX_EDIT_LATE &&
        ui_button(ui, "compare", tr("Compare both versions"), UI_OPT(.kind = UI_PRIMARY))) {
        s->open = 0;
        desk_go(desk, "compare", &(struct ticket){record->id, NULL});
    }
}

static void draw_sheet(struct desk *desk, struct outbox_state *s)
{
    struct ui *ui = desk->ui;
    const struct record *record = NULL;
    struct err err = {0};
    for (size_t i = 0; i < s->records.n; i++) {
        record = s->records.v[i].id == s->open ? &s->records.v[i] : record;
    }
    if (!record) {
        s->open = 0;
        return;
    }
    bool gone = ui_sheet_begin(ui, "record", tr(looks[record->state].text));
    ui_text(ui, TYPE_STRONG, record->title[0] ? record->title : record->form_id, NULL);
    enum outbox_reason reason = outbox_reason_of(record->reason);
    if (record->reason[0]) {
        ui_text(ui, TYPE_BODY, tr(outbox_reason_text(reason)), NULL);
        if (outbox_reason_remedy(reason)[0]) {
            ui_text(ui, TYPE_BODY, tr(outbox_reason_remedy(reason)), NULL);
        }
    }
    if (record->message[0]) {
        ui_value(ui, "message", tr("The server said"), record->message, NULL);
    }
    draw_ways(desk, s, record);
    if (record->state == RECORD_ASIDE && reason != OUTBOX_EDIT_LATE &&
        reason != OUTBOX_SUPERSEDED &&
        ui_button(ui, "release", tr("Put it back into the queue"), UI_OPT(.kind = UI_PRIMARY))) {
        if (record_release(desk->app->store, record->id, &err)) {
            sync_kick(desk->app->sync, false);
            s->open = 0;
            look(desk, s);
        } else {
            desk_fail(desk, &err);
        }
    }
    ui_end(ui);
    s->open = gone ? 0 : s->open;
}

/* Which of the two lists, and how sending stands. */
static void draw_top(struct ui *ui, void *ctx)
{
    struct outbox_state *s = ctx;
    const char *names[] = {tr("Waiting"), tr("Sent")};
    int tab = ui_tabs(ui, "which", names, 2, s->shows_sent);
    if ((tab == 1) != s->shows_sent) {
        s->shows_sent = tab == 1;
        look(s->desk, s);
    }
    if (!s->shows_sent) {
        draw_head(s->desk, s);
    }
}

static void draw(struct desk *desk, void *state)
{
    struct outbox_state *s = state;
    struct ui *ui = desk->ui;
    bool low = ui_is_low(ui);
    ui_screen(ui, "outbox");
    if (ui_bar(ui, tr("Outbox"), NULL)) {
        desk_back(desk);
    }
    bool is_low = ui_window_height(ui) < LOW;
    if (is_low && ui_bar_menu(ui, "handover", tr("Without a network"), ICON_QR_CODE_2)) {
        desk_go(desk, "handover", NULL);
    }
    ui_page_begin(ui);
    if (!low) {
        draw_top(ui, s);
    }
    long chosen = ui_list(ui, s->shows_sent ? "sent" : "waiting",
                          &(struct ui_list){.count = s->records.n,
                                            .row = row,
                                            .ctx = s,
                                            .head = low ? draw_top : NULL,
                                            .name = s->shows_sent ? tr("Sent") : tr("Waiting"),
                                            .empty = s->shows_sent ? tr("Nothing was sent yet")
                                                                   : tr("Everything is sent"),
                                            .empty_icon = ICON_CLOUD_DONE});
    ui_end(ui);
    if (chosen >= 0) {
        s->open = s->records.v[chosen].id;
    }
    ui_actions_begin(ui);
    if (ui_button(ui, "send-now", tr("Send now"),
                  UI_OPT(.kind = UI_PRIMARY, .icon = ICON_SEND, .disabled = s->sync.is_running))) {
        sync_kick(desk->app->sync, true);
    }
    if (!is_low &&
        ui_button(ui, "handover", tr("Without a network"), UI_OPT(.icon = ICON_QR_CODE_2))) {
        desk_go(desk, "handover", NULL);
    }
    ui_end(ui);
    if (s->open) {
        draw_sheet(desk, s);
    }
}

const struct screen screen_outbox = {
    .name = "outbox",
    .state_size = sizeof(struct outbox_state),
    .enter = enter,
    .draw = draw,
    .back = look,
    .mail = mail,
    .leave = leave,
};
