/* The inside of the client, shared by its files only: one request on one handle of libcurl. */
#ifndef HTTP_TRANSFER_H
#define HTTP_TRANSFER_H

#include "sync/http/client.h"
#include "sync/http/curl.h"
#include "sync/http/trust.h"

/* One request under way, or none. */
struct transfer {
    struct http_client *client;
    CURL *curl;
    struct curl_slist *fields;
    struct http_ask ask;
    struct buf url; /* of this hop */
    int hop;
    struct http_reply *reply;
    struct err *err, own; /* err: where to say it, own when nobody asked */
    bool is_busy;         /* begun, and http_wait has not given it back */
    bool is_under_way;    /* libcurl has it */
    bool ok;
    int64_t limit;
    int64_t read;   /* of the request's body */
    bool has_head;  /* the answer's head was shown to the asker */
    bool is_enough; /* an error body went on and on: what we have will do */
    bool is_local, is_too_large, is_stalled, is_stopped;
    int64_t window_ms;    /* start of the present stall window, 0 before the connection */
    int64_t window_moved; /* bytes at its start */
    struct trust trust;
};

struct http_client {
    CURLM *multi; /* holds the connections of all lanes */
    struct transfer lanes[HTTP_LANES];
    enum http_tls tainted_by; /* why, when it is */
    bool is_tainted;          /* a server was not believed: its connections are forgotten first */
    char *agent, *user, *password, *pins, *ca_file;
    struct http_settings set;
};

/* Makes the handle ready to ask for t->url; false, with the reply's fault and err set, when it
 * cannot be asked for at all. */
bool transfer_start(struct transfer *t);

/* Notes what came of it in the reply and in err; true when a whole answer came. */
bool transfer_end(struct transfer *t, CURLcode code);

#endif
