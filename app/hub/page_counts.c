/* How much arrived, by day and by week. */
#include "app/hub/page.h"

#include <inttypes.h>
#include <stdio.h>

#include "app/lang/lang.h"

enum { DAYS = 56 };

struct rows {
    struct buf *days, *weeks;
    int64_t in_week;
    char week[32];
};

static void end_week(struct rows *rows)
{
    if (rows->in_week > 0) {
        buf_add_text(rows->weeks, "<tr>");
        html_add_in(rows->weeks, "td", str_of(rows->week));
        buf_addf(rows->weeks, "<td>%" PRId64 "</td></tr>\n", rows->in_week);
    }
    rows->in_week = 0;
}

static void add_count(void *ctx, const struct archive_count *count)
{
    struct rows *rows = ctx;
    struct date date = {0};
    char week[sizeof(rows->week)];
    int year = 0, y = 0, m = 0, d = 0;
    if (sscanf(count->day, "%4d-%2d-%2d", &y, &m, &d) == 3) {
        date = (struct date){y, m, d};
    }
    int number = date_week(date, &year);
    snprintf(week, sizeof(week), "%d-W%02d", year, number);
    if (strcmp(week, rows->week) != 0) {
        end_week(rows);
        memcpy(rows->week, week, sizeof(week));
    }
    rows->in_week += count->records;
    buf_add_text(rows->days, "<tr>");
    html_add_in(rows->days, "td", str_of(count->day));
    html_add_in(rows->days, "td", str_of(count->form));
    buf_addf(rows->days, "<td>%" PRId64 "</td></tr>\n", count->records);
}

static void serve(struct page_visit *visit)
{
    struct buf html = {0}, days = {0}, weeks = {0};
    struct err err = {0};
    struct rows rows = {.days = &days, .weeks = &weeks};
    if (!archive_counts(visit->archive, DAYS, add_count, &rows, &err)) {
        visit_fail(visit, &err);
    } else {
        end_week(&rows);
        html_add_in(&html, "h2", str_of(tr("Weeks")));
        buf_addf(&html, "<table>%s</table>", buf_text(&weeks));
        html_add_in(&html, "h2", str_of(tr("Days")));
        buf_addf(&html, "<table>%s</table>", buf_text(&days));
        visit_answer(visit, 200, tr("Days and weeks"), &html);
    }
    buf_finish(&days);
    buf_finish(&weeks);
    buf_finish(&html);
}

const struct page page_counts = {.name = "counts", .serve = serve};
