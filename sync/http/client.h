/* Asks HTTP servers (the only user of libcurl): connections are kept alive, bodies stream both
 * ways, a transfer that stalls is cut, every wait ends when *stop is set. It follows a redirect
 * only to the same server and only for GET and HEAD; what an answer means is decided elsewhere
 * (sync/openrosa/answer.h). A client belongs to one thread at a time. Addresses are never logged:
 * their path may hold a token. */
#ifndef HTTP_CLIENT_H
#define HTTP_CLIENT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include "platform/base/arena.h"
#include "platform/base/buf.h"
#include "platform/base/err.h"

struct http_client;

enum { HTTP_LANES = 4 }; /* requests side by side, and connections kept */

/* All texts are copied by http_open. */
struct http_settings {
    const char *agent; /* User-Agent */
    const char *user;  /* Digest on any scheme, Basic over TLS only; NULL: none */
    const char *password;
    /* "sha256//BASE64;sha256//BASE64" of public keys: over TLS only a server with one of these keys
     * is asked, whoever vouches for it or not, and whatever its name. NULL: the roots decide. */
    const char *pins;
    const char *ca_file;     /* PEM file instead of the system's roots; NULL: the system's */
    int connect_seconds;     /* 0: 30 */
    int stall_seconds;       /* cut after so long without a byte; 0: 30 */
    const atomic_bool *stop; /* NULL: cannot be stopped */
    /* Told about bytes while they move (often: the receiver thins out). NULL: nobody asks. */
    void (*progress)(void *ctx, int64_t sent, int64_t received);
    void *progress_ctx;
};

struct http_reply;

struct http_field {
    const char *name; /* as sent */
    const char *value;
};

/* A body that is read while it is sent; size is exact. read gives 1 to room bytes (0 and true would
 * be an early end, which fails the request); rewind starts it over for a second try. */
struct http_body {
    int64_t size;
    bool (*read)(void *ctx, void *bytes, size_t room, size_t *got, struct err *err);
    bool (*rewind)(void *ctx, struct err *err);
    void *ctx;
};

struct http_ask {
    const char *method; /* "GET", "HEAD", "POST" */
    const char *url;
    const struct http_field *fields; /* sent besides User-Agent and Date */
    size_t n_fields;
    const struct http_body *body; /* NULL: none */
    /* Receives the body of a 2xx answer to GET in pieces; NULL: it goes to reply.body. Bodies of
     * other answers always go there. Returning false cuts the transfer (HTTP_FAULT_LOCAL). */
    bool (*sink)(void *ctx, const void *bytes, size_t n, struct err *err);
    /* The head of a 2xx answer is in (status and fields of the reply), its first byte follows; with
     * sink_ctx. False cuts it too. NULL: nobody asks. */
    bool (*head)(void *ctx, const struct http_reply *reply, struct err *err);
    void *sink_ctx;
    bool is_plain; /* the body must not come compressed: ranges count its bytes */
    int64_t limit; /* largest body accepted; 0: 4 MiB */
};

/* Why no whole answer came. */
enum http_fault {
    HTTP_FAULT_NONE,
    HTTP_FAULT_RESOLVE,   /* the name has no address */
    HTTP_FAULT_CONNECT,   /* refused, unreachable, timed out while connecting */
    HTTP_FAULT_TLS,       /* not believed: reply->tls says why */
    HTTP_FAULT_STALLED,   /* nothing moved for stall_seconds */
    HTTP_FAULT_BROKEN,    /* reset, or ended too early; the server may have acted */
    HTTP_FAULT_TOO_LARGE, /* more than limit */
    HTTP_FAULT_LOCAL,     /* the body or the sink failed here */
    HTTP_FAULT_STOPPED,   /* *stop was set */
};

/* Why the other side was not believed. */
enum http_tls {
    HTTP_TLS_OTHER,   /* no encrypted connection came about */
    HTTP_TLS_EARLY,   /* its certificate is not valid yet: the clock here is behind */
    HTTP_TLS_EXPIRED, /* its certificate is no longer valid, or the clock here is ahead */
    HTTP_TLS_NAME,    /* its certificate is for another server */
    HTTP_TLS_UNKNOWN, /* nobody that this device trusts vouches for it */
    HTTP_TLS_PIN,     /* another key than the pinned ones */
    HTTP_TLS_OLD,     /* it only speaks versions that are no longer safe */
    HTTP_TLS_CLEAR,   /* it does not encrypt at all */
};

struct http_reply {
    enum http_fault fault;
    enum http_tls tls;      /* with HTTP_FAULT_TLS */
    int status;             /* 0 when none came; set also when the fault came later */
    bool is_body_sent;      /* the last byte of the request's body was handed over */
    char location[1024];    /* of a redirect that was not followed; else empty */
    char type[128];         /* Content-Type */
    struct buf body;        /* at most limit bytes; of an error at most 64 KiB are kept */
    int64_t sent, received; /* bytes of bodies moved */
    struct arena arena;
    struct http_field *fields; /* of the final answer */
    size_t n_fields, fields_cap;
};

/* Makes a client; the first one loads libcurl (ERR_LIBRARY when it is not there). The caller closes
 * it. */
bool http_open(struct http_client **client, const struct http_settings *settings, struct err *err);

/* Ends its connections and frees it; takes NULL. */
void http_close(struct http_client *client);

/* Asks and waits for the answer. True when a whole answer came, whatever its status. False with err
 * (ERR_OFFLINE, ERR_REMOTE, ERR_CANCELLED or what body or sink said) and reply->fault otherwise.
 * *reply may hold an earlier one and is emptied first; http_reply_finish frees it in the end.
 * A request that met a connection the server had just closed is repeated once, unless part of its
 * body had gone. */
bool http_perform(struct http_client *client, const struct http_ask *ask, struct http_reply *reply,
                  struct err *err);

/* The same for several at a time: begins a request in a lane (0 to HTTP_LANES - 1, idle) without
 * waiting for it. What ask points to, reply and err stay the caller's until http_wait gives the
 * lane back. Not to be mixed with http_perform. */
void http_begin(struct http_client *client, int lane, const struct http_ask *ask,
                struct http_reply *reply, struct err *err);

/* Moves all that was begun until one is over: its lane, and by *ok what http_perform would have
 * said; -1 when nothing was begun. */
int http_wait(struct http_client *client, bool *ok);

/* The value of a field by its name in any case, or NULL; borrowed from the reply. */
const char *http_reply_field(const struct http_reply *reply, const char *name);

/* Frees what the reply holds and zeroes it. */
void http_reply_finish(struct http_reply *reply);

/* Milliseconds that a Retry-After value (seconds or a date) asks to wait from now_ms (wall clock);
 * -1 when there is none or it is neither. */
int64_t http_retry_after(const char *value, int64_t now_ms);

/* Forgets kept connections: after the network has changed they lead nowhere. */
void http_forget_connections(struct http_client *client);

#endif
