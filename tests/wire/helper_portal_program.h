/* The server program of the tests (portal.py) as a child, and a device with a store of its own that
 * talks to it: what a test of the wire needs. */
#ifndef TESTS_HELPER_PORTAL_PROGRAM_H
#define TESTS_HELPER_PORTAL_PROGRAM_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../fault/helper_gate.h"
#include "app/store/store.h"
#include "platform/base/json.h"
#include "sync/run/run.h"

struct http_client;
struct key;

struct wire {
    const char *mode; /* "central" or "kobo" */
    int child, port;
    char folder[64], address[200], gated[200];
    const char *user, *password; /* of Kobo */
    const char *pins;            /* of the way through a gate with TLS */
    struct key *key;
    struct store *store;
    struct gate *gate; /* between the two; wire->gated is its address */
    bool through_gate;
    struct http_client *control;
    struct json *ledger; /* as last read */
};

/* Starts the program and a fresh device. */
struct wire *wire_start(const char *mode);

/* Ends both. */
void wire_end(struct wire *wire);

/* Tells the program something: JSON for /_/set. */
void wire_wish(struct wire *wire, const char *json, ...) __attribute__((format(printf, 2, 3)));

/* Reads the ledger anew: the entry of a record, or NULL. */
const struct json *wire_find(struct wire *wire, const char *instance_id);

/* How many records there are in all. */
size_t wire_count(struct wire *wire);

/* A finished record of a form with files of size bytes; edit: NULL, or the id that it replaces.
 * Returns the store's key. */
int64_t wire_add(struct wire *wire, const char *form_id, const char *instance_id, int64_t replaces,
                 const char *const *files, size_t size);

/* One session; everything that waits is due. */
void wire_session(struct wire *wire, bool fetch, struct run_result *result);

/* The reason why a record waits or was set aside, "" when it is sent. */
const char *wire_reason(struct wire *wire, int64_t record);

/* The program holds the record whole: XML and files byte for byte as they are frozen here. */
void assert_whole(struct wire *wire, int64_t record);

#endif
