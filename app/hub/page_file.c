/* A file of a record, always as a download: what devices send is never shown as a page. */
#include "app/hub/page.h"

#include "sync/http/url.h"

static void serve(struct page_visit *visit)
{
    struct err err = {0};
    long long seq = 0;
    int fd = -1;
    uint64_t size = 0;
    struct buf where = {0};
    if (visit->n_parts != 3 || !str_to_int64(str_of(visit->parts[1]), &seq)) {
        err_set(&err, ERR_MISSING, 0, "no such file");
        visit_fail(visit, &err);
        return;
    }
    if (!archive_record_open(visit->archive, seq, visit->parts[2], &fd, &size, &err)) {
        visit_fail(visit, &err);
        return;
    }
    buf_add_text(&where, "attachment; filename*=UTF-8''");
    url_add_escaped(&where, str_of(visit->parts[2]));
    http_answer_header(visit->request, "Content-Disposition", buf_text(&where));
    http_answer_file(visit->request, "application/octet-stream", NULL, fd, size);
    buf_finish(&where);
}

const struct page page_file = {.name = "file", .serve = serve};
