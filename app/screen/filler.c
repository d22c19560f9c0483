/* Fills a form: one question a page, or a group of them; a jump list with the state of each; at the
 * end what is missing. Every answer is on disk before the next page shows. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/question/questions.h"
#include "app/screen/filler.h"
#include "app/screen/voice.h"

/* ---- the page -------------------------------------------------------------------------------- */

static struct entry *entry_of(struct filler *f)
{
    return f->desk->filling->entry;
}

static void clear_page(struct filler *f)
{
    for (size_t i = 0; i < f->seats.n; i++) {
        question_leave(&f->seats.v[i]->seat);
        free(f->seats.v[i]);
    }
    f->seats.n = 0;
    f->tried = false;
}

static bool is_page(struct filler *f, struct stop stop)
{
    switch (stop.kind) {
    case STOP_QUESTION:
    case STOP_NEW_REPEAT:
    case STOP_BEGIN:
    case STOP_END:
        return true;
    case STOP_GROUP:
    case STOP_REPEAT:
        return stop_is_field_list(entry_of(f), stop);
    }
    return false;
}

static struct stop next_page(struct filler *f, struct stop at)
{
    struct entry *entry = entry_of(f);
    bool group = at.kind == STOP_GROUP || at.kind == STOP_REPEAT;
    struct stop stop =
        group && stop_is_field_list(entry, at) ? stop_skip(entry, at) : stop_next(entry, at);
    while (!is_page(f, stop)) {
        stop = stop_next(entry, stop);
    }
    return stop;
}

/* The field-list that a stop stands in, or the stop itself. */
static struct stop page_of(struct filler *f, struct stop stop)
{
    struct stop at = stop_begin(entry_of(f)), page = at;
    while (at.kind != STOP_END && !stop_equal(at, stop) &&
           !(at.kind != STOP_QUESTION && is_page(f, at) && at.kind != STOP_BEGIN &&
             stop_is_inside(entry_of(f), stop, at))) {
        at = next_page(f, at);
        page = at;
    }
    return at.kind == STOP_END ? stop : page;
}

static struct stop prev_page(struct filler *f, struct stop at)
{
    struct entry *entry = entry_of(f);
    struct stop stop = stop_prev(entry, at);
    while (!is_page(f, stop)) {
        stop = stop_prev(entry, stop);
    }
    return stop.kind == STOP_QUESTION ? page_of(f, stop) : stop;
}

static void note_page(struct filler *f)
{
    static const char *const events[] = {[STOP_QUESTION] = "question",
                                         [STOP_GROUP] = "group questions",
                                         [STOP_REPEAT] = "group questions",
                                         [STOP_END] = "end screen"};
    const char *event = f->at.kind <= STOP_END ? events[f->at.kind] : NULL;
    if (event) {
        filling_note(f->desk->filling, event, stop_ref(entry_of(f), f->at));
    }
}

static void go(struct filler *f, struct stop to)
{
    clear_page(f);
    voice_stop(f->desk);
    f->at = to;
    if (f->at.kind == STOP_BEGIN) {
        f->at = next_page(f, f->at);
    }
    note_page(f);
    ui_change(f->desk->ui);
}

static void go_to_ref(struct filler *f, const char *ref)
{
    struct stop stop;
    if (stop_find(entry_of(f), ref, &stop)) {
        snprintf(f->wanted, sizeof(f->wanted), "%s", ref);
        go(f, page_of(f, stop));
    }
}

static bool enter(struct desk *desk, void *state, const struct ticket *ticket)
{
    struct filler *f = state;
    f->desk = desk;
    if (!desk->filling) {
        return false;
    }
    go(f, stop_begin(entry_of(f)));
    if (ticket->text) {
        go_to_ref(f, ticket->text);
    }
    return true;
}

static void leave(struct desk *desk, void *state)
{
    struct filler *f = state;
    clear_page(f);
    vec_finish(&f->seats);
    filling_close(desk->filling);
    desk->filling = NULL;
}

/* ---- questions ------------------------------------------------------------------------------- */

