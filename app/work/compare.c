#include "app/work/compare.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/lang/lang.h"
#include "app/work/app.h"
#include "app/work/filling.h"
#include "platform/base/map.h"
#include "platform/base/mem.h"

/* ---- answers in words ------------------------------------------------------------------------ */

static void add_choices(struct entry *entry, const struct question_view *view, struct buf *to)
{
    struct choices *choices = NULL;
    struct str rest = view->value, word;
    struct err err = {0};
    bool ok = question_choices(entry, view->ref, &choices, &err);
    bool is_one = view->kind == CONTROL_SELECT_ONE;
    for (bool first = true; is_one ? first : str_word(&rest, &word); first = false) {
        struct choice choice;
        word = is_one ? view->value : word;
        ptrdiff_t at = ok ? choices_find(choices, word) : -1;
        buf_add_text(to, first ? "" : ", ");
        if (at >= 0 && choices_at(choices, (size_t)at, &choice) && choice.label.text) {
            markdown_plain(str_of(choice.label.text), to);
        } else {
            buf_add_str(to, word);
        }
    }
}

static void add_words(struct entry *entry, const struct question_view *view, struct buf *to)
{
    struct date date;
    double number;
    char text[64];
    if (view->value.n == 0) {
        return;
    }
    snprintf(text, sizeof(text), STR_FMT, STR_ARG(view->value));
    if (view->has_choices) {
        add_choices(entry, view, to);
    } else if (view->kind == CONTROL_TRIGGER) {
        buf_add_text(to, tr("Confirmed"));
    } else if (view->type == TYPE_DATE && date_parse(view->value, &date)) {
        date_add(to, date);
    } else if (view->type == TYPE_DECIMAL && sscanf(text, "%lf", &number) == 1) {
        number_add_decimal(to, number, 6);
    } else {
        buf_add_str(to, view->value);
    }
}

static const char *words_of(struct arena *arena, struct filling *f, const char *ref)
{
    struct question_view view;
    struct buf text = {0};
    struct stop stop;
    struct err err = {0};
    if (stop_find(f->entry, ref, &stop) && question_view(f->entry, stop, &view, &err) &&
        view.relevant) {
        add_words(f->entry, &view, &text);
    }
    const char *words = arena_str(arena, buf_str(&text));
    buf_wipe(&text);
    return words;
}

/* The question's text; in a repeat with the number of its row. */
static const char *label_of(struct arena *arena, struct filling *f, struct stop stop)
{
    struct question_view view;
    struct buf text = {0};
    struct err err = {0};
    if (question_view(f->entry, stop, &view, &err)) {
        const char *last = strrchr(view.ref, '/');
        markdown_plain(str_of(view.label.text ? view.label.text
                              : last          ? last + 1
                                              : view.ref),
                       &text);
        const char *row = strrchr(view.ref, '[');
        if (row && atoi(row + 1) > 1) {
            buf_addf(&text, " (%d)", atoi(row + 1));
        }
    }
    const char *label = arena_str(arena, buf_str(&text));
    buf_finish(&text);
    return label;
}

/* ---- side by side ---------------------------------------------------------------------------- */

/* The ref without the numbers that may be left out: "/data/kid[1]/x" and "/data/kid/x" are one. */
static struct str key_of(struct arena *arena, const char *ref)
{
    struct buf key = {0};
    for (const char *c = ref; *c;) {
        bool is_first = strncmp(c, "[1]", 3) == 0;
        buf_add(&key, c, is_first ? 0 : 1);
        c += is_first ? 3 : 1;
    }
    struct str kept = {arena_str(arena, buf_str(&key)), key.n};
    buf_finish(&key);
    return kept;
}

/* Goes through the questions of one and looks at the other; those seen already are passed over. */
static void walk(struct comparing *c, struct filling *walked, struct filling *mine,
                 struct filling *theirs, struct map *seen)
{
    struct stop stop = stop_next(walked->entry, stop_begin(walked->entry));
    for (; stop.kind != STOP_END; stop = stop_next(walked->entry, stop)) {
        const char *ref = arena_strdup(&c->arena, stop_ref(walked->entry, stop));
        struct str key = key_of(&c->arena, ref);
        if (stop.kind != STOP_QUESTION || map_has(seen, key)) {
            continue;
        }
        map_put(seen, key, c);
        const char *a = words_of(&c->arena, mine, ref), *b = words_of(&c->arena, theirs, ref);
        if (strcmp(a, b) != 0) {
            vec_push(&c->differences, (struct difference){label_of(&c->arena, walked, stop), a, b});
        } else if (*a) {
            c->same++;
        }
    }
}

static bool compare(struct comparing *c, int64_t formfile, struct str theirs_xml, struct err *err)
{
    struct filling *mine = NULL, *theirs = NULL;
    struct map seen = {0};
    struct buf xml = {0};
    bool ok = record_xml(c->app->store, c->record, &xml, err) &&
              filling_look(c->app, formfile, buf_str(&xml), &mine, err) &&
              filling_look(c->app, formfile, theirs_xml, &theirs, err);
    if (ok) {
        walk(c, mine, mine, theirs, &seen);
        walk(c, theirs, mine, theirs, &seen);
    }
    filling_look_away(mine);
    filling_look_away(theirs);
    map_finish(&seen);
    buf_wipe(&xml);
    return ok;
}

bool comparing_open(struct app *app, int64_t record, struct comparing **out, struct err *err)
{
    struct comparing *c = mem_alloc(1, sizeof(*c));
    struct record row;
    struct buf id = {0}, xml = {0};
    struct err why = {0};
    c->app = app;
    c->record = record;
    bool ok = record_get(app->store, record, &c->arena, &row, err);
    c->title = ok ? (row.title[0] ? row.title : row.form_id) : "";
    if (ok && rival_get(app->store, record, &id, &xml, &why)) {
        c->is_there = true;
        snprintf(c->their_id, sizeof(c->their_id), "%s", buf_text(&id));
        ok = compare(c, row.formfile, buf_str(&xml), err);
    } else if (ok && why.kind != ERR_MISSING) {
        ok = err_set(err, why.kind, why.code, "%s", why.text);
    }
    buf_finish(&id);
    buf_wipe(&xml);
    if (!ok) {
        comparing_close(c);
        return false;
    }
    *out = c;
    return true;
}

bool comparing_keep_mine(struct comparing *c, struct err *err)
{
    struct filling *f = NULL;
    bool ok = filling_correct(c->app, c->record, c->their_id, &f, err);
    if (ok && !filling_finish(f, err)) {
        filling_discard(f, NULL); /* the late one is still here, nothing is lost */
        return false;
    }
    if (ok) {
        filling_close(f);
    }
    return ok && rival_settle(c->app->store, c->record, err);
}

bool comparing_keep_theirs(struct comparing *c, struct err *err)
{
    return rival_settle(c->app->store, c->record, err);
}

void comparing_close(struct comparing *c)
{
    if (c) {
        vec_finish(&c->differences);
        arena_finish(&c->arena);
        free(c);
    }
}
