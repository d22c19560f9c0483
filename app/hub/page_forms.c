/* The forms, what they still lack, and their records as CSV. */
#include "app/hub/page.h"

#include <inttypes.h>
#include <stdio.h>

#include "app/lang/lang.h"
#include "sync/http/url.h"

struct rows {
    struct page_visit *visit;
    struct buf *html;
    VEC(const char *) forms;
};

static const char *state_text(enum openrosa_form_state state)
{
    if (state == OPENROSA_FORM_CLOSED) {
        return tr("closed");
    }
    return state == OPENROSA_FORM_CLOSING ? tr("closing") : tr("open");
}

static void add_row(void *ctx, const struct archive_form *form)
{
    struct rows *rows = ctx;
    struct buf *to = rows->html, list = {0}, csv = {0};
    char count[32];
    snprintf(count, sizeof(count), "%" PRId64, form->records);
    buf_add_text(&list, "/?form=");
    url_add_escaped(&list, str_of(form->form));
    buf_add_text(&csv, "/csv?form=");
    url_add_escaped(&csv, str_of(form->form));
    buf_add_text(to, "<tr><td>");
    html_add(to, str_of(form->name));
    buf_add_text(to, "<small>");
    html_add(to, str_of(form->form));
    buf_add_text(to, "</small></td>");
    html_add_in(to, "td", str_of(form->version));
    html_add_in(to, "td", str_of(state_text(form->state)));
    buf_add_text(to, "<td>");
    html_add_link(to, buf_text(&list), str_of(count));
    buf_add_text(to, "</td><td>");
    html_add_link(to, buf_text(&csv), STR("CSV"));
    buf_addf(to,
             "<details><summary>%s</summary><form method=\"post\" action=\"/csv\"><input "
             "type=\"hidden\" name=\"csrf\" value=\"%s\"><input type=\"hidden\" name=\"form\" "
             "value=\"",
             tr("with numbers"), rows->visit->csrf);
    html_add(to, str_of(form->form));
    buf_add_text(to, "\"><label>");
    html_add(to, str_of(tr("Reason")));
    buf_add_text(to, "<input name=\"reason\" required minlength=\"5\" maxlength=\"300\"></label>"
                     "<button>CSV</button></form></details></td></tr>\n");
    vec_push(&rows->forms, arena_strdup(&rows->visit->arena, form->form));
    buf_finish(&list);
    buf_finish(&csv);
}

static void add_lack(void *ctx, const char *name)
{
    struct rows *rows = ctx;
    html_add_in(rows->html, "li", str_of(name));
}

static void add_lacks(struct rows *rows)
{
    size_t start = rows->html->n;
    html_add_in(rows->html, "h2", str_of(tr("Named by a form, but not published")));
    buf_add_text(rows->html, "<ul>");
    size_t empty = rows->html->n;
    for (size_t i = 0; i < rows->forms.n; i++) {
        archive_form_lacks(rows->visit->archive, rows->forms.v[i], add_lack, rows, NULL);
    }
    if (rows->html->n == empty) {
        rows->html->n = start;
        rows->html->s[start] = '\0';
    } else {
        buf_add_text(rows->html, "</ul>");
    }
}

static void serve(struct page_visit *visit)
{
    struct buf html = {0};
    struct err err = {0};
    struct rows rows = {.visit = visit, .html = &html};
    buf_add_text(&html, "<table><thead><tr>");
    html_add_in(&html, "th", str_of(tr("Form")));
    html_add_in(&html, "th", str_of(tr("Version")));
    html_add_in(&html, "th", str_of(tr("State")));
    html_add_in(&html, "th", str_of(tr("Records")));
    html_add_in(&html, "th", str_of(tr("Download")));
    buf_add_text(&html, "</tr></thead><tbody>\n");
    if (archive_form_list(visit->archive, NULL, true, add_row, &rows, &err)) {
        buf_add_text(&html, "</tbody></table>");
        add_lacks(&rows);
        visit_answer(visit, 200, tr("Forms"), &html);
    } else {
        visit_fail(visit, &err);
    }
    vec_finish(&rows.forms);
    buf_finish(&html);
}

const struct page page_forms = {.name = "forms", .serve = serve};
