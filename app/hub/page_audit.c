/* Who saw numbers and why, who added and revoked devices. */
#include "app/hub/page.h"

#include "app/lang/lang.h"

enum { ROWS = 200 };

static void add_row(void *ctx, const struct archive_audit_row *row)
{
    struct buf *to = ctx;
    buf_add_text(to, "<tr><td>");
    html_add_time(to, row->ms);
    buf_add_text(to, "</td>");
    html_add_in(to, "td", str_of(row->who));
    html_add_in(to, "td", str_of(row->what));
    html_add_in(to, "td", str_of(row->about));
    html_add_in(to, "td", str_of(row->reason));
    buf_add_text(to, "</tr>\n");
}

static void serve(struct page_visit *visit)
{
    struct buf html = {0};
    struct err err = {0};
    buf_add_text(&html, "<table><thead><tr>");
    html_add_in(&html, "th", str_of(tr("Time")));
    html_add_in(&html, "th", str_of(tr("Who")));
    html_add_in(&html, "th", str_of(tr("What")));
    html_add_in(&html, "th", str_of(tr("About")));
    html_add_in(&html, "th", str_of(tr("Reason")));
    buf_add_text(&html, "</tr></thead><tbody>\n");
    if (archive_audit_list(visit->archive, ROWS, add_row, &html, &err)) {
        buf_add_text(&html, "</tbody></table>");
        visit_answer(visit, 200, tr("Audit"), &html);
    } else {
        visit_fail(visit, &err);
    }
    buf_finish(&html);
}

const struct page page_audit = {.name = "audit", .serve = serve};
