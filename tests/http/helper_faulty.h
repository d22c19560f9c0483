/* A server of the tests on loopback that can do everything a bad day brings: cut, reset, stall,
 * trickle, lie. What it answers is decided by the test, request by request. */
#ifndef TESTS_HELPER_FAULTY_H
#define TESTS_HELPER_FAULTY_H

#include <stdbool.h>
#include <stdint.h>
#include "platform/base/buf.h"

struct faulty;

struct faulty_request {
    int number; /* from 0, over all connections */
    int connection;
    char method[8];
    char path[1024];
    struct buf head; /* all header lines */
    struct buf body;
    int64_t length; /* announced */
};

/* What happens to a request. Zeroed: the reply goes out whole. */
struct faulty_fate {
    int64_t reset_after; /* > 0: connection reset after so many bytes of the request's body */
    bool is_silent;      /* the request is read, nothing is ever answered */
    bool is_deaf;        /* nothing more is read, nothing is answered */
    bool has_cut;        /* the reply ends after cut bytes, by reset */
    int64_t cut;
    int trickle_ms;  /* > 0: one byte of the reply every so often */
    bool must_close; /* the connection is closed after the reply without saying so */
};

struct faulty_plan {
    /* Before the body is read. */
    void (*fate)(void *ctx, const struct faulty_request *request, struct faulty_fate *fate);
    /* Fills the whole reply, status line first. Called under one lock. */
    void (*answer)(void *ctx, const struct faulty_request *request, struct buf *reply);
    void *ctx;
};

/* Starts on a free port of 127.0.0.1. */
struct faulty *faulty_start(const struct faulty_plan *plan);

/* "http://127.0.0.1:PORT" */
const char *faulty_address(const struct faulty *server);

/* Requests and connections seen. */
int faulty_requests(const struct faulty *server);
int faulty_connections(const struct faulty *server);

/* Stops, joins, frees. */
void faulty_stop(struct faulty *server);

/* The value of a header of the request copied into text; "" when it is not there. */
const char *faulty_header(const struct faulty_request *request, const char *name, char text[1024]);

/* Appends a reply with Content-Length. fields: further header lines, each ended by CR LF, or "". */
void faulty_reply(struct buf *to, int status, const char *type, const char *fields,
                  struct str body);

#endif
