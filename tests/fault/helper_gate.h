/* A gate between our client and our hub that understands just enough HTTP to do harm at a chosen
 * place: request by request, byte by byte. */
#ifndef TESTS_HELPER_GATE_H
#define TESTS_HELPER_GATE_H

#include <stdbool.h>
#include <stdint.h>

enum gate_kind {
    GATE_OPEN,
    GATE_REFUSE,        /* the connection is reset at once */
    GATE_CUT_UP,        /* k bytes of the request reach the hub, then both sides break */
    GATE_CUT_DOWN,      /* the hub has answered, k bytes of that reach the client, then reset */
    GATE_SHORT,         /* the same, but closed politely */
    GATE_TWICE,         /* the request reaches the hub twice, one after the other */
    GATE_TWICE_AT_ONCE, /* and side by side */
    GATE_SILENT,        /* the request arrives, nothing ever comes back */
    GATE_PAGE,          /* `page` is the answer, the hub hears nothing */
    GATE_PAGE_LATE,     /* `page` is the answer, although the hub has acted */
    GATE_LIMIT,         /* bodies over k bytes get a proxy's 413 */
    GATE_STRIP,         /* the headers of OpenRosa are taken off the answer */
};

struct gate_fault {
    enum gate_kind kind;
    int from, count; /* requests since gate_arm, from 0, that are hit */
    int64_t k;
    const char *page; /* whole answer */
};

struct gate;

/* Listens on a free port and passes on to the hub's. */
struct gate *gate_start(int hub_port);

/* Stops, joins, frees. */
void gate_stop(struct gate *gate);

/* The port it listens on. */
int gate_port(const struct gate *gate);

/* The hub has moved to another port. */
void gate_point(struct gate *gate, int hub_port);

/* From now on this happens; counters start anew. GATE_OPEN: nothing. page is borrowed until the
 * next call. */
void gate_arm(struct gate *gate, const struct gate_fault *fault);

/* Requests since gate_arm, and those that were hit. */
int gate_requests(struct gate *gate);
int gate_hits(struct gate *gate);

/* Was a request with this text in its body seen since gate_arm? */
bool gate_saw(struct gate *gate, const char *text);

#endif
