#include "app/work/export.h"

#include <stdio.h>
#include <string.h>

#include "app/ident/ident.h"
#include "app/lang/lang.h"
#include "app/store/household.h"
#include "app/store/journal.h"
#include "app/store/person.h"
#include "app/store/visit.h"
#include "app/work/app.h"
#include "platform/base/clock.h"
#include "platform/base/csv.h"
#include "platform/base/json.h"

enum { BATCH = 500, COLUMNS = 18 };

/* Names of columns are fixed: spreadsheets and programs hold on to them. */
static const char *const columns[COLUMNS] = {
    "visit_id", "started", "ended",        "state",     "commune",   "hamlet",
    "address",  "person",  "birth_year",   "sex",       "number",    "topics",
    "outcome",  "reason",  "dossier_code", "procedure", "volunteer", "rating"};

struct row {
    struct buf cells[COLUMNS];
};

static void set(struct row *row, size_t i, const char *text)
{
    buf_clear(&row->cells[i]);
    buf_add_text(&row->cells[i], text);
}

static void set_moment(struct row *row, size_t i, int64_t ms)
{
    char text[CLOCK_TEXT] = "";
    if (ms) {
        clock_format_local(ms, text);
    }
    set(row, i, text);
}

static void set_person(struct app *app, struct row *row, const struct visit *visit, bool full,
                       struct arena *arena)
{
    struct person person;
    for (size_t i = 7; i <= 10; i++) {
        set(row, i, "");
    }
    if (!visit->person || !person_get(app->store, visit->person, arena, &person, NULL)) {
        return;
    }
    char year[5];
    snprintf(year, sizeof(year), "%.4s", person.birth);
    set(row, 8, year);
    set(row, 9, person.sex);
    if (full) {
        set(row, 7, person.name);
        set(row, 10, person.number[0] ? person.number : person.number_tail);
    } else {
        name_add_masked(&row->cells[7], str_of(person.name));
        buf_addf(&row->cells[10], "%s%s", person.number_tail[0] ? "••••••••" : "",
                 person.number_tail);
    }
}

static void set_door(struct app *app, struct row *row, const struct visit *visit, bool full,
                     struct arena *arena)
{
    struct household household;
    bool known =
        visit->household && household_get(app->store, visit->household, arena, &household, NULL);
    set(row, 6, full && known ? household.address : "");
}

static void fill(struct app *app, struct row *row, const struct visit *visit, bool full,
                 struct arena *arena)
{
    char rating[8] = "";
    if (visit->rating) {
        snprintf(rating, sizeof(rating), "%d", (int)visit->rating);
    }
    set(row, 0, visit->uuid);
    set_moment(row, 1, visit->started_ms);
    set_moment(row, 2, visit->ended_ms);
    set(row, 3, visit->state == VISIT_OPEN ? "open" : "closed");
    set(row, 4, visit->commune);
    set(row, 5, visit->hamlet);
    set_door(app, row, visit, full, arena);
    set_person(app, row, visit, full, arena);
    set(row, 11, visit->topics);
    set(row, 12, visit->outcome);
    set(row, 13, visit->reason);
    set(row, 14, visit->dossier);
    set(row, 15, visit->procedure);
    set(row, 16, visit->volunteer);
    set(row, 17, rating);
}

static void write_row(struct buf *out, const struct row *row, bool json, bool first)
{
    if (!json) {
        for (size_t i = 0; i < COLUMNS; i++) {
            csv_add(out, i == 0, buf_str(&row->cells[i]));
        }
        csv_add_end(out);
        return;
    }
    buf_add_text(out, first ? "\n{" : ",\n{");
    for (size_t i = 0; i < COLUMNS; i++) {
        json_add_key(out, columns[i]);
        json_add_text(out, buf_str(&row->cells[i]));
    }
    buf_add_char(out, '}');
}

static bool read_period(const struct export_options *options, struct visit_filter *filter,
                        struct err *err)
{
    const char *from = options->from ? options->from : "", *to = options->to ? options->to : "";
    *filter = (struct visit_filter){.kind = VISIT_HOME};
    if ((from[0] && !clock_parse(str_of(from), &filter->from_ms)) ||
        (to[0] && !clock_parse(str_of(to), &filter->to_ms))) {
        return err_set(err, ERR_INPUT, 0, "a date is written YYYY-MM-DD");
    }
    filter->to_ms += to[0] ? 86400000 : 0;
    return true;
}

static bool write_head(struct app *app, const struct export_options *options, struct buf *out,
                       struct err *err)
{
    if (options->json) {
        buf_add_text(out, "[");
    } else {
        buf_add_text(out, "\xef\xbb\xbf");
        for (size_t i = 0; i < COLUMNS; i++) {
            csv_add(out, i == 0, str_of(columns[i]));
        }
        csv_add_end(out);
    }
    return journal_add(app->store, "export", "visits",
                       options->full ? options->reason : "pseudonymous", err);
}

bool export_visits(struct app *app, const struct export_options *options, struct buf *out,
                   struct err *err)
{
    struct visit_filter filter;
    struct row row = {0};
    bool more = true, first = true;
    if (options->full && (!options->reason || !options->reason[0])) {
        return err_set(err, ERR_INPUT, 0, "an export in full needs a reason");
    }
    bool ok = read_period(options, &filter, err) && write_head(app, options, out, err);
    for (int64_t at = 0; ok && more; at += BATCH) {
        struct arena arena = {0};
        struct visits rows = {0};
        ok = visit_page(app->store, &filter, (struct page){at, BATCH}, &arena, &rows, err);
        for (size_t i = 0; ok && i < rows.n; i++, first = false) {
            fill(app, &row, &rows.v[i], options->full, &arena);
            write_row(out, &row, options->json, first);
        }
        more = rows.n == BATCH;
        arena_finish(&arena);
    }
    if (options->json) {
        buf_add_text(out, "\n]\n");
    }
    for (size_t i = 0; i < COLUMNS; i++) {
        buf_wipe(&row.cells[i]);
    }
    return ok;
}

void export_name(const struct export_options *options, char *name, size_t size)
{
    char today[CLOCK_TEXT];
    clock_format_date(clock_now_ms(), today);
    snprintf(name, size, "visits-%s%s.%s", today, options->full ? "-full" : "",
             options->json ? "json" : "csv");
}
