#include <string.h>

#include "sync/openrosa/portal.h"

struct passing {
    struct str bundle;
    size_t at;
};

static bool read_bundle(void *ctx, void *bytes, size_t room, size_t *got, struct err *err)
{
    struct passing *p = ctx;
    size_t left = p->bundle.n - p->at;
    *got = left < room ? left : room;
    memcpy(bytes, p->bundle.s + p->at, *got);
    p->at += *got;
    return true;
}

static bool rewind_bundle(void *ctx, struct err *err)
{
    struct passing *p = ctx;
    p->at = 0;
    return true;
}

bool portal_pass(struct portal *client, struct str bundle, struct buf *back, struct answer *answer,
                 struct err *err)
{
    static const struct http_field fields[] = {{"X-OpenRosa-Version", "1.0"},
                                               {"Content-Type", "application/octet-stream"}};
    struct passing passing = {bundle, 0};
    struct http_body body = {(int64_t)bundle.n, read_bundle, rewind_bundle, &passing};
    struct buf url = {0};
    portal_address(client, &url, "/bundle");
    struct http_ask ask = {
        .method = "POST", .url = buf_text(&url), .fields = fields, .n_fields = 2, .body = &body};
    bool ok = portal_ask(client, ANSWER_ABOUT_RECORD, &ask, false, answer, err);
    if (ok) {
        buf_add_text(back, client->said.message);
    }
    buf_finish(&url);
    return ok;
}
