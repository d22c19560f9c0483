/* What arrived, newest first. */
#include "app/hub/page.h"

#include <inttypes.h>
#include <stdio.h>

#include "app/lang/lang.h"
#include "sync/http/url.h"

enum { ROWS = 50 };

struct rows {
    struct buf *html;
    int count;
    int64_t last;
};

static bool add_row(void *ctx, const struct archive_record *record)
{
    struct rows *rows = ctx;
    struct buf *to = rows->html;
    struct buf name = {0}, path = {0};
    buf_addf(&path, "/record/%" PRId64, record->seq);
    mask_add(&name, str_of(*record->name ? record->name : record->instance));
    buf_add_text(to, "<tr><td>");
    html_add_time(to, record->received_ms);
    buf_add_text(to, "</td>");
    html_add_in(to, "td", str_of(record->form_name));
    buf_add_text(to, "<td>");
    html_add_link(to, buf_text(&path), *record->name ? buf_str(&name) : str_of(record->instance));
    buf_add_text(to, "</td>");
    html_add_in(to, "td", str_of(record->device));
    if (record->files == record->files_here) {
        buf_addf(to, "<td>%s%d</td></tr>\n", record->files ? "✓ " : "", record->files);
    } else {
        buf_addf(to, "<td class=\"warn\">%d / %d</td></tr>\n", record->files_here, record->files);
    }
    rows->count++;
    rows->last = record->seq;
    buf_finish(&name);
    buf_finish(&path);
    return true;
}

static void add_totals(struct page_visit *visit, struct buf *to)
{
    struct archive_totals totals = {0};
    struct buf line = {0};
    if (!archive_totals(visit->archive, &totals, NULL)) {
        return;
    }
    buf_addf(&line, trn("%lld record", "%lld records", (unsigned long)totals.records),
             (long long)totals.records);
    if (totals.missing_files > 0) {
        buf_add_text(&line, " · ");
        buf_addf(&line,
                 trn("%lld file has not arrived yet", "%lld files have not arrived yet",
                     (unsigned long)totals.missing_files),
                 (long long)totals.missing_files);
    }
    html_add_in(to, "p", buf_str(&line));
    buf_finish(&line);
}

static void serve(struct page_visit *visit)
{
    struct buf html = {0};
    struct err err = {0};
    struct rows rows = {.html = &html};
    long long before = 0;
    const char *form = visit_query(visit, "form");
    str_to_int64(str_of(visit_query(visit, "before")), &before);
    struct archive_filter filter = {.form = *form ? form : NULL, .before = before, .count = ROWS};
    add_totals(visit, &html);
    buf_add_text(&html, "<table><thead><tr>");
    html_add_in(&html, "th", str_of(tr("Received")));
    html_add_in(&html, "th", str_of(tr("Form")));
    html_add_in(&html, "th", str_of(tr("Record")));
    html_add_in(&html, "th", str_of(tr("Device")));
    html_add_in(&html, "th", str_of(tr("Files")));
    buf_add_text(&html, "</tr></thead><tbody>\n");
    if (!archive_record_list(visit->archive, &filter, add_row, &rows, &err)) {
        visit_fail(visit, &err);
        buf_finish(&html);
        return;
    }
    buf_add_text(&html, "</tbody></table>");
    if (rows.count == 0) {
        html_add_in(&html, "p", str_of(tr("Nothing has arrived yet.")));
    }
    if (rows.count == ROWS) {
        struct buf path = {0};
        buf_addf(&path, "/?before=%" PRId64 "&form=", rows.last);
        url_add_escaped(&path, str_of(form));
        buf_add_text(&html, "<p>");
        html_add_link(&html, buf_text(&path), str_of(tr("Older records")));
        buf_add_text(&html, "</p>");
        buf_finish(&path);
    }
    visit_answer(visit, 200, tr("Arrived"), &html);
    buf_finish(&html);
}

const struct page page_front = {.name = "", .serve = serve};