static struct filler_seat *seat_for(struct filler *f, const char *ref)
{
    struct filler_seat *seat = filler_seat_of(f, ref);
    if (!seat) {
        seat = mem_alloc(1, sizeof(*seat));
        snprintf(seat->ref, sizeof(seat->ref), "%s", ref);
        seat->seat =
            (struct question_seat){.host = &filler_host,
                                   .ctx = f,
                                   .error = seat->error,
                                   .camera = f->desk->camera,
                                   .photo_side = settings_number(f->desk->app, "photo_side")};
        vec_push(&f->seats, seat);
    }
    seat->seat.ui = f->desk->ui;
    seat->seat.entry = entry_of(f);
    return seat;
}

static void draw_question(struct filler *f, struct stop stop, struct question_row *row)
{
    struct question_view view;
    int share = 0;
    struct err err = {0};
    if (!question_view(entry_of(f), stop, &view, &err)) {
        ui_notice(f->desk->ui, TONE_ERROR, app_sentence(&err));
        return;
    }
    struct filler_seat *seat = seat_for(f, view.ref);
    seat->seat.is_alone = !row;
    if (row) {
        share = question_row_place(f->desk->ui, row, &view);
    }
    ui_column_begin(f->desk->ui, seat->ref, UI_OPT(.grow = row && row->is_open ? share : 0));
    question_draw(&seat->seat, questions, &view);
    ui_end(f->desk->ui);
    if (strcmp(f->wanted, seat->ref) == 0) {
        f->wanted[0] = 0;
        ui_focus(f->desk->ui, seat->ref);
    }
}

/* Questions of the page in order; false behind the last. Start with *at = the page. */
static bool next_question(struct filler *f, struct stop page, struct stop *at)
{
    if (page.kind == STOP_QUESTION) {
        bool first = at->kind == STOP_BEGIN;
        *at = page;
        return first;
    }
    if (page.kind != STOP_GROUP && page.kind != STOP_REPEAT) {
        return false;
    }
    struct stop stop = stop_next(entry_of(f), at->kind == STOP_BEGIN ? page : *at);
    while (stop.kind != STOP_END && stop.kind != STOP_QUESTION &&
           stop_is_inside(entry_of(f), stop, page)) {
        stop = stop_next(entry_of(f), stop);
    }
    *at = stop;
    return stop.kind == STOP_QUESTION && stop_is_inside(entry_of(f), stop, page);
}

static void draw_group(struct filler *f)
{
    struct question_view view;
    struct stop at = {.kind = STOP_BEGIN};
    if (question_view(entry_of(f), f->at, &view, NULL) && view.label.text && view.label.text[0]) {
        struct buf plain = {0};
        markdown_plain(str_of(view.label.text), &plain);
        ui_heading(f->desk->ui, buf_text(&plain));
        buf_finish(&plain);
    }
    struct question_row row = {0};
    while (next_question(f, f->at, &at)) {
        draw_question(f, at, &row);
    }
    question_row_end(f->desk->ui, &row);
}

/* Marks what is missing or wrong on the page; true when nothing is. */
static bool check_page(struct filler *f)
{
    struct stop at = {.kind = STOP_BEGIN};
    bool fine = true;
    f->tried = true;
    while (next_question(f, f->at, &at)) {
        enum jump_state state = stop_state(entry_of(f), at);
        struct question_view view;
        if ((state != JUMP_MISSING && state != JUMP_WRONG) ||
            !question_view(entry_of(f), at, &view, NULL)) {
            continue;
        }
        const char *message =
            state == JUMP_MISSING ? view.required_message : view.constraint_message;
        filler_set_error(f, view.ref,
                         message[0] ? message
                         : state == JUMP_MISSING
                             ? tr("An answer is needed here.")
                             : tr("This answer is not allowed here. Check it."));
        if (fine) {
            ui_focus(f->desk->ui, view.ref);
        }
        fine = false;
    }
    return fine;
}

/* ---- other pages ----------------------------------------------------------------------------- */

