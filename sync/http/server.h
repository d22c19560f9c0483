/* An HTTP server on libmicrohttpd: polling threads that take requests, hand them to one handler and
 * send what it answers, at once or later from another thread (the connection sleeps meanwhile). It
 * knows limits, time-outs, ranges and conditional requests; it knows no path and no table. The
 * handler's functions run on the server's threads, several at a time; those of one request never
 * overlap. */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include <stdbool.h>
#include <stdint.h>
#include "platform/base/buf.h"
#include "platform/base/err.h"

struct http_server;
struct http_request;

enum http_method { HTTP_GET, HTTP_HEAD, HTTP_POST, HTTP_METHOD_OTHER };

enum { HTTP_PEER_TEXT = 64, HTTP_ETAG_TEXT = 72 };

struct http_handler {
    /* The headers are in, no body yet. May answer already (refuse); the body is then not handed
     * on. May set http_request_state. */
    void (*begin)(void *ctx, struct http_request *request);
    /* A piece of the body, decoded from chunks; borrowed for the call. NULL: bodies are ignored. */
    void (*body)(void *ctx, struct http_request *request, struct str bytes);
    /* The request is whole. Must answer now, or later from any thread: exactly once. */
    void (*end)(void *ctx, struct http_request *request);
    /* The request is over, answered or broken off: frees the state. Never called while an answer
     * that end() owes is still missing. */
    void (*gone)(void *ctx, struct http_request *request);
};

struct http_server_options {
    const char *host;     /* address or name to listen on; NULL: 127.0.0.1 */
    int port;             /* 0: any free one, see http_server_port */
    const char *tls_cert; /* PEM file with the certificate chain, or NULL: plain HTTP */
    const char *tls_key;  /* PEM file with its key */
    unsigned threads;     /* 0: two */
    unsigned connections; /* at once; 0: 2000 */
    unsigned per_address; /* connections of one peer at once; 0: no limit of its own */
    unsigned idle_s;      /* a silent connection is closed after so many seconds; 0: 75 */
    struct http_handler handler;
    void *ctx;
};

/* Starts listening; the caller stops it. ERR_INPUT for a bad address or certificate, ERR_DENIED or
 * ERR_DEVICE when the port cannot be had, ERR_LIBRARY without libmicrohttpd: the first loads it. */
bool http_server_start(struct http_server **out, const struct http_server_options *options,
                       struct err *err);

/* The port it listens on. */
int http_server_port(const struct http_server *server);

/* Takes no new connections from now on; those that are open go on. */
void http_server_quiesce(struct http_server *server);

/* Closes all connections, joins the threads and frees; every owed answer must have been given.
 * Takes NULL. */
void http_server_stop(struct http_server *server);

/* What was asked. Texts are borrowed for the life of the request. */
enum http_method http_request_method(const struct http_request *request);

/* The path as it stands in the request line, still percent-encoded, without the query. */
struct str http_request_path(const struct http_request *request);

/* What stands behind the question mark, still encoded; empty when there is none. */
struct str http_request_query(const struct http_request *request);

/* A header field by name (any case), or NULL. */
const char *http_request_header(const struct http_request *request, const char *name);

/* The length that was announced, or -1 (chunked). 0 for requests without a body. */
int64_t http_request_length(const struct http_request *request);

/* The peer's address as text without the port; what a proxy on this machine says it is. */
const char *http_request_peer(const struct http_request *request);

/* Did it come over our own TLS? */
bool http_request_is_tls(const struct http_request *request);

/* What the handler keeps for this request; NULL at first. */
void *http_request_state(const struct http_request *request);

/* Keeps something for this request; gone() frees it. */
void http_request_set_state(struct http_request *request, void *state);

/* Adds a header field to the answer to come; the value is copied, line breaks in it are dropped. */
void http_answer_header(struct http_request *request, const char *name, const char *value);

/* Answers with a text of a type ("text/html; charset=utf-8"); the body is copied. With 204 and 304
 * the body is left out. */
void http_answer(struct http_request *request, int status, const char *type, struct str body);

/* Answers 200 with a body that has an entity tag (quotes included), or 304 when the client holds
 * that one already. */
void http_answer_tagged(struct http_request *request, const char *type, const char *etag,
                        struct str body);

/* Answers with size bytes of an open file; fd becomes the server's. etag (quotes included, or NULL)
 * gives 304 when the client holds it; Range gives 206 or 416. */
void http_answer_file(struct http_request *request, const char *type, const char *etag, int fd,
                      uint64_t size);

/* A body that is made while it is sent: add fills buf with more, and leaves it empty at the end;
 * finish frees ctx. Both run on a server thread. */
struct http_source {
    void (*add)(void *ctx, struct buf *to);
    void (*finish)(void *ctx);
    void *ctx;
};

/* Answers 200 with such a body (chunked). */
void http_answer_stream(struct http_request *request, const char *type,
                        const struct http_source *source);

#endif
