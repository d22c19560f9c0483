/* A store of its own for each test, and what tests of the store need again and again. */
#ifndef TESTS_STORE_HELPER_STORE_H
#define TESTS_STORE_HELPER_STORE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "app/store/record.h"
#include "app/store/store.h"

struct key;

struct fixture {
    char folder[128];
    struct key *key;
    struct store *store;
    struct store_health health; /* of the last opening */
    struct arena arena;
};

/* cmocka setup: *state is a fixture with an open, empty store. */
int store_setup(void **state);

/* cmocka teardown. */
int store_teardown(void **state);

/* Closes and opens again, as a restart does. */
void store_restart(struct fixture *f);

/* A draft of form "test"; returns its id. */
int64_t add_draft(struct fixture *f, const char *instance_id);

/* A finished record with these bytes; returns its id. */
int64_t add_ready(struct fixture *f, const char *instance_id, const char *xml);

/* Fails with the error's text unless ok. */
void check(bool ok, const struct err *err);

/* Path of a file in the folder, in a buffer that the next calls use again (four of them). */
const char *in_folder(const struct fixture *f, const char *name);

#endif