static void draw_new_repeat(struct filler *f)
{
    struct ui *ui = f->desk->ui;
    struct question_view view;
    struct err err = {0};
    const char *made;
    char ref[512], text[300];
    snprintf(ref, sizeof(ref), "%s", stop_ref(entry_of(f), f->at));
    const char *label =
        question_view(entry_of(f), f->at, &view, NULL) && view.label.text ? view.label.text : "";
    snprintf(text, sizeof(text), tr("Add one more: %s?"), label);
    ui_text(ui, TYPE_QUESTION, label[0] ? text : tr("Add one more?"), NULL);
    if (ui_button(ui, "add", tr("Yes, add"), UI_OPT(.kind = UI_PRIMARY, .icon = ICON_ADD))) {
        if (filling_add(f->desk->filling, ref, &made, &err)) {
            char kept[512];
            snprintf(kept, sizeof(kept), "%s", made);
            struct stop stop;
            if (stop_find(entry_of(f), kept, &stop)) {
                go(f, is_page(f, stop) ? stop : next_page(f, stop));
            }
        } else {
            desk_fail(f->desk, &err);
        }
    }
    if (ui_button(ui, "no-more", tr("No, go on"), NULL)) {
        go(f, next_page(f, f->at));
    }
}

static void finish(struct filler *f)
{
    struct desk *desk = f->desk;
    struct err err = {0};
    if (desk->visiting || desk->filling->visit[0]) {
        if (filling_save(desk->filling, &err) &&
            (!desk->visiting || visiting_learn(desk->visiting, desk->filling->entry, &err))) {
            desk_back(desk); /* the visit finishes all its forms together */
            return;
        }
    } else if (filling_finish(desk->filling, &err)) {
        ui_toast(desk->ui, tr("Finished. It is sent by itself."), NULL, NULL);
        desk_back(desk);
        return;
    }
    desk_fail(desk, &err);
}

static void draw_end(struct filler *f)
{
    struct ui *ui = f->desk->ui;
    size_t n = entry_validate(entry_of(f));
    ui_text(ui, TYPE_QUESTION, tr("The end of the form"), NULL);
    if (n == 0) {
        ui_notice(ui, TONE_OK, tr("Nothing is missing."));
    }
    for (size_t i = 0; i < n; i++) {
        const struct entry_problem *problem = entry_problem_at(entry_of(f), i);
        char key[32];
        struct buf plain = {0};
        markdown_plain(str_of(problem->label), &plain);
        snprintf(key, sizeof(key), "problem-%zu", i);
        bool chosen =
            ui_item(ui, key, plain.n ? buf_text(&plain) : problem->ref,
                    UI_OPT(.icon = ICON_ERROR_OUTLINE, .tone = TONE_ERROR,
                           .hint = problem->message[0] ? problem->message
                                                       : tr("An answer is missing or wrong")));
        buf_finish(&plain);
        if (chosen) {
            go_to_ref(f, problem->ref);
            return;
        }
    }
    bool in_visit = f->desk->visiting || f->desk->filling->visit[0];
    if (ui_button(ui, "finish", in_visit ? tr("Save and back to the visit") : tr("Finish and send"),
                  UI_OPT(.kind = UI_PRIMARY, .icon = ICON_CHECK, .disabled = n > 0 && !in_visit))) {
        finish(f);
    }
}

/* ---- jump list ------------------------------------------------------------------------------- */

/* The first answer in a row of a repeat that says which one it is: a choice in words, or a text. */
static void add_first_answer(struct filler *f, struct stop row, struct buf *to)
{
    struct entry *entry = entry_of(f);
    for (struct stop at = stop_next(entry, row);
         at.kind != STOP_END && stop_is_inside(entry, at, row) && to->n == 0;
         at = stop_next(entry, at)) {
        struct question_view view;
        struct choices *choices;
        struct choice choice;
        if (at.kind != STOP_QUESTION || !question_view(entry, at, &view, NULL) || !view.value.n) {
            continue;
        }
        if (view.kind == CONTROL_INPUT && view.type == TYPE_STRING &&
            !question_has_appearance(&view, "masked")) {
            buf_add_str(to, view.value);
        } else if (view.kind == CONTROL_SELECT_ONE) {
            char ref[512], value[200];
            snprintf(ref, sizeof(ref), "%s", view.ref);
            snprintf(value, sizeof(value), STR_FMT, STR_ARG(view.value));
            if (question_choices(entry, ref, &choices, NULL)) {
                ptrdiff_t i = choices_find(choices, str_of(value));
                if (i >= 0 && choices_at(choices, (size_t)i, &choice) && choice.label.text) {
                    markdown_plain(str_of(choice.label.text), to);
                }
            }
        }
    }
}

