/* A gate that ends TLS in front of a hub, and can be somebody else: a wrong certificate, an old
 * version, a handshake that stalls or breaks, no encryption at all. It understands just enough HTTP
 * to change its face between two requests, and remembers what a stranger got to read. */
#ifndef TESTS_HELPER_TLS_GATE_H
#define TESTS_HELPER_TLS_GATE_H

#include <stdbool.h>
#include <stdint.h>
#include "platform/base/buf.h"

/* Whose certificate is shown. Ours names 127.0.0.1, comes from the authority that the client trusts
 * and holds the key that it pins. */
enum tls_face {
    TLS_OURS,
    TLS_RENEWED,   /* our key, another certificate */
    TLS_NEXT,      /* the announced next key */
    TLS_REPLACED,  /* a new key that nobody announced, from the trusted authority */
    TLS_EXPIRED,   /* ours, until yesterday */
    TLS_EARLY,     /* ours, from tomorrow on */
    TLS_OTHER,     /* another server's, from the trusted authority */
    TLS_SELF,      /* signed by itself, another key */
    TLS_SELF_OURS, /* signed by itself, our key */
    TLS_UNKNOWN,   /* from an authority that nobody knows */
    TLS_MITM,      /* our name, from a second authority that the system trusts */
    TLS_FACES,
};

enum tls_deed {
    TLS_SERVE,   /* shakes hands with the face and serves */
    TLS_OLD,     /* speaks TLS 1.1 at most */
    TLS_NO_ALPN, /* says nothing about HTTP in the handshake */
    TLS_STALL,   /* k bytes of its first flight, then nothing */
    TLS_CUT,     /* k bytes of it, then a reset */
    TLS_CLEAR,   /* answers in clear HTTP */
};

struct tls_fault {
    enum tls_face face;
    enum tls_deed deed;
    int from; /* requests since tls_gate_arm after which it begins; < 0: never */
    int k;
};

struct tls_gate;

/* Listens on a free port of 127.0.0.1 and passes on to hub_port; folder (made by the caller) gets
 * the trusted authorities as roots.pem. */
struct tls_gate *tls_gate_start(int hub_port, const char *folder);

/* Stops, joins, frees. */
void tls_gate_stop(struct tls_gate *gate);

/* The port it listens on. */
int tls_gate_port(const struct tls_gate *gate);

/* The pin of a face's key: "sha256//…". */
const char *tls_gate_pin(const struct tls_gate *gate, enum tls_face face);

/* From now on this happens; counters and memory start anew. */
void tls_gate_arm(struct tls_gate *gate, const struct tls_fault *fault);

/* Connections that met the fault since tls_gate_arm. */
int tls_gate_hits(struct tls_gate *gate);

/* Requests answered since tls_gate_arm. */
int tls_gate_requests(struct tls_gate *gate);

/* Bytes of requests that were read under the fault: a stranger must get none. */
int64_t tls_gate_stolen(struct tls_gate *gate);

/* Was this text seen on the wire, before decryption, in any connection that met the fault? */
bool tls_gate_leaked(struct tls_gate *gate, const char *text);

#endif
