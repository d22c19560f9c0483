/* The inside of the client, shared by its files only. */
#ifndef OPENROSA_PORTAL_H
#define OPENROSA_PORTAL_H

#include "sync/http/client.h"
#include "sync/openrosa/client.h"

struct portal {
    struct http_client *http;
    char *server;
    struct buf device;     /* "deviceID=…" escaped, or empty */
    struct buf submission; /* address that POSTs go to */
    int64_t limit;         /* X-OpenRosa-Accept-Content-Length */
    int64_t batch_bytes;
    int64_t moved, moved_ms; /* bytes of the last POST that tells about the link's speed */
    struct http_reply reply; /* the last one */
    struct portal_memory memory;
    bool tells_records; /* the form list said so: portal_judgements and portal_newest work */
    void (*renewed)(void *ctx, const char *announcement);
    void *renewed_ctx;
    struct wire_answer said; /* its OpenRosaResponse; empty when it was none */
};

/* Appends the address of a path below the server, with the device. */
void portal_address(const struct portal *client, struct buf *url, const char *path);

/* What had been asked of the server. */
struct portal_question {
    enum answer_about about;
    const char *url;
    bool is_edit, asked_part;
};

/* Says in *answer what a reply means (got: a whole one came), and in err what a refusal means. What
 * an OpenRosaResponse said stays in client->said. True when it is good. */
bool portal_judge(struct portal *client, const struct portal_question *question,
                  struct http_reply *reply, bool got, struct answer *answer, struct err *err);

/* Is the body a web page? */
bool portal_is_html(const struct http_reply *reply);

/* Asks, judges, and says in err what a refusal means. The body stays in client->reply, what an
 * OpenRosaResponse said in client->said. */
bool portal_ask(struct portal *client, enum answer_about about, struct http_ask *ask, bool is_edit,
                struct answer *answer, struct err *err);

#endif
