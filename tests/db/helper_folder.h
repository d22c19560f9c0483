/* A folder of its own for each test. */
#ifndef TESTS_DB_HELPER_FOLDER_H
#define TESTS_DB_HELPER_FOLDER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* cmocka setup: *state is the path of a new empty folder. */
int folder_setup(void **state);

/* cmocka teardown. */
int folder_teardown(void **state);

/* PATH/name in a buffer that the next calls use again (four of them). */
const char *folder_path(void **state, const char *name);

#endif