/* A row of a repeat in the jump list: what it is of, its number, who or what it is. */
static void draw_row_heading(struct filler *f, struct stop row)
{
    struct question_view view;
    struct buf text = {0}, first = {0};
    if (question_view(entry_of(f), row, &view, NULL) && view.label.text) {
        markdown_plain(str_of(view.label.text), &text);
        buf_add_char(&text, ' ');
    }
    buf_addf(&text, "%u", (unsigned)row.position);
    add_first_answer(f, row, &first);
    if (first.n) {
        buf_addf(&text, ": %s", buf_text(&first));
    }
    ui_heading(f->desk->ui, buf_text(&text));
    buf_finish(&text);
    buf_finish(&first);
}

static void draw_jump(struct filler *f)
{
    static const struct {
        enum ui_icon icon;
        enum ui_tone tone;
        const char *text;
    } looks[] = {[JUMP_EMPTY] = {ICON_RADIO_BUTTON_UNCHECKED, TONE_NONE, tr_later("Empty")},
                 [JUMP_ANSWERED] = {ICON_CHECK_CIRCLE, TONE_OK, tr_later("Answered")},
                 [JUMP_MISSING] = {ICON_ERROR_OUTLINE, TONE_ERROR, tr_later("Missing")},
                 [JUMP_WRONG] = {ICON_ERROR, TONE_ERROR, tr_later("Wrong")}};
    struct ui *ui = f->desk->ui;
    bool gone = ui_sheet_begin(ui, "questions", tr("Questions"));
    struct buf title = {0};
    entry_add_title(entry_of(f), &title);
    ui_text(ui, TYPE_SMALL, buf_text(&title), NULL); /* the bar may have cut it */
    buf_finish(&title);
    for (struct stop at = stop_next(entry_of(f), stop_begin(entry_of(f))); at.kind != STOP_END;
         at = stop_next(entry_of(f), at)) {
        struct question_view view;
        if (at.kind == STOP_REPEAT) {
            draw_row_heading(f, at);
        }
        if (at.kind != STOP_QUESTION || !question_view(entry_of(f), at, &view, NULL)) {
            continue;
        }
        enum jump_state state = stop_state(entry_of(f), at);
        struct buf plain = {0};
        markdown_plain(str_of(view.label.text ? view.label.text : view.ref), &plain);
        bool note = view.readonly && state != JUMP_MISSING && state != JUMP_WRONG;
        bool chosen = ui_item(ui, view.ref, buf_text(&plain),
                              UI_OPT(.icon = note ? ICON_ARTICLE : looks[state].icon,
                                     .tone = note ? TONE_NONE : looks[state].tone,
                                     .hint = note ? NULL : tr(looks[state].text),
                                     .focus = stop_equal(at, f->at)));
        buf_finish(&plain);
        if (chosen) {
            char ref[512];
            snprintf(ref, sizeof(ref), "%s", view.ref);
            go_to_ref(f, ref);
            gone = true;
            break;
        }
    }
    if (ui_item(ui, "end", tr("The end of the form"), UI_OPT(.icon = ICON_TASK_ALT))) {
        struct stop at = f->at;
        while (at.kind != STOP_END) {
            at = next_page(f, at);
        }
        go(f, at);
        gone = true;
    }
    ui_end(ui);
    f->shows_jump = f->shows_jump && !gone;
}

/* ---- the screen ------------------------------------------------------------------------------ */

static void draw_remove(struct filler *f)
{
    struct ui *ui = f->desk->ui;
    struct err err = {0};
    bool gone = ui_dialog_begin(ui, "remove", tr("Remove this entry?"),
                                tr("Its answers and photos are deleted."));
    if (ui_button(ui, "remove-yes", tr("Remove"), UI_OPT(.kind = UI_DANGER))) {
        char ref[512];
        snprintf(ref, sizeof(ref), "%s", stop_ref(entry_of(f), f->at));
        struct stop before = prev_page(f, f->at);
        clear_page(f);
        f->at = before;
        if (!filling_remove(f->desk->filling, ref, &err)) {
            desk_fail(f->desk, &err);
        }
        go(f, f->at);
        gone = true;
    }
    ui_end(ui);
    f->asks_remove = f->asks_remove && !gone;
}

