/* One record: its values with the questions' labels, and its files. Numbers are hidden until a
 * reason is given, which the audit keeps. */
#include "app/hub/page.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "app/lang/lang.h"
#include "sync/http/url.h"

enum { COMMENT_LIMIT = 900 }; /* bytes: 300 letters with marks */

struct showing {
    struct page_visit *visit;
    struct buf *html;
    struct formdef *def;
    int64_t seq;
    bool full, is_current;
};

static void add_pair(struct buf *to, const char *name, struct str value)
{
    buf_add_text(to, "<tr>");
    html_add_in(to, "th", str_of(name));
    html_add_in(to, "td", value);
    buf_add_text(to, "</tr>\n");
}

static void add_value(void *ctx, struct str path, struct str name, struct str value)
{
    struct showing *s = ctx;
    const struct formdef_field *field = formdef_field(s->def, path);
    const char *label = field && *field->label ? field->label : NULL;
    const char *choice = formdef_choice(s->def, path, str_trim(value));
    struct buf shown = {0};
    if (str_starts(name, STR("meta/")) || value.n == 0) {
        return;
    }
    if (s->full) {
        buf_add_str(&shown, value);
    } else {
        mask_add(&shown, value);
    }
    buf_add_text(s->html, "<tr><th>");
    html_add(s->html, label ? str_of(label) : name);
    if (label) {
        buf_add_text(s->html, "<small>");
        html_add(s->html, name);
        buf_add_text(s->html, "</small>");
    }
    buf_add_text(s->html, "</th><td>");
    html_add(s->html, choice ? str_of(choice) : buf_str(&shown));
    if (choice) {
        buf_add_text(s->html, "<small>");
        html_add(s->html, buf_str(&shown));
        buf_add_text(s->html, "</small>");
    }
    buf_add_text(s->html, "</td></tr>\n");
    buf_finish(&shown);
}

static void add_values(struct showing *s, struct str xml)
{
    struct xml_names names = {0};
    struct arena arena = {0};
    struct xml *document = xml_parse(xml, &names, &arena, NULL, NULL);
    html_add_in(s->html, "h2", str_of(tr("Answers")));
    if (document) {
        buf_add_text(s->html, "<table class=\"pairs\">");
        formdef_walk(xml_root(document), add_value, s);
        buf_add_text(s->html, "</table>");
    }
    xml_names_finish(&names);
    arena_finish(&arena);
}

static void add_file(void *ctx, const struct archive_file *file)
{
    struct showing *s = ctx;
    struct buf path = {0};
    buf_addf(&path, "/file/%" PRId64 "/", s->seq);
    url_add_escaped(&path, str_of(file->name));
    buf_add_text(s->html, "<tr><td>");
    if (file->is_here) {
        html_add_link(s->html, buf_text(&path), str_of(file->name));
        buf_addf(s->html, "</td><td>%llu KiB</td></tr>\n",
                 (unsigned long long)(file->size + 1023) / 1024);
    } else {
        html_add(s->html, str_of(file->name));
        buf_add_text(s->html, "</td><td class=\"warn\">");
        html_add(s->html, str_of(tr("has not arrived yet")));
        buf_add_text(s->html, "</td></tr>\n");
    }
    buf_finish(&path);
}

static const char *state_text(enum openrosa_instance_state state)
{
    if (state == OPENROSA_INSTANCE_DELETED) {
        return tr("deleted");
    }
    return state == OPENROSA_INSTANCE_SUPERSEDED ? tr("replaced by a newer version")
                                                 : tr("current");
}

static void add_record(void *ctx, const struct archive_record *record)
{
    struct showing *s = ctx;
    struct buf time = {0}, name = {0};
    html_add_time(&time, record->received_ms);
    mask_add(&name, str_of(record->name));
    buf_add_text(s->html, "<table class=\"pairs\">");
    add_pair(s->html, tr("Received"), buf_str(&time));
    add_pair(s->html, tr("Form"), str_of(record->form_name));
    add_pair(s->html, tr("Version"), str_of(record->version));
    add_pair(s->html, tr("Record"), s->full ? str_of(record->name) : buf_str(&name));
    add_pair(s->html, tr("Device"), str_of(record->device));
    add_pair(s->html, tr("State"), str_of(state_text(record->state)));
    if (*record->judged) {
        add_pair(s->html, tr("Judged"),
                 str_of(strcmp(record->judged, "accepted") == 0 ? tr("accepted") : tr("returned")));
        add_pair(s->html, tr("Words for the volunteer"), str_of(record->comment));
    }
    s->is_current = record->state == OPENROSA_INSTANCE_CURRENT;
    add_pair(s->html, "instanceID", str_of(record->instance));
    buf_add_text(s->html, "</table>");
    archive_form_def(s->visit->archive, record->form, record->version, &s->def, NULL);
    add_values(s, record->xml);
    buf_finish(&time);
    buf_finish(&name);
}

