/* A form's records as CSV; with numbers only for a reason (POST), which the audit keeps. */
#define LOG_ROOM "hub"
#include "app/hub/export.h"
#include "app/hub/page.h"

#include <stdlib.h>

#include "platform/base/log.h"
#include "platform/base/mem.h"
#include "sync/http/url.h"

struct download {
    struct hub *hub;
    struct exporter *exporter;
};

static void add_piece(void *ctx, struct buf *to)
{
    struct download *download = ctx;
    struct err err = {0};
    struct archive *archive = hub_take(download->hub, &err);
    if (!archive || !exporter_add(download->exporter, archive, to, &err)) {
        log_error("a download broke off: %s", err.text);
        buf_clear(to);
    }
    hub_give(download->hub, archive);
}

static void finish(void *ctx)
{
    struct download *download = ctx;
    exporter_destroy(download->exporter);
    free(download);
}

static bool is_allowed(struct page_visit *visit, const char *form, struct err *err)
{
    const char *reason = visit_field(visit, "reason");
    if (!visit->is_post) {
        return true;
    }
    if (strlen(reason) < 5 || strlen(reason) > 900) {
        return err_set(err, ERR_INPUT, 0, "no reason given");
    }
    return archive_audit(visit->archive, http_request_peer(visit->request), "export numbers",
                         arena_printf(&visit->arena, "form %s", form), reason, err);
}

static void serve(struct page_visit *visit)
{
    struct err err = {0};
    struct buf where = {0};
    struct exporter *exporter = NULL;
    const char *form = visit->is_post ? visit_field(visit, "form") : visit_query(visit, "form");
    struct export_options options = {
        .format = EXPORT_CSV, .form = *form ? form : NULL, .full = visit->is_post};
    if (!is_allowed(visit, form, &err) ||
        !exporter_create(&exporter, visit->archive, &options, &err)) {
        visit_fail(visit, &err);
        return;
    }
    struct download *download = mem_alloc(1, sizeof(*download));
    struct http_source source = {add_piece, finish, download};
    download->hub = visit->hub;
    download->exporter = exporter;
    buf_add_text(&where, "attachment; filename*=UTF-8''");
    url_add_escaped(&where, str_of(*form ? form : "records"));
    buf_add_text(&where, ".csv");
    http_answer_header(visit->request, "Content-Disposition", buf_text(&where));
    http_answer_stream(visit->request, "text/csv; charset=utf-8", &source);
    buf_finish(&where);
}

const struct page page_csv = {.name = "csv", .flags = PAGE_POSTS, .serve = serve};