/* What could not be written goes to disk before anything else happens; false with a sentence when
 * it still cannot. */
static bool is_safe(struct filler *f)
{
    struct filling *filling = f->desk->filling;
    struct err err = {0};
    if (filling->saving.kind == ERR_NONE || filling_save(filling, &err)) {
        return true;
    }
    desk_fail(f->desk, &err);
    return false;
}

static void draw_actions(struct filler *f)
{
    struct ui *ui = f->desk->ui;
    ui_actions_begin(ui);
    if (ui_button(ui, "previous", tr("Back"), UI_OPT(.icon = ICON_ARROW_BACK))) {
        struct stop before = prev_page(f, f->at);
        if (before.kind != STOP_BEGIN) {
            go(f, before);
        }
    }
    if (f->at.kind != STOP_END && f->at.kind != STOP_NEW_REPEAT &&
        ui_button(ui, "next", tr("Next"), UI_OPT(.kind = UI_PRIMARY, .icon = ICON_ARROW_FORWARD)) &&
        check_page(f) && is_safe(f)) {
        go(f, next_page(f, f->at));
    }
    ui_end(ui);
}

static void draw_bar(struct filler *f)
{
    struct ui *ui = f->desk->ui;
    struct filling *filling = f->desk->filling;
    char progress[120];
    int n = 0, of = 0;
    stop_progress(entry_of(f), f->at, &n, &of);
    snprintf(progress, sizeof(progress), "%d/%d · %s", n, of,
             filling->saving.kind == ERR_NONE ? tr("Draft, saved") : tr("NOT saved"));
    struct buf title = {0};
    entry_add_title(entry_of(f), &title);
    bool back = ui_bar(ui, buf_text(&title), progress);
    buf_finish(&title);
    if (back && is_safe(f)) {
        desk_back(f->desk);
    }
    if (ui_bar_action(ui, "jump", tr("Questions"), ICON_LIST) ||
        ui_softkey(ui, 3, tr("Questions"))) {
        filling_note(f->desk->filling, "jump", "");
        f->shows_jump = true;
    }
    if (f->at.kind == STOP_REPEAT && stop_can_remove(entry_of(f), f->at) &&
        ui_bar_menu(ui, "remove", tr("Remove this entry"), ICON_DELETE)) {
        f->asks_remove = true;
    }
}

static void take_scan(struct filler *f, const char *code)
{
    for (size_t i = 0; i < f->seats.n; i++) {
        struct question_view view;
        if (question_view_ref(entry_of(f), f->seats.v[i]->ref, &view, NULL) &&
            question_scan(&f->seats.v[i]->seat, &view, str_of(code))) {
            return;
        }
    }
}

static void draw(struct desk *desk, void *state)
{
    struct filler *f = state;
    struct ui *ui = desk->ui;
    char name[600];
    const char *code = ui_scanned(ui);
    if (code) {
        take_scan(f, code);
    }
    snprintf(name, sizeof(name), "filler%s", stop_ref(entry_of(f), f->at));
    ui_screen(ui, name);
    draw_bar(f);
    ui_body_begin(ui);
    if (f->at.kind == STOP_QUESTION) {
        draw_question(f, f->at, NULL);
    } else if (f->at.kind == STOP_NEW_REPEAT) {
        draw_new_repeat(f);
    } else if (f->at.kind == STOP_END) {
        draw_end(f);
    } else {
        draw_group(f);
    }
    ui_end(ui);
    draw_actions(f);
    if (f->moves_on) {
        f->moves_on = false;
        if (f->at.kind == STOP_QUESTION && check_page(f)) {
            go(f, next_page(f, f->at));
        }
    }
    if (f->shows_jump) {
        draw_jump(f);
    } else if (f->asks_remove) {
        draw_remove(f);
    }
}

const struct screen screen_filler = {
    .name = "filler",
    .state_size = sizeof(struct filler),
    .enter = enter,
    .draw = draw,
    .leave = leave,
};