/* What people may say about a record: it goes back to the device with the next sending. */
static void add_judge(struct showing *s)
{
    buf_addf(s->html,
             "<form method=\"post\" action=\"/record/%" PRId64 "\"><input type=\"hidden\" "
             "name=\"csrf\" value=\"%s\"><label>",
             s->seq, s->visit->csrf);
    html_add(s->html, str_of(tr("Words for the volunteer")));
    buf_add_text(s->html, "<input name=\"comment\" maxlength=\"300\"></label>"
                          "<button name=\"judge\" value=\"returned\">");
    html_add(s->html, str_of(tr("Return for a correction")));
    buf_add_text(s->html, "</button> <button name=\"judge\" value=\"accepted\">");
    html_add(s->html, str_of(tr("Accept")));
    buf_add_text(s->html, "</button></form>");
}

/* What is wrong with the words, as a sentence; NULL: nothing. */
static const char *judge_fault(struct page_visit *visit)
{
    const char *word = visit_field(visit, "judge");
    size_t n = strlen(visit_field(visit, "comment"));
    if (n > COMMENT_LIMIT) {
        return tr("The words for the volunteer are too long: 300 letters at most.");
    }
    return strcmp(word, "accepted") == 0 || (strcmp(word, "returned") == 0 && n >= 3)
               ? NULL
               : tr("A record is returned with words that tell the volunteer why.");
}

static bool judge(struct page_visit *visit, int64_t seq, const char *about, struct err *err)
{
    const char *comment = visit_field(visit, "comment");
    bool accepts = strcmp(visit_field(visit, "judge"), "accepted") == 0;
    return archive_begin(visit->archive, err) &&
           archive_end(visit->archive,
                       archive_judge(visit->archive, seq, accepts, comment, err) &&
                           archive_audit(visit->archive, http_request_peer(visit->request),
                                         accepts ? "accept record" : "return record", about,
                                         comment, err),
                       err);
}

static void add_unmask(struct showing *s)
{
    buf_addf(s->html,
             "<form method=\"post\" action=\"/record/%" PRId64 "\"><input type=\"hidden\" "
             "name=\"csrf\" value=\"%s\"><label>",
             s->seq, s->visit->csrf);
    html_add(s->html, str_of(tr("Numbers are hidden. To see them, write why; it is noted.")));
    buf_add_text(s->html, "<input name=\"reason\" required minlength=\"5\" maxlength=\"300\">"
                          "</label><button>");
    html_add(s->html, str_of(tr("Show numbers")));
    buf_add_text(s->html, "</button></form>");
}

/* Is a reason given? Then it is in the audit before anything is shown. */
static bool is_allowed(struct page_visit *visit, const char *about, struct err *err)
{
    const char *reason = visit_field(visit, "reason");
    if (strlen(reason) < 5 || strlen(reason) > 900) {
        return err_set(err, ERR_INPUT, 0, "no reason given");
    }
    return archive_audit(visit->archive, http_request_peer(visit->request), "show numbers", about,
                         reason, err);
}

static void serve(struct page_visit *visit)
{
    struct buf html = {0};
    struct err err = {0};
    long long seq = 0;
    bool judges = visit->is_post && visit_field(visit, "judge")[0];
    struct showing s = {.visit = visit, .html = &html, .full = visit->is_post && !judges};
    const char *fault = judges ? judge_fault(visit) : NULL;
    if (fault) {
        visit_refuse(visit, fault);
        return;
    }
    bool ok = visit->n_parts == 2 && str_to_int64(str_of(visit->parts[1]), &seq);
    if (!ok) {
        err_set(&err, ERR_MISSING, 0, "no such record");
    }
    s.seq = seq;
    const char *about = arena_printf(&visit->arena, "record %lld", seq);
    ok = ok && (!judges || judge(visit, seq, about, &err)) &&
         (!visit->is_post || judges || is_allowed(visit, about, &err)) &&
         archive_record_find(visit->archive, seq, add_record, &s, &err);
    if (ok) {
        html_add_in(&html, "h2", str_of(tr("Files")));
        buf_add_text(&html, "<table>");
        ok = archive_record_files(visit->archive, seq, add_file, &s, &err);
        buf_add_text(&html, "</table>");
    }
    if (ok && s.is_current) {
        add_judge(&s);
    }
    if (ok && !s.full) {
        add_unmask(&s);
    }
    if (ok) {
        visit_answer(visit, 200, tr("Record"), &html);
    } else {
        visit_fail(visit, &err);
    }
    formdef_destroy(s.def);
    buf_finish(&html);
}

const struct page page_record = {.name = "record", .flags = PAGE_POSTS, .serve = serve};
