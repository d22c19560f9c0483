#include "sync/openrosa/server_answer.h"

#include <stdio.h>

#include "platform/base/hash.h"
#include "sync/openrosa/wire.h"

enum { RETRY_STORAGE_S = 300 };

void add_headers(const struct openrosa_server *server, struct http_request *request)
{
    char limit[32];
    snprintf(limit, sizeof(limit), "%llu", (unsigned long long)server->options.body_limit);
    http_answer_header(request, "X-OpenRosa-Version", "1.0");
    http_answer_header(request, "X-OpenRosa-Accept-Content-Length", limit);
}

void answer_error(struct http_request *request, int status, const char *message)
{
    struct buf body = {0};
    wire_add_answer(&body, "error", message, NULL, 0);
    http_answer(request, status, XML_TYPE, buf_str(&body));
    buf_finish(&body);
}

void answer_later(struct http_request *request, int status, int seconds, const char *message)
{
    char text[16];
    snprintf(text, sizeof(text), "%d", seconds);
    http_answer_header(request, "Retry-After", text);
    answer_error(request, status, message);
}

/* What a failure inside becomes outside. The text of an ERR_INPUT is written for people. */
void answer_failure(struct http_request *request, const struct err *err)
{
    switch (err->kind) {
    case ERR_INPUT:
        answer_error(request, err->code == 413 ? 413 : 400, err->text);
        break;
    case ERR_MISSING:
        answer_error(request, 404, "Could not find the resource you were looking for.");
        break;
    case ERR_DENIED:
        answer_error(
            request, 403,
            "The authentication you provided does not have rights to perform that action.");
        break;
    case ERR_STORAGE:
        answer_later(request, 503, RETRY_STORAGE_S,
                     "The disk of this server is full or failing. Nothing was stored; your record "
                     "stays on the device and can be sent later.");
        break;
    default:
        answer_later(request, 503, RETRY_BUSY_S,
                     "This server cannot answer now. Please try again later.");
        break;
    }
}

void answer_list(const struct openrosa_server *server, struct http_request *request,
                 const struct buf *body)
{
    char md5[HASH_MD5_TEXT], etag[HTTP_ETAG_TEXT];
    hash_md5_text(buf_text(body), body->n, md5);
    snprintf(etag, sizeof(etag), "\"%s\"", md5);
    add_headers(server, request);
    http_answer_header(request, "Cache-Control", "private, no-cache");
    http_answer_tagged(request, XML_TYPE, etag, buf_str(body));
}
